//! Enterprise connections, SAML connections and directories.

use serde_json::{Value, json};

use crate::support::{Story, fault, id, ids};

async fn connection(story: &Story, domain: &str) -> Value {
    let body = json!({ "name": "One", "provider": "saml_custom", "domains": [domain] });
    story.post("/enterprise_connections", body).await
}

#[tokio::test]
async fn a_connection_is_created_activated_and_deleted() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let domains = format!("/organizations/{organization}/domains");
    story.post(&domains, json!({ "name": "example.com" })).await;
    let body = json!({
        "name": "One", "provider": "saml_okta", "domains": ["Example.com"],
        "organization_id": organization, "saml": { "idp_entity_id": "https://idp" },
    });
    let created = story.post("/enterprise_connections", body.clone()).await;
    assert_eq!(created["domains"], json!(["example.com"]));
    assert_eq!(created["active"], false);
    assert_eq!(created["saml_connection"]["idp_entity_id"], "https://idp");
    assert_eq!(created["oauth_config"], json!(null));
    let error = story
        .error("POST", "/enterprise_connections", Some(body))
        .await;
    assert_eq!(
        error,
        fault(
            422,
            "organization_already_has_sso_connection",
            "organization_id"
        )
    );
    let path = format!("/enterprise_connections/{}", id(&created));
    let error = story
        .error("PATCH", &path, Some(json!({ "active": true })))
        .await;
    assert_eq!(error, fault(422, "saml_connection_cant_be_activated", ""));
    let body = json!({
        "active": true, "domains": [], "organization_id": null,
        "saml": { "idp_sso_url": "https://idp/sso", "idp_certificate": "MII" },
    });
    let updated = story.patch(&path, body).await;
    assert_eq!(updated["active"], true);
    assert_eq!(updated["domains"], json!(["example.com"]));
    assert_eq!(updated["organization_id"], json!(organization));
    assert_eq!(story.get(&path).await, updated);
    assert_eq!(story.get(&domains).await["total_count"], 0);
    assert_eq!(
        story.event_kinds().last(),
        Some(&"organizationDomain.deleted")
    );
    for (query, count) in [
        (String::new(), 1),
        ("?active=true".to_owned(), 1),
        ("?active=false".to_owned(), 0),
        (format!("?organization_id={organization}"), 1),
    ] {
        let page = story.get(&format!("/enterprise_connections{query}")).await;
        assert_eq!(page["total_count"], count, "{query}");
    }
    let runs = story.get(&format!("{path}/test_runs")).await;
    assert_eq!(runs["total_count"], 0);
    story.delete(&path).await;
    assert_eq!(
        story.error("GET", &path, None).await,
        fault(404, "resource_not_found", "")
    );
}

#[tokio::test]
async fn invalid_connections_are_rejected() {
    let story = Story::begin().await;
    connection(&story, "example.com").await;
    let body =
        |domains: Value| json!({ "name": "A", "provider": "saml_custom", "domains": domains });
    for (body, expected) in [
        (
            body(json!(["example.com"])),
            fault(422, "form_already_exists", "domains"),
        ),
        (
            body(json!(["example"])),
            fault(422, "form_param_format_invalid", "domains"),
        ),
        (
            body(json!([])),
            fault(422, "form_param_array_size_exceeded", "domains"),
        ),
        (
            json!({ "name": "A", "provider": "saml_custom", "domains": ["a.org"], "organization_id": "org_1" }),
            fault(404, "resource_not_found", ""),
        ),
    ] {
        let error = story
            .error("POST", "/enterprise_connections", Some(body.clone()))
            .await;
        assert_eq!(error, expected, "{body}");
    }
}

#[tokio::test]
async fn a_connection_by_openid_connect_has_its_configuration() {
    let story = Story::begin().await;
    let body = json!({
        "name": "One", "provider": "oidc_custom", "domains": ["example.com"],
        "oidc": { "client_id": "a", "client_secret": "b", "requires_pkce": true },
    });
    let created = story.post("/enterprise_connections", body).await;
    assert_eq!(created["oauth_config"]["client_id"], "a");
    assert_eq!(created["saml_connection"], json!(null));
    let path = format!("/enterprise_connections/{}", id(&created));
    let updated = story
        .patch(&path, json!({ "oidc": { "client_id": "c" } }))
        .await;
    assert_eq!(updated["oauth_config"]["client_id"], "c");
    assert_eq!(updated["oauth_config"]["requires_pkce"], true);
    assert_eq!(story.get("/saml_connections").await["total_count"], 0);
}

