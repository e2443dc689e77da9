//! A call becomes this verb, path, query, body and these headers.

mod support;

use clerk_sdk::{
    Clerk, ClientConfig, Error, Null, Timestamp, api_key, instance_settings, interstitial,
    invitation, organization, organization_domain, organization_invitation, user,
};
use serde_json::json;
use support::Recorder;

fn recorder() -> (Recorder, Clerk) {
    let recorder = Recorder::answering(200, "{}");
    let clerk = Clerk::new(recorder.config());
    (recorder, clerk)
}

#[tokio::test]
async fn every_call_carries_the_headers_of_the_sdk() {
    let (recorder, clerk) = recorder();
    clerk.user().get("user_1").await.expect("it answers");
    let request = recorder.only();
    let header = |name: &str| {
        request.headers()[name]
            .to_str()
            .expect("it is text")
            .to_owned()
    };
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://api.clerk.com/v1/users/user_1");
    assert_eq!(header("authorization"), "Bearer sk_test_recorder");
    assert_eq!(header("clerk-api-version"), clerk_sdk::API_VERSION);
    assert_eq!(header("accept"), "application/json");
    assert!(header("user-agent").starts_with("clerk/clerk-sdk-rust@"));
    assert!(header("x-clerk-sdk").starts_with("rust/"));
    assert!(
        !request.headers().contains_key("content-type"),
        "there is no body"
    );
    assert!(request.headers()["authorization"].is_sensitive());
}

#[tokio::test]
async fn own_headers_are_added_and_replace_all_but_the_key() {
    let recorder = Recorder::answering(200, "{}");
    let config = recorder
        .config()
        .header("User-Agent", "mine")
        .header("X-Mine", "1")
        .header("Authorization", "no");
    let client = user::Client::new(config);
    client
        .get("user_1")
        .header("X-Mine", "2")
        .await
        .expect("it answers");
    let request = recorder.only();
    assert_eq!(request.headers()["user-agent"], "mine");
    assert_eq!(request.headers()["x-mine"], "2");
    assert_eq!(
        request.headers()["authorization"],
        "Bearer sk_test_recorder"
    );
}

