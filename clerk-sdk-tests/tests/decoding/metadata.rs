//! Metadata, which end users can fill with anything that is JSON.

use std::collections::BTreeMap;

use clerk_sdk::types::{Organization, User};
use clerk_sdk::{Metadata, user};
use clerk_sdk_tests::Emulator;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Whether `serde_json` represents numbers of any size.
const ARBITRARY_PRECISION: bool = cfg!(feature = "json-features");

fn user_with(unsafe_metadata: &str) -> User {
    let json =
        format!(r#"{{"id":"user_1","unsafe_metadata":{unsafe_metadata},"last_name":"Ada"}}"#);
    let user: User = serde_json::from_str(&json).expect("the rest of the user is valid");
    assert_eq!(user.last_name.as_deref(), Some("Ada"));
    user
}

fn metadata(json: &str) -> Metadata {
    user_with(json)
        .unsafe_metadata
        .expect("the member is there")
}

#[test]
fn text_that_cannot_be_read_is_no_error_of_the_user() {
    let deep = format!("{}{}", "[".repeat(126), "]".repeat(126));
    let bomb = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let digits = "9".repeat(1000);
    for (json, is_readable) in [
        (deep.as_str(), true),
        (&bomb, false),
        (r#"{"a":"\ud800"}"#, false),
        (r#"{"a":1e999}"#, ARBITRARY_PRECISION),
        (&digits, ARBITRARY_PRECISION),
        (r#"{"a":1,"a":2}"#, true),
        ("[1]", true),
        (r#""text""#, true),
        ("17", true),
    ] {
        let metadata = metadata(json);
        assert_eq!(metadata.raw_json(), json);
        assert_eq!(metadata.read::<Value>().is_ok(), is_readable, "{json:.20}");
        assert_eq!(
            serde_json::to_string(&metadata).expect("it serializes"),
            json
        );
    }
    let other = metadata(r#"{"plan":"pro","bad":1e999}"#);
    assert_eq!(other.get("plan"), Some(json!("pro")));
    assert_eq!(other.get("bad").is_some(), ARBITRARY_PRECISION);
    assert_eq!(other.get("missing"), None);
}

#[test]
fn invalid_json_is_an_error_of_the_user() {
    for json in ["{", r#"{"a"}"#, "nul", "01", r#"{"a":"\x"}"#] {
        let json = format!(r#"{{"unsafe_metadata":{json}}}"#);
        assert!(serde_json::from_str::<User>(&json).is_err(), "{json}");
    }
}

#[test]
fn null_and_absent_metadata_are_empty() {
    for json in [
        r#"{"public_metadata":null}"#,
        r#"{"public_metadata":{}}"#,
        "{}",
    ] {
        let user: User = serde_json::from_str(json).expect("a user");
        assert_eq!(user.public_metadata, Metadata::default(), "{json}");
        assert_eq!(user.public_metadata.raw_json(), "{}");
        assert!(user.public_metadata.is_empty());
    }
    assert_eq!(user_with("null").unsafe_metadata, None);
    assert!(metadata("{ }").is_empty());
    assert!(!metadata(r#"{"a":1}"#).is_empty());
    assert!(!metadata("[]").is_empty());
}

#[test]
fn metadata_is_equal_by_value() {
    let ordered = metadata(r#"{"a": 1, "b": [true]}"#);
    assert_eq!(ordered, metadata(r#"{"b":[true],"a":1}"#));
    assert_eq!(ordered, Metadata::from(json!({"a": 1, "b": [true]})));
    assert_ne!(ordered, metadata(r#"{"a":1,"b":[false]}"#));
    assert_eq!(metadata("1e999"), metadata("1e999"));
    assert_ne!(metadata("1e999"), metadata("1e998"));
}

#[test]
fn metadata_converts_to_and_from_your_own_types() {
    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Borrowed<'a> {
        plan: &'a str,
    }
    let created = Metadata::new(&Borrowed { plan: "pro" }).expect("an object");
    assert_eq!(created.raw_json(), r#"{"plan":"pro"}"#);
    let read: Borrowed = created.read().expect("the type matches");
    assert_eq!(read, Borrowed { plan: "pro" });
    let error = created
        .read::<BTreeMap<String, u8>>()
        .expect_err("another type");
    assert!(error.to_string().contains("expected u8"), "{error}");
}

#[test]
fn only_objects_are_metadata() {
    for value in [json!(1), json!("{}"), json!([{}]), json!(null)] {
        let error = Metadata::new(&value).expect_err("no object");
        assert_eq!(error.to_string(), "metadata must be a JSON object");
    }
    assert!(Metadata::new(&BTreeMap::from([((1, 2), 3)])).is_err());
}

/// A type of a program that contains metadata in the ways that serde buffers.
#[derive(Debug, Deserialize, Serialize)]
struct Envelope {
    #[serde(flatten)]
    user: User,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Either {
    Organization { organization: Box<Organization> },
    User { user: Box<User> },
}

#[test]
fn metadata_deserializes_from_every_source_of_json() {
    let json = r#"{"id":"user_1","public_metadata":{"plan":"pro"},"extra":1}"#;
    let value: Value = serde_json::from_str(json).expect("JSON");
    let plan = Some(json!("pro"));
    let user: User = serde_json::from_value(value.clone()).expect("a user");
    assert_eq!(user.public_metadata.get("plan"), plan);
    let user: User = serde_json::from_reader(json.as_bytes()).expect("a user");
    assert_eq!(user.public_metadata.get("plan"), plan);
    let envelope: Envelope = serde_json::from_str(json).expect("an envelope");
    assert_eq!(envelope.user.public_metadata.get("plan"), plan);
    assert_eq!(envelope.others["extra"], 1);
    let written = serde_json::to_value(&envelope).expect("JSON");
    assert_eq!(written["public_metadata"], json!({"plan": "pro"}));
    let either = serde_json::from_value(json!({ "user": value })).expect("a variant");
    let Either::User { user } = either else {
        panic!("another variant: {either:?}");
    };
    assert_eq!(user.public_metadata.get("plan"), plan);
    let organization = json!({"organization": {"id": "org_1", "private_metadata": {"a": 1.5}}});
    let Ok(Either::Organization { organization }) = serde_json::from_value(organization) else {
        panic!("another variant");
    };
    let private = organization.private_metadata.expect("the member is there");
    assert_eq!(private.get("a"), Some(json!(1.5)));
}

#[tokio::test]
async fn update_writes_the_text_that_was_read() {
    let clerk = Emulator::start().await.expect("a free port");
    let client = clerk_sdk::ClientConfig::new(clerk.key()).base_url(clerk.url());
    let client = clerk_sdk::Clerk::new(client);
    let text = r#"{"b" : 1.0, "a":"\u00e9", "big":123456789012345678901234567890}"#;
    let params = user::UpdateMetadataParams::new().unsafe_metadata(metadata(text));
    let ada = client.user().create(&user::CreateParams::new()).await;
    let ada = ada.expect("a user");
    client
        .user()
        .update_metadata(&ada.id, &params)
        .await
        .expect("the user is updated");
    let requests = clerk.requests();
    let body = String::from_utf8_lossy(&requests.last().expect("a request").body).into_owned();
    assert_eq!(body, format!(r#"{{"unsafe_metadata":{text}}}"#));
}

/// Any JSON text.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn text_survives_reading_and_writing(value in any_json(), is_pretty in any::<bool>()) {
        let text = match is_pretty {
            true => serde_json::to_string_pretty(&value),
            false => serde_json::to_string(&value),
        };
        let text = text.expect("a JSON text");
        prop_assume!(text != "null");
        let user = user_with(&text);
        let written = serde_json::to_string(&user).expect("a JSON text");
        let expected = format!(r#""unsafe_metadata":{text}"#);
        prop_assert!(written.contains(&expected), "{written} {expected}");
        prop_assert_eq!(user.unsafe_metadata, Some(Metadata::from(value)));
    }
}
