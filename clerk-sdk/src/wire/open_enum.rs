//! Open enums: string enums that keep a value that this version does not know.

/// Implements the conversions and comparisons of a string enum. The variant after `else` keeps unknown values.
///
/// Enums are compared by their strings, so that an unknown value that was taken from another enum, where the string
/// is unknown, equals the known variant.
macro_rules! open_enum {
    ($type:ident else $unknown:ident { $($variant:ident = $wire:literal),* $(,)? }) => {
        impl $type {
            /// The value as the API writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::$unknown(value) => value.as_str(),
                }
            }
        }

        impl From<&str> for $type {
            fn from(value: &str) -> Self {
                match value {
                    $($wire => Self::$variant,)*
                    _ => Self::$unknown($crate::wire::unknown_value(value)),
                }
            }
        }

        impl From<String> for $type {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl From<&str> for $crate::wire::Nullable<$type> {
            fn from(value: &str) -> Self {
                Self::Value(value.into())
            }
        }

        impl Default for $type {
            fn default() -> Self {
                Self::$unknown($crate::wire::unknown_value(""))
            }
        }

        impl $crate::wire::OpenEnum for $type {}

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $type {}

        impl PartialEq<str> for $type {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $type {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl Ord for $type {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl PartialOrd for $type {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl std::hash::Hash for $type {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl $crate::wire::Scalar for $type {
            const EXPECTED: &'static str = "a string";

            fn from_str<E: serde::de::Error>(value: &str) -> Result<Self, E> {
                Ok(Self::from(value))
            }
        }

        impl $crate::wire::Decode for $type {
            fn decode<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::decode_scalar(deserializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::decode_scalar(deserializer)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::wire::Encode for $type {}

        impl $crate::wire::QueryValue for $type {
            fn append(&self, name: &'static str, query: &mut $crate::wire::Query) {
                query.append_pair(name, self.as_str());
            }
        }
    };
}
pub(crate) use open_enum;
