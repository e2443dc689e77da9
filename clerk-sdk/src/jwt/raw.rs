//! A session token's claims as they come: each at most once, each of its type, none judged yet.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::error::TokenError;
use super::json::{Json, Odd, Seen, members};
use super::registered::Registered;
use super::texts::{Span, Texts};

/// The claims of a token.
#[derive(Default)]
pub(super) struct Raw<'t> {
    pub(super) registered: Registered,
    pub(super) sid: Option<Span>,
    pub(super) azp: Option<Span>,
    pub(super) sts: Option<Span>,
    pub(super) fea: Option<Span>,
    pub(super) pla: Option<Span>,
    pub(super) v: Option<u64>,
    pub(super) aud: Option<Audience>,
    pub(super) act: Option<Act>,
    pub(super) fva: Option<[i64; 2]>,
    /// What `o` is in version 2, if it is that.
    compact: Option<Compact>,
    /// What means something in one version only, as JSON, each at the place of its name in [`VERSIONED`].
    versioned: [Option<&'t str>; VERSIONED.len()],
    pub(super) custom: Map<String, Value>,
    seen: Seen,
}

/// The claims that mean something only in version 2, which is the first, or only in version 1.
const VERSIONED: [&str; 5] = ["o", "org_id", "org_slug", "org_role", "org_permissions"];

impl<'t> Raw<'t> {
    pub(super) fn parse(json: &'t [u8]) -> Result<Self, TokenError> {
        let mut raw = Self::default();
        raw.registered.texts = Texts::with_capacity(json.len());
        members(json, |name, json| raw.take(name, json))?;
        Ok(raw)
    }

    /// The version of a token that does not say is the first.
    pub(super) fn version(&self) -> u64 {
        self.v.unwrap_or(1)
    }

    fn take(&mut self, name: &str, json: &mut Json<'t>) -> Result<(), Odd> {
        if self.registered.take(name, json)? {
            return Ok(());
        }
        let texts = &mut self.registered.texts;
        let bit = match name {
            "sid" => {
                self.sid = json.text("sid", texts)?;
                0
            }
            "azp" => {
                self.azp = json.text("azp", texts)?;
                1
            }
            "sts" => {
                self.sts = json.text("sts", texts)?;
                2
            }
            "fea" => {
                self.fea = json.text("fea", texts)?;
                3
            }
            "pla" => {
                self.pla = json.text("pla", texts)?;
                4
            }
            "v" => {
                self.v = json.natural("v")?;
                5
            }
            "aud" => {
                self.aud = json.value("aud")?;
                6
            }
            "act" => {
                self.act = json.value("act")?;
                7
            }
            "fva" => {
                self.fva = ages(json)?;
                8
            }
            "o" => {
                let (compact, json) = json.lenient(|json| Compact::read(json, texts))?;
                if compact.is_some() || json.trim() != "null" {
                    self.versioned[0] = Some(json);
                }
                self.compact = compact;
                9
            }
            other => match VERSIONED.iter().position(|known| *known == other) {
                Some(place) => {
                    self.versioned[place] = Some(json.lenient(Json::ignore)?.1);
                    9 + place as u32
                }
                None => return json.insert(name, &mut self.custom),
            },
        };
        self.seen.first(bit)
    }

    /// The organization of a token of version 2, if one is active.
    pub(super) fn compact(&mut self) -> Result<Option<Compact>, TokenError> {
        let compact = self.compact.take();
        match (self.versioned[0].take(), &compact) {
            (Some(_), None) => Err(TokenError::InvalidClaim("o")),
            _ => Ok(compact),
        }
    }

    /// A claim of version 1; null is as if it was not there.
    pub(super) fn of_v1<T: Deserialize<'t>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, TokenError> {
        let place = VERSIONED.iter().position(|own| *own == name);
        let Some(json) = place.and_then(|place| self.versioned[place].take()) else {
            return Ok(None);
        };
        let value = serde_json::from_str::<Option<T>>(json);
        value.map_err(|_| TokenError::InvalidClaim(name))
    }

    /// What nobody took: the claims that you added, and those of the other version.
    pub(super) fn into_custom(self) -> Map<String, Value> {
        let mut custom = self.custom;
        for (name, json) in VERSIONED.iter().zip(self.versioned) {
            let value = json.map(|json| serde_json::from_str(json).unwrap_or(Value::Null));
            custom.extend(value.map(|value| ((*name).to_owned(), value)));
        }
        custom
    }
}

/// Two ages in minutes; anything else is as if nothing was said, which no check passes.
fn ages(json: &mut Json<'_>) -> Result<Option<[i64; 2]>, Odd> {
    let (ages, _) = json.lenient(|json| json.pair("fva"))?;
    Ok(ages.filter(|ages| ages.iter().all(|age| *age >= -1)))
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
                        return Err(A::Error::custom("a member comes twice"));
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
pub(super) struct Compact {
    pub(super) id: Option<Span>,
    pub(super) slg: Option<Span>,
    pub(super) rol: Option<Span>,
    pub(super) per: Option<Span>,
    pub(super) fpm: Option<Span>,
}

impl Compact {
    fn read(json: &mut Json<'_>, texts: &mut Texts) -> Result<Self, Odd> {
        let mut compact = Self::default();
        let mut seen = Seen::default();
        json.members(|name, json| {
            let (place, bit) = match name {
                "id" => (&mut compact.id, 0),
                "slg" => (&mut compact.slg, 1),
                "rol" => (&mut compact.rol, 2),
                "per" => (&mut compact.per, 3),
                "fpm" => (&mut compact.fpm, 4),
                _ => return json.ignore(),
            };
            *place = json.text("o", texts)?;
            seen.first(bit)
        })?;
        Ok(compact)
    }
}
