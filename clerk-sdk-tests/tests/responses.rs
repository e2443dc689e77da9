//! What an answer decodes to, also when the API has moved on.

mod support;

use clerk_sdk::types::{EmailAddressVerification, InvitationStatus, User, VerificationStatus};
use clerk_sdk::{Clerk, DateTime, Error, List, Timestamp, metadata, types};
use serde_json::{Value, json};
use support::Recorder;

fn answering(body: &Value) -> Clerk {
    Clerk::new(Recorder::answering(200, body.to_string()).config())
}

#[tokio::test]
async fn a_response_is_its_value_with_status_headers_trace_id_and_raw_json() {
    let recorder = Recorder::with(|| {
        let body = bytes::Bytes::from_static(br#"{"id":"user_1"}"#);
        let response = http::Response::builder()
            .status(201)
            .header("Clerk-Trace-Id", "abc");
        response.body(body).expect("it is a response")
    });
    let user = Clerk::new(recorder.config())
        .user()
        .get("user_1")
        .await
        .expect("it decodes");
    assert_eq!(user.id, "user_1");
    assert_eq!(user.status(), 201);
    assert_eq!(user.trace_id(), Some("abc"));
    assert_eq!(user.headers()["clerk-trace-id"], "abc");
    assert_eq!(user.raw_json(), r#"{"id":"user_1"}"#);
    assert_eq!(user.into_inner().id, "user_1");
}

#[tokio::test]
async fn an_unknown_enum_value_is_kept_and_written_back() {
    let clerk = answering(
        &json!([{"id": "inv_1", "status": "sleeping"}, {"id": "inv_2", "status": "pending"}]),
    );
    let list = clerk
        .invitation()
        .list(&Default::default())
        .await
        .expect("it decodes");
    assert_eq!(list[0].status, InvitationStatus::Unknown("sleeping".into()));
    assert_eq!(list[0].status.as_str(), "sleeping");
    assert_eq!(list[1].status, InvitationStatus::Pending);
    let back = serde_json::to_value(&list).expect("it serialises");
    assert_eq!(back[0]["status"], "sleeping");
}

#[tokio::test]
async fn a_union_is_told_by_its_discriminator_and_keeps_what_it_does_not_know() {
    let email = |verification: Value| json!({"id": "idn_1", "verification": verification});
    let verification = async |body: Value| {
        let clerk = answering(&email(body));
        clerk
            .email_address()
            .get("idn_1")
            .await
            .expect("it decodes")
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
    assert_eq!(
        verification(unknown.clone()).await,
        Some(EmailAddressVerification::Unknown(unknown))
    );
    assert_eq!(verification(Value::Null).await, None);
}

#[test]
fn a_discriminator_that_comes_twice_decides_once() {
    for text in [
        r#"{"object":"verification_otp","object":"verification_x","status":"verified"}"#,
        r#"{"object":"verification_otp","object":"verification_admin","status":"verified"}"#,
        r#"{"status":"verified","object":"verification_x","object":"verification_otp"}"#,
    ] {
        let read: EmailAddressVerification = serde_json::from_str(text).expect("it decodes");
        let EmailAddressVerification::Otp(otp) = &read else {
            panic!("{text}: {read:?}");
        };
        assert_eq!(otp.object, "verification_otp", "{text}");
        assert_eq!(otp.status, VerificationStatus::Verified, "{text}");
        let written = serde_json::to_string(&read).expect("it serialises");
        let again: EmailAddressVerification = serde_json::from_str(&written).expect("it decodes");
        assert_eq!(again, read);
    }
}

#[tokio::test]
async fn a_union_without_discriminator_is_told_by_its_members() {
    let clerk = answering(&json!({"keys": [
        {"kty": "RSA", "kid": "ins_1", "n": "1", "e": "AQAB"},
        {"kty": "RSA", "kid": "ins_1", "n": "1", "e": "AQAB", "d": "2"},
        {"kty": "EC", "crv": "P-256", "x": "1", "y": "2"},
        {"kty": "strange"},
    ]}));
    let jwks = clerk.jwks().get().await.expect("it decodes");
    assert!(
        matches!(jwks.keys[0], types::Jwk::RsaPublic(_)),
        "{:?}",
        jwks.keys[0]
    );
    assert!(
        matches!(jwks.keys[1], types::Jwk::RsaPrivate(_)),
        "{:?}",
        jwks.keys[1]
    );
    assert!(
        matches!(jwks.keys[2], types::Jwk::EcdsaPublic(_)),
        "{:?}",
        jwks.keys[2]
    );
    assert!(matches!(jwks.keys[3], types::Jwk::Unknown(_)));
}

#[tokio::test]
async fn an_inactive_oauth_token_is_its_own_shape() {
    use types::OAuthAccessTokenVerification as Verification;
    let clerk = answering(&json!({"active": false}));
    let answer = clerk
        .oauth_access_token()
        .verify(&Default::default())
        .await
        .expect("it decodes");
    assert!(
        matches!(*answer, Verification::InactiveOAuthAccessToken(_)),
        "{answer:?}"
    );
}

#[tokio::test]
async fn unknown_fields_missing_fields_and_nulls_decode() {
    for body in [
        json!({}),
        json!(null),
        json!({"id": null, "email_addresses": null, "banned": null, "created_at": null, "public_metadata": null}),
        json!({"new_field": {"deep": [1, 2]}, "id": "user_1"}),
        json!({"email_addresses": [null, {"linked_to": [null]}]}),
    ] {
        let user = answering(&body).user().get("user_1").await;
        let user = user.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert!(!user.banned);
    }
}

#[tokio::test]
async fn a_wrong_json_type_is_an_error_with_its_path_and_the_whole_answer() {
    let body = json!([{"id": "user_1"}, {"id": "user_2", "email_addresses": [{"created_at": "soon, says ada@example.com"}]}]);
    let error = answering(&body)
        .user()
        .list(&Default::default())
        .await
        .expect_err("it does not fit");
    let Error::Decode(decode) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(decode.path(), "$[1].email_addresses[0].created_at");
    assert_eq!(decode.raw_json(), body.to_string());
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
    let source = std::error::Error::source(&error)
        .expect("it has a cause")
        .to_string();
    assert!(
        source.contains("found a string") || source.contains("invalid type: a string"),
        "{source}"
    );
    for text in [format!("{error} {error:?}"), source] {
        assert!(
            !text.contains("ada@example.com"),
            "personal data in: {text}"
        );
    }
}

#[tokio::test]
async fn a_misfit_within_a_union_has_its_path_too() {
    let body = json!({"verification": {"object": "verification_otp", "attempts": "many"}});
    let error = answering(&body)
        .email_address()
        .get("idn_1")
        .await
        .expect_err("it does not fit");
    let Error::Decode(decode) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(decode.path(), "$.verification.attempts");
}

#[tokio::test]
async fn a_list_comes_as_an_array_or_as_an_object() {
    let items = json!([{"id": "org_1"}, {"id": "org_2"}]);
    for (body, total) in [
        (items.clone(), None),
        (json!({"data": items, "total_count": 9}), Some(9)),
    ] {
        let list = answering(&body)
            .organization()
            .list(&Default::default())
            .await
            .expect("it decodes");
        assert_eq!(list.total_count, total);
        let ids: Vec<&str> = list.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["org_1", "org_2"]);
        let list = answering(&body)
            .invitation()
            .list(&Default::default())
            .await
            .expect("it decodes");
        assert_eq!((list.len(), list.total_count), (2, total));
    }
}

#[tokio::test]
async fn a_list_of_m2m_tokens_has_its_own_key() {
    let body = json!({"m2m_tokens": [{"id": "mt_1"}], "total_count": 1});
    let params = clerk_sdk::m2m_token::ListParams::new("mch_1");
    let list = answering(&body)
        .m2m_token()
        .list(&params)
        .await
        .expect("it decodes");
    assert_eq!((list.len(), list.total_count), (1, Some(1)));
}

#[tokio::test]
async fn an_empty_answer_decodes_where_none_is_due() {
    let clerk = Clerk::new(Recorder::answering(204, "").config());
    clerk
        .svix_webhook()
        .delete()
        .await
        .expect("204 has no body");
}

#[test]
fn instants_count_milliseconds_and_convert() {
    let user: User = serde_json::from_value(
        json!({"created_at": 1_700_000_000_123_i64, "last_sign_in_at": 1.5e12}),
    )
    .expect("it decodes");
    assert_eq!(user.created_at, Timestamp::from_millis(1_700_000_000_123));
    assert_eq!(
        user.last_sign_in_at,
        Some(Timestamp::from_secs(1_500_000_000))
    );
    assert_eq!(user.created_at.to_string(), "2023-11-14T22:13:20.123Z");
    let back = std::time::SystemTime::from(user.created_at);
    assert_eq!(Timestamp::from(back), user.created_at);
    let before = Timestamp::from_millis(-1);
    assert_eq!(Timestamp::from(std::time::SystemTime::from(before)), before);
    for extreme in [i64::MIN, i64::MAX] {
        let _ = std::time::SystemTime::from(Timestamp::from_millis(extreme));
        let _ = Timestamp::from_millis(extreme).to_string();
    }
}

#[test]
fn an_instant_as_text_keeps_its_text() {
    let ledger: types::BillingCreditLedgerEntry =
        serde_json::from_value(json!({"created_at": "2025-01-01T00:00:00.123456789Z"}))
            .expect("it decodes");
    assert_eq!(
        ledger.created_at,
        DateTime::from("2025-01-01T00:00:00.123456789Z")
    );
    let instant = Timestamp::try_from(&ledger.created_at).expect("it is one");
    assert_eq!(instant.as_millis(), 1_735_689_600_123);
    assert!(Timestamp::try_from(&DateTime::from("tomorrow")).is_err());
}

#[test]
fn metadata_is_a_map_and_a_type_of_the_users() {
    let user: User =
        serde_json::from_value(json!({"public_metadata": {"a": 1, "b": 2}})).expect("it decodes");
    let own: std::collections::BTreeMap<String, u8> =
        metadata::read(&user.public_metadata).expect("it fits");
    assert_eq!(own["b"], 2);
    assert_eq!(
        metadata::write(&own).expect("it is an object"),
        user.public_metadata
    );
    assert!(metadata::write(&[1]).is_err());
}

#[test]
fn a_value_read_and_written_is_the_same() {
    let sent = json!({
        "id": "user_1", "object": "user", "username": null, "banned": true, "created_at": 5,
        "public_metadata": {"z": 1, "a": [null]}, "external_accounts": [],
        "email_addresses": [{"id": "idn_1", "verification": {"object": "verification_ticket", "status": "expired", "attempts": null}}],
    });
    let user: User = serde_json::from_value(sent.clone()).expect("it decodes");
    let back = serde_json::to_value(&user).expect("it serialises");
    for (name, value) in sent.as_object().expect("it is an object") {
        if name != "email_addresses" {
            assert_eq!(&back[name], value, "{name}");
        }
    }
    assert_eq!(
        back["email_addresses"][0]["verification"]["status"],
        "expired"
    );
    let again: User = serde_json::from_value(back).expect("it decodes again");
    assert_eq!(again, user);
}

#[test]
fn secrets_are_not_in_debug() {
    let token: types::SignInToken = serde_json::from_value(
        json!({"id": "sit_1", "token": "hush", "url": "https://example.com/hush"}),
    )
    .expect("it decodes");
    let params = clerk_sdk::user::CreateParams::new()
        .password("hush")
        .totp_secret("hush");
    for text in [format!("{token:?}"), format!("{params:?}")] {
        assert!(!text.contains("hush"), "{text}");
        assert!(text.contains("[redacted]"), "{text}");
    }
}

#[test]
fn values_are_send_and_sync_and_have_what_values_have() {
    fn value<
        T: Clone
            + std::fmt::Debug
            + PartialEq
            + Default
            + Send
            + Sync
            + serde::Serialize
            + serde::de::DeserializeOwned,
    >() {
    }
    fn shared<T: Send + Sync>() {}
    value::<User>();
    value::<List<User>>();
    value::<EmailAddressVerification>();
    value::<InvitationStatus>();
    shared::<clerk_sdk::Call<User>>();
    shared::<clerk_sdk::Response<User>>();
    shared::<clerk_sdk::Error>();
    shared::<clerk_sdk::Clerk>();
    shared::<clerk_sdk::ClientConfig>();
    shared::<clerk_sdk::user::CreateParams>();
}
