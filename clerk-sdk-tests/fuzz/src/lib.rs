//! What the fuzz targets share: calls that are answered with the fuzzer's bytes.

use std::cell::RefCell;
use std::future::IntoFuture;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, Clerk, ClientConfig, Error, Response, RetryPolicy};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

/// Answers every call in one way.
struct Canned(u16, Bytes);

impl Backend for Canned {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        let mut response = http::Response::new(self.1.clone());
        *response.status_mut() = self.0.try_into().expect("a status");
        Box::pin(async { Ok(response) })
    }
}

/// A handle whose calls are answered with this status and these bytes.
pub fn answering(status: u16, body: &[u8]) -> Clerk {
    Clerk::new(answering_config(status, body))
}

/// A configuration whose calls are answered with this status and these bytes, and made once: a fuzzer must not
/// wait for another attempt.
pub fn answering_config(status: u16, body: &[u8]) -> ClientConfig {
    let backend = Canned(status, Bytes::copy_from_slice(body));
    let config = ClientConfig::new("sk_test_fuzz").backend(backend);
    config.retry(RetryPolicy::none())
}

/// Waits for a call.
pub fn wait<T>(call: impl IntoFuture<Output = T>) -> T {
    thread_local! {
        static RUNTIME: RefCell<Runtime> = RefCell::new(
            Builder::new_current_thread().enable_time().build().expect("a runtime"),
        );
    }
    RUNTIME.with_borrow(|runtime| runtime.block_on(call.into_future()))
}

/// A value, which written and read again is the same; or an error that keeps the answer.
pub fn check<T>(body: &[u8], result: Result<Response<T>, Error>)
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    match result {
        Ok(response) => {
            assert_eq!(response.body(), body);
            let written = serde_json::to_string(&*response).expect("it serialises");
            let again: T = serde_json::from_str(&written).expect("what was written is read");
            assert_eq!(again, *response);
        }
        Err(Error::Decode(error)) => {
            assert_eq!(error.body(), body);
            assert!(error.path().starts_with('$'));
        }
        Err(other) => panic!("{other:?}"),
    }
}
