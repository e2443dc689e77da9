//! One request, as generated code builds it: method, path, query, body.

use std::borrow::Cow;
use std::fmt::{self, Write};

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;

use crate::error::InvalidArgument;
use crate::multipart::{Form, Multipart};
use crate::paging::Paging;

/// Everything but the characters that mean themselves anywhere in a URL.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// What a call does, as errors name it: `GET /users/{user_id}`.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// The path with its placeholders.
    pub(crate) template: &'static str,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template)
    }
}

/// A request before it has an address and a key.
///
/// An argument that cannot be sent is remembered and comes back from the call.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) operation: Operation,
    pub(crate) path: Cow<'static, str>,
    pub(crate) query: Query,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Bytes,
    pub(crate) needs_key: bool,
    /// How the list is paged that this asks for.
    pub(crate) paging: Option<Paging>,
    pub(crate) problem: Option<InvalidArgument>,
}

impl Request {
    fn new(method: Method, template: &'static str) -> Self {
        Self {
            operation: Operation { method, template },
            path: Cow::Borrowed(template),
            query: Query::default(),
            content_type: None,
            body: Bytes::new(),
            needs_key: true,
            paging: None,
            problem: None,
        }
    }

    pub(crate) fn get(template: &'static str) -> Self {
        Self::new(Method::GET, template)
    }

    pub(crate) fn post(template: &'static str) -> Self {
        Self::new(Method::POST, template)
    }

    pub(crate) fn put(template: &'static str) -> Self {
        Self::new(Method::PUT, template)
    }

    pub(crate) fn patch(template: &'static str) -> Self {
        Self::new(Method::PATCH, template)
    }

    pub(crate) fn delete(template: &'static str) -> Self {
        Self::new(Method::DELETE, template)
    }

    /// Puts `value` into the placeholder `name`, as one path segment whatever it holds.
    pub(crate) fn path(self, name: &'static str, value: &str) -> Self {
        self.path_except(name, value, &[])
    }

    /// As [`path`](Self::path), but refuses the words that would name another operation.
    pub(crate) fn path_except(
        mut self,
        name: &'static str,
        value: &str,
        words: &'static [&'static str],
    ) -> Self {
        let reason = match value {
            "" => Some("it is empty".to_owned()),
            // Servers and proxies resolve dot segments even when they are escaped.
            "." | ".." => Some("it is a dot segment".to_owned()),
            _ if words.contains(&value) => Some(format!("`{value}` names another operation")),
            _ => None,
        };
        if let Some(reason) = reason {
            self.refuse(InvalidArgument::new(name, reason));
        }
        let segment = utf8_percent_encode(value, ESCAPED).to_string();
        let path = self.path.replacen(&format!("{{{name}}}"), &segment, 1);
        self.path = Cow::Owned(path);
        self
    }

    /// Adds the query that `params` makes.
    pub(crate) fn query(mut self, params: &impl ToQuery) -> Self {
        params.append_to(&mut self.query);
        self
    }

    /// Sets the body to `params` as JSON.
    pub(crate) fn json<P: Serialize + ?Sized>(self, params: &P) -> Self {
        self.json_bytes(serde_json::to_vec(params))
    }

    fn json_bytes(mut self, json: serde_json::Result<Vec<u8>>) -> Self {
        match json {
            Ok(json) => {
                self.body = json.into();
                self.content_type = Some("application/json".to_owned());
            }
            Err(error) => self.refuse(InvalidArgument::new("params", error.to_string())),
        }
        self
    }

    /// Sets the body to `params` as a form with files.
    pub(crate) fn multipart(mut self, params: &impl Multipart) -> Self {
        let mut form = Form::new();
        params.append_to(&mut form);
        let (content_type, body) = form.finish();
        self.content_type = Some(content_type);
        self.body = body;
        self
    }

    /// For the operations that take no key: none is sent, none is needed.
    pub(crate) fn without_key(mut self) -> Self {
        self.needs_key = false;
        self
    }

    /// For the operations that give a list page by page.
    pub(crate) fn paged(mut self, paging: Paging) -> Self {
        self.paging = Some(paging);
        self
    }

    /// Keeps the first problem: it is the one to mend first.
    fn refuse(&mut self, problem: InvalidArgument) {
        self.problem.get_or_insert(problem);
    }
}

