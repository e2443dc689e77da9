//! The session cookies determine whether a browser is signed in, signed out or needs a handshake.

use clerk_sdk::auth::Authenticator;
use clerk_sdk_tests::Signer;
use http::HeaderValue;
use serde_json::{Value, json};

use super::fixture::{
    DEVELOPMENT, NOW, PRODUCTION, authenticator, claims, navigation, no_network, request, summary,
    token, verifier,
};

/// Returns the summary of a production instance for these cookies.
async fn production(cookies: &str) -> String {
    let parts = navigation(PRODUCTION, "/", cookies);
    summary(&authenticator(PRODUCTION).authenticate(&parts).await)
}

/// Returns the summary of a development instance for these cookies.
async fn development(cookies: &str) -> String {
    let cookies = format!("__clerk_db_jwt=dvb_1; {cookies}");
    let parts = navigation(DEVELOPMENT, "/", &cookies);
    summary(&authenticator(DEVELOPMENT).authenticate(&parts).await)
}

#[tokio::test]
async fn session_token_and_client_uat_determine_the_outcome() {
    let session = token(json!({}));
    let expired = token(json!({"exp": NOW - 60}));
    let not_yet_valid = token(json!({"nbf": NOW + 60}));
    let issued_in_future = token(json!({"iat": NOW + 60}));
    let unauthorized = token(json!({"azp": "https://evil.example"}));
    let no_azp = token(json!({"azp": null}));
    let forged = Signer::with_other_key("ins_1").sign(&claims(json!({})));
    let template = Signer::instance().sign_with(
        &json!({"alg": "RS256", "typ": "JWT", "cat": "cl_B7d4PD222AAA"}),
        &claims(json!({})),
    );
    let machine = token(json!({"sub": "mch_1"}));
    let uat = NOW - 100;
    for (cookies, expected) in [
        (String::new(), "signed-out session-token-and-uat-missing"),
        (
            "__client_uat=0".to_owned(),
            "signed-out session-token-and-uat-missing",
        ),
        (
            "__client_uat=malformed".to_owned(),
            "signed-out session-token-and-uat-missing",
        ),
        (
            "__client_uat=-5".to_owned(),
            "signed-out session-token-and-uat-missing",
        ),
        (
            format!("__client_uat={uat}"),
            "handshake client-uat-but-no-session-token",
        ),
        (
            format!("__session={session}"),
            "handshake session-token-but-no-client-uat",
        ),
        (
            format!("__session={session}; __client_uat=0"),
            "handshake session-token-but-no-client-uat",
        ),
        (
            format!("__session={session}; __client_uat={uat}"),
            "signed-in user_1",
        ),
        (
            format!("__session={session}; __client_uat={}", NOW - 10),
            "signed-in user_1",
        ),
        (
            format!("__session={session}; __client_uat={}", NOW - 9),
            "handshake session-token-iat-before-client-uat",
        ),
        (
            format!("__session={expired}; __client_uat={uat}"),
            "handshake session-token-expired-refresh-non-eligible-no-refresh-cookie",
        ),
        (
            format!("__session={not_yet_valid}; __client_uat={uat}"),
            "handshake session-token-nbf",
        ),
        (
            format!("__session={issued_in_future}; __client_uat={uat}"),
            "handshake session-token-iat-in-the-future",
        ),
        (
            format!("__session={unauthorized}; __client_uat={uat}"),
            "signed-out token-invalid-authorized-parties",
        ),
        (
            format!("__session={no_azp}; __client_uat={uat}"),
            "handshake token-invalid-authorized-parties",
        ),
        (
            format!("__session={forged}; __client_uat={uat}"),
            "signed-out token-invalid-signature",
        ),
        (
            format!("__session={template}; __client_uat={uat}"),
            "signed-out token-type-mismatch",
        ),
        (
            format!("__session={machine}; __client_uat={uat}"),
            "signed-out token-type-mismatch",
        ),
        (
            format!("__session=malformed; __client_uat={uat}"),
            "signed-out token-invalid",
        ),
    ] {
        assert_eq!(production(&cookies).await, expected, "{cookies}");
    }
}

