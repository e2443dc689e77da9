//! A call of one operation, with the same type for every operation.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use clerk_sdk::{Call, Clerk, Error, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call_arguments::CallArguments;
use super::unknown_variants::shows_unknown_variant;

/// An operation of the SDK, and the function that calls it.
pub(crate) struct OperationCall {
    /// The operation's ID in the document.
    pub(crate) id: &'static str,
    /// The function's name in the SDK, for example `user::create`.
    pub(crate) name: &'static str,
    /// Calls the operation.
    pub(crate) call: fn(&Clerk, &CallArguments) -> CallFuture,
}

/// The future of a call.
pub(crate) type CallFuture = Pin<Box<dyn Future<Output = Result<DecodedResponse, Error>> + Send>>;

/// A decoded response of any type.
pub(crate) struct DecodedResponse {
    /// The decoded value, serialized again.
    pub(crate) json: Value,
    debug_output: Box<dyn Fn() -> String + Send>,
}

impl DecodedResponse {
    /// Returns whether any part of the response was decoded to a catch-all variant.
    pub(crate) fn has_unknown_variant(&self) -> bool {
        shows_unknown_variant(&(self.debug_output)())
    }
}

impl fmt::Debug for DecodedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json.fmt(f)
    }
}

impl OperationCall {
    pub(crate) const fn new(
        id: &'static str,
        name: &'static str,
        call: fn(&Clerk, &CallArguments) -> CallFuture,
    ) -> Self {
        Self { id, name, call }
    }

    /// Returns the name of the SDK module that the operation belongs to.
    pub(crate) fn module(&self) -> &'static str {
        self.name.split("::").next().unwrap_or_default()
    }
}

/// Sends a call, and erases the type of its response.
///
/// # Panics
///
/// Panics if the response differs from what it was decoded from after it is serialized and decoded again.
pub(crate) fn send<T>(call: Call<T>) -> CallFuture
where
    T: DeserializeOwned + Serialize + PartialEq + fmt::Debug + Send + 'static,
    Call<T>: Future<Output = clerk_sdk::Result<Response<T>>> + Send,
{
    Box::pin(async {
        let response = call.await?;
        let value = response.into_inner();
        let text = serde_json::to_string(&value).expect("a decoded response serializes");
        let again: T = serde_json::from_str(&text).expect("a serialized response decodes");
        assert!(again == value, "{value:?} was decoded again as {again:?}");
        Ok(DecodedResponse {
            json: to_json(text),
            debug_output: Box::new(move || format!("{value:?}")),
        })
    })
}

/// Returns a text as JSON: as a string if it contains metadata that no `Value` can represent, such
/// as a number out of range.
fn to_json(text: String) -> Value {
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}
