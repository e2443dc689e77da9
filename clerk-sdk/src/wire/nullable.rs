//! A request's field that tells "leave it" from "clear it".

use std::time::SystemTime;

use serde::{Serialize, Serializer};

use super::encode::Put;
use super::{DateTime, Timestamp};

/// A field of a request that can be left as it is, cleared, or set.
///
/// Setters take the value itself, [`Null`](Self::Null), or an `Option` (where `None` clears).
/// A field that is never set stays [`Absent`](Self::Absent) and is not sent.
///
/// ```
/// use clerk_sdk::{Null, user};
///
/// let params = user::UpdateParams::new()
///     .first_name("Ada") // set
///     .last_name(Null); // cleared; every other field is left as it is
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Nullable<T> {
    /// Not sent: the API leaves the field as it is.
    #[default]
    Absent,
    /// Sent as `null`: the API clears the field.
    Null,
    /// Sent as this value.
    Value(T),
}

impl<T> Nullable<T> {
    /// The value, if one is set.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Whether the field is left out of the request.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the field is sent as `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T, U: Into<T>, const N: usize> From<[U; N]> for Nullable<Vec<T>> {
    fn from(values: [U; N]) -> Self {
        Self::Value(values.into_iter().map(Into::into).collect())
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

/// What a nullable field takes beside its own type, so that callers write no conversion.
macro_rules! also_from {
    ($($from:ty => $to:ty),* $(,)?) => {$(
        impl From<$from> for Nullable<$to> {
            fn from(value: $from) -> Self {
                Self::Value(value.into())
            }
        }
    )*};
}

also_from! {
    &str => String,
    &String => String,
    &str => DateTime,
    String => DateTime,
    Timestamp => DateTime,
    SystemTime => DateTime,
    SystemTime => Timestamp,
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<T: Serialize> Put for Nullable<T> {
    fn is_absent(&self) -> bool {
        Nullable::is_absent(self)
    }
}
