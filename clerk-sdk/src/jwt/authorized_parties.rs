//! The authorized parties: the origins whose tokens a verifier accepts.

use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use quick_cache::sync::Cache;

use crate::error::InvalidArgument;

/// How long the result of a predicate is cached.
const RESULT_LIFETIME: Duration = Duration::from_secs(60);
/// The number of origins whose result is cached.
const MAX_RESULTS: usize = 256;
/// The longest origin that is repeated in an error.
const MAX_ORIGIN_BYTES: usize = 256;

/// The origins, and a predicate for others.
#[derive(Clone, Default)]
pub(super) struct AuthorizedParties {
    origins: Vec<Pattern>,
    predicate: Option<Predicate>,
}

/// An origin, such as `https://app.example.com`, or all subdomains of a domain (`https://*.preview.example.com`).
#[derive(Clone)]
struct Pattern(String);

#[derive(Clone)]
struct Predicate {
    accepts: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// Tokens name the same few origins, so a slow predicate is called rarely.
    results: Arc<Cache<String, (bool, SystemTime)>>,
}

impl AuthorizedParties {
    /// Replaces the list of origins.
    pub(super) fn set_origins(&mut self, origins: Vec<String>) -> Result<(), InvalidArgument> {
        let invalid =
            |reason: Cow<'static, str>| InvalidArgument::new("authorized_parties", reason);
        let origins = origins.into_iter().map(|origin| {
            Pattern::parse(&origin).ok_or_else(|| {
                let example = "https://app.example.com";
                invalid(format!("{origin:?} is not an origin such as `{example}`").into())
            })
        });
        let origins: Vec<_> = origins.collect::<Result<_, _>>()?;
        if origins.is_empty() {
            return Err(invalid(
                "the list is empty: no token would be accepted".into(),
            ));
        }
        self.origins = origins;
        Ok(())
    }

    pub(super) fn set_predicate(&mut self, accepts: impl Fn(&str) -> bool + Send + Sync + 'static) {
        self.predicate = Some(Predicate {
            accepts: Arc::new(accepts),
            results: Arc::new(Cache::new(MAX_RESULTS)),
        });
    }

    pub(super) fn contains(&self, origin: &str, now: SystemTime) -> bool {
        let is_listed = self.origins.iter().any(|it| it.matches(origin));
        let predicate = self.predicate.as_ref();
        is_listed || predicate.is_some_and(|predicate| predicate.accepts(origin, now))
    }

    /// The origins in the list.
    pub(super) fn origins(&self) -> Vec<String> {
        self.origins.iter().map(|it| it.0.clone()).collect()
    }
}

impl Predicate {
    fn accepts(&self, origin: &str, now: SystemTime) -> bool {
        if let Some((is_accepted, since)) = self.results.get(origin) {
            let age = now.duration_since(since);
            if age.is_ok_and(|age| age < RESULT_LIFETIME) {
                return is_accepted;
            }
        }
        // The predicate is the user's: a panic rejects the token, and does not end the server's task.
        let result = catch_unwind(AssertUnwindSafe(|| (self.accepts)(origin)));
        let is_accepted = result.unwrap_or(false);
        self.results.insert(origin.to_owned(), (is_accepted, now));
        is_accepted
    }
}

impl Pattern {
    /// Parses and normalizes an origin: browsers write it in lower case, without the default port and without a slash.
    fn parse(origin: &str) -> Option<Self> {
        let origin = origin.strip_suffix('/').unwrap_or(origin);
        let origin = origin.to_ascii_lowercase();
        let (scheme, authority) = split_origin(&origin)?;
        let default_port = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => "",
        };
        let authority = authority.strip_suffix(default_port).unwrap_or(authority);
        if !is_valid_authority(authority) {
            return None;
        }
        if let Some(domain) = authority.strip_prefix("*.") {
            // All subdomains of a top-level domain would be those of other people.
            let labels = domain.split(':').next().unwrap_or_default().split('.');
            let is_domain = labels.clone().count() >= 2 && labels.clone().all(is_label);
            if !is_domain {
                return None;
            }
        } else if authority.contains('*') {
            return None;
        }
        Some(Self(format!("{scheme}://{authority}")))
    }

    fn matches(&self, origin: &str) -> bool {
        match self.0.split_once("://*.") {
            None => self.0 == origin,
            Some((scheme, domain)) => {
                let subdomain = origin
                    .strip_prefix(scheme)
                    .and_then(|rest| rest.strip_prefix("://"))
                    .and_then(|host| host.strip_suffix(domain))
                    .and_then(|host| host.strip_suffix('.'));
                subdomain.is_some_and(is_label)
            }
        }
    }
}