/// A query string in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(String);

impl Query {
    /// Appends `name=value`, escaped; a `+` in a value arrives as a plus.
    pub(crate) fn pair(&mut self, name: &str, value: &str) {
        let separator = if self.0.is_empty() { "" } else { "&" };
        let name = utf8_percent_encode(name, ESCAPED);
        let value = utf8_percent_encode(value, ESCAPED);
        write!(self.0, "{separator}{name}={value}").expect("writing to a string succeeds");
    }

    /// The value under `name`, the first one where there are several.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let value = self.pairs().find_map(|pair| value_of(pair, name))?;
        Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
    }

    /// Puts `name=value` in the place of what there is under `name`.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let others = self.pairs().filter(|pair| value_of(pair, name).is_none());
        self.0 = others.collect::<Vec<_>>().join("&");
        self.pair(name, value);
    }

    fn pairs(&self) -> impl Iterator<Item = &str> {
        self.0.split('&').filter(|pair| !pair.is_empty())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The value of a pair if it has this name; no name of a parameter needs escaping.
fn value_of<'p>(pair: &'p str, name: &str) -> Option<&'p str> {
    pair.strip_prefix(name)?.strip_prefix('=')
}

/// A params struct that becomes a query.
pub(crate) trait ToQuery {
    /// Appends every field that is set.
    fn append_to(&self, query: &mut Query);
}

/// A value in a query: appended once, several times, or not at all.
pub(crate) trait QueryValue {
    /// Appends this value under `name`.
    fn append(&self, name: &str, query: &mut Query);
}

impl QueryValue for String {
    fn append(&self, name: &str, query: &mut Query) {
        query.pair(name, self);
    }
}

macro_rules! printed_query_values {
    ($($type:ty),*) => {$(
        impl QueryValue for $type {
            fn append(&self, name: &str, query: &mut Query) {
                query.pair(name, &self.to_string());
            }
        }
    )*};
}

printed_query_values!(bool, i64, f64);

impl<T: QueryValue> QueryValue for Option<T> {
    fn append(&self, name: &str, query: &mut Query) {
        if let Some(value) = self {
            value.append(name, query);
        }
    }
}

/// Repeats the name for each item.
impl<T: QueryValue> QueryValue for Vec<T> {
    fn append(&self, name: &str, query: &mut Query) {
        for item in self {
            item.append(name, query);
        }
    }
}

/// Appends the items under one name, joined by commas; nothing where there are none.
pub(crate) fn append_joined<T: std::fmt::Display>(name: &str, items: &[T], query: &mut Query) {
    if !items.is_empty() {
        let items: Vec<String> = items.iter().map(ToString::to_string).collect();
        query.pair(name, &items.join(","));
    }
}

/// Gives a params struct its query. `: joined` marks a list that travels as one value.
macro_rules! query_object {
    ($type:ident { $($field:ident $(= $wire:literal)? $(: $mode:ident)?),* $(,)? }) => {
        impl $crate::request::ToQuery for $type {
            fn append_to(&self, query: &mut $crate::request::Query) {
                $($crate::request::append_field!(
                    query, self.$field, $field $(= $wire)? $(: $mode)?
                );)*
            }
        }
    };
}
pub(crate) use query_object;

macro_rules! append_field {
    ($query:ident, $value:expr, $field:ident $(= $wire:literal)? : joined) => {
        $crate::request::append_joined(
            $crate::wire::wire_name!($field $(= $wire)?), &$value, $query,
        )
    };
    ($query:ident, $value:expr, $field:ident $(= $wire:literal)?) => {
        $crate::request::QueryValue::append(
            &$value, $crate::wire::wire_name!($field $(= $wire)?), $query,
        )
    };
}
pub(crate) use append_field;
