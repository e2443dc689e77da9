//! Query strings: how params become `name=value` pairs, and the percent-encoding of URLs.

use std::fmt::{Display, Write};

use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode_str, utf8_percent_encode,
};

/// Everything but the characters that are unreserved anywhere in a URL.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Escapes a value for one place in a URL, such as a path segment, a name or a value of a query.
pub(crate) fn percent_encode(value: &str) -> PercentEncode<'_> {
    utf8_percent_encode(value, RESERVED)
}

/// A list without items cannot be sent.
const EMPTY_LIST: &str = "the list is empty, and a request without it means something else; leave the field unset to \
                          send no filter";

/// A query string.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    string: String,
    /// The name of the first parameter whose value cannot be sent, and why.
    pub(crate) invalid: Option<(&'static str, &'static str)>,
}

impl Query {
    /// Appends `name=value`, escaped; a `+` in a value arrives as a plus.
    pub(crate) fn append_pair(&mut self, name: &str, value: &str) {
        let separator = if self.string.is_empty() { "" } else { "&" };
        let (name, value) = (percent_encode(name), percent_encode(value));
        write!(self.string, "{separator}{name}={value}").expect("writing to a string succeeds");
    }

    /// Returns the first value of `name`.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let value = self.pairs().find_map(|pair| value_of(pair, name))?;
        Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
    }

    /// Replaces all values of `name` by `value`.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let others = self.pairs().filter(|pair| value_of(pair, name).is_none());
        self.string = others.collect::<Vec<_>>().join("&");
        self.append_pair(name, value);
    }

    /// Keeps the first parameter that cannot be sent.
    pub(crate) fn reject(&mut self, name: &'static str, reason: &'static str) {
        self.invalid.get_or_insert((name, reason));
    }

    fn pairs(&self) -> impl Iterator<Item = &str> {
        self.string.split('&').filter(|pair| !pair.is_empty())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.string
    }
}

/// The value of a pair if it has this name; no parameter of the API has a name that needs escaping.
fn value_of<'p>(pair: &'p str, name: &str) -> Option<&'p str> {
    pair.strip_prefix(name)?.strip_prefix('=')
}

/// A params struct that becomes a query string.
pub(crate) trait ToQuery {
    /// Appends every field that is set.
    fn append_to(&self, query: &mut Query);
}

/// A value in a query string: appended once, several times, or not at all.
pub(crate) trait QueryValue {
    /// Appends this value under `name`.
    fn append(&self, name: &'static str, query: &mut Query);
}

impl QueryValue for String {
    fn append(&self, name: &'static str, query: &mut Query) {
        query.append_pair(name, self);
    }
}

macro_rules! display_query_values {
    ($($type:ty),*) => {$(
        impl QueryValue for $type {
            fn append(&self, name: &'static str, query: &mut Query) {
                query.append_pair(name, &self.to_string());
            }
        }
    )*};
}

display_query_values!(bool, i64, f64);

impl<T: QueryValue> QueryValue for Option<T> {
    fn append(&self, name: &'static str, query: &mut Query) {
        if let Some(value) = self {
            value.append(name, query);
        }
    }
}

/// Repeats the name for each item.
impl<T: QueryValue> QueryValue for Vec<T> {
    fn append(&self, name: &'static str, query: &mut Query) {
        if self.is_empty() {
            query.reject(name, EMPTY_LIST);
        }
        for item in self {
            item.append(name, query);
        }
    }
}

/// Appends the items under one name, joined by commas.
pub(crate) fn append_joined<T: Display>(
    name: &'static str,
    items: &Option<Vec<T>>,
    query: &mut Query,
) {
    let Some(items) = items else {
        return;
    };
    if items.is_empty() {
        query.reject(name, EMPTY_LIST);
        return;
    }
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    query.append_pair(name, &items.join(","));
}

/// Implements [`ToQuery`] for a params struct, and `Serialize`, for logs and snapshots. `: joined` marks a list that is
/// sent as one value.
macro_rules! query_object {
    ($type:ident { $($field:ident $(= $wire:literal)? $(: $mode:ident)?),* $(,)? }) => {
        $crate::wire::serialize_object!($type { $($field $(= $wire)? $(: $mode)?),* });

        impl $crate::wire::ToQuery for $type {
            fn append_to(&self, query: &mut $crate::wire::Query) {
                $($crate::wire::append_field!(
                    query, self.$field, $field $(= $wire)? $(: $mode)?
                );)*
            }
        }
    };
}
pub(crate) use query_object;

macro_rules! append_field {
    ($query:ident, $value:expr, $field:ident $(= $wire:literal)? : joined) => {
        $crate::wire::append_joined(
            $crate::wire::wire_name!($field $(= $wire)?), &$value, $query,
        )
    };
    ($query:ident, $value:expr, $field:ident $(= $wire:literal)?) => {
        $crate::wire::QueryValue::append(
            &$value, $crate::wire::wire_name!($field $(= $wire)?), $query,
        )
    };
}
pub(crate) use append_field;