#[tokio::test]
async fn cookies_of_other_instances_are_ignored() {
    let suffixed = token(json!({"sub": "user_suffixed"}));
    let unsuffixed = token(json!({"sub": "user_unsuffixed"}));
    let newer = token(json!({"sub": "user_unsuffixed", "iat": NOW - 5}));
    let other_instance =
        token(json!({"sub": "user_unsuffixed", "iss": "https://clerk.other.test"}));
    let no_issuer = token(json!({"sub": "user_unsuffixed", "iss": null}));
    let uat = NOW - 100;
    for (cookies, expected) in [
        (
            format!("__session_{{s}}={suffixed}; __client_uat_{{s}}={uat}"),
            "signed-in user_suffixed",
        ),
        (
            format!("__session={unsuffixed}; __client_uat={uat}"),
            "signed-in user_unsuffixed",
        ),
        // An unsuffixed token without an issuer counts only if there are no suffixed cookies.
        (
            format!(
                "__session={no_issuer}; __client_uat={uat}; __session_{{s}}={suffixed}; __client_uat_{{s}}={uat}"
            ),
            "signed-in user_suffixed",
        ),
        (
            format!("__session={no_issuer}; __client_uat={uat}"),
            "signed-in user_unsuffixed",
        ),
        // An unsuffixed token of another instance on the same site is ignored.
        (
            format!(
                "__session={other_instance}; __client_uat={uat}; __session_{{s}}={suffixed}; __client_uat_{{s}}={uat}"
            ),
            "signed-in user_suffixed",
        ),
        (
            format!("__session={other_instance}; __client_uat={uat}"),
            "signed-out session-token-and-uat-missing",
        ),
        // The newer of two tokens is used.
        (
            format!(
                "__session={newer}; __client_uat={uat}; __session_{{s}}={suffixed}; __client_uat_{{s}}={uat}"
            ),
            "signed-in user_unsuffixed",
        ),
        (
            format!(
                "__session={unsuffixed}; __client_uat={uat}; __session_{{s}}={suffixed}; __client_uat_{{s}}={uat}"
            ),
            "signed-in user_suffixed",
        ),
        // The suffixed cookies are signed out, the unsuffixed are signed in.
        (
            format!("__session={unsuffixed}; __client_uat={uat}; __client_uat_{{s}}=0"),
            "signed-in user_unsuffixed",
        ),
        // A suffixed token without `__client_uat`.
        (
            format!("__session_{{s}}={suffixed}"),
            "signed-out session-token-and-uat-missing",
        ),
        // Cookies with the suffix of another instance.
        (
            format!("__session_AAAAAAAA={suffixed}; __client_uat_AAAAAAAA={uat}"),
            "signed-out session-token-and-uat-missing",
        ),
    ] {
        assert_eq!(production(&cookies).await, expected, "{cookies}");
    }
}

/// Returns JWTs of other applications, which have the form of session tokens in part only.
fn foreign_tokens() -> Vec<(String, String)> {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("foreign_claims.json")).expect("a list of tokens");
    let signer = Signer::with_other_key("k1");
    let token = |case: &Value| {
        let name = case["name"].as_str().expect("a name").to_owned();
        (name, signer.sign_with(&case["header"], &case["claims"]))
    };
    cases.iter().map(token).collect()
}

#[tokio::test]
async fn tokens_of_other_applications_are_ignored_whatever_their_form() {
    let own = token(json!({}));
    let uat = NOW - 100;
    let own = format!("__session_{{s}}={own}; __client_uat_{{s}}={uat}");
    let foreign = foreign_tokens();
    assert!(foreign.len() >= 12);
    for (name, token) in foreign {
        let cookies = format!("__session={token}; {own}");
        assert_eq!(production(&cookies).await, "signed-in user_1", "{name}");
        let cookies = format!("__session={token}=; __client_uat={uat}; {own}");
        assert_eq!(production(&cookies).await, "signed-in user_1", "{name}");
        let expected = "signed-out session-token-and-uat-missing";
        let cookies = format!("__session={token}");
        assert_eq!(production(&cookies).await, expected, "{name}");
    }
}

#[tokio::test]
async fn session_cookies_of_other_software_are_ignored() {
    let uat = NOW - 100;
    let own = format!(
        "__session_{{s}}={}; __client_uat_{{s}}={uat}",
        token(json!({}))
    );
    let signed_in_before = format!("__client_uat_{{s}}={uat}");
    let mut nested = json!(1);
    for _ in 0..200 {
        nested = json!([nested]);
    }
    let signer = Signer::with_other_key("k1");
    let without_issuer = signer.sign(&json!({"userId": 1}));
    let nested = signer.sign(&json!({"iss": "https://other.app", "nested": nested}));
    // An opaque id, a signed value, an encrypted token, and JWTs that cannot be recognized as those of another instance.
    for other in [
        "malformed",
        "eyJ1c2VySWQiOiIxIn0=.signature",
        "s%3Aid.signature",
        "eyJhbGciOiJkaXIifQ..iv.ciphertext.tag",
        "a.b.c",
        &without_issuer,
        &nested,
    ] {
        for other in [
            format!("__session={other}"),
            format!("__session={other}; __client_uat={uat}"),
            format!("__session={other}; __client_uat=0"),
        ] {
            let cookies = format!("{other}; {own}");
            assert_eq!(production(&cookies).await, "signed-in user_1", "{cookies}");
            assert_eq!(development(&cookies).await, "signed-in user_1", "{cookies}");
            let cookies = format!("{other}; {signed_in_before}");
            let expected = "handshake client-uat-but-no-session-token";
            assert_eq!(production(&cookies).await, expected, "{cookies}");
        }
    }
}

