//! Tests of every way in which a token is rejected, with the reason identifier and the message.

use clerk_sdk::jwt::{MAX_TOKEN_BYTES, TokenErrorKind, Verifier};
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};

use super::{NOW, claims, claims_with, rejection, token, verifier};

/// Returns a valid token with another header.
fn with_header(changes: Value) -> String {
    let signer = Signer::instance();
    let mut header = signer.header();
    for (name, value) in changes.as_object().expect("an object") {
        header[name] = value.clone();
    }
    signer.sign_with(&header, &claims())
}

fn check(token: &str, expected: &str) {
    assert_eq!(rejection(verifier().verify_cached(token)), expected);
}

#[test]
fn a_token_without_three_base64url_parts_is_malformed() {
    let good = token();
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let (header, payload) = signed.split_once('.').expect("three parts");
    check("", "session-token-missing: there is no token");
    check(
        &"a".repeat(MAX_TOKEN_BYTES + 1),
        "token-invalid: the token is longer than 16384 bytes",
    );
    let three = "token-invalid: the token is malformed: it does not have three parts";
    for token in [
        "a",
        "a.b",
        &format!("{good}.x"),
        &format!("{good}."),
        " ",
        "....",
    ] {
        check(token, three);
    }
    for (token, problem) in [
        (
            format!("{header}=.{payload}.{signature}"),
            "its header is not base64url",
        ),
        (format!(" {good}"), "its header is not base64url"),
        (
            format!("{header}\n.{payload}.{signature}"),
            "its header is not base64url",
        ),
        (
            format!(".{payload}.{signature}"),
            "its header cannot be decoded",
        ),
        (
            format!("{header}.{payload}.{signature}=="),
            "its signature is not base64url",
        ),
        (
            format!("{header}.{payload}.{signature}%"),
            "its signature is not base64url",
        ),
        (format!("{good} "), "its signature is not base64url"),
        (
            good.replace(['-', '_'], "+"),
            "its signature is not base64url",
        ),
        (
            format!("{}.{payload}.{signature}", "e".repeat(1025)),
            "its header is too long",
        ),
    ] {
        check(
            &token,
            &format!("token-invalid: the token is malformed: {problem}"),
        );
    }
    check(
        &format!("{header}.{payload}."),
        "token-invalid-signature: the signature of the token does not match",
    );
}

