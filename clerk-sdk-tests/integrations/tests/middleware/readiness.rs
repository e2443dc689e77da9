//! A request that waits for Clerk does not hold back others in the service inside the gate.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use ::tower::limit::ConcurrencyLimitLayer;
use ::tower::{Layer, Service, ServiceExt, service_fn};
use bytes::Bytes;
use clerk_sdk::auth::{Authenticator, TokenType};
use clerk_sdk::jwt::{Verifier, VerifyingKey};
use clerk_sdk::middleware::tower::AuthLayer;
use clerk_sdk::{Backend, BackendFuture, ClientConfig};
use clerk_sdk_tests::Signer;
use http::{Request, Response};
use http_body_util::Full;

use super::clock::Clock;
use super::test_client::token;

/// A backend whose responses never arrive.
struct Silent;

impl Backend for Silent {
    fn send(&self, _: Request<Bytes>) -> BackendFuture<'_> {
        Box::pin(pending())
    }
}

fn authenticator() -> Authenticator {
    let clock = Clock::start();
    let key = VerifyingKey::from_jwk(&Signer::instance().jwk()).expect("a key");
    let verifier = Verifier::new(key).clock(move || clock.now());
    Authenticator::new(ClientConfig::new("sk_test_none").backend(Silent))
        .verifier(verifier)
        .accepts_token([TokenType::Session, TokenType::ApiKey])
}

fn request(token: &str) -> Request<()> {
    let request = Request::get("/").header("authorization", format!("Bearer {token}"));
    request.body(()).expect("a request")
}

/// A service that responds at once, to one request at a time.
fn one_at_a_time()
-> impl Service<Request<()>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    let respond = async |_: Request<()>| Ok::<_, Infallible>(Response::new(Full::default()));
    ConcurrencyLimitLayer::new(1).layer(service_fn(respond))
}

#[tokio::test(start_paused = true)]
async fn request_that_waits_for_clerk_holds_no_permit_of_the_inner_service() {
    let mut service = AuthLayer::new(authenticator().require_auth()).layer(one_at_a_time());
    let ready = service.ready().await.expect("an infallible service");
    let waiting = tokio::spawn(ready.call(request("ak_0123456789")));
    tokio::task::yield_now().await;

    let admitted = service.oneshot(request(&token(serde_json::json!({}))));
    let response = tokio::time::timeout(Duration::from_secs(1), admitted).await;
    let response = response.expect("the permit is free");
    assert_eq!(response.expect("an infallible service").status(), 200);
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test(start_paused = true)]
async fn admitted_request_waits_until_the_inner_service_is_ready() {
    let mut inner = one_at_a_time();
    let service = AuthLayer::new(authenticator().require_auth()).layer(inner.clone());
    inner.ready().await.expect("an infallible service");

    let admitted = service.oneshot(request(&token(serde_json::json!({}))));
    let mut admitted = tokio::spawn(admitted);
    let waited = tokio::time::timeout(Duration::from_secs(1), &mut admitted).await;
    assert!(waited.is_err(), "the only permit is taken");
    drop(inner);
    let response = admitted.await.expect("the task ends");
    assert_eq!(response.expect("an infallible service").status(), 200);
}
