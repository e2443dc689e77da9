//! Tests of the tokens of JWT templates: typed claims, the rules of a verifier, and tokens of other kinds.

use clerk_sdk::jwt::{TemplateClaims, TokenError, TokenErrorKind, Verifier};
use clerk_sdk_tests::Signer;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{Clock, NOW, verifier};

const TEMPLATE: &str = "cl_B7d4PD222AAA";
const SESSION: &str = "cl_B7d4PD111AAA";
const NO_INFORMATION: &str = "cl_I7d4PD111III";

#[derive(Debug, Deserialize, PartialEq)]
struct Profile {
    email: String,
    roles: Vec<Role>,
    age: Option<u8>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Role {
    name: String,
}

/// Returns the claims that Clerk adds to the token of every template, and those of a [`Profile`].
fn claims() -> Value {
    json!({
        "sub": "user_1", "iss": "https://clerk.example.com", "azp": "https://app.example.com",
        "iat": NOW - 10, "nbf": NOW - 20, "exp": NOW + 50, "jti": "token_1",
        "email": "ada@example.com", "roles": [{"name": "admin"}, {"name": "author"}],
    })
}

/// Replaces some of [`claims`]; `null` removes a claim.
fn claims_with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().expect("changes are an object") {
        match value {
            Value::Null => drop(claims.as_object_mut().expect("an object").remove(name)),
            _ => claims[name] = value.clone(),
        }
    }
    claims
}

/// Signs a token with these members in its header.
fn sign(header: Value, claims: &Value) -> String {
    let signer = Signer::instance();
    let mut all = signer.header();
    for (name, value) in header.as_object().expect("a header is an object") {
        all[name] = value.clone();
    }
    signer.sign_with(&all, claims)
}

fn template_token(claims: &Value) -> String {
    sign(json!({"cat": TEMPLATE}), claims)
}

type Outcome<T> = Result<TemplateClaims<T>, TokenError>;

async fn verify<T: DeserializeOwned>(claims: &Value) -> Outcome<T> {
    verifier().verify_template(&template_token(claims)).await
}

fn rejection<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    let error = outcome.expect_err("the token is rejected");
    format!("{}: {error}", error.code())
}

#[tokio::test]
async fn the_custom_claims_are_of_the_callers_type() {
    let changes = json!({"aud": "profiles", "age": 36, "unused": 1, "sid": "mine"});
    let token = verify::<Profile>(&claims_with(changes)).await;
    let token = token.expect("the token is valid");
    assert_eq!(token.custom().email, "ada@example.com");
    assert_eq!(token.custom().roles[1].name, "author");
    assert_eq!(token.custom().age, Some(36));
    assert_eq!(token.subject(), "user_1");
    assert_eq!(token.issuer(), Some("https://clerk.example.com"));
    assert_eq!(token.authorized_party(), Some("https://app.example.com"));
    assert_eq!(token.audience(), ["profiles"]);
    assert_eq!(token.id(), Some("token_1"));
    let seconds = |at: clerk_sdk::Timestamp| at.as_millis() / 1000;
    let now = i64::try_from(NOW).expect("a timestamp");
    assert_eq!(seconds(token.expires_at()), now + 50);
    assert_eq!(token.issued_at().map(seconds), Some(now - 10));
    assert_eq!(token.not_before().map(seconds), Some(now - 20));
    assert_eq!(token.into_custom().email, "ada@example.com");
}

#[tokio::test]
async fn a_map_has_every_claim_without_an_accessor() {
    // These have a meaning in session tokens, but none in those of templates.
    let custom = json!({"sid": 1, "o": "mine", "v": "x", "sts": "pending", "act": [], "fea": 2});
    let claims = json!({"sub": "user_1", "exp": NOW + 50, "aud": "a", "azp": "b", "jti": "c"});
    let mut all = claims.as_object().expect("an object").clone();
    all.extend(custom.as_object().expect("an object").clone());
    let token = verify::<Map<String, Value>>(&all.into()).await;
    let token = token.expect("the token is valid");
    assert_eq!(Value::from(token.into_custom()), custom);
}

