//! The hooks of a gate: tokens from other places, the redirect to a sign-in page, and hooks that panic.

use clerk_sdk::ClientConfig;
use clerk_sdk::auth::{Authenticator, TokenType};
use clerk_sdk::middleware::{Gate, Rejection};
use clerk_sdk_tests::{Emulator, StubbedResponse};
use http::request::Parts;
use serde_json::json;

/// A production instance whose Frontend API is `clerk.emulator.test`.
const PRODUCTION: &str = "pk_live_Y2xlcmsuZW11bGF0b3IudGVzdCQ";

async fn emulator() -> (Emulator, Authenticator) {
    let clerk = Emulator::start().await.expect("a free port");
    let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
    let authenticator = Authenticator::new(config);
    (clerk, authenticator)
}

fn offline() -> Authenticator {
    Authenticator::new(ClientConfig::new("sk_test_none"))
}

fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = http::Request::get(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request").into_parts().0
}

/// Returns the user of an admitted request, or the status of the response.
async fn send(gate: &Gate, parts: &Parts) -> Result<Option<String>, u16> {
    let admitted = gate.admit(parts).await;
    let user_id = |session: &clerk_sdk::jwt::SessionAuth| session.user_id().to_owned();
    match admitted {
        Ok(state) => Ok(state.session().map(user_id)),
        Err(response) => Err(response.status().as_u16()),
    }
}

fn from_header(parts: &Parts) -> Option<String> {
    let token = parts.headers.get("x-token")?;
    token.to_str().ok().map(str::to_owned)
}

#[tokio::test]
async fn token_of_the_hook_wins_over_the_header() {
    let (clerk, authenticator) = emulator().await;
    let gate = authenticator.require_auth().token_from(from_header);
    let [one, two] = ["user_1", "user_2"].map(|id| clerk.session_token(id));
    let header = format!("Bearer {one}");
    for (headers, expected) in [
        (&[("x-token", two.as_str())][..], Ok(Some("user_2"))),
        (
            &[("x-token", &two), ("authorization", &header)],
            Ok(Some("user_2")),
        ),
        (&[("authorization", &header)], Ok(Some("user_1"))),
        (
            &[("x-token", ""), ("authorization", &header)],
            Ok(Some("user_1")),
        ),
        (
            &[("x-token", "forged"), ("authorization", &header)],
            Err(401),
        ),
        (
            &[("x-token", "ak_key"), ("authorization", &header)],
            Err(401),
        ),
        (&[], Err(401)),
    ] {
        let result = send(&gate, &parts("/", headers)).await;
        assert_eq!(
            result,
            expected.map(|it| it.map(str::to_owned)),
            "{headers:?}"
        );
    }
    let anything = authenticator
        .require_auth()
        .token_from(|_| Some("\u{0}\r\n \u{e4}".to_owned()));
    assert_eq!(send(&anything, &parts("/", &[])).await, Err(401));
}

#[tokio::test]
async fn inner_gate_uses_the_token_of_its_own_hook() {
    let (clerk, authenticator) = emulator().await;
    let [one, two] = ["user_1", "user_2"].map(|id| clerk.session_token(id));
    let header = format!("Bearer {one}");
    let outer = authenticator.allow_all();
    let inner = authenticator.require_auth().token_from(from_header);
    let mut request = parts("/", &[("x-token", &two), ("authorization", &header)]);
    let state = outer.admit(&request).await.expect("an admitted request");
    assert_eq!(state.session().map(|it| it.user_id()), Some("user_1"));
    request.extensions.insert(state);
    assert_eq!(send(&inner, &request).await, Ok(Some("user_2".to_owned())));

    // The other way round, the inner gate takes what the outer one found.
    let mut request = parts("/", &[("x-token", &two)]);
    let outer = authenticator.allow_all().token_from(from_header);
    let state = outer.admit(&request).await.expect("an admitted request");
    request.extensions.insert(state);
    let inner = authenticator.require_auth();
    assert_eq!(send(&inner, &request).await, Ok(Some("user_2".to_owned())));
}

#[tokio::test]
async fn nested_hooks_that_find_the_same_token_call_clerk_once() {
    let (clerk, authenticator) = emulator().await;
    let authenticator = authenticator.accepts_token([TokenType::ApiKey]);
    let key = json!({"id": "ak_1", "subject": "org_1", "scopes": [], "name": "CI",
                     "revoked": false, "expired": false});
    clerk.stub(StubbedResponse {
        method: "POST".to_owned(),
        path: "/api_keys/verify".to_owned(),
        status: 200,
        headers: Vec::new(),
        body: key.to_string().into_bytes(),
    });
    let mut request = parts("/", &[("x-token", "ak_secret")]);
    for _ in 0..2 {
        let gate = authenticator.require_auth().token_from(from_header);
        let state = gate.admit(&request).await.expect("an admitted request");
        request.extensions.insert(state);
    }
    assert_eq!(clerk.requests().len(), 1);
}

