//! The scenarios that every framework must pass: requests, and the expected responses.

use std::sync::Arc;

use clerk_sdk_tests::{Emulator, Signer, StubbedResponse};
use http::{Method, Version};
use serde_json::{Value, json};

use super::app::App;
use super::clock::Clock;
use super::cookie_scenarios;
use super::gates::{Gates, SIGN_IN};
use super::machine_scenarios;
use super::path_spellings;
use super::test_client::{TestClient, now, token};

/// The HTTP versions of the requests. HTTP/2 is used without an upgrade.
pub(crate) const VERSIONS: [Version; 2] = [Version::HTTP_11, Version::HTTP_2];

/// Runs the scenarios against an application that `start` creates with the gates.
pub(crate) async fn run<F: Future<Output = App>>(version: Version, start: impl FnOnce(Gates) -> F) {
    let clerk = Arc::new(Emulator::start().await.expect("a free port"));
    let clock = Clock::start();
    let app = start(Gates::new(&clerk, &clock)).await;
    let client = TestClient::with_version(&app.url, version);
    requests_get_503_while_keys_cannot_be_fetched(&client, &clerk, &clock).await;
    signed_in_requests_are_admitted(&client).await;
    signed_out_requests_get_401(&client).await;
    users_without_the_permission_get_403(&client).await;
    option_is_none_for_rejected_requests(&client).await;
    machine_scenarios::run(&client, &clerk).await;
    signed_out_pages_are_redirected_to_sign_in(&client).await;
    token_is_read_from_another_place(&client).await;
    on_denial_changes_the_response(&client).await;
    preflight_requests_are_admitted_if_allowed(&client).await;
    cookie_scenarios::run(&client).await;
    browsers_are_redirected_to_a_handshake(&client).await;
    handshake_sets_cookies(&client, &clerk).await;
    for path in ["/nested", "/nested-others"] {
        nested_gates_call_clerk_once_and_do_not_contradict_each_other(&client, &clerk, path).await;
    }
    path_spellings::run(&app).await;
    routes_without_a_gate_get_500(&client).await;
    tokens_with_an_unknown_key_get_503_while_keys_cannot_be_fetched(&client, &clerk).await;
}

/// Sets the response of the emulator to the next such request.
pub(crate) fn respond(clerk: &Emulator, method: &str, path: &str, status: u16, body: &Value) {
    clerk.stub(StubbedResponse {
        method: method.to_owned(),
        path: path.to_owned(),
        status,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    });
}

/// Returns how many requests the emulator received for a path.
fn request_count(clerk: &Emulator, path: &str) -> usize {
    let requests = clerk.requests();
    requests.iter().filter(|it| it.path == path).count()
}

async fn requests_get_503_while_keys_cannot_be_fetched(
    client: &TestClient<'_>,
    clerk: &Emulator,
    clock: &Clock,
) {
    respond(clerk, "GET", "/jwks", 500, &json!({}));
    let response = client.get_with_token("/required", &token(json!({}))).await;
    assert_eq!(response.status, 503, "{}", response.body);
    assert_eq!(response.header("retry-after"), Some("5"));
    assert_eq!(response.header("www-authenticate"), None);
    clock.advance(2);
}

async fn signed_in_requests_are_admitted(client: &TestClient<'_>) {
    for path in ["/optional", "/required"] {
        let response = client.get_with_token(path, &token(json!({}))).await;
        assert_eq!(
            (response.status, response.body.as_str()),
            (200, "user_1"),
            "{path}"
        );
        assert_eq!(response.header("x-clerk-auth-status"), None);
    }
    let headers = [("x-name", "Zo\u{eb}")];
    let response = client.get("/optional", &headers).await;
    assert_eq!((response.status, response.body.as_str()), (200, "nobody"));
    assert_eq!(response.header("x-clerk-auth-status"), Some("signed-out"));
}

