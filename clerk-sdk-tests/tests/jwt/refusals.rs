//! Every way in which a token is refused, with the reason and the text.

use clerk_sdk::jwt::{MAX_TOKEN_BYTES, TokenError, Verifier};
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};

use super::{NOW, claims, claims_with, refusal, token, verifier};

/// A valid token with another header.
fn with_header(changes: Value) -> String {
    let signer = Signer::instance();
    let mut header = signer.header();
    for (name, value) in changes.as_object().expect("an object") {
        header[name] = value.clone();
    }
    signer.sign_with(&header, &claims())
}

fn check(token: &str, expected: &str) {
    assert_eq!(refusal(verifier().verify_now(token)), expected);
}

#[test]
fn a_token_of_the_wrong_form_is_malformed() {
    let good = token();
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let (header, payload) = signed.split_once('.').expect("three parts");
    check("", "session-token-missing: there is no token");
    check(
        &"a".repeat(MAX_TOKEN_BYTES + 1),
        "token-invalid: the token is longer than 16384 bytes",
    );
    let three = "token-invalid: the token is malformed: it is not three parts";
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
    for (token, what) in [
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
            "its header is not understood",
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
            &format!("token-invalid: the token is malformed: {what}"),
        );
    }
    check(
        &format!("{header}.{payload}."),
        "token-invalid-signature: the signature of the token does not match",
    );
}

