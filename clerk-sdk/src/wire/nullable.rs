//! Request fields that distinguish "leave it unchanged" from "clear it".

use std::time::SystemTime;

use serde::{Serialize, Serializer};

use super::date_time::DateTime;
use super::encode::Encode;
use super::timestamp::Timestamp;

/// A request field that can be left unchanged, cleared, or set.
///
/// Setters take the value itself, [`Null`](Self::Null), or an `Option`, whose `None` clears the field.
/// A field that is never set stays [`Absent`](Self::Absent) and is not sent.
///
/// ```
/// use clerk_sdk::{Null, user};
///
/// let params = user::UpdateParams::new()
///     .first_name("Ada") // set
///     .last_name(Null); // cleared; every other field is left unchanged
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Nullable<T> {
    /// Not sent: the API leaves the field unchanged.
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

/// Conversions from types that setters take besides the type of the field.
macro_rules! convert_from {
    ($($from:ty => $to:ty),* $(,)?) => {$(
        impl From<$from> for Nullable<$to> {
            fn from(value: $from) -> Self {
                Self::Value(value.into())
            }
        }
    )*};
}

convert_from! {
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

impl<T: Serialize> Encode for Nullable<T> {
    fn is_absent(&self) -> bool {
        Nullable::is_absent(self)
    }
}
