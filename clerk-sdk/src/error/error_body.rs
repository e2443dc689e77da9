//! The JSON body of an error response, parsed as far as possible.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use crate::types::ErrorDetail;
use crate::wire::without_bom;

/// The content of the body of an error response.
#[derive(Clone, Default)]
pub(super) struct ErrorBody {
    pub(super) errors: Vec<ErrorDetail>,
    pub(super) meta: Option<Map<String, Value>>,
    pub(super) trace_id: Option<String>,
}

impl ErrorBody {
    pub(super) fn parse(body: &[u8]) -> Self {
        let json = String::from_utf8_lossy(without_bom(body));
        let Some(body) = Members::parse(&json) else {
            return Self::default();
        };
        let errors = body.get::<Vec<&RawValue>>("errors").unwrap_or_default();
        let mut errors: Vec<_> = errors.into_iter().filter_map(clerk_error).collect();
        if errors.is_empty() {
            errors.extend(other_error(&body));
        }
        Self {
            errors,
            meta: body.get("meta"),
            trace_id: body.get("clerk_trace_id"),
        }
    }
}

/// The members of a JSON object, each of which is parsed on its own: a malformed one does not prevent the others from
/// being read.
struct Members<'a>(HashMap<String, &'a RawValue>);

impl<'a> Members<'a> {
    fn parse(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// Returns a member, if it is of this type.
    fn get<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    /// Returns the first of these members that is a string and not empty.
    fn first_string(&self, names: &[&str]) -> Option<String> {
        let mut strings = names.iter().filter_map(|name| self.get(name));
        strings.find(|string: &String| !string.is_empty())
    }
}

/// Parses an error in Clerk's form.
fn clerk_error(error: &RawValue) -> Option<ErrorDetail> {
    let error = Members::parse(error.get())?;
    Some(ErrorDetail {
        code: error.get("code").unwrap_or_default(),
        message: error.get("message").unwrap_or_default(),
        long_message: error.get("long_message").unwrap_or_default(),
        meta: error.get("meta"),
        ..ErrorDetail::default()
    })
}

/// Parses an error in the forms of proxies and other services: the members of `application/problem+json` (RFC 9457),
/// those of OAuth, and `code` or `type` beside `message`, in the body itself or in its member `error`.
fn other_error(body: &Members<'_>) -> Option<ErrorDetail> {
    let inner = body.get::<&RawValue>("error");
    let inner = inner.and_then(|error| Members::parse(error.get()));
    let levels = || inner.iter().chain([body]);
    let string = |names: &[&str]| {
        let mut strings = levels().filter_map(|level| level.first_string(names));
        strings.next().unwrap_or_default()
    };

    let mut code = levels().find_map(other_code).unwrap_or_default();
    let mut message = string(&["message", "error_description", "title"]);
    let long_message = string(&["long_message", "detail"]);
    // `error` can also be a sentence, which is not a code.
    if message.is_empty() && long_message.is_empty() && code.contains(' ') {
        std::mem::swap(&mut code, &mut message);
    }
    let is_empty = code.is_empty() && message.is_empty() && long_message.is_empty();
    (!is_empty).then(|| ErrorDetail {
        code,
        message,
        long_message,
        meta: inner.as_ref().and_then(|inner| inner.get("meta")),
        ..ErrorDetail::default()
    })
}

fn other_code(error: &Members<'_>) -> Option<String> {
    // The type of a problem that has none.
    const NO_TYPE: &str = "about:blank";
    let number = || error.get::<Number>("code").map(|code| code.to_string());
    let code = error.first_string(&["code"]).or_else(number);
    code.or_else(|| error.first_string(&["error", "type"]))
        .filter(|code| code != NO_TYPE)
}
