//! Roles, permissions and role sets.

use serde_json::{Value, json};

use crate::support::{Story, fault, id};

async fn find(story: &Story, path: &str, key: &str) -> String {
    let page = story.get(&format!("{path}?limit=100")).await;
    let mut items = page["data"].as_array().expect("a list").iter();
    id(items.find(|it| it["key"] == key).expect("the key exists"))
}

async fn role(story: &Story, key: &str) -> Value {
    let body = json!({ "key": key, "name": key, "include_in_initial_role_set": true });
    story.post("/organization_roles", body).await
}

#[tokio::test]
async fn an_instance_has_roles_and_permissions_from_the_beginning() {
    let story = Story::begin().await;
    let permissions = story.get("/organization_permissions").await;
    assert_eq!(permissions["total_count"], 9);
    assert_eq!(permissions["data"][0]["type"], "system");
    let roles = story.get("/organization_roles?order_by=key").await;
    assert_eq!(roles["total_count"], 2);
    assert_eq!(roles["data"][0]["key"], "org:admin");
    assert_eq!(roles["data"][0]["is_creator_eligible"], true);
    assert_eq!(roles["data"][1]["is_creator_eligible"], false);
    let sets = story.get("/role_sets").await;
    assert_eq!(sets["data"][0]["type"], "initial");
    assert_eq!(sets["data"][0]["creator_role"]["key"], "org:admin");
}

#[tokio::test]
async fn a_permission_is_created_changed_and_deleted() {
    let story = Story::begin().await;
    let path = "/organization_permissions";
    let body = json!({ "key": "org:team:read", "name": "Read teams" });
    let created = story.post(path, body.clone()).await;
    assert_eq!(created["type"], "user");
    let error = story.error("POST", path, Some(body)).await;
    assert_eq!(error, fault(422, "form_already_exists", "key"));
    for key in [
        "team:read",
        "org:team",
        "org:sys_team:read",
        "org:Team:read",
        "org::read",
    ] {
        let error = story
            .error("POST", path, Some(json!({ "key": key, "name": "x" })))
            .await;
        assert_eq!(
            error,
            fault(422, "form_param_format_invalid", "key"),
            "{key}"
        );
    }
    let own = format!("{path}/{}", id(&created));
    let updated = story.patch(&own, json!({ "name": "Teams" })).await;
    assert_eq!(updated["name"], "Teams");
    assert_eq!(story.get(&own).await, updated);
    let body = json!({ "key": "org:x", "name": "X", "permissions": [id(&created)] });
    let role = story.post("/organization_roles", body).await;
    story.delete(&own).await;
    let role = story
        .get(&format!("/organization_roles/{}", id(&role)))
        .await;
    assert_eq!(role["permissions"], json!([]));

    let system = find(&story, path, "org:sys_billing:read").await;
    let system = format!("{path}/{system}");
    let expected = fault(403, "organization_system_permission_not_modifiable", "");
    assert_eq!(story.error("DELETE", &system, None).await, expected);
    assert_eq!(
        story
            .error("PATCH", &system, Some(json!({ "name": "x" })))
            .await,
        expected
    );
    let kinds = [
        "permission.created",
        "permission.updated",
        "role.created",
        "permission.deleted",
    ];
    assert_eq!(story.event_kinds(), kinds);
}

