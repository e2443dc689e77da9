//! Calls of a tonic client to servers behind a gate.

use axum::Router;
use axum::routing::get;
use clerk_sdk::auth::Authenticator;
use clerk_sdk::middleware::tower::AuthLayer;
use clerk_sdk::middleware::{Gate, Rejection};
use clerk_sdk::{ClientConfig, RetryPolicy};
use clerk_sdk_tests::{Emulator, StubbedResponse};
use tonic::codegen::tokio_stream::wrappers::TcpListenerStream;
use tonic::service::Routes;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::server::health_reporter;

/// Starts a server and returns its URL.
type Start = fn(tokio::net::TcpListener, Gate);

/// A server that serves gRPC only.
fn serve_grpc(listener: tokio::net::TcpListener, gate: Gate) {
    let (_, health) = health_reporter();
    let server = Server::builder()
        .layer(AuthLayer::new(gate))
        .add_service(health);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
}

/// A server that serves gRPC and a page over HTTP, behind the same gate.
fn serve_grpc_and_http(listener: tokio::net::TcpListener, gate: Gate) {
    let (_, health) = health_reporter();
    let app: Router = Routes::new(health).into_axum_router();
    let app = app
        .route("/page", get(async || "hello"))
        .layer(AuthLayer::new(gate));
    tokio::spawn(axum::serve(listener, app).into_future());
}

const SERVERS: [Start; 2] = [serve_grpc, serve_grpc_and_http];

struct App {
    clerk: Emulator,
    url: String,
}

impl App {
    async fn start(start: Start, gate: impl FnOnce(&Authenticator) -> Gate) -> Self {
        let clerk = Emulator::start().await.expect("a free port");
        let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
        let authenticator = Authenticator::new(config.retry(RetryPolicy::none()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        start(listener, gate(&authenticator));
        let url = format!("http://{address}");
        Self { clerk, url }
    }

    async fn client(&self) -> HealthClient<Channel> {
        let channel = Channel::from_shared(self.url.clone()).expect("a URL");
        HealthClient::new(channel.connect().await.expect("a connection"))
    }

    /// Makes a unary call and one with a stream of responses, which must have the same result.
    async fn call(&self, token: Option<&str>) -> Result<(), Status> {
        let request = || {
            let mut request = Request::new(HealthCheckRequest::default());
            if let Some(token) = token {
                let value = format!("Bearer {token}").parse().expect("an ASCII token");
                request.metadata_mut().insert("authorization", value);
            }
            request
        };
        let mut client = self.client().await;
        let unary = client.check(request()).await.map(|_| ());
        let streaming = client.watch(request()).await.map(|_| ());
        let summary = |result: &Result<(), Status>| {
            let error = result.as_ref().err();
            error.map(|status| (status.code(), status.message().to_owned()))
        };
        assert_eq!(summary(&unary), summary(&streaming));
        unary
    }

    async fn error(&self, token: Option<&str>) -> (Code, String) {
        let status = self.call(token).await.expect_err("the call is rejected");
        (status.code(), status.message().to_owned())
    }
}

#[tokio::test]
async fn signed_in_calls_are_admitted() {
    for start in SERVERS {
        let app = App::start(start, Authenticator::require_auth).await;
        let token = app.clerk.session_token("user_1");
        app.call(Some(&token)).await.expect("the call is admitted");
    }
}

#[tokio::test]
async fn signed_out_calls_are_unauthenticated() {
    for start in SERVERS {
        let app = App::start(start, Authenticator::require_auth).await;
        let (code, message) = app.error(None).await;
        assert_eq!(code, Code::Unauthenticated, "{message}");
        assert_eq!(message, "the request has no token");
        let (code, message) = app.error(Some("a.b.c")).await;
        assert_eq!(code, Code::Unauthenticated, "{message}");
    }
}

#[tokio::test]
async fn users_without_the_role_are_denied() {
    for start in SERVERS {
        // The percent sign and the umlaut have to be encoded in a header.
        let admins =
            |it: &Authenticator| it.require_authorization(|has| has.role("org:100 % M\u{fc}ller"));
        let app = App::start(start, admins).await;
        let token = app.clerk.session_token("user_1");
        let (code, message) = app.error(Some(&token)).await;
        assert_eq!(code, Code::PermissionDenied, "{message}");
        assert!(message.contains("org:100 % M\u{fc}ller"), "{message}");
    }
}

#[tokio::test]
async fn calls_are_unavailable_while_keys_cannot_be_fetched() {
    for start in SERVERS {
        let app = App::start(start, Authenticator::require_auth).await;
        app.clerk.stub(StubbedResponse {
            method: "GET".to_owned(),
            path: "/jwks".to_owned(),
            status: 500,
            headers: Vec::new(),
            body: b"{}".to_vec(),
        });
        let token = app.clerk.session_token("user_1");
        let (code, message) = app.error(Some(&token)).await;
        assert_eq!(code, Code::Unavailable, "{message}");
    }
}

#[tokio::test]
async fn pages_of_a_mixed_server_get_http_responses() {
    let app = App::start(serve_grpc_and_http, Authenticator::require_auth).await;
    assert_eq!(app.error(None).await.0, Code::Unauthenticated);
    let response = reqwest::get(format!("{}/page", app.url)).await;
    let response = response.expect("a response");
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers().get("grpc-status"), None);
    let body = response.text().await.expect("a UTF-8 body");
    assert!(body.contains("session-token-and-uat-missing"), "{body}");
}

#[tokio::test]
async fn grpc_web_calls_get_the_status_in_the_headers() {
    let app = App::start(serve_grpc_and_http, Authenticator::require_auth).await;
    let request = reqwest::Client::new()
        .post(format!("{}/grpc.health.v1.Health/Check", app.url))
        .header("content-type", "application/grpc-web+proto");
    let response = request.send().await.expect("a response");
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers().get(name)?.to_str().ok();
    assert_eq!(header("content-type"), Some("application/grpc-web+proto"));
    assert_eq!(header("grpc-status"), Some("16"));
    assert_eq!(header("grpc-message"), Some("the request has no token"));
    assert_eq!(response.bytes().await.expect("a body").len(), 0);
}

#[tokio::test]
async fn hook_can_change_the_status() {
    for start in SERVERS {
        let gate = |it: &Authenticator| {
            it.require_auth()
                .on_rejection(|rejection, _, mut response| {
                    assert!(matches!(rejection, Rejection::SignedOut(_)));
                    let hidden = http::HeaderValue::from_static("5");
                    response.headers_mut().insert("grpc-status", hidden);
                    response
                })
        };
        let app = App::start(start, gate).await;
        let message = "the request has no token".to_owned();
        assert_eq!(app.error(None).await, (Code::NotFound, message));
    }
}
