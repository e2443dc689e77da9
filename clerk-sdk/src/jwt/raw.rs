//! A token's claims as they come: each at most once, each of its type, none judged yet.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::error::TokenError;

/// The claims of a token.
#[derive(Default)]
pub(super) struct Raw<'t> {
    pub(super) sub: Option<String>,
    pub(super) sid: Option<String>,
    pub(super) iss: Option<String>,
    pub(super) jti: Option<String>,
    pub(super) azp: Option<String>,
    pub(super) sts: Option<Text<'t>>,
    pub(super) fea: Option<String>,
    pub(super) pla: Option<String>,
    pub(super) exp: Option<i64>,
    pub(super) iat: Option<i64>,
    pub(super) nbf: Option<i64>,
    pub(super) v: Option<u64>,
    pub(super) aud: Option<Audience>,
    pub(super) act: Option<Map<String, Value>>,
    pub(super) fva: Option<Value>,
    /// What means something in one version only.
    pub(super) versioned: Vec<(&'static str, &'t RawValue)>,
    pub(super) custom: Map<String, Value>,
}

/// The claims that have a meaning, each with its bit among those that were seen.
const KNOWN: [&str; 15] = [
    "sub", "sid", "iss", "jti", "azp", "sts", "fea", "pla", "exp", "iat", "nbf", "v", "aud", "act",
    "fva",
];
/// Those that have one only in version 1, or only in version 2.
const VERSIONED: [&str; 5] = ["o", "org_id", "org_slug", "org_role", "org_permissions"];

impl<'t> Raw<'t> {
    pub(super) fn parse(json: &'t [u8]) -> Result<Self, TokenError> {
        let at = Cell::new(None);
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let raw = deserializer.deserialize_map(RawVisitor { at: &at });
        let raw = raw.and_then(|raw| deserializer.end().map(|()| raw));
        raw.map_err(|error| match at.get() {
            Some(claim) if error.is_data() => TokenError::InvalidClaim(claim),
            _ => TokenError::Malformed("its claims are not understood"),
        })
    }

    /// Takes a claim that means something in this version.
    pub(super) fn take<T: Deserialize<'t>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, TokenError> {
        let Some(place) = self.versioned.iter().position(|(own, _)| *own == name) else {
            return Ok(None);
        };
        let (_, value) = self.versioned.swap_remove(place);
        let value = serde_json::from_str(value.get());
        value.map_err(|_| TokenError::InvalidClaim(name))
    }

    /// What nobody took: the claims that you added, and those of the other version.
    pub(super) fn into_custom(self) -> Map<String, Value> {
        let mut custom = self.custom;
        for (name, value) in self.versioned {
            let value = serde_json::from_str(value.get()).unwrap_or(Value::Null);
            custom.insert(name.to_owned(), value);
        }
        custom
    }
}

struct RawVisitor<'c> {
    /// The claim whose value is being read.
    at: &'c Cell<Option<&'static str>>,
}

impl<'de> Visitor<'de> for RawVisitor<'_> {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw<'de>, A::Error> {
        let mut raw = Raw::default();
        let mut seen = 0_u32;
        while let Some(Text(name)) = map.next_key()? {
            if let Some(place) = KNOWN.iter().position(|known| *known == name) {
                self.at.set(Some(KNOWN[place]));
                raw.read(KNOWN[place], &mut map)?;
                self.at.set(None);
                is_first(&mut seen, place)?;
            } else if let Some(place) = VERSIONED.iter().position(|known| *known == name) {
                raw.versioned.push((VERSIONED[place], map.next_value()?));
                is_first(&mut seen, KNOWN.len() + place)?;
            } else if raw
                .custom
                .insert(name.into_owned(), map.next_value()?)
                .is_some()
            {
                return Err(twice());
            }
        }
        Ok(raw)
    }
}

impl<'de> Raw<'de> {
    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "sub" => self.sub = map.next_value()?,
            "sid" => self.sid = map.next_value()?,
            "iss" => self.iss = map.next_value()?,
            "jti" => self.jti = map.next_value()?,
            "azp" => self.azp = map.next_value()?,
            "sts" => self.sts = map.next_value()?,
            "fea" => self.fea = map.next_value()?,
            "pla" => self.pla = map.next_value()?,
            "exp" => self.exp = map.next_value()?,
            "iat" => self.iat = map.next_value()?,
            "nbf" => self.nbf = map.next_value()?,
            "v" => self.v = map.next_value()?,
            "aud" => self.aud = map.next_value()?,
            "act" => self.act = map.next_value()?,
            _ => self.fva = map.next_value()?,
        }
        Ok(())
    }
}

/// Refuses what was seen before.
pub(super) fn is_first<E: serde::de::Error>(seen: &mut u32, place: usize) -> Result<(), E> {
    let bit = 1 << place;
    match *seen & bit {
        0 => *seen |= bit,
        _ => return Err(twice()),
    }
    Ok(())
}

fn twice<E: serde::de::Error>() -> E {
    E::custom("a claim comes twice")
}

/// A text that is not copied unless it has escapes.
#[derive(Clone, Debug)]
pub(super) struct Text<'t>(pub(super) Cow<'t, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}

/// One text, or several.
pub(super) struct Audience(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let invalid = || D::Error::custom("an audience is one text or several");
        match Value::deserialize(deserializer)? {
            Value::String(one) => Ok(Self(vec![one])),
            Value::Array(several) => {
                let texts = several.into_iter().map(|it| match it {
                    Value::String(text) => Ok(text),
                    _ => Err(invalid()),
                });
                Ok(Self(texts.collect::<Result<_, _>>()?))
            }
            _ => Err(invalid()),
        }
    }
}

/// The organization in its compact form.
#[derive(Default)]
pub(super) struct Compact {
    pub(super) id: Option<String>,
    pub(super) slg: Option<String>,
    pub(super) rol: Option<String>,
    pub(super) per: Option<String>,
    pub(super) fpm: Option<String>,
}

impl<'de> Deserialize<'de> for Compact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CompactVisitor)
    }
}

struct CompactVisitor;

impl<'de> Visitor<'de> for CompactVisitor {
    type Value = Compact;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Compact, A::Error> {
        let mut compact = Compact::default();
        let mut seen = 0_u32;
        while let Some(Text(name)) = map.next_key()? {
            let place = match &*name {
                "id" => &mut compact.id,
                "slg" => &mut compact.slg,
                "rol" => &mut compact.rol,
                "per" => &mut compact.per,
                "fpm" => &mut compact.fpm,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = map.next_value()?;
            let names = ["id", "slg", "rol", "per", "fpm"];
            let place = names.iter().position(|known| *known == name);
            is_first(&mut seen, place.unwrap_or_default())?;
        }
        Ok(compact)
    }
}