#[tokio::test]
async fn no_header_of_a_call_replaces_the_key_or_says_what_the_body_is() {
    let recorder = Recorder::answering(200, "{}");
    let params = user::UpdateParams::new().first_name("Ada");
    user::Client::new(recorder.config())
        .update("user_1", &params)
        .header("authorization", "Bearer sk_test_other")
        .header("Content-Type", "text/plain")
        .await
        .expect("it answers");
    let request = recorder.only();
    let all = |name: &str| -> Vec<_> { request.headers().get_all(name).iter().collect() };
    assert_eq!(all("authorization"), ["Bearer sk_test_recorder"]);
    assert_eq!(all("content-type"), ["application/json"]);
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_refused() {
    let (recorder, clerk) = recorder();
    let error = clerk
        .user()
        .get("user_1")
        .header("X-Mine", "two\nlines")
        .await;
    assert!(matches!(error, Err(Error::InvalidArgument(_))), "{error:?}");
    assert!(recorder.requests().is_empty());
}

#[tokio::test]
async fn query_lists_repeat_the_name_and_plus_signs_survive() {
    let (recorder, clerk) = recorder();
    let params = user::ListParams::new()
        .email_address(["a+b@example.com", "c@example.com"])
        .limit(5)
        .offset(0)
        .banned(false)
        .order_by("+created_at")
        .created_at_after(Timestamp::from_millis(7));
    clerk.user().list(&params).await.expect("it answers");
    assert_eq!(
        recorder.only().uri().query(),
        Some(
            "banned=false&created_at_after=7&email_address=a%2Bb%40example.com&email_address=c%40example.com&limit=5&offset=0&order_by=%2Bcreated_at"
        )
    );
}

#[tokio::test]
async fn a_list_that_does_not_explode_is_joined_by_commas() {
    let (recorder, clerk) = recorder();
    let params = organization_domain::ListFromInstanceParams::new()
        .enrollment_mode(["manual_invitation", "-enterprise_sso"])
        .domains(["a.com", "b.com"])
        .verified(true);
    clerk
        .organization_domain()
        .list_from_instance(&params)
        .await
        .expect("it answers");
    assert_eq!(
        recorder.only().uri().query(),
        Some(
            "domains=a.com&domains=b.com&enrollment_mode=manual_invitation%2C-enterprise_sso&verified=true"
        )
    );
}

#[tokio::test]
async fn a_required_query_parameter_is_an_argument() {
    let (recorder, clerk) = recorder();
    let params = api_key::ListParams::new("user_1")
        .include_invalid(true)
        .limit(3);
    clerk.api_key().list(&params).await.expect("it answers");
    assert_eq!(
        recorder.only().uri().query(),
        Some("include_invalid=true&limit=3&subject=user_1")
    );
}

#[tokio::test]
async fn no_parameters_make_no_query() {
    let (recorder, clerk) = recorder();
    clerk
        .user()
        .list(&user::ListParams::new())
        .await
        .expect("it answers");
    assert_eq!(recorder.only().uri(), "https://api.clerk.com/v1/users");
}

#[tokio::test]
async fn null_absent_and_a_value_differ_on_the_wire() {
    let (recorder, clerk) = recorder();
    let params = user::UpdateParams::new()
        .first_name("Ada")
        .last_name(Null)
        .username(None::<String>);
    clerk
        .user()
        .update("user_1", &params)
        .await
        .expect("it answers");
    assert_eq!(
        recorder.json(),
        json!({"first_name": "Ada", "last_name": null, "username": null})
    );
    assert_eq!(
        recorder.only().headers()["content-type"],
        "application/json"
    );
}

#[tokio::test]
async fn a_body_with_nothing_set_is_an_empty_object() {
    let (recorder, clerk) = recorder();
    let params = instance_settings::UpdateParams::new();
    clerk
        .instance_settings()
        .update(&params)
        .await
        .expect("it answers");
    assert_eq!(recorder.json(), json!({}));
}

#[tokio::test]
async fn an_operation_without_a_body_sends_none() {
    let (recorder, clerk) = recorder();
    clerk.user().ban("user_1").await.expect("it answers");
    let request = recorder.only();
    assert_eq!(
        (request.method().as_str(), request.uri().path()),
        ("POST", "/v1/users/user_1/ban")
    );
    assert!(request.body().is_empty());
}

#[tokio::test]
async fn a_body_that_is_an_array_is_a_slice() {
    let (recorder, clerk) = recorder();
    let params = [
        invitation::BulkCreateParams::new("a@example.com"),
        invitation::BulkCreateParams::new("b@example.com").notify(false),
    ];
    clerk
        .invitation()
        .bulk_create(&params)
        .await
        .expect("it answers");
    assert_eq!(
        recorder.json(),
        json!([{"email_address": "a@example.com"}, {"email_address": "b@example.com", "notify": false}])
    );
}

#[tokio::test]
async fn an_instant_in_a_request_is_text() {
    let (recorder, clerk) = recorder();
    let params = user::CreateParams::new().created_at(Timestamp::from_millis(0));
    clerk.user().create(&params).await.expect("it answers");
    assert_eq!(
        recorder.json(),
        json!({"created_at": "1970-01-01T00:00:00.000Z"})
    );
}

#[tokio::test]
async fn an_operation_without_security_sends_no_key_and_needs_none() {
    let recorder = Recorder::answering(200, "<html></html>");
    let config = recorder
        .config()
        .header("Authorization", "Bearer sk_test_recorder");
    let client = interstitial::Client::new(config);
    let response = client
        .get(&interstitial::GetParams::new())
        .await
        .expect("it answers");
    assert_eq!(response.raw_json(), "<html></html>");
    assert!(!recorder.only().headers().contains_key("authorization"));
}

/// Decodes a path the way a server does.
fn segments(path: &str) -> Vec<String> {
    let decode = |segment: &str| {
        percent_encoding::percent_decode_str(segment)
            .decode_utf8()
            .expect("it is UTF-8")
            .into_owned()
    };
    path.trim_start_matches("/v1/")
        .split('/')
        .map(decode)
        .collect()
}

#[tokio::test]
async fn an_id_is_one_segment_whatever_it_holds() {
    for id in [
        "a/b",
        "../..",
        "a?b=c",
        "a#b",
        "a%2Fb",
        "%2e%2e",
        "a b",
        "ü",
        "\u{0}\n\t",
        "a\\b",
        "user_1;x",
        "…",
        "a+b",
        "...",
    ] {
        let (recorder, clerk) = recorder();
        clerk.user().ban(id).await.expect("it answers");
        let request = recorder.only();
        let parsed = reqwest::Url::parse(&request.uri().to_string()).expect("it is a URL");
        assert_eq!(segments(parsed.path()), ["users", id, "ban"], "{id:?}");
        assert_eq!(parsed.query(), None);
    }
}

#[tokio::test]
async fn an_id_that_would_call_another_route_is_refused() {
    let (recorder, clerk) = recorder();
    for id in ["", ".", "..", "count"] {
        let error = clerk.user().get(id).await.expect_err(id);
        let Error::InvalidArgument(argument) = error else {
            panic!("{id:?} gave {error}");
        };
        assert_eq!(argument.name(), "user_id");
    }
    let error = organization_invitation::Client::new(recorder.config())
        .get("org_1", "pending")
        .await;
    assert!(matches!(error, Err(Error::InvalidArgument(_))));
    assert!(recorder.requests().is_empty());
}

#[tokio::test]
async fn nothing_is_sent_before_the_call_is_awaited() {
    let (recorder, clerk) = recorder();
    let call = clerk.organization().delete("org_1");
    drop(call);
    assert!(recorder.requests().is_empty());
}

#[tokio::test]
async fn the_same_params_serve_many_calls() {
    let (recorder, clerk) = recorder();
    let params = organization::ListParams::new().limit(1);
    for _ in 0..2 {
        clerk
            .organization()
            .list(&params)
            .await
            .expect("it answers");
    }
    assert_eq!(recorder.requests().len(), 2);
}

#[tokio::test]
async fn the_base_url_keeps_its_path_and_loses_its_slash() {
    let recorder = Recorder::answering(200, "{}");
    let config = recorder
        .config()
        .base_url("https://proxy.example.com/clerk/v1/");
    user::Client::new(config)
        .get("user_1")
        .await
        .expect("it answers");
    assert_eq!(
        recorder.only().uri(),
        "https://proxy.example.com/clerk/v1/users/user_1"
    );
}

#[tokio::test]
async fn a_base_url_that_would_leak_the_key_is_refused() {
    for url in [
        "http://api.clerk.com/v1",
        "http://localhost.example.com/v1",
        "ftp://api.clerk.com",
        "https://user:hunter2@api.clerk.com/v1",
        "https://api.clerk.com/v1?x=1",
        "https://api.clerk.com/v1#x",
        "not a url",
        "",
    ] {
        let recorder = Recorder::answering(200, "{}");
        let error = user::Client::new(recorder.config().base_url(url))
            .get("user_1")
            .await;
        let error = error.expect_err(url);
        assert!(matches!(error, Error::InvalidArgument(_)), "{url}: {error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(recorder.requests().is_empty());
    }
    for url in [
        "http://localhost:1/v1",
        "http://127.0.0.1/v1",
        "http://[::1]:80/v1",
    ] {
        let recorder = Recorder::answering(200, "{}");
        let config: ClientConfig = recorder.config().base_url(url);
        user::Client::new(config).get("user_1").await.expect(url);
    }
}
