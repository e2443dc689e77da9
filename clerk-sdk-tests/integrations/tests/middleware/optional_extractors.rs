//! The optional extractors in an application without gates.

use serde_json::json;

use super::app::App;
use super::test_client::{TestClient, token};

/// Checks the routes `/option`, with `Option<Auth>` and `Option<Machine>`, and
/// `/optional`, with `OptionalAuth`, whose handlers respond with `signed in` or `nobody`.
pub(crate) async fn run(app: App) {
    let client = TestClient::new(&app.url);
    let response = client.get_with_token("/option", &token(json!({}))).await;
    assert_eq!((response.status, &*response.body), (200, "nobody"));
    let response = client.get_with_token("/optional", &token(json!({}))).await;
    assert_eq!((response.status, &*response.code()), (500, "no-gate"));
}
