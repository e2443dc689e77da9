//! Tests of the HTTP request of a call: method, path, query, body and headers.

use std::borrow::Cow;

use clerk_sdk::user::UserSortField;
use clerk_sdk::{
    Clerk, ClientConfig, Error, Null, Nullable, OrderBy, Timestamp, api_key, instance_settings,
    interstitial, invitation, organization, organization_domain, organization_invitation, user,
};
use serde_json::json;

use crate::support::MockBackend;

fn mock_clerk() -> (MockBackend, Clerk) {
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let clerk = Clerk::new(backend.config());
    (backend, clerk)
}

#[tokio::test]
async fn every_request_has_the_headers_of_the_sdk() {
    let (backend, clerk) = mock_clerk();
    clerk.user().get("user_1").await.expect("the call succeeds");
    let request = backend.only_request();
    let header = |name: &str| {
        request.headers()[name]
            .to_str()
            .expect("the header is a string")
            .to_owned()
    };
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://api.clerk.com/v1/users/user_1");
    assert_eq!(header("authorization"), "Bearer sk_test_mock");
    assert_eq!(header("clerk-api-version"), clerk_sdk::API_VERSION);
    assert_eq!(header("accept"), "application/json");
    assert!(header("user-agent").starts_with("clerk/clerk-sdk-rust@"));
    assert!(header("x-clerk-sdk").starts_with("rust/"));
    assert!(
        !request.headers().contains_key("content-type"),
        "the request has no body"
    );
    assert!(request.headers()["authorization"].is_sensitive());
}

#[tokio::test]
async fn custom_headers_are_added_and_replace_all_but_the_authorization() {
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let config = backend
        .config()
        .header("User-Agent", "mine")
        .header("X-Mine", "1")
        .header("Authorization", "no");
    let client = user::Client::new(config);
    client
        .get("user_1")
        .header("X-Mine", "2")
        .await
        .expect("the call succeeds");
    let request = backend.only_request();
    assert_eq!(request.headers()["user-agent"], "mine");
    assert_eq!(request.headers()["x-mine"], "2");
    assert_eq!(request.headers()["authorization"], "Bearer sk_test_mock");
}

#[tokio::test]
async fn headers_of_a_call_replace_neither_the_key_nor_the_content_type() {
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let params = user::UpdateParams::new().first_name("Ada");
    user::Client::new(backend.config())
        .update("user_1", &params)
        .header("authorization", "Bearer sk_test_other")
        .header("Content-Type", "text/plain")
        .await
        .expect("the call succeeds");
    let request = backend.only_request();
    let all = |name: &str| -> Vec<_> { request.headers().get_all(name).iter().collect() };
    assert_eq!(all("authorization"), ["Bearer sk_test_mock"]);
    assert_eq!(all("content-type"), ["application/json"]);
}

#[tokio::test]
async fn names_and_values_of_headers_are_accepted_in_the_types_of_http() {
    use http::header::{HeaderName, HeaderValue, USER_AGENT};

    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let config = backend
        .config()
        .header(USER_AGENT, HeaderValue::from_static("invoices/1"));
    let name = HeaderName::from_static("x-request");
    let call = user::Client::new(config)
        .get("user_1")
        .header(&name, String::from("7"));
    call.await.expect("a user");
    let request = backend.only_request();
    assert_eq!(request.headers()["user-agent"], "invoices/1");
    assert_eq!(request.headers()["x-request"], "7");
}

#[tokio::test]
async fn an_invalid_header_value_is_rejected() {
    let (backend, clerk) = mock_clerk();
    let error = clerk
        .user()
        .get("user_1")
        .header("X-Mine", "two\nlines")
        .await;
    assert!(matches!(error, Err(Error::InvalidArgument(_))), "{error:?}");
    assert!(backend.requests().is_empty());
}

#[tokio::test]
async fn query_lists_repeat_the_name_and_plus_signs_are_encoded() {
    let (backend, clerk) = mock_clerk();
    let params = user::ListParams::new()
        .email_address(["a+b@example.com", "c@example.com"])
        .limit(5)
        .offset(0)
        .banned(false)
        .order_by("+created_at")
        .created_at_after(Timestamp::from_millis(7));
    clerk.user().list(&params).await.expect("the call succeeds");
    assert_eq!(
        backend.only_request().uri().query(),
        Some(
            "banned=false&created_at_after=7&email_address=a%2Bb%40example.com&email_address=c%40example.com&limit=5&offset=0&order_by=%2Bcreated_at"
        )
    );
}

