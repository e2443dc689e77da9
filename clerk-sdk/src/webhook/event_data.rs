//! Decoding the data of an event by the kind of event.

use std::error::Error as StdError;
use std::fmt;

use crate::wire::{DecodeFailure, decode_part, unknown_variant};
use crate::{ResponseBody, UnknownVariant};

pub use crate::generated::webhook::EventData;

/// Why the data of an event does not have the form of its kind.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DataError {
    path: String,
    message: String,
}

impl DataError {
    /// The JSON path of the value at fault, within the data, such as `$.email_addresses[0].id`.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.message, self.path)
    }
}

impl StdError for DataError {}

/// Decodes the data of an event, which must be an object with the id that its type requires.
pub(crate) fn decode_data<T: ResponseBody + Default>(json: &str) -> Result<Box<T>, DataError> {
    if json == "null" {
        return Err(DataError {
            path: "$".to_owned(),
            message: "invalid type: null, expected an object".to_owned(),
        });
    }
    let mut data = Box::default();
    decode_part(json, &mut |deserializer| {
        *data = T::deserialize(deserializer)?;
        Ok(())
    })
    .map_err(data_error)?;
    Ok(data)
}

fn data_error((path, error): DecodeFailure) -> DataError {
    DataError {
        path,
        message: error.to_string(),
    }
}

/// Parses data of a kind that this version does not know. Data with a value that cannot be represented, such as a number
/// beyond the range of a float, becomes null: the event has the text.
pub(crate) fn unknown_data(json: &str) -> UnknownVariant {
    unknown_variant(serde_json::from_str(json).unwrap_or_default())
}

/// Implements the decoding of the events' data.
macro_rules! event_data {
    ($type:ident { $($variant:ident($data:ty) = $kind:literal),* $(,)? }) => {
        impl $type {
            pub(crate) fn decode(kind: &str, json: &str) -> Self {
                let decoded = match kind {
                    $($kind => $crate::webhook::decode_data::<$data>(json).map(Self::$variant),)*
                    _ => {
                        return Self::Unknown {
                            kind: kind.to_owned(),
                            data: $crate::webhook::unknown_data(json),
                        };
                    }
                };
                decoded.unwrap_or_else(|error| Self::Malformed {
                    kind: kind.to_owned(),
                    data: $crate::webhook::unknown_data(json),
                    error,
                })
            }

            /// The kind of event, such as `user.created`.
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $kind,)*
                    Self::Unknown { kind, .. } | Self::Malformed { kind, .. } => kind,
                }
            }
        }

        /// Serializes the data alone, as the API sends it.
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(data) => data.serialize(serializer),)*
                    Self::Unknown { data, .. } | Self::Malformed { data, .. } => {
                        data.serialize(serializer)
                    }
                }
            }
        }
    };
}
pub(crate) use event_data;
