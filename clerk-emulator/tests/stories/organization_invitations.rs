//! Invitations to organizations.

use std::time::Duration;

use serde_json::json;

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn an_invitation_is_created_and_revoked() {
    let story = Story::begin().await;
    let (organization, admin) = story.organization("one").await;
    let path = format!("/organizations/{organization}/invitations");
    let body = json!({
        "email_address": "New@example.com", "role": "org:member", "inviter_user_id": admin,
        "public_metadata": { "a": 1 }, "expires_in_days": 1,
    });
    let created = story.post(&path, body.clone()).await;
    assert_eq!(created["status"], "pending");
    assert_eq!(created["email_address"], "new@example.com");
    assert_eq!(created["role_name"], "Member");
    assert_eq!(created["public_inviter_data"]["user_id"], json!(admin));
    assert!(created["url"].is_string());
    let error = story.error("POST", &path, Some(body)).await;
    assert_eq!(error, fault(400, "organization_invitation_not_unique", ""));

    let invitation = format!("{path}/{}", id(&created));
    assert_eq!(story.get(&invitation).await, created);
    assert_eq!(
        story.get(&format!("{path}/pending")).await["total_count"],
        1
    );
    let body = json!({ "requesting_user_id": admin });
    let revoked = story.post(&format!("{invitation}/revoke"), body).await;
    assert_eq!(revoked["status"], "revoked");
    let error = story
        .error("POST", &format!("{invitation}/revoke"), Some(json!({})))
        .await;
    assert_eq!(error, fault(404, "organization_invitation_not_pending", ""));
    assert_eq!(
        story.get(&format!("{path}/pending")).await["total_count"],
        0
    );
    assert_eq!(
        story.get(&format!("{path}?status=revoked")).await["total_count"],
        1
    );
    let kinds = story.event_kinds();
    let last = [
        "organizationInvitation.created",
        "organizationInvitation.revoked",
    ];
    assert_eq!(kinds[kinds.len() - 2..], last);
}

#[tokio::test]
async fn invalid_invitations_are_rejected() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let member = story.user("bob@example.com").await;
    let stranger = story.user("eve@example.com").await;
    let path = format!("/organizations/{organization}");
    let body = json!({ "user_id": member, "role": "org:member" });
    story.post(&format!("{path}/memberships"), body).await;
    for (body, expected) in [
        (
            json!({ "email_address": "bob@example.com", "role": "org:member" }),
            fault(400, "already_a_member_in_organization", ""),
        ),
        (
            json!({ "email_address": "nobody", "role": "org:member" }),
            fault(422, "form_param_format_invalid", "email_address"),
        ),
        (
            json!({ "email_address": "a@example.com", "role": "org:none" }),
            fault(404, "resource_not_found", "role"),
        ),
        (
            json!({ "email_address": "a@example.com", "role": "org:member", "inviter_user_id": member }),
            fault(403, "missing_organization_permission", ""),
        ),
        (
            json!({ "email_address": "a@example.com", "role": "org:member", "inviter_user_id": stranger }),
            fault(403, "not_a_member_in_organization", ""),
        ),
    ] {
        let error = story
            .error("POST", &format!("{path}/invitations"), Some(body.clone()))
            .await;
        assert_eq!(error, expected, "{body}");
    }
}

#[tokio::test]
async fn a_bulk_is_created_completely_or_not_at_all() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}/invitations/bulk");
    let item = |number: usize| json!({ "email_address": format!("{number}@example.com"), "role": "org:member" });
    let error = story
        .error("POST", &path, Some(json!([item(1), item(1)])))
        .await;
    assert_eq!(error, fault(400, "organization_invitation_not_unique", ""));
    let many: Vec<_> = (0..11).map(item).collect();
    let error = story.error("POST", &path, Some(json!(many))).await;
    assert_eq!(error, fault(400, "bulk_size_exceeded", ""));
    let error = story.error("POST", &path, Some(json!(many[..5]))).await;
    assert_eq!(
        error,
        fault(403, "organization_membership_quota_exceeded", "")
    );
    let error = story
        .error("POST", &path, Some(json!([{ "role": "org:member" }])))
        .await;
    assert_eq!(error, fault(422, "form_param_missing", "email_address"));
    assert_eq!(
        story.get("/organization_invitations").await["total_count"],
        0
    );
    let created = story.post(&path, json!([item(1), item(2)])).await;
    assert_eq!(created["total_count"], 2);
    let listed = story
        .get("/organization_invitations?order_by=email_address")
        .await;
    assert_eq!(ids(&listed), ids(&created));
    let public = &listed["data"][0]["public_organization_data"];
    assert_eq!(public["id"], json!(organization));
}

#[tokio::test]
async fn invitations_expire_and_are_listed_by_status_and_user() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}/invitations");
    for (email, days) in [("bob@example.com", 1), ("eve@example.com", 30)] {
        let body = json!({ "email_address": email, "role": "org:member", "expires_in_days": days });
        story.post(&path, body).await;
    }
    let bob = story.user("bob@example.com").await;
    story
        .emulator
        .advance_time(Duration::from_secs(2 * 24 * 60 * 60));
    for (query, expected) in [
        (format!("{path}?status=pending"), vec!["eve@example.com"]),
        (format!("{path}?status=expired"), vec!["bob@example.com"]),
        (
            format!("{path}?status=expired&status=pending"),
            vec!["eve@example.com", "bob@example.com"],
        ),
        (
            format!("{path}?email_address=eve@example.com"),
            vec!["eve@example.com"],
        ),
        (
            format!("{path}?order_by=email_address"),
            vec!["bob@example.com", "eve@example.com"],
        ),
        (
            "/organization_invitations?query=EVE".to_owned(),
            vec!["eve@example.com"],
        ),
        (
            format!("/users/{bob}/organization_invitations"),
            vec!["bob@example.com"],
        ),
        (
            format!("/users/{bob}/organization_invitations?status=pending"),
            vec![],
        ),
    ] {
        let page = story.get(&query).await;
        let found = page["data"].as_array().expect("a list").iter();
        let found: Vec<_> = found.map(|it| &it["email_address"]).collect();
        assert_eq!(found, expected, "{query}");
        assert_eq!(page["total_count"], json!(expected.len()), "{query}");
    }
    let expired = story.get(&format!("{path}?status=expired")).await;
    assert_eq!(expired["data"][0]["url"], json!(null));
}

#[tokio::test]
async fn an_accepted_invitation_makes_a_member() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}");
    let body = json!({
        "email_address": "bob@example.com", "role": "org:member", "public_metadata": { "a": 1 },
    });
    let invitation = id(&story.post(&format!("{path}/invitations"), body).await);
    let user = story.user("bob@example.com").await;
    let emulator = &story.emulator;
    assert!(!emulator.accept_organization_invitation(&invitation, "user_1"));
    assert!(emulator.accept_organization_invitation(&invitation, &user));
    assert!(!emulator.accept_organization_invitation(&invitation, &user));
    let accepted = story.get(&format!("{path}/invitations/{invitation}")).await;
    assert_eq!(accepted["status"], "accepted");
    let members = story
        .get(&format!("{path}/memberships?user_id={user}"))
        .await;
    assert_eq!(members["data"][0]["public_metadata"], json!({ "a": 1 }));
    let kinds = story.event_kinds();
    let last = [
        "organizationInvitation.accepted",
        "organizationMembership.created",
    ];
    assert_eq!(kinds[kinds.len() - 2..], last);
    let events = emulator.events();
    assert_eq!(
        events[events.len() - 2].body["data"]["user_id"],
        json!(user)
    );
}