#[test]
fn a_token_with_a_duplicate_member_is_malformed() {
    let signer = Signer::instance();
    let (header, claims) = (signer.header().to_string(), claims().to_string());
    let with_member = |json: &str, member: &str| format!("{{{member},{}", &json[1..]);
    let repeated = with_member(&header, r#""alg":"RS256""#);
    let token = signer.sign_bytes(repeated.as_bytes(), claims.as_bytes());
    check(
        &token,
        "token-invalid: the token is malformed: its header cannot be decoded",
    );
    for member in [
        r#""sub":"user_2""#,
        r#""mine":1,"mine":2"#,
        r#""o":{"id":"org_1"},"o":{"id":"org_2"}"#,
        r#""s\u0075b":"user_2""#,
    ] {
        let token = signer.sign_bytes(header.as_bytes(), with_member(&claims, member).as_bytes());
        check(
            &token,
            "token-invalid: the token is malformed: its claims cannot be decoded",
        );
    }
}

#[test]
fn a_claim_with_a_duplicate_member_is_invalid() {
    let signer = Signer::instance();
    let (header, claims) = (signer.header().to_string(), claims().to_string());
    for (claim, json) in [
        ("o", r#"{"id":"org_1","rol":"member","rol":"admin"}"#),
        ("act", r#"{"sub":"user_admin","sub":"user_1"}"#),
        ("act", r#"{"sub":"user_admin","sid":1,"sid":2}"#),
    ] {
        let claims = format!("{{\"{claim}\":{json},{}", &claims[1..]);
        let token = signer.sign_bytes(header.as_bytes(), claims.as_bytes());
        let expected =
            format!("token-verification-failed: the claim `{claim}` of the token is invalid");
        check(&token, &expected);
    }
}

#[test]
fn parts_that_are_not_json_objects_are_malformed() {
    let signer = Signer::instance();
    let (header, claims) = (signer.header().to_string(), claims().to_string());
    for json in [
        "",
        "null",
        "[]",
        "7",
        "{",
        "{}x",
        "\"a\"",
        "\u{0}",
        &format!("{claims}{claims}"),
    ] {
        let token = signer.sign_bytes(json.as_bytes(), claims.as_bytes());
        let expected = "token-invalid: the token is malformed: its header cannot be decoded";
        // The last one is rejected because of the length of its header instead.
        if json.len() < 700 {
            check(&token, expected);
        }
        let token = signer.sign_bytes(header.as_bytes(), json.as_bytes());
        check(
            &token,
            "token-invalid: the token is malformed: its claims cannot be decoded",
        );
    }
    let token = signer.sign_bytes(header.as_bytes(), b"{\"sub\":\"\xff\"}");
    check(
        &token,
        "token-invalid: the token is malformed: its claims cannot be decoded",
    );
    let deep = format!("{{\"mine\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let token = signer.sign_bytes(header.as_bytes(), deep.as_bytes());
    check(
        &token,
        "token-invalid: the token is malformed: its claims cannot be decoded",
    );
}

#[test]
fn unsupported_algorithms_are_rejected() {
    let expected = "token-invalid-algorithm: the token is not signed with a supported algorithm";
    for alg in [
        "none", "None", "NONE", "HS256", "HS512", "PS256", "ES256K", "ES512", "rs256", "",
    ] {
        check(&with_header(json!({"alg": alg})), expected);
    }
    let signer = Signer::instance();
    let token = signer.sign_with(&json!({"typ": "JWT", "kid": signer.id()}), &claims());
    check(&token, expected);
    let malformed = "token-invalid: the token is malformed: its header cannot be decoded";
    for alg in [json!(7), json!(["RS256"])] {
        check(&with_header(json!({"alg": alg})), malformed);
    }
}

/// The algorithm confusion attack: the public key, which is known to everyone, is used as an HMAC secret.
#[test]
fn a_public_key_is_not_an_hmac_secret() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

    let pem = Signer::instance().pem();
    for secret in [pem.as_bytes(), pem.trim_end().as_bytes()] {
        let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
        let header = BASE64.encode(json!({"alg": "HS256", "typ": "JWT"}).to_string());
        let signed = format!("{header}.{}", BASE64.encode(claims().to_string()));
        let signature = BASE64.encode(aws_lc_rs::hmac::sign(&secret, signed.as_bytes()));
        check(
            &format!("{signed}.{signature}"),
            "token-invalid-algorithm: the token is not signed with a supported algorithm",
        );
    }
}

#[test]
fn critical_extensions_are_rejected() {
    for crit in [json!(["b64"]), json!([]), json!("exp"), Value::Null] {
        check(
            &with_header(json!({"crit": crit})),
            "token-invalid: the token requires an unsupported extension (`crit`)",
        );
    }
}

#[test]
fn keys_are_not_taken_from_the_token() {
    let attacker = Signer::with_other_key("ins_attacker");
    let mut header = attacker.header();
    header["jwk"] = attacker.jwk();
    header["jku"] = json!("https://evil.example/jwks");
    header["x5u"] = json!("https://evil.example/cert");
    let token = attacker.sign_with(&header, &claims());
    check(
        &token,
        "token-invalid-signature: the signature of the token does not match",
    );
}

#[test]
fn malformed_key_ids_are_rejected() {
    for kid in ["a\u{0}b", "a\nb", "\u{85}", &"k".repeat(257)] {
        check(
            &with_header(json!({"kid": kid})),
            "token-invalid: the token is malformed: its key id is malformed",
        );
    }
    let long = "token-invalid: the token is malformed: its header is too long";
    check(&with_header(json!({"kid": "k".repeat(10_000)})), long);
    let not_a_string = "token-invalid: the token is malformed: its header cannot be decoded";
    check(&with_header(json!({"kid": 7})), not_a_string);
}

#[test]
fn a_key_set_requires_a_key_id() {
    let jwks = json!({"keys": [Signer::instance().jwk()]});
    let keys = clerk_sdk::jwt::JwkSet::from_jwks(&jwks).expect("keys");
    let verifier = Verifier::new(keys).clock(super::Clock::new().read());
    let signer = Signer::instance();
    let without_key_id = signer.sign_with(&json!({"alg": "RS256"}), &claims());
    assert!(matches!(
        verifier
            .verify_cached(&without_key_id)
            .map_err(|error| error.kind()),
        Err(TokenErrorKind::UnknownKey)
    ));
    // With a single key, no key id is needed.
    assert!(super::verifier().verify_cached(&without_key_id).is_ok());
}

#[test]
fn tokens_of_other_kinds_are_not_session_tokens() {
    for (category, kind) in [
        (
            "cl_B7d4PD222AAA",
            "a JWT template token, not a session token",
        ),
        ("cl_B7d4PD333AAA", "a machine token, not a session token"),
        (
            "cl_other",
            "of a category (`cat`) that session tokens do not have",
        ),
        ("", "of a category (`cat`) that session tokens do not have"),
    ] {
        let token = with_header(json!({"cat": category}));
        check(&token, &format!("token-type-mismatch: the token is {kind}"));
    }
    for category in ["cl_B7d4PD111AAA", "cl_I7d4PD111III"] {
        assert!(
            verifier()
                .verify_cached(&with_header(json!({"cat": category})))
                .is_ok()
        );
    }
    for (token_type, kind) in [
        ("at+jwt", "an OAuth access token, not a session token"),
        (
            "application/at+jwt",
            "an OAuth access token, not a session token",
        ),
        ("JWE", "of a type (`typ`) that session tokens do not have"),
        ("jwt", "of a type (`typ`) that session tokens do not have"),
    ] {
        let token = with_header(json!({"typ": token_type}));
        check(&token, &format!("token-type-mismatch: the token is {kind}"));
    }
    let machine = Signer::instance().sign(&claims_with(json!({"sub": "mch_1"})));
    check(
        &machine,
        "token-type-mismatch: the token is a machine token, not a session token",
    );
}

#[test]
fn a_signature_of_another_key_does_not_match() {
    let expected = "token-invalid-signature: the signature of the token does not match";
    check(&Signer::with_other_key("ins_1").sign(&claims()), expected);
    // The claims of a token are not checked if its signature does not match.
    let invalid = claims_with(json!({"exp": 1, "azp": "https://evil.example", "sub": null}));
    check(&Signer::with_other_key("ins_1").sign(&invalid), expected);
}

#[test]
fn each_invalid_timestamp_has_its_own_reason() {
    for (changes, expected) in [
        (
            json!({"exp": NOW - 90}),
            "token-expired: the token expired 90 s ago",
        ),
        (
            json!({"nbf": NOW + 90}),
            "token-not-active-yet: the token becomes valid in 90 s",
        ),
        (
            json!({"iat": NOW + 90}),
            "token-iat-in-the-future: the token was issued 90 s in the future: check the clocks",
        ),
        (
            json!({"exp": null}),
            "token-verification-failed: the token lacks the claim `exp`",
        ),
        (
            json!({"exp": "soon"}),
            "token-verification-failed: the claim `exp` of the token is invalid",
        ),
        (
            json!({"sts": "pending"}),
            "session-pending: the session is pending",
        ),
    ] {
        check(&Signer::instance().sign(&claims_with(changes)), expected);
    }
}

#[test]
fn errors_contain_neither_the_token_nor_its_claims() {
    let secret = "zebra-secret";
    let signer = Signer::instance();
    let rejected = [
        signer.sign(&claims_with(json!({"sub": {"a": secret}}))),
        signer.sign(&claims_with(
            json!({"azp": secret, "iss": secret, "aud": secret}),
        )),
        signer.sign_with(&json!({"alg": secret, "kid": secret}), &claims()),
        signer.sign_with(
            &json!({"alg": "RS256", "typ": secret, "cat": secret}),
            &claims(),
        ),
        signer.sign_bytes(b"{\"alg\":\"zebra-secret", b"zebra-secret"),
    ];
    let verifier = verifier()
        .authorized_parties(["https://a.example"])
        .expect("an origin")
        .audiences(["api"]);
    for token in rejected {
        let error = verifier
            .verify_cached(&token)
            .expect_err("the token is rejected");
        let message = format!("{error} {error:?}");
        assert!(!message.contains("zebra"), "{message}");
        assert!(!message.contains(&token[..40]), "{message}");
    }
}
