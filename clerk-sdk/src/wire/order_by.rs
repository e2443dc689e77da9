//! The order of a list: the field to sort by and the direction.

use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::query::{Query, QueryValue};

/// The order of a list: a field, ascending or descending.
///
/// A field alone means ascending order, and its `descending` method reverses it. Strings convert as well: the name of
/// a field, preceded by a `-` for descending order. They also work for fields that this version of the crate does not
/// know.
///
/// ```
/// use clerk_sdk::user::{ListParams, UserSortField};
///
/// let by_name = ListParams::new().order_by(UserSortField::LastName);
/// let newest_first = ListParams::new().order_by(UserSortField::CreatedAt.descending());
/// assert_eq!(newest_first, ListParams::new().order_by("-created_at"));
/// ```
#[derive(Clone, Debug)]
pub struct OrderBy<F> {
    field: F,
    sign: Sign,
}

/// The sign before the name of the field. A string keeps its explicit plus, so that it is sent unchanged.
#[derive(Clone, Copy, Debug)]
enum Sign {
    None,
    Plus,
    Minus,
}

impl<F> OrderBy<F> {
    /// Sorts by this field, in ascending order.
    pub fn ascending(field: F) -> Self {
        Self {
            field,
            sign: Sign::None,
        }
    }

    /// Sorts by this field, in descending order.
    pub fn descending(field: F) -> Self {
        Self {
            field,
            sign: Sign::Minus,
        }
    }

    /// The field to sort by.
    pub fn field(&self) -> &F {
        &self.field
    }

    /// Whether the order is descending.
    pub fn is_descending(&self) -> bool {
        matches!(self.sign, Sign::Minus)
    }

    pub(crate) fn parse<'s>(value: &'s str) -> Self
    where
        F: From<&'s str>,
    {
        let signs = [("-", Sign::Minus), ("+", Sign::Plus)];
        let signed = signs.into_iter().find_map(|(prefix, sign)| {
            let field = value.strip_prefix(prefix)?;
            Some((field, sign))
        });
        let (field, sign) = signed.unwrap_or((value, Sign::None));
        let field = field.into();
        Self { field, sign }
    }
}

impl<F: for<'s> From<&'s str>> FromStr for OrderBy<F> {
    type Err = Infallible;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        Ok(Self::parse(value))
    }
}

/// Orders are equal if their fields and directions are; ascending order has two spellings.
impl<F: PartialEq> PartialEq for OrderBy<F> {
    fn eq(&self, other: &Self) -> bool {
        self.is_descending() == other.is_descending() && self.field == other.field
    }
}

impl<F: Eq> Eq for OrderBy<F> {}

impl<F: Hash> Hash for OrderBy<F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.is_descending().hash(state);
        self.field.hash(state);
    }
}

/// Writes the order as it is sent, such as `-created_at`.
impl<F: fmt::Display> fmt::Display for OrderBy<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.sign {
            Sign::None => "",
            Sign::Plus => "+",
            Sign::Minus => "-",
        };
        write!(f, "{sign}{}", self.field)
    }
}

impl<F: fmt::Display> Serialize for OrderBy<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<F: fmt::Display> QueryValue for OrderBy<F> {
    fn append(&self, name: &'static str, query: &mut Query) {
        let order = self.to_string();
        let signs = order.len() - order.trim_start_matches(['+', '-']).len();
        if signs == order.len() {
            query.reject(name, "the order names no field");
        } else if signs > 1 {
            query.reject(name, "the order has more than one sign");
        }
        query.append_pair(name, &order);
    }
}

/// Implements the conversions of an enum of fields to an [`OrderBy`].
macro_rules! sort_field {
    ($type:ident) => {
        impl $type {
            /// Sorts by this field, in ascending order.
            pub fn ascending(self) -> $crate::OrderBy<Self> {
                $crate::OrderBy::ascending(self)
            }

            /// Sorts by this field, in descending order.
            pub fn descending(self) -> $crate::OrderBy<Self> {
                $crate::OrderBy::descending(self)
            }
        }

        impl From<$type> for $crate::OrderBy<$type> {
            fn from(field: $type) -> Self {
                Self::ascending(field)
            }
        }

        impl From<&str> for $crate::OrderBy<$type> {
            fn from(value: &str) -> Self {
                Self::parse(value)
            }
        }

        impl From<String> for $crate::OrderBy<$type> {
            fn from(value: String) -> Self {
                Self::parse(&value)
            }
        }
    };
}
pub(crate) use sort_field;
