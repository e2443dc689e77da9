//! Tests of decoding responses, including responses of a newer version of the API.

use std::collections::HashSet;
use std::time::Duration;

use clerk_sdk::types::{
    EmailAddressVerification, InvitationStatus, Jwk, SessionRefresh, User, VerificationStatus,
};
use clerk_sdk::{Clerk, DateTime, Error, List, ParseDateTimeError, Response, Timestamp, types};
use serde_json::{Value, json};

use crate::support::MockBackend;

fn responding(body: &Value) -> Clerk {
    Clerk::new(MockBackend::responding(200, body.to_string()).config())
}

#[tokio::test]
async fn a_response_has_its_value_status_headers_trace_id_and_raw_json() {
    let backend = MockBackend::with(|| {
        let body = bytes::Bytes::from_static(br#"{"id":"user_1"}"#);
        let response = http::Response::builder()
            .status(201)
            .header("Clerk-Trace-Id", "abc");
        response.body(body).expect("the response is valid")
    });
    let user = Clerk::new(backend.config())
        .user()
        .get("user_1")
        .await
        .expect("decoding succeeds");
    assert_eq!(user.id, "user_1");
    assert_eq!(user.http_status(), 201);
    assert_eq!(user.trace_id(), Some("abc"));
    assert_eq!(user.headers()["clerk-trace-id"], "abc");
    assert_eq!(user.raw_json(), r#"{"id":"user_1"}"#);
    assert_eq!(user.into_inner().id, "user_1");
}

#[tokio::test]
async fn the_status_of_a_response_and_that_of_its_value_have_different_names() {
    let clerk = responding(&json!({"id": "inv_1", "status": "pending"}));
    let invitation = clerk
        .invitation()
        .revoke("inv_1")
        .await
        .expect("decoding succeeds");
    assert_eq!(invitation.http_status(), 200);
    assert_eq!(invitation.status, "pending");
}

#[tokio::test]
async fn map_converts_the_value_and_keeps_the_exchange() {
    let backend = MockBackend::with(|| {
        let body = bytes::Bytes::from_static(br#"{"id":"user_1"}"#);
        let response = http::Response::builder()
            .status(201)
            .header("Clerk-Trace-Id", "abc");
        response.body(body).expect("the response is valid")
    });
    let user = Clerk::new(backend.config())
        .user()
        .get("user_1")
        .await
        .expect("decoding succeeds");
    let id = user.map(|user| user.id);
    assert_eq!(*id, "user_1");
    assert_eq!(id.http_status(), 201);
    assert_eq!(id.trace_id(), Some("abc"));
    assert_eq!(id.headers()["clerk-trace-id"], "abc");
    assert_eq!(&id.raw_body()[..], br#"{"id":"user_1"}"#);
    assert_eq!(id.attempt_count(), 1);
}

#[test]
fn a_response_that_is_created_without_a_call_has_an_empty_exchange() {
    let response = Response::new(7);
    assert_eq!(*response, 7);
    assert_eq!(response.http_status(), 200);
    assert!(response.headers().is_empty());
    assert!(response.raw_body().is_empty());
    assert_eq!(response.raw_json(), "");
    assert_eq!(response.trace_id(), None);
    assert_eq!(response.attempt_count(), 1);
    assert_eq!(response.into_inner(), 7);
}

#[tokio::test]
async fn an_unknown_enum_value_is_kept_and_serialized_unchanged() {
    let clerk = responding(
        &json!([{"id": "inv_1", "status": "sleeping"}, {"id": "inv_2", "status": "pending"}]),
    );
    let list = clerk
        .invitation()
        .list(&Default::default())
        .await
        .expect("decoding succeeds");
    assert!(
        matches!(&list[0].status, InvitationStatus::Unknown(value) if value.as_str() == "sleeping")
    );
    assert_eq!(list[0].status.as_str(), "sleeping");
    assert_eq!(list[1].status, InvitationStatus::Pending);
    let serialized = serde_json::to_value(&list).expect("serialization succeeds");
    assert_eq!(serialized[0]["status"], "sleeping");
}

#[test]
fn an_enum_is_compared_by_its_string() {
    let pending = InvitationStatus::from("pending");
    assert!(matches!(pending, InvitationStatus::Pending));
    assert_eq!("pending".parse(), Ok(pending.clone()));
    assert_eq!(pending, "pending");
    assert_eq!(pending, *"pending");
    assert_ne!(pending, "accepted");
    assert_eq!(AsRef::<str>::as_ref(&pending), "pending");
    let mut sorted = ["sleeping", "revoked", "accepted"].map(InvitationStatus::from);
    sorted.sort();
    assert_eq!(sorted, ["accepted", "revoked", "sleeping"]);
}

#[test]
fn an_unknown_value_of_another_enum_equals_the_known_variant() {
    let VerificationStatus::Unknown(unknown) = VerificationStatus::from("pending") else {
        panic!("`pending` is not a status of a verification");
    };
    let status = InvitationStatus::Unknown(unknown);
    assert_eq!(status, InvitationStatus::Pending);
    assert!(HashSet::from([status]).contains(&InvitationStatus::Pending));
}

#[test]
fn an_unknown_value_is_shown_as_its_string_and_ordered_by_it() {
    let unknown = |string| match InvitationStatus::from(string) {
        InvitationStatus::Unknown(value) => value,
        known => panic!("`{known}` is known"),
    };
    let value = unknown("sleeping");
    assert_eq!(value.as_str(), "sleeping");
    assert_eq!(value.to_string(), "sleeping");
    assert_eq!(format!("{value:?}"), r#""sleeping""#);
    assert_eq!(value, value.clone());
    assert!(unknown("asleep") < value);
}

#[tokio::test]
async fn the_discriminator_selects_the_variant_of_a_union_and_unknown_variants_are_kept() {
    let email = |verification: Value| json!({"id": "idn_1", "verification": verification});
    let verification = async |body: Value| {
        let clerk = responding(&email(body));
        clerk
            .email_address()
            .get("idn_1")
            .await
            .expect("decoding succeeds")
            .into_inner()
            .verification
    };
    let known = verification(
        json!({"strategy": "email_code", "status": "verified", "object": "verification_otp"}),
    )
    .await;
    let Some(EmailAddressVerification::Otp(otp)) = known else {
        panic!("{known:?}");
    };
    assert_eq!(otp.status, VerificationStatus::Verified);
    let unknown = json!({"object": "verification_telepathy", "status": "verified"});
    let kept = verification(unknown.clone()).await;
    let Some(EmailAddressVerification::Unknown(kept)) = kept else {
        panic!("{kept:?}");
    };
    assert_eq!(*kept.as_json(), unknown);
    assert_eq!(verification(Value::Null).await, None);
}

#[test]
fn an_unknown_variant_keeps_its_json_and_serializes_it_unchanged() {
    let json = json!({"object": "verification_telepathy", "nested": [1, {"and": null}]});
    let decoded: EmailAddressVerification =
        serde_json::from_value(json.clone()).expect("decoding succeeds");
    assert_eq!(serde_json::to_value(&decoded).ok(), Some(json.clone()));
    assert_eq!(decoded, decoded.clone());
    assert_ne!(decoded, EmailAddressVerification::default());
    let EmailAddressVerification::Unknown(unknown) = decoded else {
        panic!("{decoded:?}");
    };
    assert_eq!(unknown.as_json(), &json);
    assert_eq!(serde_json::to_value(&unknown).ok(), Some(json.clone()));
    assert_eq!(unknown.into_json(), json);
}

#[test]
fn the_debug_output_of_an_unknown_variant_has_the_names_of_its_members_only() {
    let json = json!({"jwt": "SECRET", "nested": {"key": "SECRET"}, "object": "future"});
    let tagged: SessionRefresh = serde_json::from_value(json.clone()).expect("decoding succeeds");
    let untagged: Jwk = serde_json::from_value(json).expect("decoding succeeds");
    let shown = r#"Unknown({"jwt", "nested", "object"})"#;
    assert_eq!(format!("{tagged:?}"), shown);
    assert_eq!(format!("{untagged:?}"), shown);
    assert!(!format!("{tagged:#?}").contains("SECRET"));
}

#[test]
fn the_default_of_a_union_is_an_unknown_variant_without_content() {
    let (tagged, untagged) = (SessionRefresh::default(), Jwk::default());
    assert!(matches!(&tagged, SessionRefresh::Unknown(unknown) if unknown.as_json().is_null()));
    assert!(matches!(&untagged, Jwk::Unknown(unknown) if unknown.as_json().is_null()));
    assert_eq!(format!("{tagged:?}"), "Unknown(null)");
    assert_eq!(serde_json::to_value(&tagged).ok(), Some(Value::Null));
    assert_eq!(serde_json::from_value(Value::Null).ok(), Some(untagged));
}

#[test]
fn a_duplicate_discriminator_selects_one_variant() {
    for json in [
        r#"{"object":"verification_otp","object":"verification_x","status":"verified"}"#,
        r#"{"object":"verification_otp","object":"verification_admin","status":"verified"}"#,
        r#"{"status":"verified","object":"verification_x","object":"verification_otp"}"#,
    ] {
        let decoded: EmailAddressVerification =
            serde_json::from_str(json).expect("decoding succeeds");
        let EmailAddressVerification::Otp(otp) = &decoded else {
            panic!("{json}: {decoded:?}");
        };
        assert_eq!(otp.object, "verification_otp", "{json}");
        assert_eq!(otp.status, VerificationStatus::Verified, "{json}");
        let serialized = serde_json::to_string(&decoded).expect("serialization succeeds");
        let again: EmailAddressVerification =
            serde_json::from_str(&serialized).expect("decoding succeeds");
        assert_eq!(again, decoded);
    }
}

#[tokio::test]
async fn the_fields_select_the_variant_of_a_union_without_a_discriminator() {
    let clerk = responding(&json!({"keys": [
        {"kty": "RSA", "kid": "ins_1", "n": "1", "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed25519", "x": "1"},
        {"kty": "EC", "crv": "P-256", "x": "1", "y": "2"},
        {"kty": "oct", "k": "1"},
        {"kty": "strange"},
    ]}));
    let jwks = clerk.jwks().get().await.expect("decoding succeeds");
    assert!(
        matches!(jwks.keys[0], Jwk::RsaPublic(_)),
        "{:?}",
        jwks.keys[0]
    );
    assert!(
        matches!(jwks.keys[1], Jwk::Ed25519Public(_)),
        "{:?}",
        jwks.keys[1]
    );
    assert!(
        matches!(jwks.keys[2], Jwk::EcdsaPublic(_)),
        "{:?}",
        jwks.keys[2]
    );
    assert!(matches!(jwks.keys[3], Jwk::Unknown(_)));
    assert!(matches!(jwks.keys[4], Jwk::Unknown(_)));
}

#[tokio::test]
async fn an_inactive_oauth_token_is_a_variant_of_its_own() {
    use types::OAuthAccessTokenVerification as Verification;
    let clerk = responding(&json!({"active": false}));
    let response = clerk
        .oauth_access_token()
        .verify(&Default::default())
        .await
        .expect("decoding succeeds");
    assert!(
        matches!(*response, Verification::InactiveOAuthAccessToken(_)),
        "{response:?}"
    );
}

#[tokio::test]
async fn unknown_fields_missing_fields_and_nulls_are_accepted() {
    for body in [
        json!({"id": "user_1", "email_addresses": null, "banned": null, "created_at": null, "public_metadata": null}),
        json!({"new_field": {"deep": [1, 2]}, "id": "user_1"}),
        json!({"id": "user_1", "email_addresses": [null, {}, {"linked_to": [null]}]}),
    ] {
        let user = responding(&body).user().get("user_1").await;
        let user = user.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert!(!user.banned);
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_an_error_also_in_members_that_are_skipped() {
    for body in [
        &b"{\"id\":\"user_1\",\"unknown\":\"\xff\"}"[..],
        b"{\"id\":\"user_1\",\"unsafe_metadata\":{\"a\":\"\xc3\x28\"}}",
    ] {
        let backend = move |_: http::Request<bytes::Bytes>| async move {
            Ok(http::Response::new(clerk_sdk::Body::from(
                bytes::Bytes::from_static(body),
            )))
        };
        let config = clerk_sdk::ClientConfig::new("sk_test_none").backend(backend);
        let error = Clerk::new(config)
            .user()
            .get("user_1")
            .await
            .expect_err("not UTF-8");
        let (path, reason) = decode_failure(&error);
        assert_eq!(path, "$");
        assert!(reason.starts_with("invalid utf-8 sequence"), "{reason}");
    }
}

#[test]
fn numbers_with_a_fraction_or_an_exponent_decode() {
    let json =
        r#"{"created_at":1.7e12,"updated_at":1700000000000.9,"create_organizations_limit":5.0}"#;
    let user: User = serde_json::from_str(json).expect("a user");
    assert_eq!(user.created_at, Timestamp::from_millis(1_700_000_000_000));
    assert_eq!(user.updated_at, user.created_at);
    assert_eq!(user.create_organizations_limit, Some(5));
    for (json, found) in [
        (r#"{"banned":1.5}"#, "1.5"),
        (r#"{"email_addresses":1e2}"#, "1e2"),
        (r#"{"id":1.5}"#, "1.5"),
    ] {
        let error = serde_json::from_str::<User>(json)
            .expect_err(found)
            .to_string();
        assert!(error.starts_with("invalid type: "), "{error}");
        assert!(!error.contains(found), "{error}");
    }
    assert!(serde_json::from_str::<User>("1.5").is_err());
    assert!(serde_json::from_str::<List<User>>("1.5").is_err());
    assert!(serde_json::from_str::<List<User>>("[1.5]").is_err());
}

#[tokio::test]
async fn a_body_that_is_no_resource_is_an_error() {
    for (body, reason) in [
        (json!(null), "invalid type: null, expected an object"),
        (json!({}), "missing field `id`"),
        (
            json!({"errors": [{"code": "x"}], "id_": 1}),
            "missing field `id`",
        ),
        (json!([]), "invalid type: an array, expected an object"),
    ] {
        let error = responding(&body).user().get("user_1").await;
        let error = error.expect_err("the body is no user");
        assert_eq!(decode_failure(&error), ("$", reason.to_owned()), "{body}");
    }
    for (body, path, reason) in [
        (
            json!(null),
            "$",
            "invalid type: null, expected an array, or an object with `data`",
        ),
        (json!({}), "$", "missing field `data`"),
        (json!({"total_count": 5}), "$", "missing field `data`"),
        (json!({"errors": []}), "$", "missing field `data`"),
        (json!([{"id": "user_1"}, {}]), "$[1]", "missing field `id`"),
        (
            json!({"data": [null]}),
            "$.data[0]",
            "invalid type: null, expected an object",
        ),
    ] {
        let error = responding(&body).user().list(&Default::default()).await;
        let error = error.expect_err("the body is no list of users");
        assert_eq!(decode_failure(&error), (path, reason.to_owned()), "{body}");
    }
    // The document does not require the id of an allowlist identifier.
    let identifiers = responding(&json!([{}]))
        .allowlist_identifier()
        .list(&Default::default())
        .await;
    assert_eq!(identifiers.map(|it| it.len()).ok(), Some(1));
    // Outside of a response, nothing is required.
    assert_eq!(
        serde_json::from_str::<User>("{}").ok(),
        Some(User::default())
    );
    assert!(serde_json::from_str::<List<User>>("{}").is_ok_and(|list| list.is_empty()));
    assert!(serde_json::from_str::<List<User>>("null").is_ok_and(|list| list.is_empty()));
}

/// Returns the path and the reason of an error for a response that does not match its type.
fn decode_failure(error: &Error) -> (&str, String) {
    let Error::Decode(decode) = error else {
        panic!("another error: {error:?}");
    };
    let source = std::error::Error::source(decode)
        .expect("the error has a source")
        .to_string();
    let reason = source
        .split(" at line")
        .next()
        .unwrap_or_default()
        .to_owned();
    (decode.path(), reason)
}

#[tokio::test]
async fn a_type_mismatch_is_an_error_with_its_path_and_the_complete_response() {
    let body = json!([{"id": "user_1"}, {"id": "user_2", "email_addresses": [{"created_at": "soon, says ada@example.com"}]}]);
    let error = responding(&body)
        .user()
        .list(&Default::default())
        .await
        .expect_err("the type does not match");
    let Error::Decode(decode) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(decode.path(), "$[1].email_addresses[0].created_at");
    assert_eq!(decode.raw_json(), body.to_string());
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
    let source = std::error::Error::source(&error)
        .expect("the error has a source")
        .to_string();
    assert!(
        source.contains("found a string") || source.contains("invalid type: a string"),
        "{source}"
    );
    for message in [format!("{error} {error:?}"), source] {
        assert!(
            !message.contains("ada@example.com"),
            "personal data in: {message}"
        );
    }
}

#[tokio::test]
async fn a_type_mismatch_within_a_union_has_its_path_too() {
    let body = json!({"verification": {"object": "verification_otp", "attempts": "many"}});
    let error = responding(&body)
        .email_address()
        .get("idn_1")
        .await
        .expect_err("the type does not match");
    let Error::Decode(decode) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(decode.path(), "$.verification.attempts");
}

#[tokio::test]
async fn a_list_decodes_from_an_array_or_from_an_object() {
    let items = json!([{"id": "org_1"}, {"id": "org_2"}]);
    for (body, total) in [
        (items.clone(), None),
        (json!({"data": items, "total_count": 9}), Some(9)),
    ] {
        let list = responding(&body)
            .organization()
            .list(&Default::default())
            .await
            .expect("decoding succeeds");
        assert_eq!(list.total_count, total);
        let ids: Vec<&str> = list.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["org_1", "org_2"]);
        let list = responding(&body)
            .invitation()
            .list(&Default::default())
            .await
            .expect("decoding succeeds");
        assert_eq!((list.len(), list.total_count), (2, total));
    }
}

#[tokio::test]
async fn a_list_of_m2m_tokens_decodes_from_its_own_key() {
    let body = json!({"m2m_tokens": [{"id": "mt_1"}], "total_count": 1});
    let params = clerk_sdk::m2m_token::ListParams::new("mch_1");
    let list = responding(&body)
        .m2m_token()
        .list(&params)
        .await
        .expect("decoding succeeds");
    assert_eq!((list.len(), list.total_count), (1, Some(1)));
}

#[tokio::test]
async fn an_empty_response_decodes_if_the_operation_returns_nothing() {
    let clerk = Clerk::new(MockBackend::responding(204, "").config());
    clerk
        .svix_webhook()
        .delete()
        .await
        .expect("204 has no body");
}

#[test]
fn timestamps_are_milliseconds_and_convert_to_system_time() {
    let user: User = serde_json::from_value(
        json!({"created_at": 1_700_000_000_123_i64, "last_sign_in_at": 1.5e12}),
    )
    .expect("decoding succeeds");
    assert_eq!(user.created_at, Timestamp::from_millis(1_700_000_000_123));
    assert_eq!(
        user.last_sign_in_at,
        Some(Timestamp::from_secs(1_500_000_000))
    );
    assert_eq!(user.created_at.to_string(), "2023-11-14T22:13:20.123Z");
    let converted = std::time::SystemTime::from(user.created_at);
    assert_eq!(Timestamp::from(converted), user.created_at);
    let before_epoch = Timestamp::from_millis(-1);
    assert_eq!(
        Timestamp::from(std::time::SystemTime::from(before_epoch)),
        before_epoch
    );
    for extreme in [i64::MIN, i64::MAX] {
        let _ = std::time::SystemTime::from(Timestamp::from_millis(extreme));
        let _ = Timestamp::from_millis(extreme).to_string();
    }
}

#[test]
fn timestamps_parse_what_they_display() {
    for millis in [
        i64::MIN,
        -1,
        0,
        1,
        1_700_000_000_123,
        253_402_300_800_000,
        i64::MAX,
    ] {
        let timestamp = Timestamp::from_millis(millis);
        assert_eq!(timestamp.to_string().parse(), Ok(timestamp));
    }
    for invalid in ["", "tomorrow", "2025-01-01", "1.5"] {
        let parsed: Result<Timestamp, _> = invalid.parse();
        let error = parsed.expect_err("it is no timestamp");
        assert!(error.to_string().contains("RFC 3339"), "{invalid}");
    }
}

#[test]
fn timestamps_and_durations_are_added_within_the_range_of_timestamps() {
    let start = Timestamp::from_millis(1_000);
    assert_eq!(
        start + Duration::from_micros(1_500),
        Timestamp::from_millis(1_001)
    );
    assert_eq!(
        start - Duration::from_secs(2),
        Timestamp::from_millis(-1_000)
    );
    let mut moved = start;
    moved += Duration::from_millis(5);
    assert_eq!(moved.duration_since(start), Duration::from_millis(5));
    assert_eq!(start.duration_since(moved), Duration::ZERO);
    moved -= Duration::from_millis(5);
    assert_eq!(moved, start);

    let (min, max) = (
        Timestamp::from_millis(i64::MIN),
        Timestamp::from_millis(i64::MAX),
    );
    let range = Duration::from_millis(u64::MAX);
    assert_eq!(
        (max.duration_since(min), min + range, max - range),
        (range, max, min)
    );
    assert_eq!((min + Duration::MAX, max - Duration::MAX), (max, min));
}

#[test]
fn lists_are_collected_and_their_items_can_be_changed() {
    let mut list: List<String> = ["a", "b"].into_iter().map(str::to_owned).collect();
    for item in &mut list {
        item.push('!');
    }
    assert_eq!(*list, ["a!", "b!"]);
    assert_eq!(list.total_count, None);
}

#[test]
fn a_date_time_string_is_kept_and_converts_to_a_timestamp() {
    let ledger: types::BillingCreditLedgerEntry =
        serde_json::from_value(json!({"created_at": "2025-01-01T00:00:00.123456789Z"}))
            .expect("decoding succeeds");
    assert_eq!(
        ledger.created_at,
        DateTime::from("2025-01-01T00:00:00.123456789Z")
    );
    let timestamp = Timestamp::try_from(&ledger.created_at).expect("the string is a timestamp");
    assert_eq!(timestamp.as_millis(), 1_735_689_600_123);
    let error: ParseDateTimeError =
        Timestamp::try_from(&DateTime::from("tomorrow")).expect_err("it is no timestamp");
    assert_eq!(
        error.to_string(),
        "the string is not an RFC 3339 timestamp in UTC from 1970 on"
    );
}

#[test]
fn the_debug_output_of_a_date_time_is_a_quoted_string() {
    assert_eq!(format!("{:?}", DateTime::default()), r#""""#);
    let date_time = DateTime::from("2025-01-01T00:00:00Z");
    assert_eq!(format!("{date_time:?}"), r#""2025-01-01T00:00:00Z""#);
}

#[test]
fn a_decoded_value_serializes_to_the_same_json() {
    let json = json!({
        "id": "user_1", "object": "user", "username": null, "banned": true, "created_at": 5,
        "public_metadata": {"z": 1, "a": [null]}, "external_accounts": [],
        "email_addresses": [{"id": "idn_1", "verification": {"object": "verification_ticket", "status": "expired", "attempts": null}}],
    });
    let user: User = serde_json::from_value(json.clone()).expect("decoding succeeds");
    let serialized = serde_json::to_value(&user).expect("serialization succeeds");
    for (name, value) in json.as_object().expect("the value is an object") {
        if name != "email_addresses" {
            assert_eq!(&serialized[name], value, "{name}");
        }
    }
    assert_eq!(
        serialized["email_addresses"][0]["verification"]["status"],
        "expired"
    );
    let again: User = serde_json::from_value(serialized).expect("decoding succeeds");
    assert_eq!(again, user);
}

#[test]
fn debug_output_redacts_secrets() {
    let token: types::SignInToken = serde_json::from_value(
        json!({"id": "sit_1", "token": "hush", "url": "https://example.com/hush"}),
    )
    .expect("decoding succeeds");
    let params = clerk_sdk::user::CreateParams::new()
        .password("hush")
        .totp_secret("hush");
    for debug in [format!("{token:?}"), format!("{params:?}")] {
        assert!(!debug.contains("hush"), "{debug}");
        assert!(debug.contains("[redacted]"), "{debug}");
    }
}

#[test]
fn values_implement_the_common_traits() {
    fn is_value<
        T: Clone
            + std::fmt::Debug
            + PartialEq
            + Default
            + serde::Serialize
            + serde::de::DeserializeOwned,
    >() {
    }
    is_value::<User>();
    is_value::<List<User>>();
    is_value::<EmailAddressVerification>();
    is_value::<InvitationStatus>();
}

#[test]
fn properties_that_can_be_null_are_options() {
    let passkey: types::Passkey = decode_json(json!({"id": "idn_1", "last_used_at": null}));
    assert_eq!(passkey.last_used_at, None);
    let account: types::ExternalAccount = decode_json(json!({"id": "eac_1", "first_name": null}));
    assert_eq!((account.first_name, account.last_name), (None, None));
}

fn decode_json<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> T {
    serde_json::from_value(json).expect("the JSON decodes")
}
