//! Email addresses and phone numbers.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Story, fault, id};

#[tokio::test]
async fn a_contact_is_created_changed_and_deleted() {
    let story = Story::begin().await;
    let user_id = story.user("first@example.com").await;
    let user = format!("/users/{user_id}");
    for (path, member, value, primary) in [
        (
            "/email_addresses",
            "email_address",
            "second@example.com",
            "primary_email_address_id",
        ),
        (
            "/phone_numbers",
            "phone_number",
            "+15555550100",
            "primary_phone_number_id",
        ),
    ] {
        let body = json!({ "user_id": user_id, member: value });
        let created = story.post(path, body.clone()).await;
        assert_eq!(created[member], json!(value));
        assert_eq!(created["verification"], Value::Null);
        let own = format!("{path}/{}", id(&created));
        assert_eq!(story.get(&own).await, created);
        let error = story.error("POST", path, Some(body)).await;
        assert_eq!(error, fault(422, "form_identifier_exists", member));
        let error = story
            .error("PATCH", &own, Some(json!({ "primary": true })))
            .await;
        assert_eq!(error, fault(422, "form_verification_needed", primary));
        let body = json!({ "primary": true, "verified": true });
        let changed = story.patch(&own, body).await;
        assert_eq!(changed["verification"]["status"], "verified");
        assert_eq!(story.get(&user).await[primary], created["id"]);
        let deleted = story.delete(&own).await;
        assert_eq!(deleted["deleted"], true);
        assert_ne!(story.get(&user).await[primary], created["id"]);
        let error = story.error("GET", &own, None).await;
        assert_eq!(error, fault(404, "resource_not_found", ""));
        let body = json!({ "user_id": "user_1", member: value });
        let error = story.error("POST", path, Some(body)).await;
        assert_eq!(error, fault(404, "resource_not_found", ""));
        let body = json!({ "user_id": user_id, member: "nonsense" });
        let error = story.error("POST", path, Some(body)).await;
        assert_eq!(error, fault(422, "form_param_format_invalid", member));
    }
    let mut events = story.event_kinds().into_iter().skip(1);
    assert!(events.all(|it| it == "user.updated"));
}

#[tokio::test]
async fn unverified_contacts_may_repeat_until_one_is_verified() {
    let story = Story::begin().await;
    let [one, other] = [story.user("a@b.cd").await, story.user("c@d.ef").await];
    let body = |user_id: &str| json!({ "user_id": user_id, "email_address": "both@example.com" });
    let first = story.post("/email_addresses", body(&one)).await;
    let second = story.post("/email_addresses", body(&other)).await;
    let verified = json!({ "verified": true });
    story
        .patch(
            &format!("/email_addresses/{}", id(&first)),
            verified.clone(),
        )
        .await;
    let path = format!("/email_addresses/{}", id(&second));
    let error = story.error("PATCH", &path, Some(verified)).await;
    assert_eq!(error, fault(422, "form_identifier_exists", "email_address"));
}

#[tokio::test]
async fn a_replacement_removes_all_others() {
    let story = Story::begin().await;
    let body = json!({
        "email_address": ["a@b.cd", "c@d.ef"], "phone_number": ["+15555550100"],
    });
    let user = story.post("/users", body).await;
    let path = format!("/users/{}", id(&user));
    let body = json!({ "email_address": "e@f.gh" });
    let address = story.put(&format!("{path}/email_address"), body).await;
    assert_eq!(address["verification"]["status"], "verified");
    let body = json!({ "phone_number": "+15555550101", "identification_status": "reserved" });
    let number = story.put(&format!("{path}/phone_number"), body).await;
    assert_eq!(number["reserved"], true);
    let changed = story.get(&path).await;
    assert_eq!(changed["email_addresses"], json!([address]));
    assert_eq!(changed["phone_numbers"], json!([number]));
    assert_eq!(changed["primary_email_address_id"], address["id"]);
    story.user("taken@example.com").await;
    let body = json!({ "email_address": "taken@example.com" });
    let error = story
        .error("PUT", &format!("{path}/email_address"), Some(body))
        .await;
    assert_eq!(error, fault(422, "form_identifier_exists", "email_address"));
    assert_eq!(story.get(&path).await, changed);
}