async fn signed_out_requests_get_401(client: &TestClient<'_>) {
    let response = client.get("/required", &[]).await;
    assert_eq!(response.status, 401);
    assert_eq!(response.header("www-authenticate"), Some("Bearer"));
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.code(), "session-token-and-uat-missing");

    let expired = token(json!({"exp": now() - 60}));
    let forged = Signer::with_other_key(Signer::instance().id()).sign(&json!({}));
    let pending = token(json!({"sts": "pending"}));
    for (token, code) in [
        (expired.as_str(), "token-expired"),
        (&forged, "token-invalid-signature"),
        (&pending, "session-pending"),
        ("not-a-token", "token-invalid"),
        ("ak_0123", "token-type-mismatch"),
    ] {
        let response = client.get_with_token("/required", token).await;
        assert_eq!(response.status, 401, "{code}");
        assert_eq!(
            response.header("www-authenticate"),
            Some(r#"Bearer error="invalid_token""#)
        );
        assert_eq!(response.code(), code);
        assert_eq!(response.header("x-clerk-auth-reason"), Some(code));
        let response = client.get_with_token("/optional", token).await;
        assert_eq!(
            (response.status, response.body.as_str()),
            (200, "nobody"),
            "{code}"
        );
    }
    let valid = format!("Bearer {}", token(json!({})));
    let twice = [
        ("authorization", valid.as_str()),
        ("authorization", valid.as_str()),
    ];
    let response = client.get("/required", &twice).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (401, "token-invalid")
    );
}

async fn users_without_the_permission_get_403(client: &TestClient<'_>) {
    let organization = |mask: &str| {
        token(json!({
            "fea": "o:invoices",
            "o": {"id": "org_1", "rol": "member", "per": "read,write", "fpm": mask},
        }))
    };
    for path in ["/invoices", "/require-auth", "/checked"] {
        let response = client.get_with_token(path, &organization("1")).await;
        assert_eq!(
            (response.status, response.body.as_str()),
            (200, "user_1"),
            "{path}"
        );
        for token in [organization("2"), token(json!({}))] {
            let response = client.get_with_token(path, &token).await;
            assert_eq!(response.status, 403, "{path}");
            let challenge = response.header("www-authenticate");
            assert_eq!(challenge, Some(r#"Bearer error="insufficient_scope""#));
            assert_eq!(response.code(), "forbidden");
            assert!(
                response.body.contains("org:invoices:read"),
                "{}",
                response.body
            );
        }
        let response = client.get(path, &[]).await;
        assert_eq!(response.status, 401, "{path}");
    }
}

async fn option_is_none_for_rejected_requests(client: &TestClient<'_>) {
    let member = |permission: &str| {
        let organization = json!({"id": "org_1", "rol": "member", "per": permission, "fpm": "1"});
        token(json!({"fea": "o:invoices", "o": organization}))
    };
    for (path, token, expected) in [
        ("/option", member("read"), "signed in"),
        ("/option", "not-a-token".to_owned(), "nobody"),
        ("/option-permitted", member("read"), "permitted"),
        ("/option-permitted", member("write"), "not permitted"),
        (
            "/option-permitted",
            "not-a-token".to_owned(),
            "not permitted",
        ),
    ] {
        let response = client.get_with_token(path, &token).await;
        let found = (response.status, response.body.as_str());
        assert_eq!(found, (200, expected), "{path}");
    }
}

async fn signed_out_pages_are_redirected_to_sign_in(client: &TestClient<'_>) {
    let page = [("sec-fetch-dest", "document")];
    let response = client.get("/sign-in-first?a=1%262", &page).await;
    assert_eq!(response.status, 307);
    let host = client.host().replace(':', "%3A");
    let expected =
        format!("{SIGN_IN}?redirect_url=https%3A%2F%2F{host}%2Fsign-in-first%3Fa%3D1%25262");
    assert_eq!(response.header("location"), Some(expected.as_str()));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.body, "");
    let call = [("sec-fetch-dest", "empty")];
    let response = client.get("/sign-in-first", &call).await;
    assert_eq!(response.status, 401);
    assert_eq!(response.header("location"), None);
    assert_eq!(response.code(), "session-token-and-uat-missing");
}

async fn token_is_read_from_another_place(client: &TestClient<'_>) {
    let path = format!("/token-parameter?x=1&token={}", token(json!({})));
    let response = client.get(&path, &[]).await;
    assert_eq!((response.status, response.body.as_str()), (200, "user_1"));
    let response = client.get("/token-parameter?token=a.b.c", &[]).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (401, "token-invalid")
    );
    let headers = response.headers.values();
    let mut headers = headers.map(|it| String::from_utf8_lossy(it.as_bytes()));
    assert!(!headers.any(|it| it.contains("a.b.c")));
    assert!(!response.body.contains("a.b.c"), "{}", response.body);
}