#[tokio::test]
async fn a_role_is_created_changed_and_deleted() {
    let story = Story::begin().await;
    let created = role(&story, "org:editor").await;
    let path = format!("/organization_roles/{}", id(&created));
    let permission = find(&story, "/organization_permissions", "org:sys_domains:read").await;
    let assign = format!("{path}/permissions/{permission}");
    let assigned = story.ok("POST", &assign, None).await;
    assert_eq!(assigned["permissions"][0]["id"], json!(permission));
    let error = story.error("POST", &assign, None).await;
    assert_eq!(
        error,
        fault(409, "organization_role_permission_association_exists", "")
    );
    let taken = story.delete(&assign).await;
    assert_eq!(taken["permissions"], json!([]));
    assert_eq!(
        story.error("DELETE", &assign, None).await,
        fault(404, "resource_not_found", "")
    );
    let body = json!({ "description": "Edits", "permissions": [permission] });
    let updated = story.patch(&path, body).await;
    assert_eq!(updated["description"], "Edits");
    assert_eq!(story.get(&path).await, updated);
    story.delete(&path).await;
    let set = story.get("/role_sets/role_set:default").await;
    assert_eq!(set["roles"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn invalid_roles_are_rejected() {
    let story = Story::begin().await;
    let path = "/organization_roles";
    for (body, expected) in [
        (
            json!({ "key": "editor", "name": "x" }),
            fault(422, "form_param_format_invalid", "key"),
        ),
        (
            json!({ "key": "org:admin", "name": "x" }),
            fault(422, "form_already_exists", "key"),
        ),
        (
            json!({ "key": "org:x", "name": "x", "permissions": ["perm_1"] }),
            fault(422, "form_resource_not_found", "permissions"),
        ),
    ] {
        assert_eq!(
            story.error("POST", path, Some(body.clone())).await,
            expected,
            "{body}"
        );
    }
    for number in 0..10 {
        let body = json!({ "key": format!("org:r{number}"), "name": "x" });
        story.post(path, body).await;
    }
    let error = story
        .error("POST", path, Some(json!({ "key": "org:r10", "name": "x" })))
        .await;
    assert_eq!(
        error,
        fault(403, "organization_instance_roles_quota_exceeded", "")
    );
    let admin = find(&story, path, "org:admin").await;
    let body = Some(json!({ "permissions": [] }));
    let error = story.error("PATCH", &format!("{path}/{admin}"), body).await;
    assert_eq!(
        error,
        fault(422, "organization_missing_creator_role_permissions", "")
    );
}

#[tokio::test]
async fn a_used_role_cannot_be_deleted_and_its_key_changes_everywhere() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let user = story.user("bob@example.com").await;
    for (key, code) in [
        ("org:admin", "organization_role_default_creator_role"),
        ("org:member", "organization_role_domain_default_role"),
    ] {
        let id = find(&story, "/organization_roles", key).await;
        let error = story
            .error("DELETE", &format!("/organization_roles/{id}"), None)
            .await;
        assert_eq!(error, fault(422, code, ""));
    }
    let created = role(&story, "org:editor").await;
    let path = format!("/organization_roles/{}", id(&created));
    let organization = format!("/organizations/{organization}");
    let body = json!({ "email_address": "new@example.com", "role": "org:editor" });
    story
        .post(&format!("{organization}/invitations"), body)
        .await;
    let error = story.error("DELETE", &path, None).await;
    assert_eq!(
        error,
        fault(422, "organization_role_exists_in_invitations", "")
    );
    let body = json!({ "user_id": user, "role": "org:editor" });
    story
        .post(&format!("{organization}/memberships"), body)
        .await;
    let error = story.error("DELETE", &path, None).await;
    assert_eq!(error, fault(422, "organization_role_assigned_members", ""));

    story.patch(&path, json!({ "key": "org:writer" })).await;
    let members = story
        .get(&format!("{organization}/memberships?role=org:writer"))
        .await;
    assert_eq!(members["total_count"], 1);
    let invitations = story.get(&format!("{organization}/invitations")).await;
    assert_eq!(invitations["data"][0]["role"], "org:writer");
    let admin = find(&story, "/organization_roles", "org:admin").await;
    story
        .patch(
            &format!("/organization_roles/{admin}"),
            json!({ "key": "org:owner" }),
        )
        .await;
    let settings = story.get("/instance/organization_settings").await;
    assert_eq!(settings["creator_role"], "org:owner");
}

#[tokio::test]
async fn a_role_set_is_created_changed_and_replaced() {
    let story = Story::begin().await;
    role(&story, "org:editor").await;
    let body = json!({
        "name": "Big Teams", "default_role_key": "org:editor", "creator_role_key": "org:admin",
        "roles": ["org:admin", "org:editor"],
    });
    let created = story.post("/role_sets", body.clone()).await;
    assert_eq!(created["key"], "role_set:big_teams");
    assert_eq!(created["type"], "custom");
    assert_eq!(created["default_role"]["key"], "org:editor");
    let error = story.error("POST", "/role_sets", Some(body)).await;
    assert_eq!(error, fault(422, "form_already_exists", "key"));

    let path = "/role_sets/role_set:big_teams";
    let added = story
        .post(
            &format!("{path}/roles"),
            json!({ "role_keys": ["org:member"] }),
        )
        .await;
    assert_eq!(added["roles"].as_array().map(Vec::len), Some(3));
    let body = json!({ "type": "initial", "default_role_key": "org:member" });
    let updated = story.patch(path, body).await;
    assert_eq!(updated["type"], "initial");
    assert_eq!(
        story.get("/role_sets/role_set:default").await["type"],
        "custom"
    );
    assert_eq!(story.get(path).await, updated);

    let (organization, _) = story.organization("one").await;
    let user = story.user("bob@example.com").await;
    let members = format!("/organizations/{organization}/memberships");
    story
        .post(&members, json!({ "user_id": user, "role": "org:editor" }))
        .await;
    let body = json!({ "role_key": "org:editor", "to_role_key": "org:member" });
    story.post(&format!("{path}/roles/replace"), body).await;
    let member = story.get(&format!("{members}?user_id={user}")).await;
    assert_eq!(member["data"][0]["role"], "org:member");

    let body = json!({
        "dest_role_set_key": "role_set:default",
        "reassignment_mappings": { "org:member": "org:editor" },
    });
    story.post(&format!("{path}/replace"), body).await;
    let member = story.get(&format!("{members}?user_id={user}")).await;
    assert_eq!(member["data"][0]["role"], "org:editor");
    let organization = story.get(&format!("/organizations/{organization}")).await;
    assert_eq!(organization["role_set_key"], "role_set:default");
    assert_eq!(
        story.error("GET", path, None).await,
        fault(404, "resource_not_found", "")
    );
}

#[tokio::test]
async fn invalid_role_sets_are_rejected() {
    let story = Story::begin().await;
    let body = |default: &str, creator: &str, roles: Value| json!({ "name": "X", "default_role_key": default, "creator_role_key": creator, "roles": roles });
    for (body, expected) in [
        (
            body("org:member", "org:admin", json!(["org:admin"])),
            fault(422, "form_param_value_invalid", "default_role_key"),
        ),
        (
            body("org:member", "org:member", json!(["org:member"])),
            fault(422, "organization_missing_creator_role_permissions", ""),
        ),
        (
            body("org:x", "org:admin", json!(["org:x"])),
            fault(422, "form_resource_not_found", "roles"),
        ),
    ] {
        let error = story.error("POST", "/role_sets", Some(body.clone())).await;
        assert_eq!(error, expected, "{body}");
    }
    let body = json!({ "dest_role_set_key": "role_set:none" });
    let error = story
        .error("POST", "/role_sets/role_set:default/replace", Some(body))
        .await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
}