#[tokio::test]
async fn a_code_verifies_a_contact_once() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let body = json!({ "user_id": user_id, "email_address": "new@example.com" });
    let address = story.post("/email_addresses", body).await;
    let path = format!("/email_addresses/{}", id(&address));
    let prepared = story
        .post(&format!("{path}/prepare_verification"), json!({}))
        .await;
    assert_eq!(prepared["status"], "unverified");
    let events = story.emulator.events();
    let message = &events.last().expect("an event").body;
    assert_eq!(message["type"], "email.created");
    assert_eq!(message["data"]["to_email_address"], "new@example.com");
    let code = message["data"]["data"]["otp_code"].clone();

    let attempt = format!("{path}/attempt_verification");
    let body = |code: &Value| json!({ "verification_id": prepared["id"], "code": code });
    let wrong = story.post(&attempt, body(&json!("x"))).await;
    assert_eq!(wrong["status"], "unverified");
    assert_eq!(wrong["attempts"], 1);
    let right = story.post(&attempt, body(&code)).await;
    assert_eq!(right["status"], "verified");
    assert_eq!(
        story.get(&path).await["verification"]["strategy"],
        "email_code"
    );
    let error = story.error("POST", &attempt, Some(body(&code))).await;
    assert_eq!(error, fault(400, "verification_already_verified", ""));
    // Another code does not make the address an unverified one.
    story
        .post(&format!("{path}/prepare_verification"), json!({}))
        .await;
    assert_eq!(story.get(&path).await["verification"]["status"], "verified");
    let other = json!({ "verification_id": "ver_1", "code": "1" });
    let error = story.error("POST", &attempt, Some(other)).await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
}

#[tokio::test]
async fn a_verification_fails_or_expires() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let body = json!({ "user_id": user_id, "phone_number": "+15555550100" });
    let number = story.post("/phone_numbers", body).await;
    let path = format!("/phone_numbers/{}", id(&number));
    let prepare = format!("{path}/prepare_verification");
    let attempt = format!("{path}/attempt_verification");
    let prepared = story.post(&prepare, json!({})).await;
    let error = story.error("POST", &prepare, None).await;
    assert_eq!(error, fault(429, "verification_code_too_many_requests", ""));
    let body = |verification: &Value, code: &str| json!({ "verification_id": verification["id"], "code": code });
    for status in ["unverified", "unverified", "failed", "failed"] {
        let answer = story.post(&attempt, body(&prepared, "000000")).await;
        assert_eq!(answer["status"], status);
    }
    story.emulator.advance_time(Duration::from_secs(31));
    let prepared = story.post(&prepare, json!({})).await;
    story.emulator.advance_time(Duration::from_secs(601));
    let answer = story.post(&attempt, body(&prepared, "424242")).await;
    assert_eq!(answer["status"], "expired");
    let prepared = story.post(&prepare, json!({})).await;
    let answer = story.post(&attempt, body(&prepared, "424242")).await;
    assert_eq!(answer["status"], "verified");
    // Nothing is sent to numbers of test mode.
    assert!(!story.event_kinds().contains(&"sms.created"));
}

#[tokio::test]
async fn a_text_message_has_the_code() {
    let story = Story::begin().await;
    let body = json!({ "phone_number": ["+4915551234567"] });
    let user = story.post("/users", body).await;
    let path = format!("/phone_numbers/{}", id(&user["phone_numbers"][0]));
    story
        .post(&format!("{path}/prepare_verification"), json!({}))
        .await;
    let events = story.emulator.events();
    let message = &events.last().expect("an event").body;
    assert_eq!(message["type"], "sms.created");
    let code = message["data"]["data"]["otp_code"]
        .as_str()
        .unwrap_or_default();
    assert_eq!(code.len(), 6);
}

#[tokio::test]
async fn only_a_verified_number_can_be_a_second_factor() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let body = json!({
        "user_id": user_id, "phone_number": "+15555550100", "reserved_for_second_factor": true,
    });
    let error = story.error("POST", "/phone_numbers", Some(body)).await;
    let code = "identification_create_second_factor_unverified";
    assert_eq!(error, fault(400, code, ""));
    let body = json!({ "user_id": user_id, "phone_number": "+15555550100" });
    let number = story.post("/phone_numbers", body).await;
    let path = format!("/phone_numbers/{}", id(&number));
    let second = json!({ "reserved_for_second_factor": true });
    let error = story.error("PATCH", &path, Some(second)).await;
    let code = "identification_update_second_factor_unverified";
    assert_eq!(error, fault(400, code, ""));
    let body = json!({ "verified": true, "reserved_for_second_factor": true });
    story.patch(&path, body).await;
    let user = story.get(&format!("/users/{user_id}")).await;
    assert_eq!(user["two_factor_enabled"], true);
    story.delete(&path).await;
    let user = story.get(&format!("/users/{user_id}")).await;
    assert_eq!(user["two_factor_enabled"], false);
}
