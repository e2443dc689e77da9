//! The cause of a failed request, in words that a person can act on.

use std::error::Error;
use std::io::{self, ErrorKind};

use crate::backend::error_chain::{causes, root_cause};

/// Describes the cause of an error of the HTTP client. Its errors contain no key, no header and no path.
pub(super) fn describe_cause(error: &(dyn Error + 'static)) -> String {
    if causes(error).any(|cause| cause.to_string().starts_with("dns error")) {
        return with_detail("the host name was not resolved", causes(error).last());
    }
    if let Some(description) = causes(error).find_map(|cause| describe_io(cause.downcast_ref()?)) {
        return description.to_owned();
    }
    let innermost = root_cause(error);
    match innermost.strip_prefix("invalid peer certificate: ") {
        Some(reason) => {
            format!("the certificate of the server is not valid, or not trusted: {reason}")
        }
        None => innermost,
    }
}

fn with_detail(problem: &str, cause: Option<&(dyn Error + 'static)>) -> String {
    let detail = cause.map(ToString::to_string).unwrap_or_default();
    format!("{problem} ({detail})")
}

fn describe_io(error: &io::Error) -> Option<&'static str> {
    /// The process, or the whole system, has no file descriptor left.
    const TOO_MANY_OPEN_FILES: [i32; 2] = [24, 23];

    if cfg!(unix)
        && error
            .raw_os_error()
            .is_some_and(|code| TOO_MANY_OPEN_FILES.contains(&code))
    {
        return Some(
            "too many open files: raise the limit of the process, or make fewer calls at once",
        );
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => {
            Some("the connection was refused: nothing listens at the address")
        }
        ErrorKind::ConnectionReset => Some("the server reset the connection"),
        ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe | ErrorKind::NotConnected => {
            Some("the connection was closed")
        }
        ErrorKind::UnexpectedEof => Some("the server closed the connection too early"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            Some("the host cannot be reached")
        }
        ErrorKind::NetworkDown => Some("the network is down"),
        ErrorKind::PermissionDenied => Some("the operating system does not permit the connection"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::{fmt, io};

    use super::describe_cause;

    /// An error of the HTTP client: its own message, and the cause below it.
    #[derive(Debug)]
    struct Layer(&'static str, Option<Box<dyn Error + 'static>>);

    impl fmt::Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Layer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref()
        }
    }

    fn describe(message: &'static str, cause: impl Error + 'static) -> String {
        let connect = Layer(message, Some(Box::new(cause)));
        describe_cause(&Layer("error sending request", Some(Box::new(connect))))
    }

    #[test]
    fn the_innermost_known_cause_is_described() {
        let unresolved = io::Error::other("failed to lookup address information");
        assert_eq!(
            describe("dns error", unresolved),
            "the host name was not resolved (failed to lookup address information)"
        );
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert!(describe("tcp connect error", refused).starts_with("the connection was refused"));
        let untrusted = Layer("invalid peer certificate: UnknownIssuer", None);
        assert_eq!(
            describe("client error (Connect)", untrusted),
            "the certificate of the server is not valid, or not trusted: UnknownIssuer"
        );
        let closed = Layer("connection closed before message completed", None);
        assert_eq!(
            describe("client error (SendRequest)", closed),
            "connection closed before message completed"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_lack_of_file_descriptors_is_named() {
        for code in [23, 24] {
            let description = describe("tcp open error", io::Error::from_raw_os_error(code));
            assert!(
                description.starts_with("too many open files"),
                "{description}"
            );
        }
    }
}
