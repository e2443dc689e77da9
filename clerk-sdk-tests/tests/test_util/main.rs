//! Tests of `clerk_sdk::test_util`: what it creates is what a verified token would have become, and nothing trusts its
//! keys unless it is configured to.

mod sessions;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clerk_sdk::ClientConfig;
use clerk_sdk::auth::{AuthErrorReason, AuthStatus, Authenticator, MachineVerifier, TokenType};
use clerk_sdk::jwt::{JwkSet, TokenErrorKind, Verifier, VerifyingKey};
use clerk_sdk::test_util::{TestMachine, TestSession, TestSigner, request_state};
use clerk_sdk_tests::{Emulator, Signer};
use serde_json::{Map, Value, json};

/// The time at which these tests take place, in seconds since the Unix epoch.
const NOW: Duration = Duration::from_secs(1_800_000_000);
const MINUTE: Duration = Duration::from_secs(60);

fn now() -> SystemTime {
    UNIX_EPOCH + NOW
}

fn verifier(signer: &TestSigner) -> Verifier {
    signer.verifier().clock(now)
}

/// A session in which everything is set.
fn ada() -> TestSession {
    TestSession::new("user_ada")
        .issued_at(now())
        .organization_with_slug("org_1", "acme", "org:admin")
        .permissions(["org:invoices:read", "teams:manage", "org:teams:read"])
        .features(["user:beta", "user:teams", "export"])
        .plan("org:pro")
        .plan("user:plus")
        .session_id("sess_ada")
        .issuer("https://clerk.app.example.com")
        .authorized_party("https://app.example.com")
        .audience("api")
        .impersonated_by("user_support")
        .factor_ages(Some(MINUTE * 3), Some(MINUTE * 70))
        .claim("tier", "gold")
}

async fn rejection(verifier: &Verifier, token: &str) -> TokenErrorKind {
    let error = verifier.verify(token).await;
    error.expect_err("the token is rejected").kind()
}

async fn status(authenticator: &Authenticator, token: &str) -> AuthStatus {
    let request = http::Request::get("/").header("authorization", format!("Bearer {token}"));
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    authenticator.authenticate(&parts).await.status().clone()
}

#[tokio::test]
async fn a_session_is_equal_to_that_of_its_token() {
    let signer = TestSigner::generate();
    for session in [TestSession::new("user_1").issued_at(now()), ada()] {
        let token = signer.session_token(&session);
        let verified = verifier(&signer).verify(&token).await;
        assert_eq!(verified.expect("the token is valid"), session.auth());
    }
}

#[tokio::test]
async fn a_verifier_of_the_signer_rejects_what_any_verifier_rejects() {
    let signer = TestSigner::generate();
    let session = TestSession::new("user_1");
    // These two are signed and verified by the system's clock.
    let verifier = signer.verifier();
    assert!(
        verifier
            .verify(&signer.session_token(&session))
            .await
            .is_ok()
    );
    let expired = signer.session_token(&session.clone().expired());
    assert_eq!(
        rejection(&verifier, &expired).await,
        TokenErrorKind::Expired
    );
    let session = session.issued_at(now());

    let verifier = verifier.clock(now);
    let strict = verifier
        .clone()
        .authorized_parties(["https://app.example.com"])
        .expect("an origin");
    for (verifier, session, kind) in [
        (
            &verifier,
            session.clone().pending(),
            TokenErrorKind::Pending,
        ),
        (&strict, session.clone(), TokenErrorKind::UnauthorizedParty),
        (
            &verifier,
            session.clone().issued_at(now() + MINUTE),
            TokenErrorKind::NotYetValid,
        ),
        (
            &verifier,
            session
                .clone()
                .issued_at(now() - MINUTE)
                .lifetime(MINUTE / 2),
            TokenErrorKind::Expired,
        ),
        (
            &verifier,
            session.clone().claim("sid", Value::Null),
            TokenErrorKind::MissingClaim,
        ),
    ] {
        assert_eq!(
            rejection(verifier, &signer.session_token(&session)).await,
            kind
        );
    }
    let other = TestSigner::generate().session_token(&session);
    assert_eq!(
        rejection(&verifier, &other).await,
        TokenErrorKind::InvalidSignature
    );
}

#[tokio::test]
async fn the_public_key_is_exported_as_a_key_set_and_as_pem() {
    let signer = TestSigner::generate();
    let token = signer.session_token(&ada());
    let set = JwkSet::from_jwks(&signer.jwks()).expect("a key set");
    let key = VerifyingKey::from_pem(&signer.pem()).expect("a public key");
    for verifier in [Verifier::new(set), Verifier::new(key)] {
        assert!(verifier.clock(now).verify(&token).await.is_ok());
    }
}

/// The feature must not weaken a program that is not configured with a test key.
#[tokio::test]
async fn nothing_trusts_a_signer_unless_it_is_configured_to() {
    let clerk = Emulator::start().await.expect("a free port");
    let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
    let signer = TestSigner::generate();
    let token = signer.session_token(&TestSession::new("user_1"));
    let kind = rejection(&Verifier::new(config.clone()), &token).await;
    assert_eq!(kind, TokenErrorKind::UnknownKey);
    let key = VerifyingKey::from_jwk(&Signer::instance().jwk()).expect("a key");
    let kind = rejection(&Verifier::new(key), &token).await;
    assert_eq!(kind, TokenErrorKind::WrongKeyType);
    let status = status(&Authenticator::new(config.clone()), &token).await;
    assert!(matches!(
        status,
        AuthStatus::SignedOut(AuthErrorReason::Token(_))
    ));

    let machine = signer.machine_token(&TestMachine::m2m("mch_1"));
    assert!(MachineVerifier::new(config).verify(&machine).await.is_err());
}

