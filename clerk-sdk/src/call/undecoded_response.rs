//! A successful response that has not been decoded yet.

use std::sync::Arc;

use http::header::CONTENT_ENCODING;

#[cfg(feature = "tracing")]
use super::trace::CallSpan;
use crate::error::{DecodeError, Result};
use crate::exchange::Exchange;
use crate::response::Response;
use crate::wire::{ResponseBody, decode_body};

/// A successful response that has not been decoded yet: decoding is the only part of a call that depends on its type.
pub(crate) struct UndecodedResponse {
    pub(super) exchange: Arc<Exchange>,
    #[cfg(feature = "tracing")]
    pub(super) trace: CallSpan,
}

impl UndecodedResponse {
    pub(crate) fn decode<T: ResponseBody>(self) -> Result<Response<T>> {
        let exchange = self.exchange;
        let result = match decode_body(&exchange.body) {
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
