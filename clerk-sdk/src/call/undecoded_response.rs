//! A successful response that has not been decoded yet.

use std::sync::Arc;

#[cfg(feature = "tracing")]
use super::trace::CallSpan;
use crate::error::{DecodeError, Error, Result};
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
                Err(Error::Decode(DecodeError::new(exchange, path, source)))
            }
        };
        #[cfg(feature = "tracing")]
        self.trace.end(result.as_ref().map(Response::exchange));
        result
    }
}
