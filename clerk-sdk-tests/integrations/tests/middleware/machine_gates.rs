//! Gates for machines, by the scopes of their tokens.

use clerk_sdk::ClientConfig;
use clerk_sdk::auth::{Authenticator, TokenType};
use clerk_sdk::middleware::Gate;
use clerk_sdk_tests::{Emulator, StubbedResponse};
use serde_json::json;

const API_KEY: &str = "ak_secret";

struct Fixture {
    clerk: Emulator,
    authenticator: Authenticator,
}

impl Fixture {
    async fn new() -> Self {
        let clerk = Emulator::start().await.expect("a free port");
        let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
        let kinds = [TokenType::Session, TokenType::ApiKey];
        let authenticator = Authenticator::new(config).accepts_token(kinds);
        Self {
            clerk,
            authenticator,
        }
    }

    /// Sends a request with an API key that has these scopes, and returns the status and the message.
    async fn send_key(&self, gate: &Gate, scopes: &[&str]) -> (u16, String) {
        let key = json!({"id": "ak_1", "subject": "org_1", "scopes": scopes, "name": "CI",
                         "revoked": false, "expired": false});
        self.clerk.stub(StubbedResponse {
            method: "POST".to_owned(),
            path: "/api_keys/verify".to_owned(),
            status: 200,
            headers: Vec::new(),
            body: key.to_string().into_bytes(),
        });
        send(gate, Some(API_KEY)).await
    }

    async fn send_session(&self, gate: &Gate) -> (u16, String) {
        send(gate, Some(&self.clerk.session_token("user_1"))).await
    }
}

async fn send(gate: &Gate, token: Option<&str>) -> (u16, String) {
    let mut request = http::Request::get("/");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    match gate.admit(&parts).await {
        Ok(_) => (200, String::new()),
        Err(response) => {
            let body = String::from_utf8(response.body().to_vec());
            (response.status().as_u16(), body.expect("a UTF-8 body"))
        }
    }
}

#[tokio::test]
async fn machines_need_all_scopes() {
    let app = Fixture::new().await;
    let gate = app.authenticator.require_machine(["read", "write"]);
    let admitted = app.send_key(&gate, &["write", "other", "read"]).await;
    assert_eq!(admitted.0, 200);
    for (scopes, missing) in [
        (&["read"][..], "write"),
        (&["write"], "read"),
        (&["READ", "write"], "read"),
        (&["read write"], "read"),
        (&[], "read"),
    ] {
        let (status, body) = app.send_key(&gate, scopes).await;
        assert_eq!(status, 403, "{scopes:?}");
        assert!(body.contains(&format!("`{missing}`")), "{body}");
    }
    let (status, body) = app.send_session(&gate).await;
    assert_eq!(status, 403);
    assert!(body.contains("only machines"), "{body}");
    assert_eq!(send(&gate, None).await.0, 401);

    let any = app.authenticator.require_machine([""; 0]);
    assert_eq!(app.send_key(&any, &[]).await.0, 200);
    assert_eq!(app.send_session(&any).await.0, 403);
}

#[tokio::test]
async fn one_gate_admits_a_user_or_a_machine_with_a_scope() {
    let app = Fixture::new().await;
    let gate = app.authenticator.require_auth().machine_scopes(["read"]);
    assert_eq!(app.send_session(&gate).await.0, 200);
    assert_eq!(app.send_key(&gate, &["read"]).await.0, 200);
    assert_eq!(app.send_key(&gate, &["write"]).await.0, 403);
    assert_eq!(send(&gate, None).await.0, 401);

    let admins = app
        .authenticator
        .require_authorization(|has| has.role("org:admin"));
    assert_eq!(app.send_key(&admins, &["read"]).await.0, 403);
    let gate = admins.machine_scopes(["read"]);
    assert_eq!(app.send_session(&gate).await.0, 403);
    assert_eq!(app.send_key(&gate, &["read"]).await.0, 200);
    assert_eq!(app.send_key(&gate, &[]).await.0, 403);

    let everyone = app.authenticator.allow_all().machine_scopes(["read"]);
    assert_eq!(send(&everyone, None).await.0, 200);
    assert_eq!(app.send_key(&everyone, &["write"]).await.0, 403);
}

#[tokio::test]
async fn scopes_of_several_calls_are_all_required() {
    let app = Fixture::new().await;
    let gate = app.authenticator.require_machine(["read"]);
    let gate = gate.machine_scopes(["write"]);
    for (scopes, status) in [
        (&["read", "write"][..], 200),
        (&["read"], 403),
        (&["write"], 403),
    ] {
        assert_eq!(app.send_key(&gate, scopes).await.0, status, "{scopes:?}");
    }
}

#[tokio::test]
async fn machines_are_signed_out_if_their_tokens_are_not_accepted() {
    let app = Fixture::new().await;
    let users = app
        .authenticator
        .clone()
        .accepts_token([TokenType::Session]);
    let gate = users.require_auth().machine_scopes(["read"]);
    assert_eq!(send(&gate, Some(API_KEY)).await.0, 401);
    assert!(app.clerk.requests().is_empty());
}
