//! What every framework must do: the requests, and what is answered.

use clerk_sdk_tests::{Canned, Signer, StandIn};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// One answer: status, headers, body.
struct Answer {
    status: u16,
    headers: http::HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|it| it.to_str().expect("it is text"))
    }

    fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).expect("a denial is JSON");
        body["errors"][0]["code"]
            .as_str()
            .expect("it has a code")
            .to_owned()
    }
}

struct Caller<'a> {
    http: reqwest::Client,
    url: &'a str,
}

impl Caller<'_> {
    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.http.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("the application answers");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.expect("the answer is text"),
        }
    }

    async fn bearing(&self, path: &str, token: &str) -> Answer {
        self.get(path, &[("authorization", &format!("Bearer {token}"))])
            .await
    }
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("the clock is past 1970").as_secs()
}

/// A valid token with more claims.
fn token(claims: Value) -> String {
    let mut all = json!({
        "sub": "user_1", "sid": "sess_1", "iss": "https://clerk.stand-in.test", "v": 2,
        "azp": super::ORIGIN, "iat": now() - 5, "nbf": now() - 5, "exp": now() + 60,
    });
    for (name, value) in claims.as_object().expect("claims are an object") {
        all[name] = value.clone();
    }
    Signer::instance().sign(&all)
}

pub(crate) async fn run(clerk: &StandIn, url: &str) {
    // Another scenario list of this process may have done so.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let caller = Caller {
        http: http.build().expect("a client"),
        url,
    };
    who_is_known_passes(&caller).await;
    who_is_not_known_is_refused(&caller).await;
    permissions_are_asked_for(&caller).await;
    machines_pass_where_they_are_accepted(&caller, clerk).await;
    denials_can_be_changed(&caller).await;
    browsers_are_sent_round(&caller).await;
    a_handshake_sets_cookies(&caller, clerk).await;
    a_route_without_a_gate_says_so(&caller).await;
    an_invented_key_is_refused_while_clerk_is_away(&caller, clerk).await;
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
    let answer = caller.get("/optional", &[]).await;
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
    let forged = Signer::other(Signer::instance().id()).sign(&json!({}));
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

async fn machines_pass_where_they_are_accepted(caller: &Caller<'_>, clerk: &StandIn) {
    let canned = |status: u16, body: Value| {
        clerk.answer(Canned {
            method: "POST".to_owned(),
            path: "/api_keys/verify".to_owned(),
            status,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        });
    };
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
        location.starts_with("https://clerk.stand-in.test/v1/client/handshake?"),
        "{location}"
    );
    assert!(
        location.contains("client-uat-but-no-session-token"),
        "{location}"
    );
    let cookie = answer.header("set-cookie").expect("it counts");
    assert!(cookie.starts_with("__clerk_redirect_count=1;"), "{cookie}");
    assert_eq!(answer.header("x-clerk-auth-status"), Some("handshake"));

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

async fn a_handshake_sets_cookies(caller: &Caller<'_>, clerk: &StandIn) {
    let session = token(json!({}));
    let directives = [
        format!("__session={session}; Path=/"),
        "__client_uat=5; Path=/".to_owned(),
    ];
    clerk.answer(Canned {
        method: "GET".to_owned(),
        path: "/clients/handshake_payload".to_owned(),
        status: 200,
        headers: Vec::new(),
        body: json!({"directives": directives}).to_string().into_bytes(),
    });
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

async fn a_route_without_a_gate_says_so(caller: &Caller<'_>) {
    let answer = caller.bearing("/unguarded", &token(json!({}))).await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "no-gate"));
}

async fn an_invented_key_is_refused_while_clerk_is_away(caller: &Caller<'_>, clerk: &StandIn) {
    let other = Signer::made("ins_unknown", "ES256");
    clerk.answer(Canned {
        method: "GET".to_owned(),
        path: "/jwks".to_owned(),
        status: 500,
        headers: Vec::new(),
        body: Vec::new(),
    });
    let claims = json!({"sub": "user_1", "sid": "sess_1", "exp": now() + 60});
    let answer = caller.bearing("/required", &other.sign(&claims)).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "jwk-kid-mismatch")
    );
}
