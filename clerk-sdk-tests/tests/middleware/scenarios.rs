//! What every framework must do: the requests, and what is answered.

use clerk_sdk_tests::{Emulator, Signer, StubbedResponse};
use http::Method;
use serde_json::{Value, json};

use super::Clock;
use super::caller::{Caller, now, token};

pub(crate) async fn run(clerk: &Emulator, url: &str, clock: &Clock) {
    let caller = Caller::of(url);
    without_keys_nobody_is_to_blame(&caller, clerk, clock).await;
    who_is_known_passes(&caller).await;
    who_is_not_known_is_refused(&caller).await;
    permissions_are_asked_for(&caller).await;
    machines_pass_where_they_are_accepted(&caller, clerk).await;
    machines_are_no_users(&caller, clerk).await;
    denials_can_be_changed(&caller).await;
    preflights_pass_where_they_may(&caller).await;
    browsers_are_sent_round(&caller).await;
    a_handshake_sets_cookies(&caller, clerk).await;
    gates_one_behind_the_other_ask_once(&caller, clerk).await;
    a_route_without_a_gate_says_so(&caller).await;
    a_key_that_may_be_new_is_not_judged_while_clerk_is_away(&caller, clerk).await;
}

/// Has Clerk answer the next such request in this way.
fn can(clerk: &Emulator, method: &str, path: &str, status: u16, body: &Value) {
    clerk.stub(StubbedResponse {
        method: method.to_owned(),
        path: path.to_owned(),
        status,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    });
}

/// How often Clerk was asked for this.
fn asked(clerk: &Emulator, path: &str) -> usize {
    let requests = clerk.requests();
    requests.iter().filter(|it| it.path == path).count()
}

async fn without_keys_nobody_is_to_blame(caller: &Caller<'_>, clerk: &Emulator, clock: &Clock) {
    can(clerk, "GET", "/jwks", 500, &json!({}));
    let answer = caller.bearing("/required", &token(json!({}))).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert_eq!(answer.header("www-authenticate"), None);
    clock.advance(2);
}

async fn who_is_known_passes(caller: &Caller<'_>) {
    for path in ["/optional", "/required"] {
        let answer = caller.bearing(path, &token(json!({}))).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, "user_1"),
            "{path}"
        );
        assert_eq!(answer.header("x-clerk-auth-status"), None);
    }
    let headers = [("x-name", "Zo\u{eb}")];
    let answer = caller.get("/optional", &headers).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "nobody"));
    assert_eq!(answer.header("x-clerk-auth-status"), Some("signed-out"));
}

async fn who_is_not_known_is_refused(caller: &Caller<'_>) {
    let answer = caller.get("/required", &[]).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.code(), "session-token-and-uat-missing");

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
        let answer = caller.bearing("/required", token).await;
        assert_eq!(answer.status, 401, "{code}");
        assert_eq!(
            answer.header("www-authenticate"),
            Some(r#"Bearer error="invalid_token""#)
        );
        assert_eq!(answer.code(), code);
        assert_eq!(answer.header("x-clerk-auth-reason"), Some(code));
        let answer = caller.bearing("/optional", token).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, "nobody"),
            "{code}"
        );
    }
    let good = format!("Bearer {}", token(json!({})));
    let twice = [
        ("authorization", good.as_str()),
        ("authorization", good.as_str()),
    ];
    let answer = caller.get("/required", &twice).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "token-invalid")
    );
}

async fn permissions_are_asked_for(caller: &Caller<'_>) {
    let organization = |mask: &str| {
        token(json!({
            "fea": "o:invoices",
            "o": {"id": "org_1", "rol": "member", "per": "read,write", "fpm": mask},
        }))
    };
    for path in ["/invoices", "/asked"] {
        let answer = caller.bearing(path, &organization("1")).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, "user_1"),
            "{path}"
        );
        for token in [organization("2"), token(json!({}))] {
            let answer = caller.bearing(path, &token).await;
            assert_eq!(answer.status, 403, "{path}");
            let challenge = answer.header("www-authenticate");
            assert_eq!(challenge, Some(r#"Bearer error="insufficient_scope""#));
            assert_eq!(answer.code(), "forbidden");
            assert!(answer.body.contains("org:invoices:read"), "{}", answer.body);
        }
        let answer = caller.get(path, &[]).await;
        assert_eq!(answer.status, 401, "{path}");
    }
}

