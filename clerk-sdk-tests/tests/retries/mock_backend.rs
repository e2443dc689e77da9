//! A mock backend: a test sets the outcome of each attempt.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendError, BackendFuture, Body, ClientConfig, Error, user};
use tokio::time::Instant;

/// The outcome of one attempt.
#[derive(Clone, Debug)]
pub(crate) enum AttemptOutcome {
    /// A response with this status and these headers.
    Response(u16, Vec<(&'static str, String)>),
    /// The connection cannot be established.
    ConnectionRefused,
    /// The connection is closed before the response is complete.
    ConnectionReset,
    /// No response ever arrives.
    NoResponse,
    /// The backend's own time limit is reached.
    BackendTimeout,
}

pub(crate) use AttemptOutcome::{BackendTimeout, ConnectionRefused, ConnectionReset, NoResponse};

/// Creates a response without headers.
pub(crate) fn status(status: u16) -> AttemptOutcome {
    AttemptOutcome::Response(status, Vec::new())
}

/// Creates a response with a `Retry-After` header.
pub(crate) fn status_with_retry_after(status: u16, retry_after: &str) -> AttemptOutcome {
    AttemptOutcome::Response(status, vec![("retry-after", retry_after.to_owned())])
}

/// A request, and the time at which it was sent.
pub(crate) type SentRequest = (Instant, http::Request<Bytes>);

/// A backend whose attempts have the given outcomes in order. The last outcome repeats.
#[derive(Clone)]
pub(crate) struct MockBackend {
    outcomes: Arc<Mutex<VecDeque<AttemptOutcome>>>,
    requests: Arc<Mutex<Vec<SentRequest>>>,
}

impl MockBackend {
    pub(crate) fn new(outcomes: impl IntoIterator<Item = AttemptOutcome>) -> Self {
        Self {
            outcomes: Arc::new(Mutex::new(outcomes.into_iter().collect())),
            requests: Arc::default(),
        }
    }

    fn next_outcome(&self) -> AttemptOutcome {
        let mut outcomes = self.outcomes.lock().expect("the lock is not poisoned");
        match outcomes.len() {
            1 => outcomes[0].clone(),
            _ => outcomes.pop_front().expect("at least one outcome"),
        }
    }

    /// Returns a configuration with this backend.
    pub(crate) fn config(&self) -> ClientConfig {
        ClientConfig::new("sk_test_retries").backend(self.clone())
    }

    /// Returns a client with this backend and a retry budget of its own.
    pub(crate) fn client(&self) -> user::Client {
        user::Client::new(self.config())
    }

    /// Returns the requests of all attempts so far.
    pub(crate) fn requests(&self) -> Vec<SentRequest> {
        let requests = self.requests.lock().expect("the lock is not poisoned");
        requests.clone()
    }

    /// Returns the number of attempts so far.
    pub(crate) fn attempt_count(&self) -> usize {
        let requests = self.requests.lock().expect("the lock is not poisoned");
        requests.len()
    }

    /// Returns the delays between attempts.
    pub(crate) fn delays(&self) -> Vec<Duration> {
        let requests = self.requests();
        let pairs = requests.windows(2);
        pairs.map(|pair| pair[1].0 - pair[0].0).collect()
    }
}

impl Backend for MockBackend {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let mut requests = self.requests.lock().expect("the lock is not poisoned");
        requests.push((Instant::now(), request));
        drop(requests);
        let outcome = self.next_outcome();
        Box::pin(async move {
            match outcome {
                AttemptOutcome::Response(status, headers) => {
                    let mut response = http::Response::builder().status(status);
                    for (name, value) in headers {
                        response = response.header(name, value);
                    }
                    Ok(response
                        .body(Body::from(r#"{"id":"1","data":[]}"#))
                        .expect("a response"))
                }
                ConnectionRefused => Err(BackendError::connect("refused")),
                ConnectionReset => Err(BackendError::new("reset")),
                BackendTimeout => Err(BackendError::timeout("slow")),
                NoResponse => std::future::pending().await,
            }
        })
    }
}

/// The HTTP method of a call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum HttpMethod {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

/// Makes a call with this method for the user with this ID.
pub(crate) async fn call_with(
    client: &user::Client,
    method: HttpMethod,
    id: &str,
) -> Result<http::StatusCode, Error> {
    match method {
        HttpMethod::Get => client.get(id).await.map(|it| it.http_status()),
        HttpMethod::Post => client.ban(id).await.map(|it| it.http_status()),
        HttpMethod::Patch => {
            let params = user::UpdateParams::new().first_name("Ada");
            client.update(id, &params).await.map(|it| it.http_status())
        }
        HttpMethod::Put => {
            let params = user::ReplaceMetadataParams::new();
            client
                .replace_metadata(id, &params)
                .await
                .map(|it| it.http_status())
        }
        HttpMethod::Delete => client.delete(id).await.map(|it| it.http_status()),
    }
}

/// Makes a call with this method, and returns its result and the number of attempts.
pub(crate) async fn call(
    method: HttpMethod,
    outcomes: &[AttemptOutcome],
) -> (Result<u16, Error>, usize) {
    let backend = MockBackend::new(outcomes.to_vec());
    let result = call_with(&backend.client(), method, "user_1").await;
    (
        result.map(|status| status.as_u16()),
        backend.attempt_count(),
    )
}
