//! Tests verification with the default secret key. This is a single test, because all tests of a process share the
//! defaults.

use clerk_sdk::jwt::{TokenErrorKind, verify};
use clerk_sdk::{ClientConfig, set_config, set_key};
use clerk_sdk_tests::{Emulator, Signer};
use serde_json::json;

#[tokio::test]
async fn the_process_wide_verifier_follows_the_default_configuration() {
    let (one, two) = (Emulator::start().await, Emulator::start().await);
    let (one, two) = (one.expect("a free port"), two.expect("a free port"));
    one.set_jwks(&json!({"keys": [Signer::instance().jwk()]}));
    two.set_jwks(&json!({"keys": [Signer::with_other_key("ins_two").jwk()]}));
    let fetches = |clerk: &Emulator| clerk.requests().len();
    let token = one.session_token("user_1");

    if std::env::var_os(clerk_sdk::SECRET_KEY_ENV_VAR).is_none() {
        let error = verify(&token).await.expect_err("there is no secret key");
        assert_eq!(error.code(), "jwk-failed-to-resolve");
    }
    set_config(ClientConfig::default().base_url(one.url()));
    set_key(one.key());
    for _ in 0..3 {
        let session = verify(&token).await.expect("the token is valid");
        assert_eq!(session.user_id(), "user_1");
    }
    assert_eq!(fetches(&one), 1, "the keys are cached");

    // Another instance: the cached keys of the first one are not used.
    set_config(ClientConfig::default().base_url(two.url()));
    let error = verify(&token)
        .await
        .expect_err("another instance signed it");
    assert!(error.kind() == TokenErrorKind::UnknownKey, "{error}");
    assert_eq!(fetches(&one), 1);

    set_config(ClientConfig::default().base_url(one.url()));
    one.add_key("sk_test_rotated");
    set_key("sk_test_rotated");
    verify(&token).await.expect("the token is valid");
    assert_eq!(
        fetches(&one),
        2,
        "another secret key may belong to another instance"
    );
}