#[tokio::test]
async fn an_order_is_sent_as_a_field_with_a_sign_and_strings_are_sent_unchanged() {
    let orders: [(OrderBy<UserSortField>, &str); 5] = [
        (UserSortField::CreatedAt.into(), "created_at"),
        (UserSortField::CreatedAt.ascending(), "created_at"),
        (UserSortField::CreatedAt.descending(), "-created_at"),
        ("+created_at".into(), "%2Bcreated_at"),
        ("-brand_new".to_owned().into(), "-brand_new"),
    ];
    for (order, sent) in orders {
        let (backend, clerk) = mock_clerk();
        let params = user::ListParams::new().order_by(order);
        clerk.user().list(&params).await.expect("the call succeeds");
        let request = backend.only_request();
        assert_eq!(request.uri().query(), Some(&*format!("order_by={sent}")));
    }
}

#[test]
fn orders_are_equal_if_field_and_direction_are() {
    let ascending = UserSortField::CreatedAt.ascending();
    assert_eq!(ascending, "+created_at".into());
    assert_eq!(ascending, "created_at".parse().expect("any string"));
    assert_ne!(ascending, "-created_at".into());
    assert_ne!(ascending, "username".into());
    let descending: OrderBy<UserSortField> = "-created_at".into();
    assert!(descending.is_descending());
    assert_eq!(*descending.field(), UserSortField::CreatedAt);
    assert_eq!(json!(descending), "-created_at");
}

#[test]
fn setters_of_integers_accept_smaller_integers_and_literals() {
    let params = user::ListParams::new().limit(10).offset(5_i64);
    assert_eq!(params, user::ListParams::new().limit(10_u32).offset(5_u8));

    let params = user::UpdateParams::new().create_organizations_limit(10);
    let from_u32 = user::UpdateParams::new().create_organizations_limit(10_u32);
    let from_i32 = user::UpdateParams::new().create_organizations_limit(10_i32);
    assert_eq!((&from_u32, &from_i32), (&params, &params));
    let params = user::UpdateParams::new().create_organizations_limit(i64::MAX);
    assert_eq!(
        json!(params),
        json!({ "create_organizations_limit": i64::MAX })
    );
}

#[test]
fn setters_of_strings_that_can_be_cleared_accept_each_form_of_string() {
    let expected = Nullable::Value("Ada".to_owned());
    let owned = "Ada".to_owned();
    assert_eq!(expected, "Ada".into());
    assert_eq!(expected, (&owned).into());
    assert_eq!(expected, Cow::Borrowed("Ada").into());
    assert_eq!(expected, owned.into());
}

#[test]
fn params_of_a_query_serialize_to_an_object_of_the_fields_that_are_set() {
    let params = user::ListParams::new()
        .email_address(["ada@example.com"])
        .limit(5)
        .created_at_after(Timestamp::from_millis(7));
    assert_eq!(
        json!(params),
        json!({ "email_address": ["ada@example.com"], "limit": 5, "created_at_after": 7 })
    );
    let params = organization_domain::ListFromInstanceParams::new().enrollment_mode(["a", "b"]);
    assert_eq!(json!(params), json!({ "enrollment_mode": ["a", "b"] }));
    assert_eq!(json!(user::ListParams::new()), json!({}));
}

#[test]
fn params_are_compared_by_their_fields() {
    let params = || user::UpdateParams::new().first_name("Ada");
    assert_eq!(params(), params());
    assert_ne!(params(), params().last_name(Null));
}

#[tokio::test]
async fn a_list_parameter_without_explode_is_joined_by_commas() {
    let (backend, clerk) = mock_clerk();
    let params = organization_domain::ListFromInstanceParams::new()
        .enrollment_mode(["manual_invitation", "-enterprise_sso"])
        .domains(["a.com", "b.com"])
        .verified(true);
    clerk
        .organization_domain()
        .list_from_instance(&params)
        .await
        .expect("the call succeeds");
    assert_eq!(
        backend.only_request().uri().query(),
        Some(
            "domains=a.com&domains=b.com&enrollment_mode=manual_invitation%2C-enterprise_sso&verified=true"
        )
    );
}

