//! Faults on demand: what goes wrong with the requests that a test chooses.

use std::time::Duration;

use crate::http::request::RecordedRequest;
use crate::http::response::ErrorResponse;
use crate::store::names::intern;

/// Something that goes wrong with requests. By default, it happens to the next request, whichever that is.
///
/// ```
/// use std::time::Duration;
/// use clerk_emulator::Fault;
///
/// let slow_users = Fault::latency(Duration::from_millis(300)).on("GET", "/users/{user_id}").always();
/// let two_failures = Fault::error(503, "service_unavailable").times(2);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    /// How often the fault happens; without end if this is nothing.
    pub(crate) times: Option<u32>,
    pub(crate) kind: FaultKind,
}

/// What goes wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum FaultKind {
    /// The response is late.
    Latency(Duration),
    /// The response is an error in Clerk's format.
    Error { status: u16, code: &'static str },
    /// The response is that of an exceeded rate limit.
    RateLimited { retry_after_seconds: u64 },
    /// The connection is reset.
    Reset,
    /// There is no response.
    Stall,
    /// The body arrives byte by byte.
    Trickle { pause: Duration },
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self {
            method: None,
            path: None,
            times: Some(1),
            kind,
        }
    }

    /// The response is this late. The time is that of the system, not of the emulator's clock.
    pub fn latency(by: Duration) -> Self {
        Self::new(FaultKind::Latency(by))
    }

    /// The response is an error with a status and a code, and the request has no effect. A status that is not one of an
    /// error is 500.
    pub fn error(status: u16, code: &str) -> Self {
        let status = match (400..600).contains(&status) {
            true => status,
            false => 500,
        };
        // Codes live as long as the process.
        let code = intern(code).unwrap_or("fault");
        Self::new(FaultKind::Error { status, code })
    }

    /// The response is that of an exceeded rate limit, with the header `Retry-After`, and the request has no effect.
    pub fn rate_limited(retry_after_seconds: u64) -> Self {
        Self::new(FaultKind::RateLimited {
            retry_after_seconds,
        })
    }

    /// The connection is reset, and the request has no effect.
    pub fn reset() -> Self {
        Self::new(FaultKind::Reset)
    }

    /// There is never a response, and the request has no effect.
    pub fn stall() -> Self {
        Self::new(FaultKind::Stall)
    }

    /// The body of the response arrives byte by byte, with a pause before each. The request has its effect.
    pub fn trickle(pause: Duration) -> Self {
        Self::new(FaultKind::Trickle { pause })
    }

    /// Limits the fault to requests with a method and a path, with or without `/v1`. A segment in braces, such as
    /// `{user_id}`, stands for any.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_uppercase());
        self.path = Some(path.to_owned());
        self
    }

    /// The fault happens to this many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// The fault happens to every request until the faults are removed.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    fn matches(&self, request: &RecordedRequest) -> bool {
        let method = self.method.as_ref();
        let path = self.path.as_ref();
        method.is_none_or(|it| *it == request.method)
            && path.is_none_or(|it| matches_path(it, request.api_path()))
    }
}

fn matches_path(template: &str, path: &str) -> bool {
    let template = crate::http::path::strip_version(template).split('/');
    let is_match = |(part, segment): (&str, &str)| {
        part == segment || (part.starts_with('{') && part.ends_with('}'))
    };
    template.clone().count() == path.split('/').count()
        && template.zip(path.split('/')).all(is_match)
}

impl FaultKind {
    /// Returns the error that is the response; nothing if the fault is of another kind.
    pub(super) fn error(&self) -> Option<ErrorResponse> {
        match self {
            Self::Error { status, code } => {
                let message = "A fault that the test asked for.";
                Some(ErrorResponse::new(*status, code, message))
            }
            Self::RateLimited {
                retry_after_seconds,
            } => Some(ErrorResponse::too_many_requests(*retry_after_seconds)),
            _ => None,
        }
    }
}

/// The faults that can still happen, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        if fault.times != Some(0) {
            self.0.push(fault);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn to_vec(&self) -> Vec<Fault> {
        self.0.clone()
    }

    /// Returns what goes wrong with a request: the oldest fault that matches. It has happened then.
    pub(super) fn take(&mut self, request: &RecordedRequest) -> Option<FaultKind> {
        let index = self.0.iter().position(|it| it.matches(request))?;
        let fault = &mut self.0[index];
        let kind = fault.kind.clone();
        if let Some(times) = &mut fault.times {
            *times -= 1;
            if *times == 0 {
                self.0.remove(index);
            }
        }
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_in_braces_stand_for_any() {
        assert!(matches_path("/v1/users/{id}", "/users/user_1"));
        assert!(matches_path("/users/{id}/ban", "/users/user_1/ban"));
        assert!(!matches_path("/users/{id}", "/users"));
        assert!(!matches_path("/users/{id}", "/users/user_1/ban"));
        assert!(!matches_path("/users", "/clients"));
    }
}