/// Whether a host with an optional port is one that a browser could write. Any other would never match.
fn is_valid_authority(authority: &str) -> bool {
    let after_host = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(_, rest)| rest),
        None if authority.contains(']') => None,
        None => authority
            .find(':')
            .map_or(Some(""), |start| authority.get(start..)),
    };
    let Some(after_host) = after_host else {
        return false;
    };
    after_host.is_empty()
        || after_host
            .strip_prefix(':')
            .is_some_and(|port| port.parse::<u16>().is_ok())
}

/// Whether this is one label of a domain.
fn is_label(label: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !label.is_empty() && label.bytes().all(is_allowed)
}

/// Splits an origin into its scheme and its host, with the port if it has one. The scheme may be that of an app or a
/// browser extension.
fn split_origin(origin: &str) -> Option<(&str, &str)> {
    let (scheme, authority) = origin.split_once("://")?;
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let in_authority = |byte: u8| byte.is_ascii_alphanumeric() || b"-._*:[]".contains(&byte);
    let is_valid = !scheme.is_empty()
        && scheme.bytes().all(in_scheme)
        && !authority.is_empty()
        && authority.bytes().all(in_authority);
    is_valid.then_some((scheme, authority))
}

/// Whether the authorized party of a token is an origin, which an error may repeat. Anything else may be a secret.
pub(super) fn is_printable_origin(party: &str) -> bool {
    party.len() <= MAX_ORIGIN_BYTES && split_origin(party).is_some()
}

impl fmt::Debug for AuthorizedParties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizedParties")
            .field("origins", &self.origins())
            .field("has_predicate", &self.predicate.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(origin: &str, party: &str) -> Option<bool> {
        let mut parties = AuthorizedParties::default();
        parties.set_origins(vec![origin.to_owned()]).ok()?;
        Some(parties.contains(party, SystemTime::UNIX_EPOCH))
    }

    #[test]
    fn origins_are_normalized_and_subdomains_can_be_accepted() {
        let app = "https://app.example.com";
        for origin in [
            app,
            "https://app.example.com/",
            "HTTPS://App.Example.com:443/",
        ] {
            assert_eq!(contains(origin, app), Some(true), "{origin}");
        }
        for origin in [
            "http://localhost:3000",
            "http://[::1]:3000",
            "chrome-extension://abcdef",
        ] {
            assert_eq!(contains(origin, origin), Some(true));
        }
        let previews = "https://*.preview.example.com";
        for (party, expected) in [
            ("https://pr-7.preview.example.com", true),
            ("https://preview.example.com", false),
            ("https://.preview.example.com", false),
            ("https://a.b.preview.example.com", false),
            ("https://evilpreview.example.com", false),
            ("https://evil.example/x.preview.example.com", false),
            ("https://a@b.preview.example.com", false),
            ("http://pr-7.preview.example.com", false),
            ("https://pr-7.preview.example.com:8443", false),
            ("https://*.preview.example.com", false),
            ("", false),
        ] {
            assert_eq!(contains(previews, party), Some(expected), "{party}");
        }
        for invalid in [
            "",
            "*",
            "app.example.com",
            "https://",
            "https:///",
            "https://a/b",
            "https://a?b",
            "https://user@a",
            "https://*",
            "https://*.com",
            "https://*.a..b",
            "https://a.*.b",
            "https://a.example//",
            "https://a b",
            "https://a.example:",
            "https://a.example:x",
            "https://a.example:70000",
            "https://a:1:2",
            "https://*.preview.example.com:*",
            "https://[::1",
            "https://[::1]x",
            "https://]",
        ] {
            assert_eq!(contains(invalid, app), None, "{invalid}");
        }
    }
}
