//! Clerk's published limits, and the other options of an instance.

use std::time::{Duration, SystemTime};

use clerk_emulator::{Environment, InstanceOptions, Preset};
use serde_json::json;

use crate::support::{Story, fault};

/// Begins with an instance that has options, at a time that stands still enough: windows are longer than the tests.
async fn begin(options: InstanceOptions) -> Story {
    let story = Story::begin().await;
    story
        .emulator
        .set_time(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    story.emulator.set_options(options);
    story
}

fn limited() -> InstanceOptions {
    InstanceOptions {
        rate_limits: true,
        ..InstanceOptions::default()
    }
}

#[tokio::test]
async fn a_key_has_100_requests_in_10_seconds_of_development() {
    let story = begin(limited()).await;
    for _ in 0..100 {
        story.get("/users").await;
    }
    let answer = story.send("GET", "/users", None).await;
    assert_eq!(answer.error(), fault(429, "too_many_requests", ""));
    let seconds = answer.headers["retry-after"].to_str().expect("text");
    let seconds: u64 = seconds.parse().expect("a number");
    assert!((1..=10).contains(&seconds), "{seconds}");
    // Public keys have no limit.
    story.get("/jwks").await;
    story.emulator.advance_time(Duration::from_secs(seconds));
    story.get("/users").await;
}

#[tokio::test]
async fn production_has_1000_requests() {
    let options = InstanceOptions {
        environment: Environment::Production,
        ..limited()
    };
    let story = begin(options).await;
    for _ in 0..101 {
        story.get("/users").await;
    }
}

#[tokio::test]
async fn a_user_can_be_changed_10_times_in_10_seconds() {
    let story = begin(limited()).await;
    let [ann, bob] = [
        story.user("ann@example.com").await,
        story.user("bob@example.com").await,
    ];
    for count in 0..10 {
        story
            .patch(
                &format!("/users/{ann}"),
                json!({ "first_name": count.to_string() }),
            )
            .await;
    }
    let path = format!("/users/{ann}/metadata");
    let body = json!({ "public_metadata": {} });
    let error = story.error("PATCH", &path, Some(body)).await;
    assert_eq!(error, fault(429, "too_many_requests", ""));
    story
        .patch(&format!("/users/{bob}"), json!({ "first_name": "B" }))
        .await;
    story.emulator.advance_time(Duration::from_secs(10));
    story
        .patch(&format!("/users/{ann}"), json!({ "first_name": "A" }))
        .await;
}

#[tokio::test]
async fn bulk_invitations_are_limited_by_the_hour() {
    let story = begin(limited()).await;
    let body = |number: usize| json!([{ "email_address": format!("user{number}@example.com") }]);
    for number in 0..25 {
        story.post("/invitations/bulk", body(number)).await;
    }
    let answer = story
        .send("POST", "/invitations/bulk", Some(&body(25)))
        .await;
    assert_eq!(answer.error(), fault(429, "too_many_requests", ""));
    let seconds = answer.headers["retry-after"].to_str().expect("text");
    assert!(
        seconds.parse::<u64>().is_ok_and(|it| it > 3000),
        "{seconds}"
    );
    story.emulator.advance_time(Duration::from_secs(3600));
    story.post("/invitations/bulk", body(25)).await;
}

#[tokio::test]
async fn an_instance_has_a_quota_of_users() {
    let options = InstanceOptions {
        user_quota: Some(1),
        ..InstanceOptions::default()
    };
    let story = begin(options).await;
    let invitation = story
        .post(
            "/invitations",
            json!({ "email_address": "bob@example.com" }),
        )
        .await;
    let ann = story.user("ann@example.com").await;
    let body = json!({ "username": "bobby" });
    let error = story.error("POST", "/users", Some(body.clone())).await;
    assert_eq!(error, fault(403, "user_quota_exceeded", ""));
    let id = invitation["id"].as_str().expect("an id");
    assert_eq!(story.emulator.accept_invitation(id), None);
    story.delete(&format!("/users/{ann}")).await;
    story.post("/users", body).await;
}

#[tokio::test]
async fn production_creates_no_sessions_and_changes_domains() {
    let options = InstanceOptions {
        environment: Environment::Production,
        ..InstanceOptions::default()
    };
    let story = begin(options).await;
    assert_eq!(
        story.get("/instance").await["environment_type"],
        "production"
    );
    let user = story.user("ann@example.com").await;
    let error = story
        .error("POST", "/sessions", Some(json!({ "user_id": user })))
        .await;
    assert_eq!(error, fault(400, "request_invalid_for_environment", ""));
    let body = json!({ "home_url": "https://example.com" });
    story
        .ok("POST", "/instance/change_domain", Some(body))
        .await;
    assert_eq!(
        story.get("/domains").await["data"][0]["name"],
        "example.com"
    );
}

#[tokio::test]
async fn new_instances_have_neither_organizations_nor_slugs() {
    let story = Story::begin().await;
    let options = InstanceOptions {
        preset: Preset::New,
        ..InstanceOptions::default()
    };
    assert!(story.emulator.add_instance("sk_test_new", options));
    let key = "sk_test_new";
    let user = story
        .send_as(key, "POST", "/users", Some(&json!({ "username": "annie" })))
        .await;
    let mut body = json!({ "name": "Acme", "created_by": user.json["id"] });
    let answer = story
        .send_as(key, "POST", "/organizations", Some(&body))
        .await;
    assert_eq!(
        answer.error(),
        fault(403, "organization_not_enabled_in_instance", "")
    );
    let on = json!({ "enabled": true });
    story
        .send_as(key, "PATCH", "/instance/organization_settings", Some(&on))
        .await;
    body["slug"] = json!("acme");
    let answer = story
        .send_as(key, "POST", "/organizations", Some(&body))
        .await;
    assert_eq!(
        answer.error(),
        fault(403, "organization_slugs_disabled", "slug")
    );
}