#[tokio::test]
async fn a_saml_connection_is_another_view_of_an_enterprise_connection() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let domains = format!("/organizations/{organization}/domains");
    story.post(&domains, json!({ "name": "example.com" })).await;
    let body = json!({
        "name": "One", "provider": "saml_custom", "domain": "example.com",
        "attribute_mapping": { "user_id": "uid" },
    });
    let created = story.post("/saml_connections", body).await;
    assert_eq!(created["domains"], json!(["example.com"]));
    assert_eq!(created["attribute_mapping"]["user_id"], "uid");
    let path = format!("/saml_connections/{}", id(&created));
    assert_eq!(story.get(&path).await, created);
    let twin = created["enterprise_connection_id"].as_str().expect("an id");
    let twin = story.get(&format!("/enterprise_connections/{twin}")).await;
    assert_eq!(twin["saml_connection"]["id"], created["id"]);

    let error = story
        .error("PATCH", &path, Some(json!({ "active": true })))
        .await;
    assert_eq!(error, fault(422, "saml_connection_cant_be_activated", ""));
    let body = json!({ "active": true, "idp_metadata_url": "https://idp/metadata" });
    let error = story.error("PATCH", &path, Some(body.clone())).await;
    assert_eq!(error, fault(409, "conflict", ""));
    let mut body = body;
    body["consent_verified_domains_deletion"] = json!(true);
    let updated = story.patch(&path, body).await;
    assert_eq!(updated["active"], true);
    assert_eq!(story.get(&domains).await["total_count"], 0);
    for (query, count) in [("", 1), ("?query=ON", 1), ("?query=two", 0)] {
        let page = story.get(&format!("/saml_connections{query}")).await;
        assert_eq!(page["total_count"], count, "{query}");
    }
    assert_eq!(ids(&story.get("/saml_connections").await), [id(&created)]);
    assert_eq!(story.delete(&path).await["object"], "saml_connection");
    assert_eq!(
        story.error("GET", &path, None).await,
        fault(404, "resource_not_found", "")
    );
    assert_eq!(story.get("/enterprise_connections").await["total_count"], 0);
}

#[tokio::test]
async fn a_directory_is_the_same_in_both_views() {
    let story = Story::begin().await;
    let connection = id(&connection(&story, "example.com").await);
    let body = json!({ "enterprise_connection_id": connection, "provider": "okta" });
    let created = story.post("/scim_directories", body.clone()).await;
    assert_eq!(created["object"], "scim_directory");
    assert_eq!(created["name"], "One");
    assert!(created["api_key"].is_string());
    let error = story.error("POST", "/directories", Some(body)).await;
    assert_eq!(
        error,
        fault(422, "form_already_exists", "enterprise_connection_id")
    );
    let body = Some(json!({ "enterprise_connection_id": "ent_1", "provider": "okta" }));
    let error = story.error("POST", "/directories", body).await;
    assert_eq!(
        error,
        fault(422, "form_resource_not_found", "enterprise_connection_id")
    );

    let (scim, path) = (
        format!("/scim_directories/{}", id(&created)),
        format!("/directories/{}", id(&created)),
    );
    let read = story.get(&path).await;
    assert_eq!(read["object"], "directory");
    assert_eq!(read.get("api_key"), None);
    let body = json!({ "attribute_mapping": { "a": "x", "b": "y" }, "enabled": true });
    story.patch(&path, body).await;
    let updated = story
        .patch(&scim, json!({ "attribute_mapping": { "a": null } }))
        .await;
    assert_eq!(updated["attribute_mapping"], json!({ "b": "y" }));
    assert_eq!(updated["enabled"], true);
    for path in [&scim, &path] {
        let rotated = story
            .ok("POST", &format!("{path}/rotate_api_key"), None)
            .await;
        assert_ne!(rotated["api_key"], created["api_key"]);
        assert_eq!(story.get(path).await.get("api_key"), None);
    }
    for list in ["/scim_directories", "/directories"] {
        assert_eq!(story.get(list).await["total_count"], 1);
    }
    assert_eq!(story.delete(&scim).await["object"], "scim_directory");
    assert_eq!(
        story.error("DELETE", &path, None).await,
        fault(404, "resource_not_found", "")
    );
}

