//! [`RawRequest`]: a request to an operation that this version of the crate has no function for.

use std::borrow::Cow;
use std::fmt;

use http::Method;
use serde::Serialize;

use crate::call::Call;
use crate::config::ClientHandle;
use crate::error::InvalidArgument;
use crate::rate_limit::published_template;
use crate::request::{Paging, Request};
use crate::wire::ResponseBody;

/// A request by method and path, for operations that are newer than this version of the crate; created by
/// [`Clerk::request`](crate::Clerk::request).
///
/// The [`Call`] that it becomes has the key, time limits, rate limit, retries and errors of all others. An invalid path
/// makes it fail with [`Error::InvalidArgument`](crate::Error::InvalidArgument), and nothing is sent.
///
/// ```
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// # let emulator = clerk_emulator::Emulator::start().await?;
/// # let clerk = clerk_sdk::Clerk::new(clerk_sdk::ClientConfig::new(emulator.key()).base_url(emulator.url()));
/// # let ada = clerk.user().create(&clerk_sdk::user::CreateParams::new()).await?;
/// use http::Method;
/// use serde_json::{Value, json};
///
/// let user = clerk
///     .request(Method::PATCH, "/users/{user_id}")
///     .path("user_id", &ada.id)
///     .json(&json!({"first_name": "Ada"}))
///     .call::<Value>()
///     .await?;
/// assert_eq!(user["first_name"], "Ada");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "a request is sent when its `call()` is awaited"]
pub struct RawRequest {
    handle: ClientHandle,
    request: Request,
}

impl RawRequest {
    pub(crate) fn new(
        handle: ClientHandle,
        method: Method,
        path: impl Into<Cow<'static, str>>,
    ) -> Self {
        let mut request = Request::new(method, path);
        if let Err(reason) = check_path(&request.path) {
            request.reject(InvalidArgument::new("path", reason));
        }
        Self { handle, request }
    }

    /// Replaces the placeholder `{name}` of the path by `value`, escaped so that it is always one segment.
    pub fn path(mut self, name: &str, value: &str) -> Self {
        if !self.request.path.contains(&format!("{{{name}}}")) {
            self.reject(format!("it has no placeholder {{{name}}}"));
        }
        self.request = self.request.replace_placeholder(name, value, "path");
        self
    }

    /// Appends `name=value` to the query string, escaped. A name can be used several times.
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.request.query.append_pair(name, &value.to_string());
        self
    }

    /// Sets the body to `body` as JSON.
    pub fn json<B: Serialize + ?Sized>(mut self, body: &B) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Declares that the operation returns a list by `limit`, at most `max_limit`, and `offset`, so that
    /// [`Call::items`] and [`Call::pages`] request all pages. Without it, they return the first.
    pub fn paginated(mut self, max_limit: u32) -> Self {
        self.request = self.request.paged(Paging::new(max_limit.into()));
        self
    }

    /// Creates the call. `T` is the type of the response: a type of this crate, your own that implements serde's
    /// `Deserialize`, `serde_json::Value`, or `()` to ignore it.
    pub fn call<T: ResponseBody>(mut self) -> Call<T> {
        if let Some(name) = placeholder(&self.request.path) {
            self.reject(format!(
                "the placeholder {name} has no value: set it with `path`"
            ));
        }
        // Again, because a value and what is around its placeholder could form one.
        if self.request.path.split('/').any(is_dot_segment) {
            self.reject("it contains a dot segment");
        }
        if self.request.operation.method == Method::CONNECT {
            let reason = "CONNECT is for proxies: the API has no operation of that method";
            self.request.reject(InvalidArgument::new("method", reason));
        }
        self.use_published_template();
        Call::new(&self.handle, self.request)
    }
}

impl RawRequest {
    /// Names the operation as Clerk's published rate limits do, so that they apply however the path was written.
    fn use_published_template(&mut self) {
        let operation = &mut self.request.operation;
        if let Some(template) = published_template(&operation.method, &self.request.path) {
            operation.template = template.into();
        }
    }

    fn reject(&mut self, reason: impl Into<Cow<'static, str>>) {
        self.request.reject(InvalidArgument::new("path", reason));
    }
}

/// Shows neither the path, which may contain ids, nor the body.
impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.request.operation.method)
            .finish_non_exhaustive()
    }
}

/// Checks that a path can only name an operation of the API: without the slash, for example, it would continue the
/// name of the host.
fn check_path(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') {
        return Err("it does not start with a slash");
    }
    if path.contains(['?', '#']) {
        return Err("it contains a query or a fragment: set the query with `query`");
    }
    if path.split('/').any(is_dot_segment) {
        return Err("it contains a dot segment");
    }
    if !has_valid_escapes(path) {
        return Err("it contains a `%` without two hexadecimal digits, or an escaped slash");
    }
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%{}".contains(&byte);
    match path.bytes().all(is_allowed) {
        true => Ok(()),
        false => Err(
            "it contains characters that must be escaped: use a placeholder, and set it with `path`",
        ),
    }
}

/// Whether each `%` starts an escape, and none of them is a slash or backslash, which some servers treat as one.
fn has_valid_escapes(path: &str) -> bool {
    path.split('%').skip(1).all(|rest| {
        let digits = rest.get(..2).unwrap_or_default();
        // A placeholder is checked when it has its value.
        let is_escape = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_escape && !["2f", "5c"].contains(&&*digits.to_ascii_lowercase())
    })
}

/// Whether servers and proxies may resolve the segment, which they do even if it is escaped.
fn is_dot_segment(segment: &str) -> bool {
    let decoded = segment.replace("%2e", ".").replace("%2E", ".");
    matches!(&*decoded, "." | "..")
}

/// The path from its first placeholder that has no value, or that is not complete.
fn placeholder(path: &str) -> Option<&str> {
    let start = path.find(['{', '}'])?;
    let end = path[start..]
        .find('}')
        .map_or(path.len(), |end| start + end + 1);
    Some(&path[start..end])
}
