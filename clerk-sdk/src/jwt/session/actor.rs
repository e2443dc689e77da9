//! The actor of a session (`act`): who impersonates the user.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::jwt::token::repeated_member;
use crate::jwt::token_error::TokenError;

/// Somebody who acts on behalf of a user, for example an administrator who impersonates them.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    subject: String,
    details: Map<String, Value>,
}

impl Actor {
    /// The id of the actor (`sub`).
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The other members of the claim.
    pub fn details(&self) -> &Map<String, Value> {
        &self.details
    }
}

/// The claim as it is read: an object without repeated members.
pub(super) struct ActorClaim(Map<String, Value>);

impl ActorClaim {
    pub(super) fn into_actor(self) -> Result<Actor, TokenError> {
        let Self(mut details) = self;
        match details.remove("sub") {
            Some(Value::String(subject)) => Ok(Actor { subject, details }),
            _ => Err(TokenError::invalid_claim("act")),
        }
    }
}

impl<'de> Deserialize<'de> for ActorClaim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ActorVisitor;

        impl<'de> Visitor<'de> for ActorVisitor {
            type Value = ActorClaim;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ActorClaim, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = map.next_entry()? {
                    if members.insert(name, value).is_some() {
                        return Err(repeated_member());
                    }
                }
                Ok(ActorClaim(members))
            }
        }

        deserializer.deserialize_map(ActorVisitor)
    }
}
