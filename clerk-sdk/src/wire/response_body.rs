//! [`ResponseBody`]: what a call can respond with, and the entry point for decoding response bodies.

use std::any::TypeId;

use serde::de::value::{MapDeserializer, UnitDeserializer};
use serde::de::{DeserializeOwned, Error as _};

use super::json_path::with_path;
use super::memory_limit::with_memory_limit;

/// The type of a response: what a [`Call`](crate::Call) can return.
///
/// It is implemented by the types that operations return, [`List`](crate::List)s of them, and all other types that
/// serde can deserialize, such as `serde_json::Value` and your own. `()` accepts any response, also an empty one.
///
/// Use it as a bound of your own functions that take calls:
///
/// ```
/// use clerk_sdk::{Call, List, Response, ResponseBody};
///
/// async fn logged<T: ResponseBody>(call: Call<T>) -> clerk_sdk::Result<Response<T>> {
///     let result = call.await;
///     println!("{:?}", result.as_ref().map(|response| response.trace_id()));
///     result
/// }
///
/// async fn first<T: ResponseBody>(call: Call<List<T>>) -> clerk_sdk::Result<Option<T>> {
///     call.items().next().await.transpose()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a response",
    note = "a type of your own must own its data and implement `serde::Deserialize`"
)]
pub trait ResponseBody: DeserializeOwned + 'static {}

impl<T: DeserializeOwned + 'static> ResponseBody for T {}

/// Decodes a response body; the error has the path of the value at fault, as in `$.data[2].email`.
pub(crate) fn decode_body<T: ResponseBody>(body: &[u8]) -> Result<T, (String, serde_json::Error)> {
    // For operations that respond without a value: the response keeps the body, whatever it is.
    if TypeId::of::<T>() == TypeId::of::<()>() {
        return with_path(|| T::deserialize(UnitDeserializer::new()));
    }
    with_path(|| {
        with_memory_limit(body.len(), || {
            decode_json(body).or_else(|error| decode_null(body).ok_or(error))
        })
    })
}

fn decode_json<T: ResponseBody>(body: &[u8]) -> serde_json::Result<T> {
    // Checking the whole body for UTF-8 at once is much faster than checking each string.
    let json = std::str::from_utf8(body).map_err(serde_json::Error::custom)?;
    serde_json::from_str(json)
}

/// Decodes null as an empty object, for types that are not of this crate and do not accept it.
fn decode_null<T: ResponseBody>(body: &[u8]) -> Option<T> {
    let no_members = std::iter::empty::<(&str, &str)>();
    let empty = MapDeserializer::<_, serde_json::Error>::new(no_members);
    match body.trim_ascii() {
        b"null" => T::deserialize(empty).ok(),
        _ => None,
    }
}
