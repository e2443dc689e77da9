//! A backend that sends requests over HTTP, and keeps the last response as it arrived.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use clerk_sdk::{Backend, BackendError, BackendFuture};

/// A response as it arrived.
#[derive(Clone)]
pub(super) struct RawResponse {
    pub(super) status: u16,
    pub(super) is_sample: bool,
    pub(super) body: Bytes,
}

/// Sends requests over HTTP, and keeps the last response.
#[derive(Clone, Default)]
pub(super) struct RecordingBackend {
    http: reqwest::Client,
    last: Arc<Mutex<Option<RawResponse>>>,
}

impl RecordingBackend {
    /// Takes the last response, if there was one since the previous call of this method.
    pub(super) fn take_response(&self) -> Option<RawResponse> {
        self.last.lock().expect("the lock is not poisoned").take()
    }

    async fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, reqwest::Error> {
        let request = reqwest::Request::try_from(request)?;
        let response = self.http.execute(request).await?;
        let mut head = http::Response::new(Bytes::new());
        *head.status_mut() = response.status();
        *head.headers_mut() = response.headers().clone();
        *head.body_mut() = response.bytes().await?;
        *self.last.lock().expect("the lock is not poisoned") = Some(RawResponse {
            status: head.status().as_u16(),
            is_sample: head.headers().contains_key("x-emulator-gap"),
            body: head.body().clone(),
        });
        Ok(head)
    }
}

impl Backend for RecordingBackend {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        Box::pin(async {
            let response = self.exchange(request).await;
            let response = response.map_err(BackendError::new)?;
            Ok(response.map(clerk_sdk::Body::from))
        })
    }
}