async fn preflight_requests_are_admitted_if_allowed(client: &TestClient<'_>) {
    let preflight = [
        ("origin", "https://other.example"),
        ("access-control-request-method", "GET"),
    ];
    let response = client.send(Method::OPTIONS, "/preflight", &preflight).await;
    assert_eq!(
        (response.status, response.body.as_str()),
        (200, "preflight")
    );
    for (method, path, headers) in [
        (Method::OPTIONS, "/required", &preflight[..]),
        (Method::OPTIONS, "/preflight", &preflight[..1]),
        (Method::OPTIONS, "/preflight", &preflight[1..]),
        (Method::GET, "/preflight", &preflight),
    ] {
        let response = client.send(method.clone(), path, headers).await;
        assert_eq!(response.status, 401, "{method} {path} {headers:?}");
    }
    let response = client.get_with_token("/preflight", &token(json!({}))).await;
    assert_eq!((response.status, response.body.as_str()), (200, "user_1"));
}

async fn on_denial_changes_the_response(client: &TestClient<'_>) {
    let response = client.get("/teapot", &[]).await;
    assert_eq!(
        (response.status, response.body.as_str()),
        (418, "short and stout")
    );
    assert_eq!(
        response.header("www-authenticate"),
        Some("Bearer"),
        "the headers are kept"
    );
    let response = client.get_with_token("/teapot", &token(json!({}))).await;
    assert_eq!((response.status, response.body.as_str()), (200, "user_1"));
}

async fn browsers_are_redirected_to_a_handshake(client: &TestClient<'_>) {
    let navigation = [
        ("sec-fetch-dest", "document"),
        ("cookie", "__clerk_db_jwt=dvb_1; __client_uat=1"),
    ];
    let response = client.get("/page?a=1", &navigation).await;
    assert_eq!(response.status, 307);
    let location = response.header("location").expect("a redirect");
    assert!(
        location.starts_with("https://clerk.emulator.test/v1/client/handshake?"),
        "{location}"
    );
    assert!(
        location.contains("client-uat-but-no-session-token"),
        "{location}"
    );
    let cookie = response.header("set-cookie").expect("the redirect count");
    assert!(cookie.starts_with("__clerk_redirect_count=1;"), "{cookie}");
    assert_eq!(response.header("x-clerk-auth-status"), Some("handshake"));

    let response = client.get("/shop/page?a=1", &navigation).await;
    let location = response.header("location").expect("a redirect");
    assert!(location.contains("%2Fshop%2Fpage%3Fa%3D1"), "{location}");

    let call = [
        ("sec-fetch-dest", "empty"),
        ("cookie", "__clerk_db_jwt=dvb_1; __client_uat=1"),
    ];
    let response = client.get("/page", &call).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (401, "client-uat-but-no-session-token")
    );

    let session = token(json!({}));
    let cookie = format!("__clerk_db_jwt=dvb_1; __client_uat=1; __session={session}");
    let response = client.get("/page", &[("cookie", &cookie)]).await;
    assert_eq!((response.status, response.body.as_str()), (200, "user_1"));

    let session = token(json!({"azp": "https://evil.example"}));
    let cookie = format!("__clerk_db_jwt=dvb_1; __client_uat=1; __session={session}");
    let response = client.get("/page", &[("cookie", &cookie)]).await;
    let expected = (401, "token-invalid-authorized-parties");
    assert_eq!((response.status, response.code().as_str()), expected);
}

