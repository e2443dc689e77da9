//! Unions with a discriminator: each member is decoded as it is read, once the discriminator has been read.
//!
//! The discriminator usually comes first. The members before it are kept as text and replayed. If it is missing, another
//! member can tell the variant, as some responses and webhook events have no discriminator.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::json_path;
use super::member_name::MemberName;
use super::raw_json::{RawJson, without_position};
use super::type_mismatch::reject;

/// A union whose variant is decided by the string value of one member, the discriminator.
pub(crate) trait TaggedUnion: Default {
    /// The name of the discriminator.
    const TAG: &'static str;

    /// How to infer the discriminator if it is missing.
    const HINTS: &'static [TagHint];

    /// Returns the variant that the discriminator names, empty so far; `None` if it names no known one.
    fn from_tag(tag: &str) -> Option<Self>;

    /// Decodes a member into the variant; returns false if the variant has no such field.
    fn decode_member<'de, M: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut M,
    ) -> Result<bool, M::Error>;

    /// Keeps an object that is not a known variant.
    fn unknown(object: Value) -> Self;
}

/// A value of the discriminator that follows from the value of another member.
pub(crate) struct TagHint {
    pub(crate) tag: &'static str,
    /// The name of the other member.
    pub(crate) member: &'static str,
    /// The values of the other member. A `*` at the end stands for any string.
    pub(crate) values: &'static [&'static str],
}

impl TagHint {
    fn applies_to(&self, members: &[Member<'_>]) -> bool {
        let value = find(members, self.member).and_then(RawJson::as_str);
        let matches = |value: &str| {
            self.values
                .iter()
                .any(|known| match known.strip_suffix('*') {
                    Some(prefix) => value.starts_with(prefix),
                    None => value == *known,
                })
        };
        value.is_some_and(|value| matches(&value))
    }
}

/// A member that was read before the discriminator.
type Member<'de> = (Cow<'de, str>, RawJson<'de>);

/// Returns the value of a member, the last one if there are several.
fn find<'m, 'de>(members: &'m [Member<'de>], name: &str) -> Option<&'m RawJson<'de>> {
    let mut members = members.iter().rev();
    members
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}

/// Returns the value of the discriminator that an object without one should have. An empty discriminator is what such an
/// object serializes to.
fn infer_tag(members: &[Member<'_>], tag: &str, hints: &[TagHint]) -> Option<&'static str> {
    match find(members, tag) {
        None => {}
        Some(tag) if tag.is_null() || tag.as_str().as_deref() == Some("") => {}
        Some(_) => return None,
    }
    let hint = hints.iter().find(|hint| hint.applies_to(members))?;
    Some(hint.tag)
}

fn remove(members: &mut Vec<Member<'_>>, name: &str) {
    members.retain(|(known, _)| known != name);
}

/// Parses the members of an object that is not a known variant.
fn parse_object<E: Error>(members: Vec<Member<'_>>) -> Result<Value, E> {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert(name.into_owned(), value.parse()?);
    }
    Ok(Value::Object(object))
}

/// Decodes a union with a discriminator.
pub(crate) fn decode_tagged_union<'de, T: TaggedUnion, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(TaggedVisitor(PhantomData))
}

struct TaggedVisitor<T>(PhantomData<T>);

impl<'de, T: TaggedUnion> Visitor<'de> for TaggedVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut buffered: Vec<Member<'de>> = Vec::new();
        while let Some(name) = map.next_key_seed(MemberName)? {
            let value: RawJson<'de> = map.next_value()?;
            let tag = (name == T::TAG).then(|| value.as_str()).flatten();
            let variant = tag.and_then(|tag| T::from_tag(&tag));
            if let Some(mut variant) = variant {
                remove(&mut buffered, T::TAG);
                replay(&mut variant, T::TAG, &value)?;
                replay_all(&mut variant, &buffered)?;
                return decode_remaining(variant, map);
            }
            buffered.push((name, value));
        }
        let tag = infer_tag(&buffered, T::TAG, T::HINTS);
        let Some(mut variant) = tag.and_then(T::from_tag) else {
            return parse_object(buffered).map(T::unknown);
        };
        replay_all(&mut variant, &buffered)?;
        Ok(variant)
    }

    reject!(arrays);

    reject!(scalars);
}