#[tokio::test]
async fn a_required_query_parameter_is_an_argument_of_the_constructor() {
    let (backend, clerk) = mock_clerk();
    let params = api_key::ListParams::new("user_1")
        .include_invalid(true)
        .limit(3);
    clerk
        .api_key()
        .list(&params)
        .await
        .expect("the call succeeds");
    assert_eq!(
        backend.only_request().uri().query(),
        Some("include_invalid=true&limit=3&subject=user_1")
    );
}

#[tokio::test]
async fn without_parameters_there_is_no_query() {
    let (backend, clerk) = mock_clerk();
    clerk
        .user()
        .list(&user::ListParams::new())
        .await
        .expect("the call succeeds");
    assert_eq!(
        backend.only_request().uri(),
        "https://api.clerk.com/v1/users"
    );
}

#[tokio::test]
async fn null_absent_and_a_value_differ_on_the_wire() {
    let (backend, clerk) = mock_clerk();
    let params = user::UpdateParams::new()
        .first_name("Ada")
        .last_name(Null)
        .username(Nullable::null_if_none(None::<String>))
        .external_id(Nullable::absent_if_none(None::<String>))
        .primary_email_address_id(Nullable::absent_if_none(Some("idn_1")));
    clerk
        .user()
        .update("user_1", &params)
        .await
        .expect("the call succeeds");
    assert_eq!(
        backend.only_json_body(),
        json!({
            "first_name": "Ada", "last_name": null, "username": null,
            "primary_email_address_id": "idn_1",
        })
    );
    assert_eq!(
        backend.only_request().headers()["content-type"],
        "application/json"
    );
}

#[tokio::test]
async fn a_body_without_any_field_set_is_an_empty_object() {
    let (backend, clerk) = mock_clerk();
    let params = instance_settings::UpdateParams::new();
    clerk
        .instance_settings()
        .update(&params)
        .await
        .expect("the call succeeds");
    assert_eq!(backend.only_json_body(), json!({}));
}

#[tokio::test]
async fn an_operation_without_a_body_sends_no_body() {
    let (backend, clerk) = mock_clerk();
    clerk.user().ban("user_1").await.expect("the call succeeds");
    let request = backend.only_request();
    assert_eq!(
        (request.method().as_str(), request.uri().path()),
        ("POST", "/v1/users/user_1/ban")
    );
    assert!(request.body().is_empty());
}

#[tokio::test]
async fn an_array_body_is_passed_as_a_slice() {
    let (backend, clerk) = mock_clerk();
    let params = [
        invitation::BulkCreateParams::new("a@example.com"),
        invitation::BulkCreateParams::new("b@example.com").notify(false),
    ];
    clerk
        .invitation()
        .bulk_create(&params)
        .await
        .expect("the call succeeds");
    assert_eq!(
        backend.only_json_body(),
        json!([{"email_address": "a@example.com"}, {"email_address": "b@example.com", "notify": false}])
    );
}

#[tokio::test]
async fn a_timestamp_in_a_request_is_an_rfc_3339_string() {
    let (backend, clerk) = mock_clerk();
    let params = user::CreateParams::new().created_at(Timestamp::from_millis(0));
    clerk
        .user()
        .create(&params)
        .await
        .expect("the call succeeds");
    assert_eq!(
        backend.only_json_body(),
        json!({"created_at": "1970-01-01T00:00:00.000Z"})
    );
}

#[tokio::test]
async fn an_operation_without_security_sends_no_key() {
    let backend = MockBackend::responding(200, "<html></html>");
    let config = backend
        .config()
        .header("Authorization", "Bearer sk_test_mock");
    let client = interstitial::Client::new(config);
    let response = client
        .get(&interstitial::GetParams::new())
        .await
        .expect("the call succeeds");
    assert_eq!(response.raw_json(), "<html></html>");
    assert!(
        !backend
            .only_request()
            .headers()
            .contains_key("authorization")
    );
}

/// Returns the percent-decoded segments of a path, as a server would see them.
fn decoded_segments(path: &str) -> Vec<String> {
    let decode = |segment: &str| {
        percent_encoding::percent_decode_str(segment)
            .decode_utf8()
            .expect("the segment is UTF-8")
            .into_owned()
    };
    path.trim_start_matches("/v1/")
        .split('/')
        .map(decode)
        .collect()
}

