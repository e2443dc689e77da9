//! Tests of responses that are text instead of JSON.

use clerk_sdk::{Clerk, Error, ResponseBody, Result, interstitial};
use clerk_sdk_tests::Emulator;
use http::Method;
use serde_json::Value;

use crate::support::MockBackend;

const PAGE: &str = "<!DOCTYPE html><title>Grüße</title>";

/// Returns a client whose calls get this response.
fn responding(content_type: Option<&'static str>, body: &'static [u8]) -> Clerk {
    let backend = MockBackend::with(move || {
        let mut response = http::Response::builder();
        if let Some(content_type) = content_type {
            response = response.header("Content-Type", content_type);
        }
        let response = response.body(bytes::Bytes::from_static(body));
        response.expect("the response is valid")
    });
    Clerk::new(backend.config())
}

async fn get<T: ResponseBody>(clerk: &Clerk) -> Result<T> {
    let response = clerk.request(Method::GET, "/page").call::<T>().await?;
    Ok(response.into_inner())
}

#[tokio::test]
async fn the_interstitial_is_its_html() {
    let clerk = responding(Some("text/html; charset=utf-8"), PAGE.as_bytes());
    let params = interstitial::GetParams::new();
    let page = clerk.interstitial().get(&params).await;
    assert_eq!(*page.expect("the page is text"), PAGE);
}

#[tokio::test]
async fn the_emulator_serves_the_interstitial_as_html() {
    let emulator = Emulator::start().await.expect("a free port");
    let config = clerk_sdk::ClientConfig::new(emulator.key()).base_url(emulator.url());
    let params = interstitial::GetParams::new().publishable_key("pk_test_1");
    let page = Clerk::new(config).interstitial().get(&params).await;
    let page = page.expect("the page is text");
    assert!(page.starts_with("<!DOCTYPE html>"), "{}", *page);
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
}

#[tokio::test]
async fn a_string_is_the_body_unless_the_content_type_is_json() {
    for (content_type, text) in [
        (Some("text/html"), r#""quoted""#),
        (Some("TEXT/Plain;charset=UTF-8"), r#""quoted""#),
        (None, r#""quoted""#),
        (Some("application/json"), "quoted"),
        (Some("Application/JSON; charset=utf-8"), "quoted"),
        (Some("application/vnd.clerk+json"), "quoted"),
    ] {
        let clerk = responding(content_type, br#""quoted""#);
        let string = get::<String>(&clerk).await;
        assert_eq!(string.expect("a string"), text, "{content_type:?}");
    }
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_a_decode_error() {
    let clerk = responding(Some("text/html"), b"<p>\xff</p>");
    let error = get::<String>(&clerk).await.expect_err("invalid UTF-8");
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
}

#[tokio::test]
async fn a_page_in_place_of_json_is_a_decode_error() {
    let clerk = responding(Some("text/html"), PAGE.as_bytes());
    let error = get::<Value>(&clerk).await.expect_err("no JSON");
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    get::<()>(&clerk).await.expect("any response");
}
