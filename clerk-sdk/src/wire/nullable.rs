//! Request fields that distinguish "leave it unchanged" from "clear it".

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::{Map, Value};

use super::date_time::DateTime;
use super::encode::Encode;
use super::metadata::Metadata;
use super::timestamp::Timestamp;

/// A request field that can be left unchanged, cleared, or set.
///
/// Setters take the value itself, [`Null`](Self::Null), or a `Nullable`. A field that is never set stays
/// [`Absent`](Self::Absent) and is not sent.
///
/// ```
/// use clerk_sdk::{Null, user};
///
/// let params = user::UpdateParams::new()
///     .first_name("Ada") // set
///     .last_name(Null); // cleared; every other field is left unchanged
/// ```
///
/// An `Option` has to say what its `None` means, because clearing a field by accident loses data:
/// [`absent_if_none`](Self::absent_if_none) leaves the field unchanged, [`null_if_none`](Self::null_if_none) clears
/// it.
///
/// ```compile_fail
/// # let name: Option<String> = None;
/// clerk_sdk::user::UpdateParams::new().first_name(name);
/// ```
///
/// It deserializes, so that a `PATCH` handler can pass on all three states. The attribute `#[serde(default)]` makes a
/// missing member [`Absent`](Self::Absent):
///
/// ```
/// use clerk_sdk::{Nullable, user};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Profile {
///     #[serde(default)]
///     first_name: Nullable<String>,
///     #[serde(default)]
///     last_name: Nullable<String>,
/// }
///
/// let profile: Profile = serde_json::from_str(r#"{ "last_name": null }"#)?;
/// let params = user::UpdateParams::new()
///     .first_name(profile.first_name) // left unchanged
///     .last_name(profile.last_name); // cleared
/// assert!(params.first_name.is_absent() && params.last_name.is_null());
/// # Ok::<(), serde_json::Error>(())
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
    /// Creates a field that is set to the value, or left unchanged if there is none.
    pub fn absent_if_none(value: Option<impl Into<T>>) -> Self {
        value.map_or(Self::Absent, |value| Self::Value(value.into()))
    }

    /// Creates a field that is set to the value, or cleared if there is none.
    pub fn null_if_none(value: Option<impl Into<T>>) -> Self {
        value.map_or(Self::Null, |value| Self::Value(value.into()))
    }

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

/// A conversion from `Option` that knows what its `None` means. Nothing implements it: the trait exists for the message
/// that the compiler prints.
#[diagnostic::on_unimplemented(
    message = "an `Option` does not say what its `None` means: leave the field unchanged, or clear it?",
    label = "an `Option`, whose `None` could mean either",
    note = "to leave the field unchanged if there is no value, use `Nullable::absent_if_none(…)`",
    note = "to clear the field if there is no value, use `Nullable::null_if_none(…)`",
    note = "to clear the field in any case, use `clerk_sdk::Null`"
)]
trait FromOption<T> {
    fn from_option(option: Option<T>) -> Self;
}

#[doc(hidden)]
impl<T> From<Option<T>> for Nullable<T>
where
    Self: FromOption<T>,
{
    fn from(option: Option<T>) -> Self {
        Self::from_option(option)
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
    Cow<'_, str> => String,
    i8 => i64,
    i16 => i64,
    i32 => i64,
    u8 => i64,
    u16 => i64,
    u32 => i64,
    &str => DateTime,
    String => DateTime,
    Timestamp => DateTime,
    SystemTime => DateTime,
    SystemTime => Timestamp,
    Map<String, Value> => Metadata,
    Value => Metadata,
}

/// Deserializes a null to [`Null`](Nullable::Null) and any other value to [`Value`](Nullable::Value).
///
/// A missing member is an error unless the attribute `#[serde(default)]` makes it [`Absent`](Nullable::Absent): if it
/// became null, the field would be cleared.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Serde gives null to types that ask for an option if the member is missing, but not to a newtype.
        deserializer.deserialize_newtype_struct("Nullable", NullableVisitor(PhantomData))
    }
}

struct NullableVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for NullableVisitor<T> {
    type Value = Nullable<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        match Option::deserialize(deserializer)? {
            Some(value) => Ok(Nullable::Value(value)),
            None => Ok(Nullable::Null),
        }
    }
}

/// Serializes the value, or null.
///
/// # Errors
///
/// [`Absent`](Nullable::Absent) cannot be serialized: as a null it would clear the field. In a type of your own, the
/// attribute `#[serde(skip_serializing_if = "Nullable::is_absent")]` leaves it out, as the params of this crate do.
impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => Err(ser::Error::custom(
                "an absent `Nullable` cannot be serialized: leave it out with \
                 `#[serde(skip_serializing_if = \"Nullable::is_absent\")]`",
            )),
            Self::Null => serializer.serialize_none(),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<T: Serialize> Encode for Nullable<T> {
    fn is_absent(&self) -> bool {
        Nullable::is_absent(self)
    }
}