#[tokio::test]
async fn an_id_is_a_single_path_segment_whatever_characters_it_has() {
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
        let (backend, clerk) = mock_clerk();
        clerk.user().ban(id).await.expect("the call succeeds");
        let request = backend.only_request();
        let parsed = reqwest::Url::parse(&request.uri().to_string()).expect("the URI is a URL");
        assert_eq!(
            decoded_segments(parsed.path()),
            ["users", id, "ban"],
            "{id:?}"
        );
        assert_eq!(parsed.query(), None);
    }
}

#[tokio::test]
async fn an_id_that_would_change_the_route_is_rejected() {
    let (backend, clerk) = mock_clerk();
    for id in ["", ".", "..", "count"] {
        let error = clerk.user().get(id).await.expect_err(id);
        let Error::InvalidArgument(argument) = error else {
            panic!("{id:?}: {error}");
        };
        assert_eq!(argument.name(), "user_id");
    }
    let error = organization_invitation::Client::new(backend.config())
        .get("org_1", "pending")
        .await;
    assert!(matches!(error, Err(Error::InvalidArgument(_))));
    assert!(backend.requests().is_empty());
}

#[tokio::test]
async fn nothing_is_sent_before_the_call_is_awaited() {
    let (backend, clerk) = mock_clerk();
    let call = clerk.organization().delete("org_1");
    drop(call);
    assert!(backend.requests().is_empty());
}

#[tokio::test]
async fn params_can_be_reused() {
    let (backend, clerk) = mock_clerk();
    let params = organization::ListParams::new().limit(1);
    for _ in 0..2 {
        clerk
            .organization()
            .list(&params)
            .await
            .expect("the call succeeds");
    }
    assert_eq!(backend.requests().len(), 2);
}

#[tokio::test]
async fn the_base_url_keeps_its_path_but_not_its_trailing_slash() {
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let config = backend
        .config()
        .base_url("https://proxy.example.com/clerk/v1/");
    user::Client::new(config)
        .get("user_1")
        .await
        .expect("the call succeeds");
    assert_eq!(
        backend.only_request().uri(),
        "https://proxy.example.com/clerk/v1/users/user_1"
    );
}

