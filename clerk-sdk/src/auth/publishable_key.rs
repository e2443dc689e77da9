//! The publishable key of an instance: where its Frontend API is, and how its cookies are named.

use std::error::Error;
use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, URL_SAFE};
use ring::digest;

/// A publishable key, `pk_test_…` or `pk_live_…`: it is public, and names the instance.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublishableKey {
    frontend_api: String,
    suffix: String,
    is_development: bool,
}

const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, NO_PAD);

impl PublishableKey {
    /// Reads a publishable key, as the Clerk Dashboard shows it.
    ///
    /// # Errors
    ///
    /// If it is none; the message says what it looks like instead.
    pub fn parse(key: &str) -> Result<Self, InvalidPublishableKey> {
        let encoded = key
            .strip_prefix("pk_live_")
            .or(key.strip_prefix("pk_test_"));
        let Some(encoded) = encoded else {
            return Err(InvalidPublishableKey(match key {
                "" => "it is empty",
                _ if key.starts_with("sk_") => {
                    "this is a secret key: keep it out of what is public"
                }
                _ => "it starts with neither `pk_live_` nor `pk_test_`",
            }));
        };
        let decoded = BASE64.decode(encoded.trim_end_matches('=')).ok();
        let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        let host = decoded.as_deref().and_then(|text| text.strip_suffix('$'));
        match host {
            Some(host) if is_host(host) => Ok(Self {
                frontend_api: host.to_owned(),
                suffix: suffix(key),
                is_development: key.starts_with("pk_test_"),
            }),
            _ => Err(InvalidPublishableKey(
                "it does not name a Frontend API: copy it whole",
            )),
        }
    }

    /// The host of the instance's Frontend API, such as `clerk.example.com`.
    pub fn frontend_api(&self) -> &str {
        &self.frontend_api
    }

    /// Whether it is of a development instance.
    pub fn is_development(&self) -> bool {
        self.is_development
    }

    /// What the names of this instance's cookies end with, after an underscore.
    pub fn cookie_suffix(&self) -> &str {
        &self.suffix
    }
}

fn is_host(host: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    host.contains('.') && host.bytes().all(is_part)
}

/// SHA-1 is Clerk's choice; nothing secret depends on it.
fn suffix(key: &str) -> String {
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    let mut suffix = URL_SAFE.encode(digest.as_ref());
    suffix.truncate(8);
    suffix
}

/// Why a text is no publishable key. The text is not repeated: it may be a secret one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidPublishableKey(&'static str);

impl fmt::Display for InvalidPublishableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no publishable key: {}", self.0)
    }
}

impl Error for InvalidPublishableKey {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_frontend_api_and_its_cookies() {
        for (key, frontend_api, suffix) in [
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
            let parsed = PublishableKey::parse(key).expect("it is one");
            assert_eq!(parsed.frontend_api(), frontend_api);
            assert_eq!(parsed.cookie_suffix(), suffix);
            assert_eq!(parsed.is_development(), key.starts_with("pk_test_"));
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
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
            let error = PublishableKey::parse(key).expect_err("it is none");
            assert!(!error.to_string().contains("zebra"), "{error}");
        }
    }
}
