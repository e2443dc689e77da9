//! Tests of the proxies that the environment names. Each case runs in a process of its own.

mod support;

use std::process::Command;

use clerk_sdk::{ClientConfig, Error, RetryPolicy, user};
use support::raw_server;

/// An address that counts as another machine, but stays on this one: nothing listens there.
const OTHER_MACHINE: &str = "http://0.0.0.0:1/v1";

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"id\":\"user_1\"}";

/// Calls `BASE_URL`, with the proxies that the test has set.
#[tokio::test]
#[ignore = "it is run by other tests"]
async fn the_call_has_the_expected_outcome() {
    let variable = |name| std::env::var(name).expect("it is run by another test");
    let mut config = ClientConfig::new("sk_test_proxy")
        .retry(RetryPolicy::none())
        .dangerously_allow_plain_http()
        .base_url(variable("BASE_URL"));
    if variable("NO_PROXY_SETTING") == "true" {
        config = config.no_proxy();
    }
    let outcome = match user::Client::new(config).get("user_1").await {
        Ok(user) => user.id.clone(),
        Err(Error::Transport(error)) if error.is_connect() => "no connection".to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(outcome, variable("EXPECTED_OUTCOME"));
}

async fn assert_outcome(base_url: &str, proxy: &str, no_proxy: bool, expected: &str) {
    let mut command = Command::new(std::env::current_exe().expect("the path of this program"));
    command
        .args(["--ignored", "--exact", "the_call_has_the_expected_outcome"])
        .env("HTTP_PROXY", proxy)
        .env("http_proxy", proxy)
        .env("ALL_PROXY", proxy)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .env("BASE_URL", base_url)
        .env("NO_PROXY_SETTING", no_proxy.to_string())
        .env("EXPECTED_OUTCOME", expected);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("no panic").expect("the program runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_this_machine_never_goes_through_a_proxy() {
    let (proxy, proxied) =
        raw_server(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await;
    let (url, requests) = raw_server(RESPONSE).await;
    for base_url in [url.clone(), url.replace("127.0.0.1", "localhost")] {
        assert_outcome(&base_url, &proxy, false, "user_1").await;
    }
    assert_eq!(requests.lock().expect("no panic").len(), 2);
    assert!(proxied.lock().expect("no panic").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_another_machine_goes_through_the_proxy_of_the_environment() {
    let (proxy, proxied) = raw_server(RESPONSE).await;
    assert_outcome(OTHER_MACHINE, &proxy, false, "user_1").await;
    let request = proxied.lock().expect("no panic").remove(0);
    assert!(
        request.starts_with(&format!("GET {OTHER_MACHINE}/users/user_1 ")),
        "{request}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_connects_directly() {
    let (proxy, proxied) = raw_server(RESPONSE).await;
    assert_outcome(OTHER_MACHINE, &proxy, true, "no connection").await;
    assert!(proxied.lock().expect("no panic").is_empty());
}
