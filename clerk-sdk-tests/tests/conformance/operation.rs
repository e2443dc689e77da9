//! A call of the SDK in a form that all of them share.

use std::future::Future;
use std::pin::Pin;

use clerk_sdk::{Call, Clerk, Error, Response};
use serde::Serialize;
use serde_json::Value;

use crate::calls::CALLS;
use crate::given::Arguments;

/// An operation, and how the SDK calls it.
pub(crate) struct Operation {
    /// Its id in the document.
    pub(crate) id: &'static str,
    /// Its name in the SDK, as `user::create`.
    pub(crate) name: &'static str,
    /// Calls it.
    pub(crate) call: fn(&Clerk, &Arguments) -> Pending,
}

/// What a call decoded to, serialised again.
pub(crate) type Pending = Pin<Box<dyn Future<Output = Result<Value, Error>> + Send>>;

impl Operation {
    pub(crate) const fn new(
        id: &'static str,
        name: &'static str,
        call: fn(&Clerk, &Arguments) -> Pending,
    ) -> Self {
        Self { id, name, call }
    }

    /// The module of the SDK it is in.
    pub(crate) fn module(&self) -> &'static str {
        self.name.split("::").next().unwrap_or_default()
    }
}

/// Every call of the SDK.
pub(crate) fn operations() -> impl Iterator<Item = &'static Operation> {
    CALLS.iter().copied().flatten()
}

/// The call of the operation with this id.
pub(crate) fn operation(id: &str) -> Option<&'static Operation> {
    operations().find(|operation| operation.id == id)
}

/// Sends a call, and serialises what it decoded to.
pub(crate) fn send<T>(call: Call<T>) -> Pending
where
    T: Serialize + Send + 'static,
    Call<T>: Future<Output = clerk_sdk::Result<Response<T>>> + Send,
{
    Box::pin(async {
        let response = call.await?;
        Ok(serde_json::to_value(&*response).expect("what was decoded serialises"))
    })
}
