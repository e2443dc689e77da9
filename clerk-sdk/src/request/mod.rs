//! Requests as generated code builds them: method, path, query and body.

mod file;
mod multipart;
mod paging;
mod wire_request;

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use crate::error::InvalidArgument;
use crate::exchange::Operation;
use crate::wire::{Query, ToQuery, percent_encode};

pub use file::File;
pub(crate) use multipart::{Form, FormValue, ToForm, form_object};
pub(crate) use paging::{CursorFn, Paging};
pub(crate) use wire_request::WireRequest;

/// A request without a base URL and a key.
///
/// It keeps the first invalid argument, which becomes the error of the call.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) operation: Operation,
    pub(crate) path: Cow<'static, str>,
    pub(crate) query: Query,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Bytes,
    pub(crate) needs_key: bool,
    /// How the requested list is paginated, if the operation returns a list.
    pub(crate) paging: Option<Paging>,
    pub(crate) invalid: Option<InvalidArgument>,
}

impl Request {
    pub(crate) fn new(method: Method, template: impl Into<Cow<'static, str>>) -> Self {
        let template = template.into();
        Self {
            path: template.clone(),
            operation: Operation { method, template },
            query: Query::default(),
            content_type: None,
            body: Bytes::new(),
            needs_key: true,
            paging: None,
            invalid: None,
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

    /// Replaces the placeholder `name` by `value`, escaped so that it is always one path segment.
    pub(crate) fn path(self, name: &'static str, value: &str) -> Self {
        self.path_except(name, value, &[])
    }

    /// Like [`path`](Self::path), but rejects the words that would turn the path into that of another operation.
    pub(crate) fn path_except(
        mut self,
        name: &'static str,
        value: &str,
        words: &'static [&'static str],
    ) -> Self {
        if words.contains(&value) {
            let reason = format!("`{value}` names another operation");
            self.reject(InvalidArgument::new(name, reason));
        }
        self.replace_placeholder(name, value, name)
    }

    /// Replaces the placeholder `name` by `value`; `argument` is the name in errors.
    pub(crate) fn replace_placeholder(
        mut self,
        name: &str,
        value: &str,
        argument: &'static str,
    ) -> Self {
        let reason = match value {
            "" => Some("it is empty"),
            // Servers and proxies resolve dot segments even if they are escaped.
            "." | ".." => Some("it is a dot segment"),
            _ => None,
        };
        if let Some(reason) = reason {
            self.reject(InvalidArgument::new(argument, reason));
        }
        let segment = percent_encode(value).to_string();
        let path = self.path.replacen(&format!("{{{name}}}"), &segment, 1);
        self.path = Cow::Owned(path);
        self
    }

    /// Appends `params` to the query string.
    pub(crate) fn query(mut self, params: &impl ToQuery) -> Self {
        params.append_to(&mut self.query);
        if let Some((name, reason)) = self.query.invalid {
            self.reject(InvalidArgument::new(name, reason));
        }
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
            Err(error) => self.reject(InvalidArgument::new("params", error.to_string())),
        }
        self
    }

    /// Sets the body to `params` as a multipart form.
    pub(crate) fn multipart(mut self, params: &impl ToForm) -> Self {
        let mut form = Form::new();
        params.append_to(&mut form);
        let (content_type, body) = form.finish();
        self.content_type = Some(content_type);
        self.body = body;
        self
    }

    /// Marks an operation that needs no key: none is sent.
    pub(crate) fn without_key(mut self) -> Self {
        self.needs_key = false;
        self
    }

    /// Marks an operation that returns a list page by page.
    pub(crate) fn paged(mut self, paging: Paging) -> Self {
        self.paging = Some(paging);
        self
    }

    /// Keeps the first invalid argument, which is the first to correct.
    pub(crate) fn reject(&mut self, argument: InvalidArgument) {
        self.invalid.get_or_insert(argument);
    }
}