#[tokio::test]
async fn claims_of_another_type_are_named_but_not_shown() {
    for (changes, path) in [
        (json!({"email": null}), Some("email")),
        (json!({"email": 7777}), Some("email")),
        (json!({"age": "7777"}), Some("age")),
        (json!({"roles": "7777"}), Some("roles")),
        (
            json!({"roles": [{"name": "x"}, {"name": 7777}]}),
            Some("roles[1].name"),
        ),
        (
            json!({"roles": [{"name": "x"}, {"7777": "y"}]}),
            Some("roles[1].name"),
        ),
    ] {
        let outcome = verify::<Profile>(&claims_with(changes)).await;
        let error = outcome.expect_err("the claims do not match");
        assert_eq!(error.kind(), TokenErrorKind::CustomClaimsMismatch);
        assert_eq!(error.claim(), path);
        assert_eq!(error.code(), "token-verification-failed");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("7777"), "{shown}");
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    let unknown = json!({"sub": "user_1", "exp": NOW + 50, "mine": 7777});
    let error = verify::<Nothing>(&unknown)
        .await
        .expect_err("a field is unknown");
    assert_eq!(error.claim(), Some("mine"));
    let whole = verify::<Vec<String>>(&claims()).await;
    assert_eq!(
        rejection(whole),
        "token-verification-failed: the custom claims do not match their type"
    );
    let one = verify::<Profile>(&claims_with(json!({"age": 300}))).await;
    assert_eq!(
        rejection(one),
        "token-verification-failed: the custom claim `age` does not match its type"
    );
}

#[tokio::test]
async fn the_type_is_not_asked_about_a_token_that_is_rejected() {
    #[derive(Debug)]
    struct Panics;
    impl<'de> Deserialize<'de> for Panics {
        fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            panic!("claims of a rejected token are deserialized")
        }
    }
    let forged = Signer::with_other_key(Signer::instance().id()).sign(&claims());
    let outcome = verifier().verify_template::<Panics>(&forged).await;
    assert_eq!(
        rejection(outcome),
        "token-invalid-signature: the signature of the token does not match"
    );
    let expired = claims_with(json!({"exp": NOW - 60}));
    assert!(rejection(verify::<Panics>(&expired).await).starts_with("token-expired"));
}

#[tokio::test]
async fn the_rules_of_the_verifier_apply() {
    let wrong = json!("https://evil.example");
    for (set, claim, right) in [
        (
            (|it| {
                it.authorized_parties(["https://app.example.com"])
                    .expect("an origin")
            }) as fn(Verifier) -> Verifier,
            "azp",
            json!("https://app.example.com"),
        ),
        (|it| it.audiences(["api"]), "aud", json!(["web", "api"])),
        (
            |it| it.issuers(["https://clerk.example.com"]),
            "iss",
            json!("https://clerk.example.com"),
        ),
    ] {
        let verifier = set(verifier());
        for (value, is_valid) in [(&right, true), (&wrong, false), (&Value::Null, false)] {
            let token = template_token(&claims_with(json!({claim: value})));
            let outcome = verifier.verify_template::<Profile>(&token).await;
            assert_eq!(outcome.is_ok(), is_valid, "{claim} {value}");
        }
    }
}

#[tokio::test]
async fn the_validity_period_is_checked_with_the_leeway() {
    let is_valid = async |changes: Value| verify::<Profile>(&claims_with(changes)).await.is_ok();
    for (claim, valid, invalid) in [
        ("exp", NOW - 4, NOW - 5),
        ("nbf", NOW + 5, NOW + 6),
        ("iat", NOW + 5, NOW + 6),
    ] {
        assert!(is_valid(json!({claim: valid})).await, "{claim}");
        assert!(!is_valid(json!({claim: invalid})).await, "{claim}");
    }
    assert_eq!(
        rejection(verify::<Profile>(&claims_with(json!({"exp": null}))).await),
        "token-verification-failed: the token lacks the claim `exp`"
    );
    assert!(is_valid(json!({"iat": null, "nbf": null, "jti": null, "azp": null})).await);

    let clock = Clock::new();
    let verifier = verifier().leeway(std::time::Duration::ZERO);
    let verifier = verifier.clock(clock.read());
    let token = template_token(&claims());
    assert!(verifier.verify_template::<Profile>(&token).await.is_ok());
    clock.advance(50);
    assert!(verifier.verify_template::<Profile>(&token).await.is_err());
}

#[tokio::test]
async fn a_template_token_is_never_a_session() {
    // Every claim of a session token could be a claim of a template.
    let claims = claims_with(json!({"sid": "sess_1", "sts": "active", "v": 2}));
    let error = verifier().verify(&template_token(&claims)).await;
    assert_eq!(
        super::rejection(error),
        "token-type-mismatch: the token is a JWT template token, not a session token"
    );
    // Without a category, the session's id tells them apart.
    let token = Signer::instance().sign(&self::claims());
    let error = verifier().verify(&token).await;
    assert_eq!(
        super::rejection(error),
        "token-verification-failed: the token lacks the claim `sid`"
    );
    assert!(verifier().verify_template::<Profile>(&token).await.is_ok());
}

