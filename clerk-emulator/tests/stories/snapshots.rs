//! Snapshots: the whole state is dumped and loaded without loss.

use std::time::Duration;

use serde_json::{Value, json};

use crate::seeds::EVERYTHING;
use crate::support::{Story, id, ids};

/// Begins with a record of each kind that the emulator stores.
async fn everything() -> Story {
    let story = Story::begin().await;
    let seeded = story.emulator.seed(EVERYTHING);
    seeded.unwrap_or_else(|error| panic!("{error}"));
    let plan = ids(&story.get("/billing/plans").await).remove(0);
    let price = json!({ "plan_id": plan, "amount": 500 });
    story.post("/billing/prices", price).await;
    story
        .get("/users/user_0000000000000000000000alice/billing/subscription")
        .await;
    let credits = json!({ "amount": 5, "action": "increase", "idempotency_key": "once" });
    story
        .post(
            "/users/user_0000000000000000000000alice/billing/credits",
            credits,
        )
        .await;
    let application = story.emulator.issue_oauth_access_token(
        "oa_000000000000000000000000001",
        "user_0000000000000000000000alice",
    );
    assert!(application.is_some());
    story
        .patch(
            "/users/user_000000000000000000000000bob",
            json!({ "first_name": "Bob" }),
        )
        .await;
    story
        .emulator
        .session_token("user_0000000000000000000000alice");
    story
}

/// The number of kinds that [`everything`] creates. Only two are missing, of which nothing creates records: statements and
/// payments.
const KINDS: usize = 44;

#[tokio::test]
async fn every_kind_survives() {
    let one = everything().await;
    let snapshot = one.emulator.snapshot();
    let collections = snapshot["collections"].as_object().expect("collections");
    let filled = collections
        .iter()
        .filter(|(_, it)| it["records"] != json!([]));
    let kinds: Vec<&String> = filled.map(|(kind, _)| kind).collect();
    assert_eq!(kinds.len(), KINDS, "{kinds:#?}");

    let other = Story::begin().await;
    other.user("gone@example.com").await;
    let text = snapshot.to_string();
    let snapshot: Value = serde_json::from_str(&text).expect("JSON");
    other
        .emulator
        .load_snapshot(&snapshot)
        .expect("it is valid");
    assert_eq!(other.emulator.snapshot(), snapshot);
    for path in [
        "/users?order_by=created_at",
        "/users?username=alice",
        "/organizations/org_000000000000000000000000000/memberships",
        "/sessions?user_id=user_0000000000000000000000alice",
        "/jwks",
        "/instance/organization_settings",
        "/machines",
        "/role_sets",
        "/templates/email",
        "/billing/prices",
    ] {
        assert_eq!(other.get(path).await, one.get(path).await, "{path}");
    }
    let kinds = |story: &Story| story.event_kinds();
    assert_eq!(kinds(&other), kinds(&one));
    // What is created next is the same, too, except for the time.
    other.emulator.advance_time(Duration::from_secs(5));
    let user = json!({ "username": "carol" });
    let created = [
        one.post("/users", user.clone()).await,
        other.post("/users", user).await,
    ];
    let [one, other] = created.map(|it| id(&it));
    assert_ne!(one, other);
    assert_eq!(without_time(&one), without_time(&other));
}

/// Returns the number and the random bits of an id, which are the last 128 of its 160 bits. The first 32, the time, change
/// each digit of base 62.
fn without_time(id: &str) -> u128 {
    let digits = id.rsplit('_').next().unwrap_or_default().chars();
    let value = |digit| match digit {
        '0'..='9' => u128::from(digit) - u128::from('0'),
        'A'..='Z' => u128::from(digit) - u128::from('A') + 10,
        _ => u128::from(digit) - u128::from('a') + 36,
    };
    digits.fold(0, |number: u128, digit| {
        number.wrapping_mul(62).wrapping_add(value(digit))
    })
}

#[tokio::test]
async fn loading_changes_only_one_instance_and_is_undone_by_reset() {
    let story = Story::begin().await;
    story.user("ann@example.com").await;
    let snapshot = story.control("GET", "snapshot", None).await.json;
    story.emulator.add_key("sk_test_other");
    let loaded = story
        .control("PUT", "snapshot?key=sk_test_other", Some(snapshot))
        .await;
    assert!(loaded.status.is_success(), "{loaded:#?}");
    let other = story.send_as("sk_test_other", "GET", "/users", None).await;
    assert_eq!(other.json, story.get("/users").await);
    story.emulator.reset();
    assert_eq!(story.get("/users").await, json!([]));
    let other = story.send_as("sk_test_other", "GET", "/users", None).await;
    assert_eq!(ids(&other.json).len(), 1);
}

#[tokio::test]
async fn a_snapshot_without_an_index_is_no_panic() {
    let story = Story::begin().await;
    story.user("ann@example.com").await;
    let mut snapshot = story.emulator.snapshot();
    snapshot["collections"]["user"]["indexed"] = json!([]);
    let loaded = story.emulator.load_snapshot(&snapshot);
    loaded.expect("the format is valid");
    story.get("/users?username=alice").await;
    story.post("/users", json!({ "username": "alice" })).await;
}

#[tokio::test]
async fn an_invalid_snapshot_changes_nothing() {
    let story = Story::begin().await;
    story.user("ann@example.com").await;
    let valid = story.emulator.snapshot();
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/id", json!(null)),
        ("/signing_keys", json!([])),
        ("/signing_keys/0/pkcs8", json!("AAAA")),
        ("/options/environment", json!("staging")),
        ("/id_generator/seed", json!(-1)),
        ("/events/0/kind", json!(7)),
        ("/collections/user/records", json!({})),
        ("/collections/user/records/0/id", json!(7)),
        ("/collections/user/indexed", json!(null)),
    ] {
        let mut snapshot = valid.clone();
        *snapshot.pointer_mut(pointer).expect("a member") = value;
        let error = story.emulator.load_snapshot(&snapshot);
        error.expect_err(pointer);
        assert_eq!(story.emulator.snapshot(), valid, "{pointer}");
    }
}

// Getting one record writes JSON, while lists, changes and events build values of the same templates.
#[tokio::test]
async fn a_record_is_the_same_by_itself_and_in_a_list() {
    let story = everything().await;
    let mut compared = 0;
    for (list, path) in [
        ("/users", "/users"),
        ("/organizations", "/organizations"),
        (
            "/sessions?user_id=user_0000000000000000000000alice",
            "/sessions",
        ),
        ("/machines", "/machines"),
        ("/jwt_templates", "/jwt_templates"),
        ("/redirect_urls", "/redirect_urls"),
        ("/oauth_applications", "/oauth_applications"),
        ("/organization_roles", "/organization_roles"),
        ("/organization_permissions", "/organization_permissions"),
        ("/enterprise_connections", "/enterprise_connections"),
    ] {
        let listed = story.get(list).await;
        let items = listed.get("data").unwrap_or(&listed);
        for item in items.as_array().expect("a list") {
            let id = item["id"].as_str().expect("an id");
            assert_eq!(&story.get(&format!("{path}/{id}")).await, item, "{path}");
            compared += 1;
        }
    }
    assert!(compared >= 15, "{compared}");
}