#[tokio::test]
async fn token_of_the_hook_is_not_in_debug_output_or_redirects() {
    let hook = |parts: &Parts| {
        let query = parts.uri.query()?;
        query.strip_prefix("token=").map(str::to_owned)
    };
    let browsers = offline().publishable_key(PRODUCTION).expect("a key");
    let everyone = browsers.allow_all().token_from(hook);
    let page = parts(
        "/page?token=ak_secret",
        &[("accept", "text/html"), ("host", "app.example.com")],
    );
    let state = everyone.admit(&page).await.expect("an admitted request");
    let printed = format!("{state:?} {everyone:?} {:?}", state.headers());
    assert!(!printed.contains("ak_secret"), "{printed}");

    let pages = browsers.require_auth().token_from(hook);
    let pages = pages.redirect_to_sign_in("/sign-in").expect("a path");
    let response = pages.admit(&page).await.expect_err("a rejected request");
    let location = response.headers().get("location");
    let expected =
        "https://app.example.com/sign-in?redirect_url=https%3A%2F%2Fapp.example.com%2Fpage";
    assert_eq!(location.and_then(|it| it.to_str().ok()), Some(expected));
}

/// Returns the status, and the address that the browser is redirected to.
async fn sign_in(page: &str, uri: &str, headers: &[(&str, &str)]) -> (u16, Option<String>) {
    let gate = offline()
        .publishable_key(PRODUCTION)
        .expect("a key")
        .require_auth();
    let gate = gate.redirect_to_sign_in(page).expect("a sign-in page");
    let response = gate.admit(&parts(uri, headers)).await;
    let response = response.expect_err("a rejected request");
    let location = response.headers().get("location");
    let location = location.map(|it| it.to_str().expect("an ASCII header").to_owned());
    (response.status().as_u16(), location)
}

#[tokio::test]
async fn way_back_from_sign_in_is_always_at_the_own_origin() {
    let page = [("accept", "text/html,*/*"), ("host", "app.example.com")];
    for (sign_in_page, uri, expected) in [
        (
            "/in",
            "/",
            "https://app.example.com/in?redirect_url=https%3A%2F%2Fapp.example.com%2F",
        ),
        (
            "https://a.example/in?x=1#/y",
            "/p?q=%20&__clerk_db_jwt=secret",
            "https://a.example/in?x=1&redirect_url=https%3A%2F%2Fapp.example.com%2Fp%3Fq%3D%2520#/y",
        ),
        (
            "/in",
            "//evil.example/x",
            "https://app.example.com/in?redirect_url=https%3A%2F%2Fapp.example.com%2F%2Fevil.example%2Fx",
        ),
        (
            "/in",
            "/\\evil.example",
            "https://app.example.com/in?redirect_url=https%3A%2F%2Fapp.example.com%2F%5Cevil.example",
        ),
        (
            "/in",
            "/p?redirect_url=https://evil.example",
            "https://app.example.com/in?redirect_url=https%3A%2F%2Fapp.example.com%2Fp%3Fredirect_url%3Dhttps%253A%252F%252Fevil.example",
        ),
    ] {
        let (status, location) = sign_in(sign_in_page, uri, &page).await;
        assert_eq!(
            (status, location.as_deref()),
            (307, Some(expected)),
            "{uri}"
        );
    }
}

#[tokio::test]
async fn requests_that_are_not_page_loads_are_not_redirected() {
    let host = ("host", "app.example.com");
    for (uri, headers) in [
        ("/", &[host, ("accept", "application/json")][..]),
        (
            "/",
            &[host, ("accept", "text/html"), ("sec-fetch-dest", "empty")],
        ),
        ("/", &[host]),
        // After too many handshakes, the browser would come back for more.
        (
            "/",
            &[
                host,
                ("accept", "text/html"),
                ("cookie", "__client_uat=1; __clerk_redirect_count=3"),
            ],
        ),
        // The sign-in page itself would be redirected to for ever.
        ("/in", &[host, ("accept", "text/html")]),
        ("/in/?a=1", &[host, ("accept", "text/html")]),
        // Without a valid host, there is no way back.
        ("/", &[("host", "a/b"), ("accept", "text/html")]),
        ("/", &[("accept", "text/html")]),
    ] {
        let (status, location) = sign_in("/in", uri, headers).await;
        assert_eq!((status, location), (401, None), "{uri} {headers:?}");
    }
}

#[test]
fn sign_in_page_is_a_path_or_an_http_url() {
    for url in [
        "",
        "in",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a b",
        "ftp://a.example",
    ] {
        let gate = offline().require_auth().redirect_to_sign_in(url);
        assert!(gate.is_err(), "{url}");
    }
}

#[tokio::test]
async fn hook_that_panics_rejects_the_request() {
    let request = parts("/", &[]);
    let gate = offline().allow_all().token_from(|_| panic!("a bug"));
    assert_eq!(send(&gate, &request).await, Err(500));
    let gate = offline()
        .require_auth()
        .on_rejection(|_, _, _| panic!("a bug"));
    assert_eq!(send(&gate, &request).await, Err(401));

    let (clerk, authenticator) = emulator().await;
    let header = format!("Bearer {}", clerk.session_token("user_1"));
    let gate = authenticator.require_authorization(|_| panic!("a bug"));
    let gate = gate.on_rejection(|rejection, _, response| {
        assert!(matches!(rejection, Rejection::HookPanicked));
        response
    });
    let signed_in = parts("/", &[("authorization", &header)]);
    assert_eq!(send(&gate, &signed_in).await, Err(500));
}
