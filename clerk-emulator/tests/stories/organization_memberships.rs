//! Memberships of organizations.

use serde_json::json;

use crate::support::{Story, fault, id};

#[tokio::test]
async fn a_member_is_added_changed_and_removed() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let user = story.user("bob@example.com").await;
    let path = format!("/organizations/{organization}/memberships");
    let body = json!({ "user_id": user, "role": "org:member", "public_metadata": { "a": 1 } });
    let created = story.post(&path, body.clone()).await;
    assert_eq!(created["role_name"], "Member");
    let permissions = json!(["org:sys_memberships:read", "org:sys_billing:read"]);
    assert_eq!(created["permissions"], permissions);
    assert_eq!(created["public_metadata"], json!({ "a": 1 }));
    let error = story.error("POST", &path, Some(body)).await;
    assert_eq!(error, fault(400, "already_a_member_in_organization", ""));

    let member = format!("{path}/{user}");
    let updated = story.patch(&member, json!({ "role": "org:admin" })).await;
    assert_eq!(updated["role"], "org:admin");
    let body = json!({ "public_metadata": { "a": null, "b": 2 } });
    let merged = story.patch(&format!("{member}/metadata"), body).await;
    assert_eq!(merged["public_metadata"], json!({ "b": 2 }));
    let deleted = story.delete(&member).await;
    assert_eq!(deleted, merged);
    assert_eq!(
        story.error("DELETE", &member, None).await,
        fault(404, "resource_not_found", "")
    );
    let kinds = story.event_kinds();
    let expected = ["created", "updated", "updated", "deleted"];
    let expected = expected.map(|it| format!("organizationMembership.{it}"));
    assert_eq!(kinds[kinds.len() - 4..], expected);
}

#[tokio::test]
async fn invalid_memberships_are_rejected() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}/memberships");
    let user = story.user("bob@example.com").await;
    let unknown = json!({ "user_id": "user_1", "role": "org:member" });
    let error = story.error("POST", &path, Some(unknown)).await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
    let role = json!({ "user_id": user, "role": "org:none" });
    let error = story.error("POST", &path, Some(role)).await;
    assert_eq!(error, fault(404, "resource_not_found", "role"));
    let body = json!({ "user_id": user, "role": "org:member" });
    let error = story
        .error("POST", "/organizations/org_1/memberships", Some(body))
        .await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
}

#[tokio::test]
async fn the_quota_counts_members_and_pending_invitations() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}");
    story
        .patch(&path, json!({ "max_allowed_memberships": 2 }))
        .await;
    let body = json!({ "email_address": "new@example.com", "role": "org:member" });
    story.post(&format!("{path}/invitations"), body).await;
    let user = story.user("bob@example.com").await;
    let body = json!({ "user_id": user, "role": "org:member" });
    let error = story
        .error("POST", &format!("{path}/memberships"), Some(body.clone()))
        .await;
    assert_eq!(
        error,
        fault(403, "organization_membership_quota_exceeded", "")
    );
    story
        .patch(&path, json!({ "max_allowed_memberships": 0 }))
        .await;
    story.post(&format!("{path}/memberships"), body).await;
}

#[tokio::test]
async fn the_last_manager_stays() {
    let story = Story::begin().await;
    let (organization, admin) = story.organization("one").await;
    let path = format!("/organizations/{organization}/memberships/{admin}");
    let expected = fault(400, "organization_minimum_permissions_needed", "");
    assert_eq!(story.error("DELETE", &path, None).await, expected);
    let body = Some(json!({ "role": "org:member" }));
    assert_eq!(story.error("PATCH", &path, body.clone()).await, expected);
    let user = story.user("bob@example.com").await;
    let body = json!({ "user_id": user, "role": "org:admin" });
    story
        .post(&format!("/organizations/{organization}/memberships"), body)
        .await;
    story.delete(&path).await;
}

#[tokio::test]
async fn lists_of_members_are_filtered_and_sorted() {
    let story = Story::begin().await;
    let (organization, admin) = story.organization("zoe").await;
    let path = format!("/organizations/{organization}/memberships");
    let mut members = vec![admin];
    for email in ["bob@example.com", "eve@example.org"] {
        let user = story.user(email).await;
        let body = json!({ "user_id": user, "role": "org:member" });
        story.post(&path, body).await;
        members.push(user);
    }
    // Another organization must not appear.
    story.organization("other").await;
    let [zoe, bob, eve] = [&members[0], &members[1], &members[2]];
    for (query, expected) in [
        ("", vec![eve, bob, zoe]),
        ("order_by=email_address", vec![bob, eve, zoe]),
        ("order_by=-email_address", vec![zoe, eve, bob]),
        ("role=org:member", vec![eve, bob]),
        ("role=org:member&role=org:admin", vec![eve, bob, zoe]),
        (&format!("user_id=-{bob}"), vec![eve, zoe]),
        (&format!("user_id={bob}&user_id=user_1"), vec![bob]),
        ("email_address=BOB@example.com", vec![bob]),
        ("email_address_query=.org", vec![eve]),
        ("phone_number=%2B15555550100", vec![]),
        ("username_query=x", vec![]),
        ("name_query=ann", vec![eve, bob, zoe]),
        ("query=EVE", vec![eve]),
        ("created_at_before=1", vec![]),
        ("created_at_after=1", vec![eve, bob, zoe]),
        ("last_active_at_after=1", vec![]),
        ("web3_wallet=0x1", vec![]),
        ("limit=1&offset=1", vec![bob]),
    ] {
        let page = story.get(&format!("{path}?{query}")).await;
        let found = page["data"].as_array().expect("a list").iter();
        let found: Vec<_> = found.map(|it| &it["public_user_data"]["user_id"]).collect();
        assert_eq!(found, expected, "{query}");
        if !query.contains("limit") {
            assert_eq!(page["total_count"], json!(expected.len()), "{query}");
        }
    }
    let all = story.get("/organization_memberships").await;
    assert_eq!(all["total_count"], 4);
    let own = story
        .get(&format!("/users/{bob}/organization_memberships"))
        .await;
    assert_eq!(own["total_count"], 1);
    assert_eq!(id(&own["data"][0]["organization"]), organization);
}