#[test]
fn a_token_that_says_something_twice_is_malformed() {
    let signer = Signer::instance();
    let (header, claims) = (signer.header().to_string(), claims().to_string());
    let twice = |json: &str, member: &str| format!("{{{member},{}", &json[1..]);
    let header_twice = twice(&header, r#""alg":"RS256""#);
    let token = signer.sign_bytes(header_twice.as_bytes(), claims.as_bytes());
    check(
        &token,
        "token-invalid: the token is malformed: its header is not understood",
    );
    for member in [
        r#""sub":"user_2""#,
        r#""mine":1,"mine":2"#,
        r#""o":{"id":"org_1"},"o":{"id":"org_2"}"#,
        r#""s\u0075b":"user_2""#,
    ] {
        let token = signer.sign_bytes(header.as_bytes(), twice(&claims, member).as_bytes());
        check(
            &token,
            "token-invalid: the token is malformed: its claims are not understood",
        );
    }
}

#[test]
fn a_claim_that_says_something_twice_is_not_of_its_type() {
    let signer = Signer::instance();
    let (header, claims) = (signer.header().to_string(), claims().to_string());
    for (claim, json) in [
        ("o", r#"{"id":"org_1","rol":"member","rol":"admin"}"#),
        ("act", r#"{"sub":"user_admin","sub":"user_1"}"#),
        ("act", r#"{"sub":"user_admin","sid":1,"sid":2}"#),
    ] {
        let claims = format!("{{\"{claim}\":{json},{}", &claims[1..]);
        let token = signer.sign_bytes(header.as_bytes(), claims.as_bytes());
        let expected = format!(
            "token-verification-failed: the claim `{claim}` of the token is not of its type"
        );
        check(&token, &expected);
    }
}

#[test]
fn parts_that_are_no_objects_are_malformed() {
    let signer = Signer::instance();
    let (header, claims) = (signer.header().to_string(), claims().to_string());
    for odd in [
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
        let token = signer.sign_bytes(odd.as_bytes(), claims.as_bytes());
        let expected = "token-invalid: the token is malformed: its header is not understood";
        // One that is whole but for what follows it is told by its length.
        if odd.len() < 700 {
            check(&token, expected);
        }
        let token = signer.sign_bytes(header.as_bytes(), odd.as_bytes());
        check(
            &token,
            "token-invalid: the token is malformed: its claims are not understood",
        );
    }
    let token = signer.sign_bytes(header.as_bytes(), b"{\"sub\":\"\xff\"}");
    check(
        &token,
        "token-invalid: the token is malformed: its claims are not understood",
    );
    let deep = format!("{{\"mine\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let token = signer.sign_bytes(header.as_bytes(), deep.as_bytes());
    check(
        &token,
        "token-invalid: the token is malformed: its claims are not understood",
    );
}

#[test]
fn algorithms_that_clerk_does_not_sign_with_are_refused() {
    let expected =
        "token-invalid-algorithm: the token is signed with an algorithm that is not accepted";
    for alg in [
        "none", "None", "NONE", "HS256", "HS512", "PS256", "ES256K", "ES512", "rs256", "",
    ] {
        check(&with_header(json!({"alg": alg})), expected);
    }
    let signer = Signer::instance();
    let token = signer.sign_with(&json!({"typ": "JWT", "kid": signer.id()}), &claims());
    check(&token, expected);
    let malformed = "token-invalid: the token is malformed: its header is not understood";
    for alg in [json!(7), json!(["RS256"])] {
        check(&with_header(json!({"alg": alg})), malformed);
    }
}

/// The old trick: the public key, which everybody has, as the secret of an HMAC.
#[test]
fn a_public_key_signs_nothing() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

    let pem = Signer::instance().pem();
    for secret in [pem.as_bytes(), pem.trim_end().as_bytes()] {
        let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
        let header = BASE64.encode(json!({"alg": "HS256", "typ": "JWT"}).to_string());
        let signed = format!("{header}.{}", BASE64.encode(claims().to_string()));
        let signature = BASE64.encode(ring::hmac::sign(&secret, signed.as_bytes()));
        check(
            &format!("{signed}.{signature}"),
            "token-invalid-algorithm: the token is signed with an algorithm that is not accepted",
        );
    }
}

#[test]
fn extensions_that_must_be_understood_are_refused() {
    for crit in [json!(["b64"]), json!([]), json!("exp"), Value::Null] {
        check(
            &with_header(json!({"crit": crit})),
            "token-invalid: the token asks for an extension that is not understood",
        );
    }
}

#[test]
fn keys_are_not_taken_from_the_token() {
    let stranger = Signer::with_other_key("ins_stranger");
    let mut header = stranger.header();
    header["jwk"] = stranger.jwk();
    header["jku"] = json!("https://evil.example/jwks");
    header["x5u"] = json!("https://evil.example/cert");
    let token = stranger.sign_with(&header, &claims());
    check(
        &token,
        "token-invalid-signature: the signature of the token does not match",
    );
}

#[test]
fn odd_ids_of_keys_are_malformed() {
    for kid in ["a\u{0}b", "a\nb", "\u{85}", &"k".repeat(257)] {
        check(
            &with_header(json!({"kid": kid})),
            "token-invalid: the token is malformed: its key id is odd",
        );
    }
    let long = "token-invalid: the token is malformed: its header is too long";
    check(&with_header(json!({"kid": "k".repeat(10_000)})), long);
    let odd = "token-invalid: the token is malformed: its header is not understood";
    check(&with_header(json!({"kid": 7})), odd);
}

#[test]
fn a_key_id_is_needed_where_there_are_several_keys() {
    let jwks = json!({"keys": [Signer::instance().jwk()]});
    let keys = clerk_sdk::jwt::KeySet::from_jwks(&jwks).expect("keys");
    let verifier = Verifier::new(keys).clock(super::Clock::new().read());
    let signer = Signer::instance();
    let nameless = signer.sign_with(&json!({"alg": "RS256"}), &claims());
    assert!(matches!(
        verifier.verify_now(&nameless),
        Err(TokenError::UnknownKey)
    ));
    // With one key that was given there is no choice to make.
    assert!(super::verifier().verify_now(&nameless).is_ok());
}

#[test]
fn tokens_of_other_kinds_never_pass_as_a_session() {
    for (category, what) in [
        ("cl_B7d4PD222AAA", "a template's, not a session's"),
        ("cl_B7d4PD333AAA", "a machine's, not a session's"),
        ("cl_other", "of a category that no session's is of"),
        ("", "of a category that no session's is of"),
    ] {
        let token = with_header(json!({"cat": category}));
        check(&token, &format!("token-type-mismatch: the token is {what}"));
    }
    for category in ["cl_B7d4PD111AAA", "cl_I7d4PD111III"] {
        assert!(
            verifier()
                .verify_now(&with_header(json!({"cat": category})))
                .is_ok()
        );
    }
    for (kind, what) in [
        ("at+jwt", "an OAuth client's, not a session's"),
        ("application/at+jwt", "an OAuth client's, not a session's"),
        ("JWE", "of a type that no session's is of"),
        ("jwt", "of a type that no session's is of"),
    ] {
        let token = with_header(json!({"typ": kind}));
        check(&token, &format!("token-type-mismatch: the token is {what}"));
    }
    let machine = Signer::instance().sign(&claims_with(json!({"sub": "mch_1"})));
    check(
        &machine,
        "token-type-mismatch: the token is a machine's, not a session's",
    );
}

#[test]
fn a_signature_of_another_key_does_not_match() {
    let expected = "token-invalid-signature: the signature of the token does not match";
    check(&Signer::with_other_key("ins_1").sign(&claims()), expected);
    // Nothing that it claims is told of a token that nobody known signed.
    let worst = claims_with(json!({"exp": 1, "azp": "https://evil.example", "sub": null}));
    check(&Signer::with_other_key("ins_1").sign(&worst), expected);
}

#[test]
fn what_is_asked_for_must_hold() {
    let verify = |set: fn(Verifier) -> Verifier, changes: Value| {
        let token = Signer::instance().sign(&claims_with(changes));
        set(verifier()).verify_now(&token)
    };
    let parties: fn(Verifier) -> Verifier =
        |it| it.authorized_parties(["https://app.example.com", "https://b.example.com"]);
    assert!(verify(parties, json!({})).is_ok());
    let expected = "token-invalid-authorized-parties: the token is not from \
                    https://app.example.com or https://b.example.com";
    for azp in [
        Value::Null,
        json!(""),
        json!("https://evil.example"),
        json!("https://app.example.com.evil.example"),
        json!("https://APP.example.com"),
        json!("https://app.example.com/"),
    ] {
        assert_eq!(refusal(verify(parties, json!({"azp": azp}))), expected);
    }

    let audience: fn(Verifier) -> Verifier = |it| it.audience(["api"]);
    assert!(verify(audience, json!({"aud": "api"})).is_ok());
    assert!(verify(audience, json!({"aud": ["web", "api"]})).is_ok());
    for aud in [Value::Null, json!("web"), json!([]), json!("")] {
        let expected = "token-verification-failed: the token is not for api";
        assert_eq!(refusal(verify(audience, json!({"aud": aud}))), expected);
    }

    let issuer: fn(Verifier) -> Verifier = |it| {
        it.issuer("https://clerk.example.com")
            .issuer("https://example.com/proxy")
    };
    assert!(verify(issuer, json!({})).is_ok());
    assert!(verify(issuer, json!({"iss": "https://example.com/proxy"})).is_ok());
    for iss in [
        Value::Null,
        json!("https://clerk.evil.com"),
        json!("https://clerk.example.com/"),
    ] {
        let expected = "token-invalid-issuer: the token was not issued by \
                        https://clerk.example.com or https://example.com/proxy";
        assert_eq!(refusal(verify(issuer, json!({"iss": iss}))), expected);
    }
}

#[test]
fn a_list_without_an_entry_lets_nothing_pass() {
    const NONE: [&str; 0] = [];
    for set in [
        |it: Verifier| it.authorized_parties(NONE),
        |it: Verifier| it.audience(NONE),
    ] {
        let claims = claims_with(json!({"aud": "api"}));
        assert!(
            set(verifier())
                .verify_now(&Signer::instance().sign(&claims))
                .is_err()
        );
    }
    // What a token lacks is not an empty text: a setting that was left empty lets nothing pass either.
    for set in [
        |it: Verifier| it.authorized_parties([""]),
        |it: Verifier| it.audience([""]),
        |it: Verifier| it.issuer(""),
    ] {
        let claims = claims_with(json!({"azp": null, "iss": null}));
        assert!(
            set(verifier())
                .verify_now(&Signer::instance().sign(&claims))
                .is_err()
        );
    }
}

#[test]
fn each_time_has_its_reason() {
    for (changes, expected) in [
        (
            json!({"exp": NOW - 90}),
            "token-expired: the token expired 90 s ago",
        ),
        (
            json!({"nbf": NOW + 90}),
            "token-not-active-yet: the token is valid only in 90 s",
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
            "token-verification-failed: the claim `exp` of the token is not of its type",
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
fn no_error_repeats_the_token_or_what_it_claims() {
    let secret = "zebra-secret";
    let signer = Signer::instance();
    let odd = [
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
        .audience(["api"]);
    for token in odd {
        let error = verifier.verify_now(&token).expect_err("it is odd");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("zebra"), "{text}");
        assert!(!text.contains(&token[..40]), "{text}");
    }
}