#[tokio::test]
async fn an_invalid_or_insecure_base_url_is_rejected() {
    for url in [
        "http://api.clerk.com/v1",
        "http://localhost.example.com/v1",
        "ftp://api.clerk.com",
        "https://user:hunter2@api.clerk.com/v1",
        "https://api.clerk.com/v1?x=1",
        "https://api.clerk.com/v1#x",
        "https://api.clerk.com:99999/v1",
        "https://api.clerk.com:/v1",
        "https://api.clerk.com:0",
        "http://[::1]:70000/v1",
        "not a url",
        "",
    ] {
        let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
        let error = user::Client::new(backend.config().base_url(url))
            .get("user_1")
            .await;
        let error = error.expect_err(url);
        assert!(matches!(error, Error::InvalidArgument(_)), "{url}: {error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(backend.requests().is_empty());
    }
    for url in [
        "http://localhost:1/v1",
        "http://127.0.0.1/v1",
        "http://[::1]:80/v1",
    ] {
        let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
        let config: ClientConfig = backend.config().base_url(url);
        user::Client::new(config).get("user_1").await.expect(url);
    }
}

#[tokio::test]
async fn plain_http_to_another_machine_must_be_allowed_explicitly() {
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let config = backend.config().base_url("http://clerk-mock:8080/v1");
    user::Client::new(config.dangerously_allow_plain_http())
        .get("user_1")
        .await
        .expect("plain http is allowed");
    let uri = backend.only_request().uri().to_string();
    assert_eq!(uri, "http://clerk-mock:8080/v1/users/user_1");
}

#[tokio::test]
async fn headers_that_the_http_client_sets_itself_are_rejected() {
    for name in [
        "Connection",
        "Content-Length",
        "expect",
        "Host",
        "keep-alive",
        "TE",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ] {
        let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
        let of_client = user::Client::new(backend.config().header(name, "5")).get("user_1");
        let of_call = user::Client::new(backend.config())
            .get("user_1")
            .header(name, "5");
        for call in [of_client, of_call] {
            let error = call.await.expect_err(name);
            assert!(
                matches!(&error, Error::InvalidArgument(error) if error.name() == "header"),
                "{name}: {error}"
            );
        }
        assert!(backend.requests().is_empty());
    }
}

#[tokio::test]
async fn a_filter_that_is_an_empty_list_is_rejected_before_anything_is_sent() {
    let (backend, clerk) = mock_clerk();
    let nobody: [&str; 0] = [];
    let users = user::ListParams::new().user_id(nobody);
    let no_modes: [organization_domain::OrganizationDomainEnrollmentModeFilter; 0] = [];
    let domains = organization_domain::ListFromInstanceParams::new().enrollment_mode(no_modes);
    for (name, error) in [
        ("user_id", clerk.user().list(&users).await.err()),
        (
            "enrollment_mode",
            clerk
                .organization_domain()
                .list_from_instance(&domains)
                .await
                .err(),
        ),
        (
            "user_id",
            clerk
                .user()
                .list(&users)
                .items()
                .next()
                .await
                .and_then(Result::err),
        ),
    ] {
        let Some(Error::InvalidArgument(argument)) = error else {
            panic!("{name}: {error:?}");
        };
        assert_eq!(argument.name(), name);
    }
    assert!(backend.requests().is_empty());
}

#[test]
fn a_nullable_field_tells_a_missing_member_from_null() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Form {
        first_name: Nullable<String>,
        #[serde(default)]
        last_name: Nullable<String>,
    }
    let parse = serde_json::from_str::<Form>;
    let error = parse(r#"{"last_name":"Lovelace"}"#).expect_err("a member is missing");
    assert!(
        error.to_string().contains("missing field `first_name`"),
        "{error}"
    );
    let form = parse(r#"{"first_name":null}"#).expect("a form");
    assert_eq!(
        (form.first_name, form.last_name),
        (Nullable::Null, Nullable::Absent)
    );
    let form = parse(r#"{"first_name":"Ada","last_name":"\u00e4"}"#).expect("a form");
    assert_eq!(form.first_name, Nullable::Value("Ada".to_owned()));
    assert_eq!(form.last_name, Nullable::Value("ä".to_owned()));
}

#[test]
fn a_nullable_field_deserializes_every_kind_of_value() {
    fn parse<T: serde::de::DeserializeOwned>(json: &str) -> Nullable<T> {
        serde_json::from_str(json).expect(json)
    }
    assert_eq!(parse(r"[1,2]"), Nullable::Value(vec![1, 2]));
    assert_eq!(parse("7"), Nullable::Value(7_i64));
    assert_eq!(parse("-7"), Nullable::Value(-7_i64));
    assert_eq!(parse("1.5"), Nullable::Value(1.5));
    assert_eq!(parse("true"), Nullable::Value(true));
    assert_eq!(
        parse(r#"{"a":[null]}"#),
        Nullable::Value(json!({"a": [null]}))
    );
    assert_eq!(parse::<Vec<String>>(" null "), Nullable::Null);
    serde_json::from_str::<Nullable<String>>("7").expect_err("not a string");
    assert_eq!(
        serde_json::from_value::<Nullable<String>>(json!("a")).expect("a string"),
        Nullable::Value("a".to_owned())
    );
}

#[test]
fn an_absent_field_of_another_type_is_not_serialized_as_null() {
    #[derive(Default, serde::Serialize)]
    struct Update {
        first_name: Nullable<String>,
        #[serde(skip_serializing_if = "Nullable::is_absent")]
        last_name: Nullable<String>,
    }
    let absent = serde_json::to_string(&Update::default()).expect_err("null would clear the field");
    assert!(
        absent.to_string().contains("skip_serializing_if"),
        "{absent}"
    );
    let cleared = Update {
        first_name: Null,
        ..Update::default()
    };
    assert_eq!(
        serde_json::to_string(&cleared).expect("JSON"),
        r#"{"first_name":null}"#
    );
}

#[tokio::test]
async fn an_order_without_a_field_or_with_two_signs_is_rejected() {
    let (backend, clerk) = mock_clerk();
    for order in ["", "-", "+", "--created_at", "+-created_at"] {
        let params = user::ListParams::new().order_by(order);
        let error = clerk.user().list(&params).await.expect_err(order);
        assert!(
            matches!(&error, Error::InvalidArgument(error) if error.name() == "order_by"),
            "{order}: {error}"
        );
    }
    assert!(backend.requests().is_empty());
}
