//! A successful response that has not been decoded yet.

use std::sync::Arc;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

#[cfg(feature = "tracing")]
use super::trace::CallSpan;
use crate::error::{DecodeError, Error, Result};
use crate::exchange::Exchange;
use crate::response::Response;
use crate::wire::{
    DecodeFailure, ItemFailure, List, ResponseBody, decode_body, decode_items, decode_text, is_text,
};

/// A successful response that has not been decoded yet: decoding is the only part of a call that depends on its type.
pub(crate) struct UndecodedResponse {
    pub(super) exchange: Arc<Exchange>,
    #[cfg(feature = "tracing")]
    pub(super) trace: CallSpan,
}

impl UndecodedResponse {
    pub(crate) fn decode<T: ResponseBody>(self) -> Result<Response<T>> {
        let decoded = match is_text::<T>() && !is_json(&self.exchange) {
            true => decode_text(&self.exchange.body),
            false => decode_body(&self.exchange.body),
        };
        self.finish(decoded)
    }

    fn finish<T>(self, decoded: Result<T, DecodeFailure>) -> Result<Response<T>> {
        let exchange = self.exchange;
        let result = match decoded {
            Ok(value) => Ok(Response::received(value, exchange)),
            Err((path, source)) => {
                let exchange = Arc::unwrap_or_clone(exchange);
                Err(undecodable(exchange, path, source).into())
            }
        };
        #[cfg(feature = "tracing")]
        self.trace.end(result.as_ref().map(Response::exchange));
        result
    }
}

/// Whether the content type of a response is JSON, such as `application/json` or `application/problem+json`.
fn is_json(exchange: &Exchange) -> bool {
    let content_type = exchange.headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|it| it.to_str().ok());
    let media_type = content_type.and_then(|it| it.split(';').next());
    media_type.is_some_and(|it| it.trim().to_ascii_lowercase().ends_with("json"))
}

/// A page of a list, some of whose items may not match their type.
pub(crate) struct DecodedPage<T> {
    /// The items that were decoded.
    pub(crate) response: Response<List<T>>,
    /// The other items, in the order of the page.
    pub(crate) failures: Vec<ItemFailure>,
}

impl UndecodedResponse {
    /// Decodes a page. A malformed item does not make the others undecodable.
    pub(crate) fn decode_page<T: ResponseBody>(self) -> Result<DecodedPage<T>> {
        let failure = match decode_body(&self.exchange.body) {
            Ok(list) => return Ok(self.page(list, Vec::new())),
            Err(failure) => failure,
        };
        match decode_items(&self.exchange.body, &failure.0) {
            Some(items) => Ok(self.page(items.list, items.failures)),
            None => self.finish(Err(failure)).map(|response| DecodedPage {
                response,
                failures: Vec::new(),
            }),
        }
    }

    fn page<T>(self, list: List<T>, failures: Vec<ItemFailure>) -> DecodedPage<T> {
        let exchange = self.exchange;
        #[cfg(feature = "tracing")]
        match failures.first() {
            Some(failure) => self.trace.end(Err(&item_error(&exchange, failure))),
            None => self.trace.end(Ok(&exchange)),
        }
        let response = Response::received(list, exchange);
        DecodedPage { response, failures }
    }
}

/// The error for an item of a page that does not match its type.
pub(crate) fn item_error(exchange: &Exchange, item: &ItemFailure) -> Error {
    let (path, error) = &item.failure;
    let error = DecodeError::new(exchange.clone(), path.clone(), error.to_string());
    error.of_item(item.index, item.range.clone()).into()
}

/// The error for a body that does not match its type. If it is still compressed, that is the reason.
fn undecodable(exchange: Exchange, path: String, source: serde_json::Error) -> DecodeError {
    let encoding = exchange.headers.get(CONTENT_ENCODING);
    match encoding
        .map(|encoding| format!("the body has the content encoding {encoding:?}: {source}"))
    {
        Some(reason) => DecodeError::new(exchange, path, reason),
        None => DecodeError::new(exchange, path, source),
    }
}
