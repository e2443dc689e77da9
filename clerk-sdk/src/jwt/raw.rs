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
    pub(super) sub: Option<Text<'t>>,
    pub(super) sid: Option<Text<'t>>,
    pub(super) iss: Option<Text<'t>>,
    pub(super) jti: Option<Text<'t>>,
    pub(super) azp: Option<Text<'t>>,
    pub(super) sts: Option<Text<'t>>,
    pub(super) fea: Option<Text<'t>>,
    pub(super) pla: Option<Text<'t>>,
    pub(super) exp: Option<i64>,
    pub(super) iat: Option<i64>,
    pub(super) nbf: Option<i64>,
    pub(super) v: Option<u64>,
    pub(super) aud: Option<Audience>,
    pub(super) act: Option<Act>,
    pub(super) fva: Option<&'t RawValue>,
    /// The organization of version 2, where it was read on the way.
    pub(super) compact: Option<Compact<'t>>,
    /// What means something in one version only, each at the place of its name in [`VERSIONED`].
    versioned: [Option<&'t RawValue>; VERSIONED.len()],
    pub(super) custom: Map<String, Value>,
}

impl<'t> Raw<'t> {
    pub(super) fn parse(json: &'t [u8]) -> Result<Self, TokenError> {
        // Nearly every token is of version 2. In another, the same name may be for anything.
        match Self::read(json, true) {
            Ok(raw) if raw.compact.is_none() || raw.version() != 1 => Ok(raw),
            _ => Self::read(json, false),
        }
    }

    /// The version of a token that does not say is the first.
    pub(super) fn version(&self) -> u64 {
        self.v.unwrap_or(1)
    }

    fn read(json: &'t [u8], expects_compact: bool) -> Result<Self, TokenError> {
        let at = Cell::new(None);
        let mut raw = Self::default();
        let visitor = RawVisitor {
            raw: &mut raw,
            at: &at,
            expects_compact,
        };
        read_claims(json, visitor, &at)?;
        Ok(raw)
    }

    /// Takes a claim that means something in this version; null is as if it was not there.
    pub(super) fn take<T: Deserialize<'t>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, TokenError> {
        let place = VERSIONED.iter().position(|own| *own == name);
        let Some(value) = place.and_then(|place| self.versioned[place].take()) else {
            return Ok(None);
        };
        let value = serde_json::from_str::<Option<T>>(value.get());
        value.map_err(|_| TokenError::InvalidClaim(name))
    }

    /// What nobody took: the claims that you added, and those of the other version.
    pub(super) fn into_custom(self) -> Map<String, Value> {
        let mut custom = self.custom;
        for (name, value) in VERSIONED.iter().zip(self.versioned) {
            let value = value.map(|value| serde_json::from_str(value.get()).unwrap_or(Value::Null));
            custom.extend(value.map(|value| ((*name).to_owned(), value)));
        }
        custom
    }
}

/// Reads all of `json` as one object. Where a value does not fit, `at` is the claim that it is of.
pub(super) fn read_claims<'t>(
    json: &'t [u8],
    visitor: impl Visitor<'t, Value = ()>,
    at: &Cell<Option<&'static str>>,
) -> Result<(), TokenError> {
    let malformed = || TokenError::Malformed("its claims are not understood");
    // Checked at once: the parser would check each text for itself.
    let json = std::str::from_utf8(json).map_err(|_| malformed())?;
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let read = deserializer.deserialize_map(visitor);
    read.and_then(|()| deserializer.end())
        .map_err(|error| match at.get() {
            Some(claim) if error.is_data() => TokenError::InvalidClaim(claim),
            _ => malformed(),
        })
}

struct RawVisitor<'c, 't> {
    raw: &'c mut Raw<'t>,
    /// The claim whose value is being read.
    at: &'c Cell<Option<&'static str>>,
    /// Whether `o` is taken for the organization of version 2.
    expects_compact: bool,
}