/// Decodes the members that were read before the discriminator.
fn replay_all<T: TaggedUnion, E: Error>(variant: &mut T, members: &[Member<'_>]) -> Result<(), E> {
    let mut members = members.iter();
    members.try_for_each(|(name, value)| replay(variant, name, value))
}

/// Decodes a member that was read before the discriminator.
fn replay<T: TaggedUnion, E: Error>(
    variant: &mut T,
    name: &str,
    value: &RawJson<'_>,
) -> Result<(), E> {
    let mut member = ReadMember {
        json: value.text(),
        error: PhantomData::<E>,
    };
    let decoded = variant.decode_member(name, &mut member);
    decoded
        .map(|_| ())
        .map_err(|error| json_path::at_field(name, error))
}

/// Decodes the members after the discriminator. A second discriminator is ignored; otherwise the variant would
/// contain the tag of another one.
fn decode_remaining<'de, T: TaggedUnion, A: MapAccess<'de>>(
    mut variant: T,
    mut map: A,
) -> Result<T, A::Error> {
    while let Some(name) = map.next_key_seed(MemberName)? {
        let is_decoded = match &*name {
            tag if tag == T::TAG => false,
            name => variant
                .decode_member(name, &mut map)
                .map_err(|error| json_path::at_field(name, error))?,
        };
        if !is_decoded {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(variant)
}

/// A member that was read before the discriminator, as the map that it was read from, after its name was taken.
///
/// Its value is decoded from text like all others, so that the compiler does not generate the decoding of the fields'
/// types twice.
struct ReadMember<'de, E> {
    json: &'de str,
    error: PhantomData<E>,
}

impl<'de, E: Error> MapAccess<'de> for ReadMember<'de, E> {
    type Error = E;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, E> {
        // Never called, as the name was taken already. The name does not matter.
        seed.deserialize(StrDeserializer::new("")).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, E> {
        let mut deserializer = serde_json::Deserializer::from_str(self.json);
        let value = seed.deserialize(&mut deserializer);
        value.map_err(|error| without_position(&error))
    }
}

/// Implements the decoding of a union. The variant after `else` keeps unknown objects. The values after `or` identify
/// a variant if the discriminator is missing.
macro_rules! tagged_union {
    ($type:ident else $unknown:ident by $tag:literal {
        $($variant:ident = $text:literal $(or $member:literal = [$($value:literal),*])?),* $(,)?
    }) => {
        $crate::wire::union_traits!($type else $unknown { $($variant),* });

        impl $crate::wire::TaggedUnion for $type {
            const TAG: &'static str = $tag;

            const HINTS: &'static [$crate::wire::TagHint] = &[$($($crate::wire::TagHint {
                tag: $text,
                member: $member,
                values: &[$($value),*],
            },)?)*];

            fn from_tag(tag: &str) -> Option<Self> {
                match tag {
                    $($text => Some(Self::$variant(Box::default())),)*
                    _ => None,
                }
            }

            fn decode_member<'de, M: serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut M,
            ) -> Result<bool, M::Error> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::wire::Object::decode_member(&mut **value, name, map)
                    })*
                    Self::$unknown(_) => Ok(false),
                }
            }

            fn unknown(object: serde_json::Value) -> Self {
                Self::$unknown($crate::wire::unknown_variant(object))
            }
        }

        impl $crate::wire::Decode for $type {
            fn decode<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::decode_tagged_union(deserializer)
            }
        }
    };
}
pub(crate) use tagged_union;