#[tokio::test]
async fn the_authenticator_of_a_signer_makes_no_calls() {
    let signer = TestSigner::generate();
    let kinds = [
        TokenType::Session,
        TokenType::ApiKey,
        TokenType::M2m,
        TokenType::OAuth,
    ];
    let authenticator = signer.authenticator().accepts_token(kinds);
    let session = TestSession::new("user_1");
    let signed_in = status(&authenticator, &signer.session_token(&session)).await;
    assert!(matches!(signed_in, AuthStatus::Session(it) if it.user_id() == "user_1"));
    let machine = TestMachine::m2m("mch_1");
    let signed_in = status(&authenticator, &signer.machine_token(&machine)).await;
    assert!(matches!(signed_in, AuthStatus::Machine(it) if it == machine.auth()));
    for token in ["ak_1", "mt_1", "oat_1"] {
        let status = status(&authenticator, token).await;
        let AuthStatus::SignedOut(reason) = status else {
            panic!("{status:?}");
        };
        assert!(reason.is_unavailable(), "{reason}");
    }
}

#[tokio::test]
async fn a_machine_is_equal_to_that_of_its_token() {
    let signer = TestSigner::generate();
    let verifier =
        || MachineVerifier::new(ClientConfig::new("sk_test_none")).verifier(verifier(&signer));
    for machine in [
        TestMachine::m2m("mch_1").scopes(["mch_2", "mch_3"]),
        TestMachine::oauth("user_1", "client_1").scopes(["read", "write"]),
        TestMachine::oauth("user_1", "client_1"),
    ] {
        let machine = machine.id("token_1").claim("tier", "gold");
        let machine = machine.expires_at(now() + MINUTE);
        let token = signer.machine_token(&machine);
        let verified = verifier().verify(&token).await.expect("the token is valid");
        assert_eq!(verified, machine.auth());
        assert_eq!(verified.claims()["tier"], "gold");
        let expired = machine.expires_at(now() - MINUTE);
        assert!(
            verifier()
                .verify(&signer.machine_token(&expired))
                .await
                .is_err()
        );
    }
    let key = TestMachine::api_key("org_1").scopes(["read"]).auth();
    assert_eq!(key.token_type(), TokenType::ApiKey);
    assert_eq!(
        (key.organization_id(), key.expires_at()),
        (Some("org_1"), None)
    );
    assert!(key.has_scope("read"));
}

#[tokio::test]
async fn the_token_of_a_template_is_no_session() {
    let signer = TestSigner::generate();
    let claims = json!({"email": "ada@example.com", "aud": "profiles", "sid": "sess_1"});
    let token = signer.template_token("user_ada", claims);
    let verifier = signer.verifier().audiences(["profiles"]);
    let verified = verifier.verify_template::<Map<String, Value>>(&token).await;
    let verified = verified.expect("the token is valid");
    assert_eq!(verified.subject(), "user_ada");
    assert_eq!(verified.custom()["email"], "ada@example.com");
    assert_eq!(
        rejection(&signer.verifier(), &token).await,
        TokenErrorKind::WrongKind
    );
    let session = signer.session_token(&TestSession::new("user_ada").audience("profiles"));
    let outcome = verifier
        .verify_template::<Map<String, Value>>(&session)
        .await;
    assert_eq!(
        outcome.expect_err("a session token").kind(),
        TokenErrorKind::WrongKind
    );
}

#[test]
fn a_state_has_the_headers_of_its_status() {
    let signed_out = request_state(AuthStatus::SignedOut(AuthErrorReason::NoToken));
    assert_eq!(signed_out.headers()["x-clerk-auth-status"], "signed-out");
    assert!(signed_out.require_session().is_err());
    let signed_in = request_state(AuthStatus::Session(ada().auth()));
    assert!(signed_in.headers().is_empty());
    assert_eq!(signed_in.session(), Some(&ada().auth()));
}

#[tokio::test]
async fn an_extractor_reads_the_state_of_a_request_that_passed_no_gate() {
    use axum::body::{Body, to_bytes};
    use clerk_sdk::middleware::axum::Auth;
    use tower::ServiceExt;

    async fn me(Auth(session): Auth) -> String {
        session.user_id().to_owned()
    }

    let routes = axum::Router::new().route("/me", axum::routing::get(me));
    let state = request_state(AuthStatus::Session(ada().auth()));
    let request = http::Request::get("/me").extension(state);
    let request = request.body(Body::empty()).expect("a request");
    let response = routes.oneshot(request).await.expect("a response");
    let body = to_bytes(response.into_body(), 100).await.expect("a body");
    assert_eq!(body, "user_ada");
}

#[test]
fn a_signer_does_not_show_its_key() {
    let signer = TestSigner::generate();
    assert_eq!(format!("{signer:?}"), "TestSigner { .. }");
}
