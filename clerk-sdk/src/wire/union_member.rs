//! Members that every variant of a union has, for the accessors of generated unions.

use super::decode::Decode;
use super::unknown_variant::UnknownVariant;

/// A field of a variant, which the union's accessor returns as a `T`.
pub(crate) trait SharedMember<T> {
    /// Returns the value, if there is one.
    fn value(&self) -> Option<T>;
}

impl<T: Clone> SharedMember<T> for T {
    fn value(&self) -> Option<T> {
        Some(self.clone())
    }
}

impl<T: Clone> SharedMember<T> for Option<T> {
    fn value(&self) -> Option<T> {
        self.clone()
    }
}

/// A string enum. Where other variants have a string, it is read as one.
pub(crate) trait OpenEnum: AsRef<str> {}

impl<E: OpenEnum> SharedMember<String> for E {
    fn value(&self) -> Option<String> {
        Some(self.as_ref().to_owned())
    }
}

impl<E: OpenEnum> SharedMember<String> for Option<E> {
    fn value(&self) -> Option<String> {
        self.as_ref().and_then(SharedMember::value)
    }
}

/// Decodes a member of an object that is none of the known variants; `None` if it is missing, null or of another type.
pub(crate) fn unknown_member<T: Decode>(object: &UnknownVariant, name: &str) -> Option<T> {
    let value = object.as_json().get(name)?;
    Option::decode(value).ok().flatten()
}

/// Reads a member that every variant has.
macro_rules! union_member {
    ($union:ident.$field:ident $(= $wire:literal)?, $unknown:ident, [$($variant:ident),*]) => {
        match $union {
            $(Self::$variant(value) => $crate::wire::SharedMember::value(&value.$field),)*
            Self::$unknown(value) => {
                $crate::wire::unknown_member(value, $crate::wire::wire_name!($field $(= $wire)?))
            }
        }
    };
}
pub(crate) use union_member;
