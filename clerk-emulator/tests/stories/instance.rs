//! Settings of the instance, its domains and its Svix app.

use serde_json::json;

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn settings_are_kept() {
    let story = Story::begin().await;
    let instance = story.get("/instance").await;
    assert_eq!(instance["environment_type"], "development");
    assert_eq!(instance["allowed_origins"], json!(null));
    let body = json!({ "allowed_origins": ["https://example.com"], "test_mode": false });
    assert_eq!(story.patch("/instance", body).await, json!(null));
    let instance = story.get("/instance").await;
    assert_eq!(instance["allowed_origins"], json!(["https://example.com"]));

    let restrictions = story
        .patch("/instance/restrictions", json!({ "blocklist": true }))
        .await;
    assert_eq!(restrictions["blocklist"], true);
    assert_eq!(restrictions["allowlist"], false);
    let restrictions = story
        .patch("/instance/restrictions", json!({ "allowlist": null }))
        .await;
    assert_eq!(restrictions["blocklist"], true);

    story
        .patch("/instance/protect", json!({ "rules_enabled": true }))
        .await;
    assert_eq!(story.get("/instance/protect").await["rules_enabled"], true);
    let body = json!({ "from_email_address": "hello", "restricted_to_allowlist": true });
    let settings = story.patch("/beta_features/instance_settings", body).await;
    assert_eq!(settings["from_email_address"], "hello");
    assert_eq!(settings["id"], instance["id"]);
    let body = Some(json!({ "from_email_address": "a@b" }));
    let error = story
        .error("PATCH", "/beta_features/instance_settings", body)
        .await;
    assert_eq!(
        error,
        fault(422, "form_param_format_invalid", "from_email_address")
    );
}

#[tokio::test]
async fn blocked_countries_are_replaced() {
    let story = Story::begin().await;
    let path = "/instance/communication";
    assert_eq!(story.get(path).await["blocked_country_codes"], json!([]));
    let body = json!({ "blocked_country_codes": ["DE", "ZZ", "FR"] });
    let changed = story.patch(path, body).await;
    assert_eq!(changed["blocked_country_codes"], json!(["DE", "FR"]));
    assert_eq!(story.patch(path, json!({})).await, changed);
    assert_eq!(story.get(path).await, changed);
    let body = Some(json!({ "blocked_country_codes": ["DE", "DE"] }));
    let (status, _, param) = story.error("PATCH", path, body).await;
    assert_eq!((status, &*param), (422, "blocked_country_codes"));
}

#[tokio::test]
async fn settings_of_oauth_applications_are_kept_and_restored() {
    let story = Story::begin().await;
    let path = "/instance/oauth_application_settings";
    let defaults = story.get(path).await;
    let body = json!({ "default_scopes": ["email"], "oauth_jwt_access_tokens": true });
    let changed = story.patch(path, body).await;
    assert_eq!(changed["default_scopes"], json!(["email"]));
    assert_eq!(story.get(path).await, changed);
    let restored = story.patch(path, json!({ "default_scopes": null })).await;
    assert_eq!(restored["default_scopes"], defaults["default_scopes"]);
    assert_eq!(restored["oauth_jwt_access_tokens"], true);
}

#[tokio::test]
async fn organization_settings_name_roles_by_their_keys() {
    let story = Story::begin().await;
    let path = "/instance/organization_settings";
    let defaults = story.get(path).await;
    assert_eq!(defaults["max_allowed_memberships"], 5);
    assert_eq!(defaults["initial_role_set_key"], "role_set:default");
    let roles = ids(&story.get("/organization_roles?order_by=key").await);
    let [admin, member] = [&roles[0], &roles[1]];
    let body = json!({ "domains_default_role_id": admin, "max_allowed_memberships": 9 });
    let changed = story.patch(path, body).await;
    assert_eq!(changed["domains_default_role"], "org:admin");
    assert_eq!(changed["max_allowed_memberships"], 9);
    for (body, expected) in [
        (
            json!({ "creator_role_id": member }),
            fault(422, "organization_missing_creator_role_permissions", ""),
        ),
        (
            json!({ "creator_role_id": "role_1" }),
            fault(404, "resource_not_found", ""),
        ),
        (
            json!({ "domains_enrollment_modes": ["x"] }),
            fault(422, "form_param_value_invalid", "domains_enrollment_modes"),
        ),
    ] {
        assert_eq!(
            story.error("PATCH", path, Some(body.clone())).await,
            expected,
            "{body}"
        );
    }
    let organization = story.post("/organizations", json!({ "name": "A" })).await;
    assert_eq!(organization["max_allowed_memberships"], 9);
}

#[tokio::test]
async fn the_domain_of_a_development_instance_stays() {
    let story = Story::begin().await;
    let body = Some(json!({ "home_url": "https://example.com" }));
    for (method, path) in [
        ("POST", "/instance/change_domain"),
        ("PUT", "/beta_features/domain"),
    ] {
        let error = story.error(method, path, body.clone()).await;
        assert_eq!(error, fault(400, "request_invalid_for_environment", ""));
    }
}

#[tokio::test]
async fn a_satellite_domain_is_added_renamed_and_deleted() {
    let story = Story::begin().await;
    let body = json!({ "name": "localhost:3000", "is_satellite": true });
    let added = story.post("/domains", body.clone()).await;
    assert_eq!(added["is_satellite"], true);
    let error = story.error("POST", "/domains", Some(body)).await;
    assert_eq!(error, fault(422, "form_already_exists", "name"));
    let body = json!({ "name": "https://a.b", "is_satellite": true });
    let error = story.error("POST", "/domains", Some(body)).await;
    assert_eq!(error, fault(422, "form_param_format_invalid", "name"));
    let path = format!("/domains/{}", id(&added));
    let renamed = story.patch(&path, json!({ "name": "example.com" })).await;
    assert_eq!(renamed["name"], "example.com");
    let error = story
        .error("PATCH", &path, Some(json!({ "proxy_url": "https://a.b" })))
        .await;
    assert_eq!(error, fault(400, "request_invalid_for_environment", ""));
    story.delete(&path).await;
    let domains = story.get("/domains").await;
    assert_eq!(domains["total_count"], 1);
    let primary = format!("/domains/{}", id(&domains["data"][0]));
    let error = story.error("DELETE", &primary, None).await;
    assert_eq!(
        error,
        fault(403, "operation_not_allowed_on_primary_domain", "")
    );
}

#[tokio::test]
async fn an_instance_has_at_most_one_svix_app() {
    let story = Story::begin().await;
    let missing = fault(400, "svix_app_missing", "");
    assert_eq!(story.error("DELETE", "/webhooks/svix", None).await, missing);
    assert_eq!(
        story.error("POST", "/webhooks/svix_url", None).await,
        missing
    );
    story.ok("POST", "/webhooks/svix", None).await;
    let error = story.error("POST", "/webhooks/svix", None).await;
    assert_eq!(error, fault(400, "svix_app_exists", ""));
    story.ok("POST", "/webhooks/svix_url", None).await;
    story.delete("/webhooks/svix").await;
}
