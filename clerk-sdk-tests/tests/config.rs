//! Tests which secret key a call uses, and that keys are never printed.

mod support;

use clerk_sdk::{Clerk, ClientConfig, Error, user};
use support::MockBackend;

/// Returns the `Authorization` header that a client sends.
async fn authorization(client: &user::Client, backend: &MockBackend) -> String {
    client.get("user_1").await.expect("the call succeeds");
    let request = backend.requests().pop().expect("a request was sent");
    request.headers()["authorization"]
        .to_str()
        .expect("the header is a string")
        .to_owned()
}

// A single test, because all tests of a program share the process-wide key and configuration.
#[tokio::test]
async fn the_clients_key_takes_precedence_over_the_process_wide_key() {
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let client = user::Client::new(ClientConfig::default().backend(backend.clone()));
    if std::env::var_os(clerk_sdk::SECRET_KEY_ENV_VAR).is_none() {
        let error = client.get("user_1").await.expect_err("no key is set");
        assert!(matches!(error, Error::MissingKey));
        let message = error.to_string();
        assert!(
            message.contains("set_key") && message.contains("CLERK_SECRET_KEY"),
            "{message}"
        );
    }

    clerk_sdk::set_key("sk_test_first");
    assert_eq!(
        authorization(&client, &backend).await,
        "Bearer sk_test_first",
        "a client created before the key was set uses it"
    );
    clerk_sdk::set_key("sk_test_second");
    assert_eq!(
        authorization(&client, &backend).await,
        "Bearer sk_test_second",
        "an existing client uses a rotated key"
    );
    let client_with_key = user::Client::new(backend.config());
    assert_eq!(
        authorization(&client_with_key, &backend).await,
        "Bearer sk_test_mock"
    );

    clerk_sdk::set_config(ClientConfig::default().backend(backend.clone()));
    user::get("user_1")
        .await
        .expect("the free functions use the process-wide configuration");
    let request = backend.requests().pop().expect("a request was sent");
    assert_eq!(request.headers()["authorization"], "Bearer sk_test_second");
    clerk_sdk::set_key("");
    let result = user::get("user_1").await;
    assert!(
        matches!(result, Err(Error::MissingKey))
            || std::env::var_os(clerk_sdk::SECRET_KEY_ENV_VAR).is_some()
    );
}

#[test]
fn debug_output_redacts_a_password_in_the_base_url() {
    for url in [
        "https://user:hush@api.clerk.com",
        "user:hush@",
        "https://a/hush@b",
    ] {
        let debug = format!("{:?}", ClientConfig::default().base_url(url));
        assert!(!debug.contains("hush"), "{debug}");
    }
}

#[test]
fn debug_output_redacts_the_key_and_header_values() {
    let config = ClientConfig::new("sk_live_hush").header("X-Mine", "hush");
    let clerk = Clerk::new(config.clone());
    for debug in [
        format!("{config:?}"),
        format!("{clerk:?}"),
        format!("{:?}", clerk.user()),
    ] {
        assert!(!debug.contains("hush"), "{debug}");
        assert!(debug.contains("[redacted]"), "{debug}");
    }
}

/// Runs in a process of its own, whose environment [`the_key_of_the_environment_is_trimmed_and_checked`] sets.
#[tokio::test]
#[ignore = "it is run by another test"]
async fn the_environment_has_the_expected_key() {
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let client = user::Client::new(ClientConfig::default().backend(backend.clone()));
    let outcome = match client.get("user_1").await {
        Ok(_) => authorization(&client, &backend).await,
        Err(error) => error.to_string(),
    };
    let expected = std::env::var("EXPECTED_OUTCOME").expect("it is run by another test");
    assert!(outcome.starts_with(&expected), "{outcome}");
}

#[cfg(unix)]
#[test]
fn the_key_of_the_environment_is_trimmed_and_checked() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let this_program = std::env::current_exe().expect("the path of the test program");
    for (value, expected) in [
        (&b"sk_test_env\n"[..], "Bearer sk_test_env"),
        (b" \t sk_test_env\r\n\n", "Bearer sk_test_env"),
        (b"\n", "no secret key"),
        (
            b"\"sk_test_env\"",
            "invalid key: the secret key is in quotes",
        ),
        (b"sk_test_\xff", "invalid key: the secret key contains"),
        (b"sk_test a", "invalid key: the secret key contains"),
    ] {
        let output = std::process::Command::new(&this_program)
            .args([
                "--ignored",
                "--exact",
                "the_environment_has_the_expected_key",
            ])
            .env(clerk_sdk::SECRET_KEY_ENV_VAR, OsStr::from_bytes(value))
            .env("EXPECTED_OUTCOME", expected)
            .output()
            .expect("the test program runs");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && printed.contains("1 passed"),
            "{printed}"
        );
    }
}