impl<'de> Visitor<'de> for RawVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self {
            raw,
            at,
            expects_compact,
        } = self;
        let mut seen = 0_u32;
        while let Some(Text(name)) = map.next_key()? {
            /// Reads the value of a claim into its field.
            macro_rules! read {
                ($field:ident, $bit:literal) => {{
                    at.set(Some(stringify!($field)));
                    raw.$field = map.next_value()?;
                    at.set(None);
                    $bit
                }};
            }
            let bit = match &*name {
                "sub" => read!(sub, 0),
                "sid" => read!(sid, 1),
                "iss" => read!(iss, 2),
                "jti" => read!(jti, 3),
                "azp" => read!(azp, 4),
                "sts" => read!(sts, 5),
                "fea" => read!(fea, 6),
                "pla" => read!(pla, 7),
                "exp" => read!(exp, 8),
                "iat" => read!(iat, 9),
                "nbf" => read!(nbf, 10),
                "v" => read!(v, 11),
                "aud" => read!(aud, 12),
                "act" => read!(act, 13),
                "fva" => read!(fva, 14),
                "o" if expects_compact => {
                    raw.compact = map.next_value()?;
                    15
                }
                other => match VERSIONED.iter().position(|known| *known == other) {
                    Some(place) => {
                        raw.versioned[place] = Some(map.next_value()?);
                        15 + u32::try_from(place).unwrap_or(0)
                    }
                    None => {
                        let twin = raw.custom.insert(name.into_owned(), map.next_value()?);
                        match twin {
                            Some(_) => return Err(twice()),
                            None => continue,
                        }
                    }
                },
            };
            is_first(&mut seen, bit)?;
        }
        Ok(())
    }
}

/// The claims that mean something only in version 1, or only in version 2.
const VERSIONED: [&str; 5] = ["o", "org_id", "org_slug", "org_role", "org_permissions"];

pub(super) fn twice<E: serde::de::Error>() -> E {
    E::custom("a claim comes twice")
}

/// Refuses what was seen before.
pub(super) fn is_first<E: serde::de::Error>(seen: &mut u32, bit: u32) -> Result<(), E> {
    let bit = 1 << bit;
    match *seen & bit {
        0 => *seen |= bit,
        _ => return Err(twice()),
    }
    Ok(())
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

/// Who acts in a user's name: an object that says nothing twice.
pub(super) struct Act(pub(super) Map<String, Value>);

impl<'de> Deserialize<'de> for Act {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ActVisitor;

        impl<'de> Visitor<'de> for ActVisitor {
            type Value = Act;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Act, A::Error> {
                let mut act = Map::new();
                while let Some((name, value)) = map.next_entry()? {
                    if act.insert(name, value).is_some() {
                        return Err(twice());
                    }
                }
                Ok(Act(act))
            }
        }

        deserializer.deserialize_map(ActVisitor)
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
pub(super) struct Compact<'t> {
    pub(super) id: Option<Text<'t>>,
    pub(super) slg: Option<Text<'t>>,
    pub(super) rol: Option<Text<'t>>,
    pub(super) per: Option<Text<'t>>,
    pub(super) fpm: Option<Text<'t>>,
}

impl<'de> Deserialize<'de> for Compact<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CompactVisitor)
    }
}

struct CompactVisitor;

impl<'de> Visitor<'de> for CompactVisitor {
    type Value = Compact<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Compact<'de>, A::Error> {
        let mut compact = Compact::default();
        let mut seen = 0_u32;
        while let Some(Text(name)) = map.next_key()? {
            let (place, bit) = match &*name {
                "id" => (&mut compact.id, 0),
                "slg" => (&mut compact.slg, 1),
                "rol" => (&mut compact.rol, 2),
                "per" => (&mut compact.per, 3),
                "fpm" => (&mut compact.fpm, 4),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = map.next_value()?;
            is_first(&mut seen, bit)?;
        }
        Ok(compact)
    }
}