async fn handshake_sets_cookies(client: &TestClient<'_>, clerk: &Emulator) {
    let session = token(json!({}));
    let directives = [
        format!("__session={session}; Path=/"),
        "__client_uat=5; Path=/".to_owned(),
    ];
    let payload = json!({"directives": directives});
    respond(clerk, "GET", "/clients/handshake_payload", 200, &payload);
    let response = client
        .get(
            "/page?a=1&__clerk_handshake_nonce=n1",
            &[("sec-fetch-dest", "document")],
        )
        .await;
    // A development instance also redirects to the URL without the nonce.
    assert_eq!(response.status, 307);
    let location = response.header("location").expect("a redirect");
    assert!(location.ends_with("/page?a=1"), "{location}");
    let cookies: Vec<_> = response.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, directives.iter().collect::<Vec<_>>());
    let requests = clerk.requests();
    let exchange = requests
        .iter()
        .find(|it| it.path == "/v1/clients/handshake_payload");
    assert_eq!(
        exchange.and_then(|it| it.query.as_deref()),
        Some("nonce=n1")
    );
}

async fn nested_gates_call_clerk_once_and_do_not_contradict_each_other(
    client: &TestClient<'_>,
    clerk: &Emulator,
    path: &str,
) {
    let key = json!({"id": "ak_1", "subject": "org_1", "scopes": [], "name": "CI",
                     "revoked": false, "expired": false});
    let before = request_count(clerk, "/v1/api_keys/verify");
    respond(clerk, "POST", "/api_keys/verify", 200, &key);
    let response = client.get_with_token(path, "ak_secret").await;
    assert_eq!((response.status, response.body.as_str()), (200, "org_1"));
    assert_eq!(response.header("x-clerk-auth-status"), None, "{path}");
    assert_eq!(request_count(clerk, "/v1/api_keys/verify") - before, 1);

    let before = request_count(clerk, "/v1/clients/handshake_payload");
    let directives = [
        format!("__session={}; Path=/", token(json!({}))),
        "greeting=h\u{e9}; Path=/".to_owned(),
    ];
    let payload = json!({"directives": directives});
    respond(clerk, "GET", "/clients/handshake_payload", 200, &payload);
    let page = [("sec-fetch-dest", "document")];
    let response = client
        .get(&format!("{path}?__clerk_handshake_nonce=n2"), &page)
        .await;
    assert_eq!((response.status, response.body.as_str()), (200, "user_1"));
    assert_eq!(
        request_count(clerk, "/v1/clients/handshake_payload") - before,
        1
    );
    let cookies = response.headers.get_all("set-cookie").iter();
    let cookies: Vec<_> = cookies.map(http::HeaderValue::as_bytes).collect();
    let expected: Vec<_> = directives.iter().map(|it| it.as_bytes()).collect();
    assert_eq!(cookies, expected, "{path}");
    assert_eq!(response.header("x-clerk-auth-status"), None, "{path}");

    let response = client.get(path, &[]).await;
    assert_eq!(response.status, 401);
    let statuses = response.headers.get_all("x-clerk-auth-status");
    assert_eq!(
        statuses.iter().collect::<Vec<_>>(),
        ["signed-out"],
        "{path}"
    );
}

async fn routes_without_a_gate_get_500(client: &TestClient<'_>) {
    let response = client.get_with_token("/unguarded", &token(json!({}))).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (500, "no-gate")
    );
    // The message says what to add, by the name that it has in this framework.
    let missing = ["`AuthLayer`", "`AuthMiddleware`", "`AuthFairing`"];
    let is_named = missing.iter().any(|name| response.body.contains(name));
    assert!(is_named, "{}", response.body);
}

async fn tokens_with_an_unknown_key_get_503_while_keys_cannot_be_fetched(
    client: &TestClient<'_>,
    clerk: &Emulator,
) {
    let unknown = Signer::generate("ins_unknown", "ES256");
    respond(clerk, "GET", "/jwks", 500, &json!({}));
    let claims = json!({"sub": "user_1", "sid": "sess_1", "exp": now() + 60});
    let response = client
        .get_with_token("/required", &unknown.sign(&claims))
        .await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (503, "jwk-remote-failed-to-load")
    );
}
