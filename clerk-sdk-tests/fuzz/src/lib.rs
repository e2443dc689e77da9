//! Code that the fuzz targets share: clients whose calls receive the fuzzer's bytes as the response.

use std::cell::RefCell;
use std::future::IntoFuture;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, Clerk, ClientConfig, Error, Response, RetryPolicy};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

/// A backend that responds to every request with the same status and body.
struct FixedResponse {
    status: u16,
    body: Bytes,
}

impl Backend for FixedResponse {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        let mut response = http::Response::new(self.body.clone().into());
        *response.status_mut() = self.status.try_into().expect("a valid status");
        Box::pin(async { Ok(response) })
    }
}

/// Returns a client whose calls receive this status and body.
pub fn client_with_response(status: u16, body: &[u8]) -> Clerk {
    Clerk::new(config_with_response(status, body))
}

/// Returns a configuration whose calls receive this status and body. Retries are disabled, because their delays would
/// slow down the fuzzer.
pub fn config_with_response(status: u16, body: &[u8]) -> ClientConfig {
    let body = Bytes::copy_from_slice(body);
    let config = ClientConfig::new("sk_test_fuzz").backend(FixedResponse { status, body });
    config.retry(RetryPolicy::none())
}

/// Runs a call to completion on this thread.
pub fn block_on<T>(call: impl IntoFuture<Output = T>) -> T {
    thread_local! {
        static RUNTIME: RefCell<Runtime> = RefCell::new(
            Builder::new_current_thread().enable_time().build().expect("a runtime"),
        );
    }
    RUNTIME.with_borrow(|runtime| runtime.block_on(call.into_future()))
}

/// Asserts that a decoded value stays the same when it is serialized and deserialized, or that a decode error keeps the
/// body. Panics on any other error.
pub fn assert_decoded_or_decode_error<T>(body: &[u8], result: Result<Response<T>, Error>)
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    match result {
        Ok(response) => {
            assert_eq!(response.raw_body(), body);
            let json = serde_json::to_string(&*response).expect("a decoded value serializes");
            let deserialized: T = serde_json::from_str(&json).expect("serialized JSON decodes");
            assert_eq!(deserialized, *response);
        }
        Err(Error::Decode(error)) => {
            assert_eq!(error.raw_body(), body);
            assert!(error.path().starts_with('$'));
        }
        Err(other) => panic!("{other:?}"),
    }
}
