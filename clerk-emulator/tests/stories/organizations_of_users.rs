//! What organizations mean for users: claims of tokens, filters of lists, and what remains of a deleted user.

use serde_json::{Value, json};

use crate::support::{Story, fault, id, ids};
use crate::tokens::verified;

#[tokio::test]
async fn a_token_names_the_organization_and_the_permissions() {
    let story = Story::begin().await;
    let (organization_id, admin) = story.organization("acme").await;
    let mut permissions = Vec::new();
    for key in [
        "org:dashboard:read",
        "org:dashboard:manage",
        "org:teams:read",
    ] {
        let body = json!({ "name": key, "key": key, "description": "" });
        permissions.push(id(&story.post("/organization_permissions", body).await));
    }
    let body = json!({
        "name": "Editor", "key": "org:editor", "description": "", "permissions": permissions,
        "include_in_initial_role_set": true,
    });
    story.post("/organization_roles", body).await;
    let user_id = story.user("editor@example.com").await;
    let body = json!({ "user_id": user_id, "role": "org:editor" });
    let path = format!("/organizations/{organization_id}");
    story.post(&format!("{path}/memberships"), body).await;
    let organization = story.get(&path).await;

    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    assert_eq!(
        session["last_active_organization_id"],
        json!(organization_id)
    );
    let token = story
        .post(&format!("/sessions/{}/tokens", id(&session)), json!({}))
        .await;
    let (_, claims) = verified(&story, token["jwt"].as_str().unwrap_or_default()).await;
    assert_eq!(
        claims["o"],
        json!({
            "id": organization_id, "slg": organization["slug"], "rol": "editor",
            "per": "manage,read", "fpm": "3,2",
        })
    );
    assert_eq!(claims["fea"], "o:dashboard,o:teams");

    // The permissions of the system are not part of tokens.
    let (_, claims) = verified(&story, &story.emulator.session_token(&admin)).await;
    let expected = json!({ "id": organization_id, "slg": organization["slug"], "rol": "admin" });
    assert_eq!(claims["o"], expected);
    assert_eq!(claims.get("fea"), None);

    story.delete(&format!("{path}/memberships/{user_id}")).await;
    let session = story.get(&format!("/sessions/{}", id(&session))).await;
    assert_eq!(session["last_active_organization_id"], Value::Null);
}

#[tokio::test]
async fn a_template_token_has_values_of_the_organization() {
    let story = Story::begin().await;
    let (organization_id, admin) = story.organization("acme").await;
    let claims = json!({
        "org": "{{org.id}}", "name": "{{org.name}}", "role": "{{org.role}}",
        "all": "{{user.organizations}}", "image": "{{org.image_url}}",
    });
    let body = json!({ "name": "one", "claims": claims });
    story.post("/jwt_templates", body).await;
    let session = story.post("/sessions", json!({ "user_id": admin })).await;
    let path = format!("/sessions/{}/tokens/one", id(&session));
    let token = story.post(&path, json!({})).await;
    let (_, claims) = verified(&story, token["jwt"].as_str().unwrap_or_default()).await;
    assert_eq!(claims["org"], json!(organization_id));
    assert_eq!(claims["name"], "acme");
    assert_eq!(claims["role"], "org:admin");
    assert_eq!(
        claims["all"],
        json!({ organization_id.clone(): "org:admin" })
    );
    let organization = story
        .get(&format!("/organizations/{organization_id}"))
        .await;
    assert_eq!(claims["image"], organization["image_url"]);
}

#[tokio::test]
async fn users_are_listed_by_organization() {
    let story = Story::begin().await;
    let (organization_id, admin) = story.organization("acme").await;
    let other = story.user("other@example.com").await;
    for (filter, expected) in [
        (organization_id.clone(), &admin),
        (format!("-{organization_id}"), &other),
    ] {
        let list = story.get(&format!("/users?organization_id={filter}")).await;
        assert_eq!(ids(&list), std::slice::from_ref(expected), "{filter}");
        let count = story
            .get(&format!("/users/count?organization_id={filter}"))
            .await;
        assert_eq!(count["total_count"], 1);
    }
}

#[tokio::test]
async fn a_deleted_user_leaves_the_organizations() {
    let story = Story::begin().await;
    let (organization_id, admin) = story.organization("acme").await;
    let before = story.event_kinds().len();
    story.delete(&format!("/users/{admin}")).await;
    assert_eq!(
        story.event_kinds()[before..],
        ["organizationMembership.deleted", "user.deleted"]
    );
    let events = story.emulator.events();
    let membership = &events[before].body["data"];
    assert_eq!(membership["public_user_data"]["user_id"], json!(admin));
    let members = story
        .get(&format!("/organizations/{organization_id}/memberships"))
        .await;
    assert_eq!(members["total_count"], 0);
}

#[tokio::test]
async fn sessions_and_sign_in_tokens_are_for_members() {
    let story = Story::begin().await;
    let (organization_id, admin) = story.organization("acme").await;
    let other = story.user("other@example.com").await;
    let body =
        |user_id: &str| json!({ "user_id": user_id, "active_organization_id": organization_id });
    let session = story.post("/sessions", body(&admin)).await;
    assert_eq!(
        session["last_active_organization_id"],
        json!(organization_id)
    );
    let error = story.error("POST", "/sessions", Some(body(&other))).await;
    let code = "organization_not_found_or_unauthorized";
    assert_eq!(error, fault(404, code, ""));
    let body = |user_id: &str| json!({ "user_id": user_id, "org_id": organization_id });
    story.post("/sign_in_tokens", body(&admin)).await;
    let error = story
        .error("POST", "/sign_in_tokens", Some(body(&other)))
        .await;
    assert_eq!(error, fault(403, "not_a_member_in_organization", ""));
}
