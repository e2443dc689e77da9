//! Verifying with the key of the process. One test: the process's defaults are shared by all tests of a
//! program.

use clerk_sdk::jwt::{TokenError, verify};
use clerk_sdk::{ClientConfig, set_config, set_key};
use clerk_sdk_tests::{Emulator, Signer};
use serde_json::json;

#[tokio::test]
async fn tokens_are_verified_with_the_keys_of_the_processs_instance() {
    let (one, two) = (Emulator::start().await, Emulator::start().await);
    let (one, two) = (one.expect("a free port"), two.expect("a free port"));
    two.set_jwks(json!({"keys": [Signer::with_other_key("ins_two").jwk()]}));
    let fetches = |clerk: &Emulator| clerk.requests().len();
    let token = one.session_token("user_1");

    if std::env::var_os(clerk_sdk::KEY_VARIABLE).is_none() {
        let error = verify(&token).await.expect_err("there is no key");
        assert_eq!(error.reason(), "jwk-failed-to-resolve");
    }
    set_config(ClientConfig::default().base_url(one.url()));
    set_key(one.key());
    for _ in 0..3 {
        let session = verify(&token).await.expect("it is valid");
        assert_eq!(session.user_id(), "user_1");
    }
    assert_eq!(fetches(&one), 1, "the keys are kept");

    // Another instance: nothing that was known of the first counts.
    set_config(ClientConfig::default().base_url(two.url()));
    let error = verify(&token)
        .await
        .expect_err("another instance signed it");
    assert!(matches!(error, TokenError::UnknownKey), "{error}");
    assert_eq!(fetches(&one), 1);

    set_config(ClientConfig::default().base_url(one.url()));
    one.add_key("sk_test_rotated");
    set_key("sk_test_rotated");
    verify(&token).await.expect("it is valid");
    assert_eq!(
        fetches(&one),
        2,
        "another secret key may be of another instance"
    );
}
