//! The publishable key of an instance, which determines its Frontend API host and its cookie suffix.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, URL_SAFE};

use super::http_url::{HttpUrl, Origin, Scheme, parse_authority};
use crate::crypto::digest;
use crate::error::InvalidArgument;

/// The publishable key of an instance, `pk_test_…` or `pk_live_…`. It is public.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct PublishableKey {
    frontend_api: Origin,
    cookie_suffix: String,
    is_development: bool,
}

const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, NO_PAD);

impl PublishableKey {
    /// Parses a publishable key as shown in the Clerk Dashboard.
    ///
    /// # Errors
    ///
    /// Returns an error that says what is wrong if `key` is not a publishable key.
    pub(super) fn parse(key: &str) -> Result<Self, InvalidArgument> {
        // The key is not repeated: it may be a secret key.
        let invalid = |reason: &'static str| InvalidArgument::new("publishable_key", reason);
        let encoded = key
            .strip_prefix("pk_live_")
            .or(key.strip_prefix("pk_test_"));
        let Some(encoded) = encoded else {
            return Err(invalid(match key {
                "" => "it is empty",
                _ if key.starts_with("sk_") => {
                    "this is a secret key, which must not be made public"
                }
                _ => "it starts with neither `pk_live_` nor `pk_test_`",
            }));
        };
        let decoded = BASE64.decode(encoded.trim_end_matches('=')).ok();
        let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        let host = decoded
            .as_deref()
            .and_then(|decoded| decoded.strip_suffix('$'));
        let frontend_api = host
            .filter(|host| host.contains('.'))
            .and_then(parse_authority)
            .map(|host| Origin::new(Scheme::Https, host));
        match frontend_api {
            Some(frontend_api) => Ok(Self {
                frontend_api,
                cookie_suffix: cookie_suffix(key),
                is_development: key.starts_with("pk_test_"),
            }),
            None => Err(invalid(
                "it does not contain a Frontend API host: copy the whole key",
            )),
        }
    }

    /// The host of the instance's Frontend API, such as `clerk.example.com`.
    pub(super) fn frontend_api(&self) -> &str {
        self.frontend_api.authority()
    }

    /// The URL of the instance's Frontend API.
    pub(super) fn frontend_api_url(&self) -> HttpUrl {
        HttpUrl::new(self.frontend_api.clone(), "")
    }

    /// Whether the key belongs to a development instance.
    pub(super) fn is_development(&self) -> bool {
        self.is_development
    }

    /// The suffix of the instance's cookie names, which follows an underscore.
    pub(super) fn cookie_suffix(&self) -> &str {
        &self.cookie_suffix
    }
}

/// Computes the cookie suffix as Clerk does, with SHA-1. No security property depends on it.
fn cookie_suffix(key: &str) -> String {
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    let mut suffix = URL_SAFE.encode(digest.as_ref());
    suffix.truncate(8);
    suffix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_contains_frontend_api_host_and_determines_cookie_suffix() {
        for (key, frontend_api, cookie_suffix) in [
            (
                "pk_test_Y2xlcmsuaW5zcGlyZWQucHVtYS03NC5sY2wuZGV2JA",
                "clerk.inspired.puma-74.lcl.dev",
                "vWCgMp3A",
            ),
            (
                "pk_live_Y2xlcmsuaW5zcGlyZWQucHVtYS03NC5sY2wuZGV2JA",
                "clerk.inspired.puma-74.lcl.dev",
                "MqCvchyS",
            ),
            (
                "pk_test_Y2xlcmsuY2xlcmsuZGV2JA",
                "clerk.clerk.dev",
                "QvfNY2dr",
            ),
            (
                "pk_test_ZW5vdWdoLWFscGFjYS04Mi5jbGVyay5hY2NvdW50cy5sY2xjbGVyay5jb20k",
                "enough-alpaca-82.clerk.accounts.lclclerk.com",
                "jtYvyt_H",
            ),
        ] {
            let parsed = PublishableKey::parse(key).expect("a valid key");
            assert_eq!(parsed.frontend_api(), frontend_api);
            assert_eq!(parsed.cookie_suffix(), cookie_suffix);
            assert_eq!(parsed.is_development(), key.starts_with("pk_test_"));
        }
    }

    #[test]
    fn error_for_an_invalid_key_does_not_contain_the_key() {
        for key in [
            "",
            "sk_test_zebra",
            "pk_zebra",
            "pk_test_",
            "pk_test_zebra!",
            "pk_test_Y2xlcmsuY2xlcmsuZGV2",
            "pk_test_Y2xlcmsuJGNsZXJrLmRldiQ",
            "pk_test_Y2xlcmsk",
            "pk_test_Y2xlcmsuZGV2L3gk",
        ] {
            let error = PublishableKey::parse(key).expect_err("an invalid key");
            assert!(!error.to_string().contains("zebra"), "{error}");
        }
    }
}
