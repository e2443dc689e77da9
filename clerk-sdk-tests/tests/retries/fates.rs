//! A backend whose attempts meet the fates that a test names.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendError, BackendFuture, ClientConfig, Error, user};
use tokio::time::Instant;

/// What happens to one attempt.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    Status(u16, Vec<(&'static str, String)>),
    NoConnection,
    BrokenOff,
    Silence,
    /// A limit of the backend's own runs out.
    TooSlow,
}

pub(crate) use Fate::{BrokenOff, NoConnection, Silence, TooSlow};

pub(crate) fn status(status: u16) -> Fate {
    Fate::Status(status, Vec::new())
}

pub(crate) fn told(code: u16, wait: &str) -> Fate {
    Fate::Status(code, vec![("retry-after", wait.to_owned())])
}

/// When an attempt was made, and what was sent.
pub(crate) type Seen = (Instant, http::Request<Bytes>);

/// Lets attempts meet their fates in order, the last of them for ever.
#[derive(Clone)]
pub(crate) struct Fates {
    left: Arc<Mutex<VecDeque<Fate>>>,
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
}

impl Fates {
    pub(crate) fn new(fates: impl IntoIterator<Item = Fate>) -> Self {
        Self {
            left: Arc::new(Mutex::new(fates.into_iter().collect())),
            seen: Arc::default(),
        }
    }

    fn next(&self) -> Fate {
        let mut left = self.left.lock().expect("no test panicked here");
        match left.len() {
            1 => left[0].clone(),
            _ => left.pop_front().expect("there is always one"),
        }
    }

    pub(crate) fn config(&self) -> ClientConfig {
        ClientConfig::new("sk_test_fates").backend(self.clone())
    }

    pub(crate) fn client(&self) -> user::Client {
        user::Client::new(self.config())
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().expect("no test panicked here").len()
    }

    /// The waits between the attempts.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        let seen = self.seen.lock().expect("no test panicked here");
        seen.windows(2).map(|pair| pair[1].0 - pair[0].0).collect()
    }
}

impl Backend for Fates {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let mut seen = self.seen.lock().expect("no test panicked here");
        seen.push((Instant::now(), request));
        let fate = self.next();
        Box::pin(async move {
            match fate {
                Fate::Status(status, headers) => {
                    let mut response = http::Response::builder().status(status);
                    for (name, value) in headers {
                        response = response.header(name, value);
                    }
                    Ok(response.body(Bytes::from("{}")).expect("a response"))
                }
                NoConnection => Err(BackendError::connect("refused")),
                BrokenOff => Err(BackendError::new("reset")),
                TooSlow => Err(BackendError::timeout("slow")),
                Silence => std::future::pending().await,
            }
        })
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verb {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

/// Makes a call with this method.
pub(crate) async fn call_with(
    client: &user::Client,
    verb: Verb,
) -> Result<http::StatusCode, Error> {
    match verb {
        Verb::Get => client.get("user_1").await.map(|it| it.status()),
        Verb::Post => client.ban("user_1").await.map(|it| it.status()),
        Verb::Patch => {
            let params = user::UpdateParams::new().first_name("Ada");
            client.update("user_1", &params).await.map(|it| it.status())
        }
        Verb::Put => {
            let params = user::ReplaceMetadataParams::new();
            client
                .replace_metadata("user_1", &params)
                .await
                .map(|it| it.status())
        }
        Verb::Delete => client.delete("user_1").await.map(|it| it.status()),
    }
}

/// What a call with this method gives, and how often it is made.
pub(crate) async fn call(verb: Verb, fates: &[Fate]) -> (Result<u16, Error>, usize) {
    let fates = Fates::new(fates.to_vec());
    let outcome = call_with(&fates.client(), verb).await;
    (outcome.map(|status| status.as_u16()), fates.count())
}
