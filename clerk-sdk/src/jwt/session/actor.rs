//! The actor of a session (`act`): who impersonates the user.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::jwt::token::repeated_member;

/// Somebody who acts on behalf of a user, for example an administrator who impersonates them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Actor {
    /// The id of the actor (`sub`).
    pub subject: String,
    /// The other members of the claim.
    pub details: Map<String, Value>,
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ActorVisitor;

        impl<'de> Visitor<'de> for ActorVisitor {
            type Value = Actor;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Actor, A::Error> {
                let mut details = Map::new();
                while let Some((name, value)) = map.next_entry()? {
                    if details.insert(name, value).is_some() {
                        return Err(repeated_member());
                    }
                }
                match details.remove("sub") {
                    Some(Value::String(subject)) => Ok(Actor { subject, details }),
                    _ => Err(A::Error::custom("an actor has a subject")),
                }
            }
        }

        deserializer.deserialize_map(ActorVisitor)
    }
}