async fn machines_pass_where_they_are_accepted(caller: &Caller<'_>, clerk: &Emulator) {
    let canned = |status: u16, body: Value| can(clerk, "POST", "/api_keys/verify", status, &body);
    let key = json!({"id": "ak_1", "subject": "org_1", "scopes": ["read"], "name": "CI",
                     "revoked": false, "expired": false});
    canned(200, key.clone());
    let answer = caller.bearing("/machines", "ak_secret").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "org_1"));
    let answer = caller.bearing("/machines", &token(json!({}))).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "user_1"));

    let mut revoked = key;
    revoked["revoked"] = json!(true);
    canned(200, revoked);
    let answer = caller.bearing("/machines", "ak_secret").await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "token-invalid")
    );
    canned(404, json!({"errors": []}));
    let answer = caller.bearing("/machines", "ak_secret").await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "token-invalid")
    );
    canned(500, json!({"errors": []}));
    let answer = caller.bearing("/machines", "ak_secret").await;
    assert_eq!(
        answer.status, 503,
        "what Clerk did not say is nobody's fault"
    );
    assert_eq!(answer.header("retry-after"), Some("5"));
}

async fn machines_are_no_users(caller: &Caller<'_>, clerk: &Emulator) {
    let key = json!({"id": "ak_1", "subject": "org_1", "scopes": [], "name": "CI",
                     "revoked": false, "expired": false});
    for path in ["/people", "/readers"] {
        can(clerk, "POST", "/api_keys/verify", 200, &key);
        let answer = caller.bearing(path, "ak_secret").await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"));
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge, Some(r#"Bearer error="insufficient_scope""#));
        assert_eq!(caller.get(path, &[]).await.status, 401, "{path}");
    }
}

async fn preflights_pass_where_they_may(caller: &Caller<'_>) {
    let preflight = [
        ("origin", "https://elsewhere.example"),
        ("access-control-request-method", "GET"),
    ];
    let answer = caller.send(Method::OPTIONS, "/preflight", &preflight).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "leave"));
    for (method, path, headers) in [
        (Method::OPTIONS, "/required", &preflight[..]),
        (Method::OPTIONS, "/preflight", &preflight[..1]),
        (Method::OPTIONS, "/preflight", &preflight[1..]),
        (Method::GET, "/preflight", &preflight),
    ] {
        let answer = caller.send(method.clone(), path, headers).await;
        assert_eq!(answer.status, 401, "{method} {path} {headers:?}");
    }
    let answer = caller.bearing("/preflight", &token(json!({}))).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "user_1"));
}

async fn denials_can_be_changed(caller: &Caller<'_>) {
    let answer = caller.get("/teapot", &[]).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (418, "short and stout")
    );
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Bearer"),
        "headers stay"
    );
    let answer = caller.bearing("/teapot", &token(json!({}))).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "user_1"));
}

async fn browsers_are_sent_round(caller: &Caller<'_>) {
    let navigation = [
        ("sec-fetch-dest", "document"),
        ("cookie", "__clerk_db_jwt=dvb_1; __client_uat=1"),
    ];
    let answer = caller.get("/page?a=1", &navigation).await;
    assert_eq!(answer.status, 307);
    let location = answer.header("location").expect("it says where");
    assert!(
        location.starts_with("https://clerk.emulator.test/v1/client/handshake?"),
        "{location}"
    );
    assert!(
        location.contains("client-uat-but-no-session-token"),
        "{location}"
    );
    let cookie = answer.header("set-cookie").expect("it counts");
    assert!(cookie.starts_with("__clerk_redirect_count=1;"), "{cookie}");
    assert_eq!(answer.header("x-clerk-auth-status"), Some("handshake"));

    let answer = caller.get("/shop/page?a=1", &navigation).await;
    let location = answer.header("location").expect("it says where");
    assert!(location.contains("%2Fshop%2Fpage%3Fa%3D1"), "{location}");

    let call = [
        ("sec-fetch-dest", "empty"),
        ("cookie", "__clerk_db_jwt=dvb_1; __client_uat=1"),
    ];
    let answer = caller.get("/page", &call).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "client-uat-but-no-session-token")
    );

    let session = token(json!({}));
    let cookie = format!("__clerk_db_jwt=dvb_1; __client_uat=1; __session={session}");
    let answer = caller.get("/page", &[("cookie", &cookie)]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "user_1"));

    let session = token(json!({"azp": "https://evil.example"}));
    let cookie = format!("__clerk_db_jwt=dvb_1; __client_uat=1; __session={session}");
    let answer = caller.get("/page", &[("cookie", &cookie)]).await;
    let expected = (401, "token-invalid-authorized-parties");
    assert_eq!((answer.status, answer.code().as_str()), expected);
}