#[tokio::test]
async fn cookies_in_another_encoding_do_not_hide_the_others() {
    let cookies = format!("__session={}; __client_uat={}", token(json!({})), NOW - 100);
    for name_and_value in [
        &b"name=J\xfcrgen"[..],
        b"n\xe4me=1",
        b"\xff\xfe",
        b"\xff=; \xfe=",
    ] {
        for header in [
            [name_and_value, b"; ", cookies.as_bytes()].concat(),
            [cookies.as_bytes(), b";", name_and_value].concat(),
        ] {
            let mut parts = request("/", &[]);
            let header = HeaderValue::from_bytes(&header).expect("a header");
            parts.headers.insert("cookie", header);
            let state = authenticator(PRODUCTION).authenticate(&parts).await;
            assert_eq!(summary(&state), "signed-in user_1", "{name_and_value:?}");
        }
    }
}

#[tokio::test]
async fn expired_suffixed_session_yields_to_a_sign_out_in_development() {
    let expired = token(json!({"sub": "user_suffixed", "exp": NOW - 60}));
    let uat = NOW - 100;
    let cookies = format!("__session_{{s}}={expired}; __client_uat_{{s}}={uat}; __client_uat=0");
    assert_eq!(
        development(&cookies).await,
        "signed-out session-token-and-uat-missing"
    );
    assert_eq!(
        production(&cookies).await,
        "handshake session-token-expired-refresh-non-eligible-no-refresh-cookie"
    );
}

#[tokio::test]
async fn authorization_header_takes_precedence_over_cookies() {
    let (header, cookie) = (
        token(json!({"sub": "user_header"})),
        token(json!({"sub": "user_cookie"})),
    );
    let cookies = format!("__session={cookie}; __client_uat={}", NOW - 100);
    for (authorization, expected) in [
        (format!("Bearer {header}"), "signed-in user_header"),
        (header.clone(), "signed-in user_header"),
        ("Basic dXNlcg==".to_owned(), "signed-in user_cookie"),
        ("Bearer ".to_owned(), "signed-in user_cookie"),
        ("Bearer malformed".to_owned(), "signed-out token-invalid"),
    ] {
        let parts = request(
            "/",
            &[("authorization", &authorization), ("cookie", &cookies)],
        );
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), expected, "{authorization}");
    }
}

#[tokio::test]
async fn tokens_of_other_kinds_do_not_start_a_handshake() {
    let template = Signer::instance().sign_with(
        &json!({"alg": "RS256", "typ": "JWT", "cat": "cl_B7d4PD222AAA"}),
        &claims(json!({})),
    );
    let mut header = Signer::instance().header();
    header["typ"] = json!("at+jwt");
    let oauth = Signer::instance().sign_with(&header, &claims(json!({})));
    for session in [template, oauth, token(json!({"sub": "mch_1"}))] {
        let cookies = format!("__session={session}; __client_uat={}", NOW - 1);
        assert_eq!(
            production(&cookies).await,
            "signed-out token-type-mismatch",
            "{cookies}"
        );
    }
}

#[tokio::test]
async fn authorization_header_with_another_scheme_does_not_override_the_cookies() {
    let cookies = format!("__session={}; __client_uat={}", token(json!({})), NOW - 100);
    for (headers, expected) in [
        (vec!["Digest username=\"J\u{fc}rgen\""], "signed-in user_1"),
        (vec!["Bearer a\u{fc}"], "signed-out token-invalid"),
        (vec!["\u{fc}"], "signed-out token-invalid"),
        (vec!["Basic a", "Basic b"], "signed-out token-invalid"),
    ] {
        let mut all = vec![("cookie", cookies.as_str())];
        all.extend(headers.iter().map(|value| ("authorization", *value)));
        let state = authenticator(PRODUCTION)
            .authenticate(&request("/", &all))
            .await;
        assert_eq!(summary(&state), expected, "{headers:?}");
    }
}

#[tokio::test]
async fn cookies_are_ignored_without_a_publishable_key() {
    let cookies = format!("__session={}; __client_uat={}", token(json!({})), NOW - 100);
    let authenticator = Authenticator::new(no_network());
    let authenticator = authenticator.verifier(verifier());
    let state = authenticator
        .authenticate(&request("/", &[("cookie", &cookies)]))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
}

#[tokio::test]
async fn malformed_cookies_are_ignored() {
    let long = "a".repeat(100_000);
    for cookies in [
        "",
        ";;;",
        "=",
        "__session",
        "__session=",
        "__session=%",
        "__session=%ff; x",
        long.as_str(),
    ] {
        let state = authenticator(PRODUCTION)
            .authenticate(&request("/", &[("cookie", cookies)]))
            .await;
        assert!(!state.is_authenticated(), "{cookies}");
    }
    let many = "x=1; ".repeat(100_000) + &format!("__session={}", token(json!({})));
    let state = authenticator(PRODUCTION)
        .authenticate(&request("/", &[("cookie", &many)]))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
}
