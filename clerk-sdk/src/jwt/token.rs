//! A token taken apart: three parts, strictly.

use std::borrow::Cow;

use super::base64url::Buffer;
use super::error::TokenError;
use super::json::{Odd, Seen, members};
use super::key::{Algorithm, Key};
use super::verify::MAX_TOKEN_BYTES;

/// The parts of a token. The payload stays as it came until the signature is checked.
pub(super) struct Token<'t> {
    pub(super) header: Cow<'t, Header>,
    header_text: &'t str,
    /// What the signature is over.
    signed: &'t [u8],
    payload: &'t str,
    signature: &'t str,
}

/// The header of a token that was accepted. An instance writes the same one into all of its tokens, so
/// most need not be read.
pub(super) struct KnownHeader {
    text: Box<str>,
    header: Header,
}

/// What a token says of itself.
#[derive(Clone, Default)]
pub(super) struct Header {
    pub(super) algorithm: Option<Algorithm>,
    pub(super) key_id: Option<String>,
    pub(super) kind: Kind,
    pub(super) category: Category,
    is_critical: bool,
}

/// The type that a token says it is of (`typ`).
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub(super) enum Kind {
    #[default]
    Unsaid,
    Jwt,
    AccessToken,
    Other,
}

/// What Clerk says a token is for (`cat`).
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub(super) enum Category {
    /// Nothing, or that it is for anything.
    #[default]
    Unsaid,
    Session,
    Template,
    Machine,
    Other,
}

/// Ids of keys are short; a long one is somebody trying something.
const MAX_KEY_ID: usize = 256;

/// A header has a handful of members.
const MAX_HEADER_BYTES: usize = 1024;

impl<'t> Token<'t> {
    /// Takes a token apart. Its header is not read where it is the known one.
    pub(super) fn parse(
        token: &'t str,
        known: Option<&'t KnownHeader>,
    ) -> Result<Self, TokenError> {
        if token.is_empty() {
            return Err(TokenError::Missing);
        }
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong(MAX_TOKEN_BYTES));
        }
        let (signed, header_text, payload, signature) =
            split(token).ok_or(TokenError::Malformed("it is not three parts"))?;
        let header = match known {
            Some(known) if *known.text == *header_text => Cow::Borrowed(&known.header),
            _ => Cow::Owned(Header::read(header_text)?),
        };
        Ok(Self {
            header,
            header_text,
            signed: signed.as_bytes(),
            payload,
            signature,
        })
    }

    /// The header, to know it again.
    pub(super) fn known_header(&self) -> KnownHeader {
        KnownHeader {
            text: self.header_text.into(),
            header: Header::clone(&self.header),
        }
    }

    /// The claims' JSON, if `key` signed it with an algorithm that Clerk signs with.
    pub(super) fn verified_payload<'b>(
        &self,
        key: &Key,
        buffer: &'b mut Buffer,
    ) -> Result<&'b [u8], TokenError> {
        let algorithm = self.header.algorithm;
        let algorithm = algorithm.ok_or(TokenError::UnsupportedAlgorithm)?;
        let signature = decode(self.signature, buffer, "its signature is not base64url")?;
        key.verify(algorithm, self.signed, signature)?;
        self.unverified_payload(buffer)
    }

    /// The claims' JSON, whoever wrote it.
    pub(super) fn unverified_payload<'b>(
        &self,
        buffer: &'b mut Buffer,
    ) -> Result<&'b [u8], TokenError> {
        decode(self.payload, buffer, "its claims are not base64url")
    }
}

fn decode<'b>(
    part: &str,
    buffer: &'b mut Buffer,
    problem: &'static str,
) -> Result<&'b [u8], TokenError> {
    buffer
        .decode(part)
        .map_err(|_| TokenError::Malformed(problem))
}

/// What is signed, and the three parts.
fn split(token: &str) -> Option<(&str, &str, &str, &str)> {
    let mut stops = memchr::memchr_iter(b'.', token.as_bytes());
    let (first, second) = (stops.next()?, stops.next()?);
    let parts = (
        &token[..second],
        &token[..first],
        &token[first + 1..second],
        &token[second + 1..],
    );
    stops.next().is_none().then_some(parts)
}

impl Header {
    fn read(text: &str) -> Result<Self, TokenError> {
        if text.len() > MAX_HEADER_BYTES {
            return Err(TokenError::Malformed("its header is too long"));
        }
        let mut buffer = Buffer::new();
        let json = decode(text, &mut buffer, "its header is not base64url")?;
        let header = Self::parse(json);
        let header = header.map_err(|_| TokenError::Malformed("its header is not understood"))?;
        if header.is_critical {
            return Err(TokenError::UnsupportedExtension);
        }
        let is_odd = |id: &String| id.len() > MAX_KEY_ID || id.chars().any(char::is_control);
        if header.key_id.as_ref().is_some_and(is_odd) {
            return Err(TokenError::Malformed("its key id is odd"));
        }
        Ok(header)
    }

    fn parse(json: &[u8]) -> Result<Self, Odd> {
        let mut header = Self::default();
        let mut seen = Seen::default();
        members(json, |name, json| {
            let mut text = || json.value::<String>("");
            let bit = match name {
                "alg" => {
                    header.algorithm = Algorithm::named(&text()?);
                    0
                }
                "kid" => {
                    header.key_id = Some(text()?);
                    1
                }
                "typ" => {
                    header.kind = Kind::named(&text()?);
                    2
                }
                "cat" => {
                    header.category = Category::named(&text()?);
                    3
                }
                "crit" => {
                    json.ignore()?;
                    header.is_critical = true;
                    4
                }
                _ => return json.ignore(),
            };
            seen.first(bit)
        })?;
        Ok(header)
    }
}

impl Kind {
    fn named(name: &str) -> Self {
        match name {
            "JWT" => Self::Jwt,
            "at+jwt" | "application/at+jwt" => Self::AccessToken,
            _ => Self::Other,
        }
    }
}

impl Category {
    fn named(name: &str) -> Self {
        match name {
            "cl_B7d4PD111AAA" => Self::Session,
            "cl_B7d4PD222AAA" => Self::Template,
            "cl_B7d4PD333AAA" => Self::Machine,
            "cl_I7d4PD111III" => Self::Unsaid,
            _ => Self::Other,
        }
    }
}