async fn a_handshake_sets_cookies(caller: &Caller<'_>, clerk: &Emulator) {
    let session = token(json!({}));
    let directives = [
        format!("__session={session}; Path=/"),
        "__client_uat=5; Path=/".to_owned(),
    ];
    let payload = json!({"directives": directives});
    can(clerk, "GET", "/clients/handshake_payload", 200, &payload);
    let answer = caller
        .get(
            "/page?a=1&__clerk_handshake_nonce=n1",
            &[("sec-fetch-dest", "document")],
        )
        .await;
    // A development instance cleans the address bar, with the cookies set.
    assert_eq!(answer.status, 307);
    let location = answer.header("location").expect("it says where");
    assert!(location.ends_with("/page?a=1"), "{location}");
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, directives.iter().collect::<Vec<_>>());
    let asked = clerk.requests();
    let asked = asked
        .iter()
        .find(|it| it.path == "/v1/clients/handshake_payload");
    assert_eq!(asked.and_then(|it| it.query.as_deref()), Some("nonce=n1"));
}

async fn gates_one_behind_the_other_ask_once(caller: &Caller<'_>, clerk: &Emulator) {
    let key = json!({"id": "ak_1", "subject": "org_1", "scopes": [], "name": "CI",
                     "revoked": false, "expired": false});
    let before = asked(clerk, "/v1/api_keys/verify");
    can(clerk, "POST", "/api_keys/verify", 200, &key);
    let answer = caller.bearing("/nested", "ak_secret").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "org_1"));
    assert_eq!(asked(clerk, "/v1/api_keys/verify") - before, 1);

    let before = asked(clerk, "/v1/clients/handshake_payload");
    let directives = [
        format!("__session={}; Path=/", token(json!({}))),
        "greeting=h\u{e9}; Path=/".to_owned(),
    ];
    let payload = json!({"directives": directives});
    can(clerk, "GET", "/clients/handshake_payload", 200, &payload);
    let page = [("sec-fetch-dest", "document")];
    let answer = caller
        .get("/nested?__clerk_handshake_nonce=n2", &page)
        .await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "user_1"));
    assert_eq!(asked(clerk, "/v1/clients/handshake_payload") - before, 1);
    let cookies = answer.headers.get_all("set-cookie").iter();
    let cookies: Vec<_> = cookies.map(http::HeaderValue::as_bytes).collect();
    let expected: Vec<_> = directives.iter().map(|it| it.as_bytes()).collect();
    assert_eq!(cookies, expected);

    let answer = caller.get("/nested", &[]).await;
    assert_eq!(answer.status, 401);
    let statuses = answer.headers.get_all("x-clerk-auth-status");
    assert_eq!(statuses.iter().collect::<Vec<_>>(), ["signed-out"]);
}

async fn a_route_without_a_gate_says_so(caller: &Caller<'_>) {
    let answer = caller.bearing("/unguarded", &token(json!({}))).await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "no-gate"));
}

async fn a_key_that_may_be_new_is_not_judged_while_clerk_is_away(
    caller: &Caller<'_>,
    clerk: &Emulator,
) {
    let other = Signer::generate("ins_unknown", "ES256");
    can(clerk, "GET", "/jwks", 500, &json!({}));
    let claims = json!({"sub": "user_1", "sid": "sess_1", "exp": now() + 60});
    let answer = caller.bearing("/required", &other.sign(&claims)).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (503, "jwk-remote-failed-to-load")
    );
}