#[tokio::test]
async fn tokens_of_other_kinds_are_not_template_tokens() {
    let session = claims_with(json!({"sid": "sess_1"}));
    for (header, claims, kind) in [
        (json!({"cat": SESSION}), &claims(), "a session token"),
        (json!({"cat": SESSION}), &session, "a session token"),
        (json!({}), &session, "a session token"),
        (json!({"cat": NO_INFORMATION}), &session, "a session token"),
        (
            json!({"cat": "cl_B7d4PD333AAA"}),
            &claims(),
            "a machine token",
        ),
        (
            json!({}),
            &claims_with(json!({"sub": "mch_1"})),
            "a machine token",
        ),
        (json!({"typ": "at+jwt"}), &claims(), "an OAuth access token"),
    ] {
        let token = sign(header, claims);
        let outcome = verifier().verify_template::<Profile>(&token).await;
        let expected =
            format!("token-type-mismatch: the token is {kind}, not a JWT template token");
        assert_eq!(rejection(outcome), expected);
    }
    for header in [json!({"cat": "cl_other"}), json!({"typ": "JWE"})] {
        let token = sign(header, &claims());
        let outcome = verifier().verify_template::<Profile>(&token).await;
        let error = outcome.expect_err("the kind is unknown");
        assert_eq!(error.kind(), TokenErrorKind::WrongKind);
    }
    // A handshake token has no subject.
    let handshake = json!({"handshake": ["__session=a"], "exp": NOW + 50});
    let token = Signer::instance().sign(&handshake);
    let outcome = verifier().verify_template::<Value>(&token).await;
    assert_eq!(
        rejection(outcome),
        "token-verification-failed: the token lacks the claim `sub`"
    );
}

/// The tokens of other applications on the same site, here signed with the right key.
#[tokio::test]
async fn claims_and_headers_of_the_wrong_type_are_rejected() {
    let invalid =
        |claim| format!("token-verification-failed: the claim `{claim}` of the token is invalid");
    for (changes, claim) in [
        (json!({"sub": 42}), "sub"),
        (json!({"iat": NOW as f64 + 0.5}), "iat"),
        (json!({"exp": 4e9 + 0.5}), "exp"),
        (json!({"exp": "4000000000"}), "exp"),
        (json!({"iss": ["https://clerk.example.com"]}), "iss"),
        (json!({"aud": 7}), "aud"),
        (json!({"aud": ["api", 7]}), "aud"),
        (json!({"azp": ["https://app.example.com"]}), "azp"),
    ] {
        let outcome = verify::<Profile>(&claims_with(changes)).await;
        assert_eq!(rejection(outcome), invalid(claim));
    }
    for header in [
        json!({"typ": null}),
        json!({"kid": 7}),
        json!({"alg": "HS256"}),
        json!({"alg": "none"}),
        json!({"crit": ["exp"]}),
    ] {
        let token = sign(header.clone(), &claims());
        let outcome = verifier().verify_template::<Profile>(&token).await;
        assert!(outcome.is_err(), "{header}");
    }
    let repeated = format!(
        r#"{{"email":"eve@example.com",{}"#,
        &claims().to_string()[1..]
    );
    let header = Signer::instance().header().to_string();
    let token = Signer::instance().sign_bytes(header.as_bytes(), repeated.as_bytes());
    let outcome = verifier().verify_template::<Profile>(&token).await;
    assert_eq!(
        rejection(outcome),
        "token-invalid: the token is malformed: its claims cannot be decoded"
    );
}

/// A template may have a signing key of its own, and another algorithm.
#[tokio::test]
async fn a_template_may_have_its_own_key() {
    let signer = Signer::generate("ins_template", "ES256");
    let key = clerk_sdk::jwt::VerifyingKey::from_pem(&signer.pem()).expect("a public key");
    let verifier = Verifier::new(key).clock(Clock::new().read());
    let token = signer.sign(&claims());
    assert!(verifier.verify_template::<Profile>(&token).await.is_ok());
    let token = Signer::instance().sign(&claims());
    assert!(verifier.verify_template::<Profile>(&token).await.is_err());
}
