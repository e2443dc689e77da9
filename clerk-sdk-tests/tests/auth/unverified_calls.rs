//! Unauthenticated requests cause a limited number of calls to Clerk, and never delay requests whose sender is known.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::auth::{AuthErrorReason, Authenticator, TokenType};
use clerk_sdk::{Backend, BackendFuture, ClientConfig, RateLimit};
use futures_util::future::join_all;
use http::StatusCode;
use http::request::Parts;
use serde_json::json;
use tokio::time::Instant;

use super::fixture::{APP, NOW, PRODUCTION, bearer_request, navigation, summary, token, verifier};
use super::machine_fixture::valid_token;

const LIMITED: &str = "signed-out call-limit-exceeded";
const UNKNOWN: &str = "signed-out token-invalid";

/// Clerk's API, which knows the credentials that contain `good`. It responds after 100 ms, or never.
#[derive(Clone, Default)]
struct MockClerk {
    calls: Arc<AtomicUsize>,
    /// Calls with a credential that contains this never end.
    hanging: Arc<Mutex<Option<&'static str>>>,
}

impl MockClerk {
    fn config(&self) -> ClientConfig {
        ClientConfig::new("sk_live_mock").backend(self.clone())
    }

    fn calls(&self) -> usize {
        self.calls.swap(0, Ordering::SeqCst)
    }
}

impl Backend for MockClerk {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let credential = match request.uri().query() {
            Some(query) => query.to_owned(),
            None => String::from_utf8_lossy(request.body()).into_owned(),
        };
        let hanging = *self.hanging.lock().expect("no thread panics with the lock");
        Box::pin(async move {
            if hanging.is_some_and(|it| credential.contains(it)) {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            let path = request.uri().path();
            let cookie = format!("__session={}", token(json!({})));
            let (status, body) = match credential.contains("good") {
                false => (StatusCode::NOT_FOUND, json!({"errors": []})),
                true if path.ends_with("/refresh") => (
                    StatusCode::OK,
                    json!({"object": "cookies", "cookies": [cookie]}),
                ),
                true if path.ends_with("/handshake_payload") => {
                    (StatusCode::OK, json!({"directives": [cookie]}))
                }
                true => (StatusCode::OK, valid_token()),
            };
            let mut response = http::Response::new(body.to_string().into());
            *response.status_mut() = status;
            Ok(response)
        })
    }
}

fn authenticator(config: ClientConfig) -> Authenticator {
    let authenticator = Authenticator::new(config).verifier(verifier());
    let authenticator = authenticator.publishable_key(PRODUCTION);
    authenticator
        .expect("a valid publishable key")
        .public_origin(APP)
        .expect("a valid origin")
        .accepts_token([TokenType::Session, TokenType::ApiKey])
        .limit_unverified_calls(10, Duration::from_secs(10))
}

/// Returns a navigation with the expired token of a session, and a refresh token.
fn refreshable(session: &str, refresh_token: &str) -> Parts {
    let session = expired_session(session);
    navigation(
        PRODUCTION,
        "/",
        &format!("{session}; __refresh_{{s}}={refresh_token}"),
    )
}

fn expired_session(session: &str) -> String {
    let token = token(json!({"sid": session, "exp": NOW - 60}));
    format!("__session={token}; __client_uat={}", NOW - 100)
}

fn returning(nonce: &str, cookies: &str) -> Parts {
    navigation(
        PRODUCTION,
        &format!("/?__clerk_handshake_nonce={nonce}"),
        cookies,
    )
}

/// Returns the outcomes of requests at the same time, without repetitions, in order.
async fn outcomes(authenticator: &Authenticator, requests: Vec<Parts>) -> Vec<String> {
    let states = requests.iter().map(|it| authenticator.authenticate(it));
    let states = join_all(states).await;
    let mut outcomes: Vec<_> = states.iter().map(summary).collect();
    outcomes.sort();
    outcomes.dedup();
    outcomes
}

fn invented(request: impl Fn(&str) -> Parts) -> Vec<Parts> {
    let invented = (0..1000).map(|number| request(&format!("bad_{number}")));
    invented.collect()
}

