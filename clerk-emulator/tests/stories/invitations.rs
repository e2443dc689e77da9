//! Invitations to the application.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Story, fault, id, ids};
use crate::tokens::verified;

#[tokio::test]
async fn an_invitation_has_a_ticket_and_is_revoked_once() {
    let story = Story::begin().await;
    let body = json!({
        "email_address": "A@B.CD", "public_metadata": { "a": 1 }, "expires_in_days": 2,
    });
    let invitation = story.post("/invitations", body).await;
    assert_eq!(invitation["status"], "pending");
    assert_eq!(invitation["revoked"], false);
    assert_eq!(invitation["email_address"], "a@b.cd");
    assert_eq!(invitation["public_metadata"], json!({ "a": 1 }));
    assert_eq!(story.event_kinds(), ["email.created"]);

    let url = invitation["url"].as_str().unwrap_or_default();
    let (_, ticket) = url
        .split_once("/v1/tickets/accept?ticket=")
        .expect("a ticket");
    let (header, claims) = verified(&story, ticket).await;
    assert_eq!(header, json!({ "alg": "RS256", "typ": "JWT" }));
    assert_eq!(claims["sid"], invitation["id"]);
    assert_eq!(claims["st"], "invitation");
    assert_eq!(claims["eis"], 2 * 24 * 3600);

    let revoke = format!("/invitations/{}/revoke", id(&invitation));
    let revoked = story.post(&revoke, json!({})).await;
    assert_eq!(revoked["status"], "revoked");
    assert_eq!(revoked["revoked"], true);
    let error = story.error("POST", &revoke, None).await;
    assert_eq!(error, fault(400, "invitation_already_revoked", ""));
    assert_eq!(story.get("/invitations").await, json!([]));
    let list = story.get("/invitations?status=revoked").await;
    assert_eq!(ids(&list), [id(&invitation)]);
}

#[tokio::test]
async fn a_person_is_invited_once() {
    let story = Story::begin().await;
    story.user("user@example.com").await;
    let body = |address: &str, ignore: bool| json!({ "email_address": address, "ignore_existing": ignore, "notify": false });
    story.post("/invitations", body("a@b.cd", false)).await;
    for (address, expected) in [
        ("A@b.cd", fault(400, "duplicate_record", "")),
        (
            "user@example.com",
            fault(422, "form_identifier_exists", "email_address"),
        ),
        (
            "nonsense",
            fault(422, "form_param_format_invalid", "email_address"),
        ),
    ] {
        let error = story
            .error("POST", "/invitations", Some(body(address, false)))
            .await;
        assert_eq!(error, expected, "{address}");
    }
    for address in ["a@b.cd", "user@example.com"] {
        story.post("/invitations", body(address, true)).await;
    }
    let kinds = story.event_kinds();
    assert_eq!(kinds, ["user.created"]);
}

#[tokio::test]
async fn several_invitations_are_created_or_none() {
    let story = Story::begin().await;
    story.user("user@example.com").await;
    let bodies = |addresses: &[&str]| -> Value {
        let bodies = addresses.iter().map(|it| json!({ "email_address": it }));
        bodies.collect()
    };
    let created = story
        .post("/invitations/bulk", bodies(&["b@c.de", "a@b.cd"]))
        .await;
    assert_eq!(ids(&created).len(), 2);
    for (addresses, expected) in [
        (vec!["x@y.zz", "a@b.cd"], fault(400, "duplicate_record", "")),
        (vec!["x@y.zz", "X@y.zz"], fault(400, "duplicate_record", "")),
        (
            vec!["x@y.zz", "user@example.com"],
            fault(422, "form_identifier_exists", "email_address"),
        ),
        (vec!["x@y.zz"; 11], fault(400, "bulk_size_exceeded", "")),
    ] {
        let body = bodies(&addresses);
        let error = story.error("POST", "/invitations/bulk", Some(body)).await;
        assert_eq!(error, expected, "{addresses:?}");
    }
    for (query, count) in [
        ("", 2),
        ("query=A@B", 1),
        ("query=x@y", 0),
        ("status=pending", 2),
        ("limit=1", 1),
    ] {
        let list = story.get(&format!("/invitations?{query}")).await;
        assert_eq!(ids(&list).len(), count, "{query}");
    }
    let sorted = story
        .get("/invitations?order_by=email_address&paginated=true")
        .await;
    assert_eq!(sorted["total_count"], 2);
    assert_eq!(sorted["data"][0]["email_address"], "a@b.cd");
    story
        .emulator
        .advance_time(Duration::from_secs(30 * 24 * 3600));
    let list = story.get("/invitations?status=expired").await;
    assert_eq!(ids(&list).len(), 2);
}

#[tokio::test]
async fn who_accepts_an_invitation_becomes_a_user() {
    let story = Story::begin().await;
    let body = json!({ "email_address": "a@b.cd" });
    let entry = story.post("/waitlist_entries", body).await;
    let body = json!({ "email_address": "a@b.cd", "public_metadata": { "a": 1 } });
    let invitation = story.post("/invitations", body).await;
    let before = story.event_kinds().len();
    let user_id = story.emulator.accept_invitation(&id(&invitation));
    let user_id = user_id.expect("the invitation is pending");
    let kinds = ["user.created", "waitlistEntry.updated"];
    assert_eq!(story.event_kinds()[before..], kinds);
    let user = story.get(&format!("/users/{user_id}")).await;
    assert_eq!(user["email_addresses"][0]["email_address"], "a@b.cd");
    assert_eq!(user["public_metadata"], json!({ "a": 1 }));
    let accepted = story.get("/invitations?status=accepted").await;
    assert_eq!(ids(&accepted), [id(&invitation)]);
    let entries = story.get("/waitlist_entries?status=completed").await;
    assert_eq!(ids(&entries), [id(&entry)]);

    assert_eq!(story.emulator.accept_invitation(&id(&invitation)), None);
    let revoke = format!("/invitations/{}/revoke", id(&invitation));
    let error = story.error("POST", &revoke, None).await;
    assert_eq!(error, fault(400, "invitation_already_accepted", ""));
}