#[tokio::test]
async fn groups_are_mapped_to_roles_in_order() {
    let story = Story::begin().await;
    let connection = id(&connection(&story, "example.com").await);
    let roles = ids(&story.get("/organization_roles?order_by=key").await);
    let [admin, member] = [&roles[0], &roles[1]];
    let body = json!({ "enterprise_connection_id": connection, "provider": "okta" });
    let directory = id(&story.post("/directories", body).await);
    let path = format!("/directories/{directory}/group_role_mappings");
    let scim = format!("/scim_directories/{directory}/group_role_mappings");
    let body = |group: &str, role: &str| json!({ "scim_group_id": group, "role_id": role });
    let error = story.error("POST", &path, Some(body("a", admin))).await;
    assert_eq!(error, fault(400, "feature_not_enabled", ""));
    let enable = json!({ "group_role_mapping_enabled": true });
    story
        .patch(&format!("/directories/{directory}"), enable)
        .await;

    let first = story.post(&path, body("a", member)).await;
    assert_eq!(first["precedence"], 1);
    assert_eq!(first["role"]["id"], json!(member));
    let mut second = body("b", admin);
    second["precedence"] = json!(1);
    let second = story.post(&scim, second).await;
    assert_eq!(second["object"], "scim_group_role_mapping");
    let groups = |page: &Value| -> Vec<Value> {
        let items = page["data"].as_array().expect("a list").iter();
        items
            .map(|it| json!([it["directory_group_id"], it["precedence"]]))
            .collect()
    };
    assert_eq!(
        groups(&story.get(&path).await),
        [json!(["b", 1]), json!(["a", 2])]
    );
    for (body, expected) in [
        (
            body("a", admin),
            fault(422, "form_already_exists", "directory_group_id"),
        ),
        (
            body("c", "role_1"),
            fault(422, "form_resource_not_found", "role_id"),
        ),
        (
            json!({ "role_id": admin }),
            fault(422, "form_param_missing", "directory_group_id"),
        ),
    ] {
        assert_eq!(
            story.error("POST", &path, Some(body.clone())).await,
            expected,
            "{body}"
        );
    }
    let body = json!({ "mappings": [body("c", admin), body("a", member)] });
    for path in [&scim, &path] {
        let replaced = story.put(path, body.clone()).await;
        assert_eq!(groups(&replaced), [json!(["c", 1]), json!(["a", 2])]);
    }
    for (path, object) in [(&scim, "scim"), (&path, "directory")] {
        let mapping = ids(&story.get(path).await).remove(0);
        let deleted = story.delete(&format!("{path}/{mapping}")).await;
        assert_eq!(
            deleted["object"],
            json!(format!("{object}_group_role_mapping"))
        );
    }
    assert_eq!(story.get(&scim).await["total_count"], 0);
}

#[tokio::test]
async fn a_link_to_the_admin_portal_is_created_and_revoked() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = "/admin_portal_link_tokens";
    let body = json!({ "organization_id": organization });
    let created = story.post(path, body.clone()).await;
    let expiration = created["created_at"].as_i64().map(|it| it + 3_600_000);
    assert_eq!(created["expiration"].as_i64(), expiration);
    let again = story.post(path, body).await;
    assert_eq!(
        again["admin_portal_link_id"],
        created["admin_portal_link_id"]
    );
    let revoke = format!("{path}/{}/revoke", id(&created));
    let revoked = story
        .post(&revoke, json!({ "revocation_reason": "x" }))
        .await;
    assert_eq!(revoked["revoked"], true);
    assert_eq!(story.post(&revoke, json!({})).await, revoked);
    let both = json!({ "organization_id": organization, "it_contact_id": "c" });
    let unknown = json!({ "organization_id": format!("org_{}", "a".repeat(27)) });
    for body in [json!({}), both, unknown] {
        let error = story.error("POST", path, Some(body)).await;
        assert_eq!(error, fault(400, "bad_request", ""));
    }
}

#[tokio::test]
async fn what_belongs_to_a_deleted_object_is_gone() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let body = json!({
        "name": "One", "provider": "saml_custom", "domains": ["example.com"],
        "organization_id": organization,
    });
    let connection = id(&story.post("/enterprise_connections", body).await);
    let role = json!({ "key": "org:x", "name": "X" });
    let role = id(&story.post("/organization_roles", role).await);
    let body = json!({
        "enterprise_connection_id": connection, "provider": "okta",
        "group_role_mappings": [{ "role_id": role, "directory_group_id": "a" }],
    });
    let directory = id(&story.post("/directories", body).await);
    story.delete(&format!("/organization_roles/{role}")).await;
    let mappings = story
        .get(&format!("/directories/{directory}/group_role_mappings"))
        .await;
    assert_eq!(mappings["total_count"], 0);

    let body = json!({ "name": "one", "subject": organization });
    let key = story.post("/api_keys", body).await;
    story
        .delete(&format!("/organizations/{organization}"))
        .await;
    let path = format!("/api_keys/{}", id(&key));
    assert_eq!(
        story.error("GET", &path, None).await,
        fault(404, "resource_not_found", "")
    );
    let path = format!("/enterprise_connections/{connection}");
    assert_eq!(story.get(&path).await["organization_id"], json!(null));
    story.delete(&path).await;
    assert_eq!(story.get("/directories").await["total_count"], 0);
}
