//! A call of the SDK in a form that all of them share.

use std::fmt;
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

/// A call under way.
pub(crate) type Pending = Pin<Box<dyn Future<Output = Result<Decoded, Error>> + Send>>;

/// What an answer decoded to.
pub(crate) struct Decoded {
    /// The value, serialised again.
    pub(crate) json: Value,
    show: Box<dyn Fn() -> String + Send>,
}

impl Decoded {
    /// Whether any part of it fell to a variant that keeps what is not known.
    pub(crate) fn has_unknown(&self) -> bool {
        is_unknown(&(self.show)())
    }
}

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json.fmt(f)
    }
}

/// Whether a `Debug` output shows a variant that keeps what is not known.
pub(crate) fn is_unknown(shown: &str) -> bool {
    ["Unknown(", "Unrecognized(", "UnknownValue("]
        .iter()
        .any(|variant| shown.contains(variant))
}

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

/// Sends a call.
pub(crate) fn send<T>(call: Call<T>) -> Pending
where
    T: Serialize + fmt::Debug + Send + 'static,
    Call<T>: Future<Output = clerk_sdk::Result<Response<T>>> + Send,
{
    Box::pin(async {
        let response = call.await?;
        let value = response.into_inner();
        Ok(Decoded {
            json: serde_json::to_value(&value).expect("what was decoded serialises"),
            show: Box::new(move || format!("{value:?}")),
        })
    })
}