#[tokio::test(start_paused = true)]
async fn invented_credentials_of_each_kind_cause_a_limited_number_of_calls() {
    let clerk = MockClerk::default();
    let authenticator = authenticator(clerk.config());
    let key = |id: &str| bearer_request(&format!("ak_{id}"));
    let nonce = |id: &str| returning(id, "");
    let found = outcomes(&authenticator, invented(key)).await;
    assert_eq!(found, [LIMITED, UNKNOWN]);
    assert_eq!(clerk.calls(), 10);
    // All kinds share the limit.
    assert_eq!(outcomes(&authenticator, invented(nonce)).await, [LIMITED]);
    assert_eq!(clerk.calls(), 0);
    tokio::time::advance(Duration::from_secs(10)).await;
    let found = outcomes(&authenticator, invented(nonce)).await;
    assert_eq!(found, [LIMITED, "signed-out session-token-and-uat-missing"]);
    assert_eq!(clerk.calls(), 10);
    tokio::time::advance(Duration::from_secs(10)).await;
    let state = authenticator.authenticate(&key("first")).await;
    assert_eq!(summary(&state), UNKNOWN);

    // One session with any number of invented refresh tokens: the first is not limited.
    let refresh = |id: &str| refreshable("sess_1", id);
    let expired = "handshake session-token-expired-refresh-";
    assert_eq!(
        outcomes(&authenticator, invented(refresh)).await,
        [
            format!("{expired}call-limit-exceeded"),
            format!("{expired}unexpected-bapi-error")
        ]
    );
    assert_eq!(clerk.calls(), 1 + 1 + 9);
    let nonce_of_session = |id: &str| returning(&format!("other_{id}"), &expired_session("sess_1"));
    let found = outcomes(&authenticator, invented(nonce_of_session)).await;
    assert_eq!(found, [LIMITED]);
    assert_eq!(clerk.calls(), 0);

    let state = authenticator.authenticate(&key("bad_other")).await;
    assert!(state.reason().is_some_and(AuthErrorReason::is_unavailable));
    let message = &state.headers()["x-clerk-auth-message"];
    let message = message.to_str().expect("an ASCII header");
    assert!(message.contains("too many calls"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn equal_credentials_at_the_same_time_cause_one_call() {
    let clerk = MockClerk::default();
    let authenticator = authenticator(clerk.config());
    for request in [
        bearer_request("ak_good"),
        returning("good", ""),
        refreshable("sess_1", "good"),
    ] {
        let found = outcomes(&authenticator, vec![request; 500]).await;
        assert!(["machine user_1", "signed-in user_1"].contains(&&*found[0]));
        assert_eq!((found.len(), clerk.calls()), (1, 1));
    }
    // Rejected credentials are cached for a short time, whatever the rest of the request is.
    for request in [
        bearer_request("ak_bad"),
        returning("bad", ""),
        refreshable("s", "bad"),
    ] {
        for _ in 0..2 {
            let found = outcomes(&authenticator, vec![request.clone(); 500]).await;
            assert!(!found[0].contains("limit"), "{found:?}");
            assert_eq!(found.len(), 1);
        }
        assert_eq!(clerk.calls(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn known_senders_are_not_limited() {
    let clerk = MockClerk::default();
    let authenticator = authenticator(clerk.config());
    let known = bearer_request("ak_good_known");
    let state = authenticator.authenticate(&known).await;
    assert_eq!(summary(&state), "machine user_1");
    let flood = || invented(|id| bearer_request(&format!("ak_{id}")));
    outcomes(&authenticator, flood()).await;
    for _ in 0..20 {
        let state = authenticator.authenticate(&known).await;
        assert_eq!(summary(&state), "machine user_1");
    }
    for number in 0..20 {
        let session = format!("sess_{number}");
        for request in [
            refreshable(&session, &format!("good_{number}")),
            refreshable(&session, &format!("good_again_{number}")),
            returning(&format!("good_{number}"), &expired_session(&session)),
        ] {
            let state = authenticator.authenticate(&request).await;
            assert_eq!(summary(&state), "signed-in user_1");
        }
    }
    let state = authenticator
        .authenticate(&bearer_request("ak_good_new"))
        .await;
    assert_eq!(summary(&state), LIMITED);

    // Calls that find a credential valid do not count.
    tokio::time::advance(Duration::from_secs(10)).await;
    for number in 0..50 {
        let new = bearer_request(&format!("ak_good_{number}"));
        let state = authenticator.authenticate(&new).await;
        assert_eq!(summary(&state), "machine user_1", "{number}");
    }
    // A session token that somebody else signed makes nobody known.
    outcomes(&authenticator, flood()).await;
    let forged = clerk_sdk_tests::Signer::with_other_key("ins_1");
    let forged = forged.sign(&super::fixture::claims(json!({})));
    let cookies = format!("__session={forged}; __client_uat={}", NOW - 100);
    let state = authenticator
        .authenticate(&returning("good_x", &cookies))
        .await;
    assert_eq!(summary(&state), LIMITED);
}

#[tokio::test(start_paused = true)]
async fn invented_tokens_delay_no_known_one() {
    for (name, limit) in [
        ("rate limit", |config: ClientConfig| {
            config.rate_limit(RateLimit::new(8, Duration::from_secs(10)))
        }),
        ("in flight", |config: ClientConfig| config.max_in_flight(8)),
    ] as [(&str, fn(ClientConfig) -> ClientConfig); 2]
    {
        let clerk = MockClerk::default();
        let authenticator = authenticator(limit(clerk.config()))
            .limit_unverified_calls(1000, Duration::from_secs(10));
        let known = bearer_request("ak_good");
        authenticator.authenticate(&known).await;
        assert_eq!(clerk.calls(), 1);
        *clerk.hanging.lock().expect("no panic") = Some("bad");
        let requests = invented(|id| bearer_request(&format!("ak_{id}")));
        let flood = async {
            outcomes(&authenticator, requests).await;
        };
        let since = Instant::now();
        let state = tokio::select! {
            biased;
            () = flood => unreachable!("calls hang"),
            state = async {
                tokio::task::yield_now().await;
                authenticator.authenticate(&known).await
            } => state,
        };
        assert_eq!(summary(&state), "machine user_1", "{name}");
        assert_eq!(since.elapsed(), Duration::from_millis(100), "{name}");
    }
}
