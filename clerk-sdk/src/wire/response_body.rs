//! [`ResponseBody`]: what a call can respond with, and the entry point for decoding response bodies.

use std::any::TypeId;
use std::ops::Range;

use serde::de::value::{MapDeserializer, UnitDeserializer};
use serde::de::{Deserialize, DeserializeOwned, Error as _, IntoDeserializer};
use serde_json::value::RawValue;

use super::json_path::with_path;
use super::list::List;
use super::memory_limit::{charge, with_memory_limit};

/// The type of a response: what a [`Call`](crate::Call) can return.
///
/// It is implemented by the types that operations return, [`List`](crate::List)s of them, and all other types that
/// serde can deserialize, such as `serde_json::Value` and your own. `()` accepts any response, also an empty one, and a
/// `String` is the text of the response, such as an HTML page, unless its content type is JSON.
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

/// The path of a value that cannot be decoded, as in `$.data[2].email`, and the reason.
pub(crate) type DecodeFailure = (String, serde_json::Error);

/// Whether a response of this type can be text that is not JSON.
pub(crate) fn is_text<T: ResponseBody>() -> bool {
    TypeId::of::<T>() == TypeId::of::<String>()
}

/// Decodes a response body that is text and not JSON.
pub(crate) fn decode_text<T: ResponseBody>(body: &[u8]) -> Result<T, DecodeFailure> {
    with_path(|| {
        let text = std::str::from_utf8(body).map_err(serde_json::Error::custom)?;
        T::deserialize(text.into_deserializer())
    })
}

/// Decodes a response body of JSON.
pub(crate) fn decode_body<T: ResponseBody>(body: &[u8]) -> Result<T, DecodeFailure> {
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

/// Removes a UTF-8 byte order mark, which proxies and gateways can add, although JSON must not have one.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn decode_json<'de, T: Deserialize<'de>>(body: &'de [u8]) -> serde_json::Result<T> {
    // Checking the whole body for UTF-8 at once is much faster than checking each string.
    let json = std::str::from_utf8(without_bom(body)).map_err(serde_json::Error::custom)?;
    serde_json::from_str(json)
}

/// Decodes a part of a body like a response, with the path of the value at fault. The type is known to `decode` alone, so
/// that the compiler does not generate the rest for each type.
#[cfg(feature = "webhooks")]
pub(crate) fn decode_part(
    json: &str,
    decode: &mut dyn FnMut(&mut JsonDeserializer<'_>) -> serde_json::Result<()>,
) -> Result<(), DecodeFailure> {
    with_path(|| {
        with_memory_limit(json.len(), || {
            let mut deserializer = serde_json::Deserializer::from_str(json);
            decode(&mut deserializer)?;
            deserializer.end()
        })
    })
}

/// The deserializer of JSON text.
#[cfg(feature = "webhooks")]
pub(crate) type JsonDeserializer<'de> = serde_json::Deserializer<serde_json::de::StrRead<'de>>;

/// Decodes null as an empty object, for types that are not of this crate and do not accept it.
fn decode_null<T: ResponseBody>(body: &[u8]) -> Option<T> {
    let no_members = std::iter::empty::<(&str, &str)>();
    let empty = MapDeserializer::<_, serde_json::Error>::new(no_members);
    match without_bom(body).trim_ascii() {
        b"null" => T::deserialize(empty).ok(),
        _ => None,
    }
}

/// The items of a list, some of which cannot be decoded.
pub(crate) struct DecodedItems<T> {
    pub(crate) list: List<T>,
    pub(crate) failures: Vec<ItemFailure>,
}

/// An item that cannot be decoded.
pub(crate) struct ItemFailure {
    /// The index of the item in the response.
    pub(crate) index: usize,
    /// Where the JSON of the item is in the body.
    pub(crate) range: Range<usize>,
    pub(crate) failure: DecodeFailure,
}

/// Decodes each item of a list by itself, after the decoding of the whole has failed at this path; `None` if the list
/// itself cannot be decoded.
pub(crate) fn decode_items<T: ResponseBody>(
    body: &[u8],
    path_of_failure: &str,
) -> Option<DecodedItems<T>> {
    let path = list_path(path_of_failure)?;
    with_memory_limit(body.len(), || {
        let raw = raw_items(body)?;
        let mut list = List {
            data: Vec::new(),
            total_count: raw.total_count,
        };
        let mut failures = Vec::new();
        for (index, item) in raw.iter().enumerate() {
            charge::<(T, ItemFailure), serde_json::Error>().ok()?;
            match with_path(|| serde_json::from_str(item.get())) {
                Ok(item) => list.data.push(item),
                Err((path_in_item, error)) => {
                    let path_in_item = path_in_item.trim_start_matches('$');
                    let start = item.get().as_ptr().addr() - body.as_ptr().addr();
                    failures.push(ItemFailure {
                        index,
                        range: start..start + item.get().len(),
                        failure: (format!("{path}[{index}]{path_in_item}"), error),
                    });
                }
            }
        }
        (!failures.is_empty()).then_some(DecodedItems { list, failures })
    })
}

/// Returns the JSON of each item of a list; `None` if there is no list.
pub(crate) fn raw_items(body: &[u8]) -> Option<List<&RawValue>> {
    decode_json(body).ok()
}

/// Returns the path of the list whose item is at this path.
fn list_path(path: &str) -> Option<&'static str> {
    let mut lists = ["$", "$.data", "$.m2m_tokens"].into_iter();
    lists.find(|list| {
        let rest = path.strip_prefix(list);
        rest.is_some_and(|rest| rest.starts_with('['))
    })
}
