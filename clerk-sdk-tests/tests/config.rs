//! Which key a call uses. One test: the process's defaults are shared by all tests of a program.

mod support;

use clerk_sdk::{Clerk, ClientConfig, Error, user};
use support::Recorder;

async fn key_of(client: &user::Client, recorder: &Recorder) -> String {
    client.get("user_1").await.expect("it answers");
    let request = recorder.requests().pop().expect("it was sent");
    request.headers()["authorization"]
        .to_str()
        .expect("it is text")
        .to_owned()
}

#[tokio::test]
async fn the_key_is_the_clients_then_the_processs_then_none() {
    let recorder = Recorder::answering(200, "{}");
    let early = user::Client::new(ClientConfig::default().backend(recorder.clone()));
    if std::env::var_os(clerk_sdk::KEY_VARIABLE).is_none() {
        let error = early.get("user_1").await.expect_err("there is no key");
        assert!(matches!(error, Error::MissingKey));
        let text = error.to_string();
        assert!(
            text.contains("set_key") && text.contains("CLERK_SECRET_KEY"),
            "{text}"
        );
    }

    clerk_sdk::set_key("sk_test_first");
    assert_eq!(
        key_of(&early, &recorder).await,
        "Bearer sk_test_first",
        "made before the key was set"
    );
    clerk_sdk::set_key("sk_test_second");
    assert_eq!(
        key_of(&early, &recorder).await,
        "Bearer sk_test_second",
        "keys can be rotated"
    );
    let own = user::Client::new(recorder.config());
    assert_eq!(key_of(&own, &recorder).await, "Bearer sk_test_recorder");

    clerk_sdk::set_config(ClientConfig::default().backend(recorder.clone()));
    user::get("user_1")
        .await
        .expect("the free functions use the process's configuration");
    let request = recorder.requests().pop().expect("it was sent");
    assert_eq!(request.headers()["authorization"], "Bearer sk_test_second");
    clerk_sdk::set_key("");
    let empty = user::get("user_1").await;
    assert!(
        matches!(empty, Err(Error::MissingKey))
            || std::env::var_os(clerk_sdk::KEY_VARIABLE).is_some()
    );
}

#[test]
fn nothing_prints_the_key() {
    let config = ClientConfig::new("sk_live_hush").header("X-Mine", "hush");
    let clerk = Clerk::new(config.clone());
    for text in [
        format!("{config:?}"),
        format!("{clerk:?}"),
        format!("{:?}", clerk.user()),
    ] {
        assert!(!text.contains("hush"), "{text}");
        assert!(text.contains("[redacted]"), "{text}");
    }
}
