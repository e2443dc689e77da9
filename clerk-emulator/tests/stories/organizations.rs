//! Organizations.

use serde_json::{Value, json};

use crate::support::{Story, fault, id, ids};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

#[tokio::test]
async fn an_organization_is_created_with_its_first_member() {
    let story = Story::begin().await;
    let user = story.user("ann@example.com").await;
    let body = json!({ "name": "Acme, Inc.", "created_by": user, "private_metadata": { "a": 1 } });
    let created = story.post("/organizations", body).await;
    let slug = created["slug"].as_str().expect("a slug");
    assert!(slug.starts_with("acme-inc-"), "{slug}");
    assert_eq!(created["max_allowed_memberships"], 5);
    assert_eq!(created["created_by"], json!(user));
    assert_eq!(created["role_set_key"], "role_set:default");
    assert_eq!(created.get("members_count"), None);

    let path = format!("/organizations/{}", id(&created));
    assert_eq!(story.get(&path).await, created);
    assert_eq!(story.get(&format!("/organizations/{slug}")).await, created);
    let counted = story
        .get(&format!("{path}?include_members_count=true"))
        .await;
    assert_eq!(counted["members_count"], 1);
    let members = story.get(&format!("{path}/memberships")).await;
    assert_eq!(members["total_count"], 1);
    assert_eq!(members["data"][0]["role"], "org:admin");
    assert_eq!(members["data"][0]["organization"], created);
    assert_eq!(
        members["data"][0]["public_user_data"]["identifier"],
        "ann@example.com"
    );
    let kinds = [
        "user.created",
        "organization.created",
        "organizationMembership.created",
    ];
    assert_eq!(story.event_kinds(), kinds);
}

#[tokio::test]
async fn invalid_organizations_are_rejected() {
    let story = Story::begin().await;
    story
        .post("/organizations", json!({ "name": "A", "slug": "taken" }))
        .await;
    for (body, expected) in [
        (
            json!({ "name": "A", "slug": "taken" }),
            fault(422, "form_identifier_exists", "slug"),
        ),
        (
            json!({ "name": "A", "slug": "Not a slug" }),
            fault(422, "form_param_format_invalid", "slug"),
        ),
        (
            json!({ "name": "" }),
            fault(422, "form_param_value_invalid", "name"),
        ),
        (
            json!({ "name": "a".repeat(257) }),
            fault(422, "form_param_value_invalid", "name"),
        ),
        (
            json!({ "name": "http://a.b" }),
            fault(422, "form_param_value_invalid", "name"),
        ),
        (
            json!({ "name": "A", "created_by": "user_1" }),
            fault(400, "organization_creator_not_found", "created_by"),
        ),
        (
            json!({ "name": "A", "public_metadata": { "a": "x".repeat(9000) } }),
            fault(422, "form_param_exceeds_allowed_size", "public_metadata"),
        ),
        (
            json!({ "name": "A", "created_at": "yesterday" }),
            fault(422, "form_param_invalid_time", "created_at"),
        ),
        (
            json!({ "name": "A", "role_set_key": "role_set:none" }),
            fault(404, "resource_not_found", ""),
        ),
    ] {
        let error = story
            .error("POST", "/organizations", Some(body.clone()))
            .await;
        assert_eq!(error, expected, "{body}");
    }
    assert_eq!(story.get("/organizations").await["total_count"], 1);
}

#[tokio::test]
async fn the_settings_can_disable_slugs_and_organizations() {
    let story = Story::begin().await;
    let settings = "/instance/organization_settings";
    story
        .patch(settings, json!({ "slug_disabled": true }))
        .await;
    let body = Some(json!({ "name": "A", "slug": "a" }));
    let error = story.error("POST", "/organizations", body.clone()).await;
    assert_eq!(error, fault(403, "organization_slugs_disabled", "slug"));
    story.patch(settings, json!({ "enabled": false })).await;
    let error = story.error("POST", "/organizations", body).await;
    assert_eq!(
        error,
        fault(403, "organization_not_enabled_in_instance", "")
    );
}

#[tokio::test]
async fn lists_of_organizations_are_filtered_sorted_and_counted() {
    let story = Story::begin().await;
    let (one, ann) = story.organization("one").await;
    let (two, bob) = story.organization("two").await;
    let three = id(&story
        .post("/organizations", json!({ "name": "three" }))
        .await);
    let body = json!({ "user_id": ann, "role": "org:member" });
    story
        .post(&format!("/organizations/{two}/memberships"), body)
        .await;
    for (query, expected) in [
        ("", vec![&three, &two, &one]),
        ("order_by=%2Bcreated_at", vec![&one, &two, &three]),
        ("order_by=name", vec![&one, &three, &two]),
        ("order_by=-members_count", vec![&two, &one, &three]),
        ("query=TH", vec![&three]),
        (&format!("query={one}"), vec![&one]),
        (&format!("user_id={ann}"), vec![&two, &one]),
        (&format!("user_id=%2B{ann}&user_id=-{bob}"), vec![&one]),
        (&format!("organization_id=-{two}"), vec![&three, &one]),
        (
            &format!("organization_id=%2B{two}&organization_id=org_1"),
            vec![&two],
        ),
        ("limit=1&offset=1", vec![&two]),
    ] {
        let page = story.get(&format!("/organizations?{query}")).await;
        let found = ids(&page);
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
        if !query.contains("limit") {
            assert_eq!(page["total_count"], json!(expected.len()), "{query}");
        }
        assert_eq!(page["data"][0].get("members_count"), None);
    }
    let flags = "include_members_count=true&include_missing_member_with_elevated_permissions=true";
    let page = story.get(&format!("/organizations?{flags}")).await;
    let counts = page["data"].as_array().expect("a list").iter();
    let counts: Vec<_> = counts
        .map(|it| {
            (
                &it["members_count"],
                &it["missing_member_with_elevated_permissions"],
            )
        })
        .collect();
    let expected = [
        (json!(0), json!(true)),
        (json!(2), json!(false)),
        (json!(1), json!(false)),
    ];
    assert_eq!(
        counts,
        expected.iter().map(|(a, b)| (a, b)).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn an_organization_is_updated_and_null_changes_nothing() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}");
    let body = json!({
        "name": "Two", "slug": "two", "max_allowed_memberships": 7, "admin_delete_enabled": false,
        "created_at": "2026-01-01T00:00:00Z",
    });
    let updated = story.patch(&path, body).await;
    assert_eq!(updated["slug"], "two");
    assert_eq!(updated["max_allowed_memberships"], 7);
    assert_eq!(updated["created_at"], 1_767_225_600_000_i64);
    let error = story
        .error("PATCH", &path, Some(json!({ "slug": "" })))
        .await;
    assert_eq!(error, fault(422, "form_param_format_invalid", "slug"));
    let body = json!({ "name": null, "slug": null, "max_allowed_memberships": null });
    let unchanged = story.patch(&path, body).await;
    assert_eq!(unchanged["name"], "Two");
    assert_eq!(unchanged["slug"], "two");
    let error = story
        .error("PATCH", &path, Some(json!({ "public_metadata": {} })))
        .await;
    assert_eq!(error, fault(422, "form_param_unknown", "public_metadata"));
    let error = story
        .error("PATCH", "/organizations/org_1", Some(json!({})))
        .await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
}

#[tokio::test]
async fn metadata_is_merged_and_replaced() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}/metadata");
    let body =
        json!({ "public_metadata": { "a": { "b": 1, "c": 2 } }, "private_metadata": { "d": 1 } });
    story.patch(&path, body).await;
    let merged = story
        .patch(&path, json!({ "public_metadata": { "a": { "b": null } } }))
        .await;
    assert_eq!(merged["public_metadata"], json!({ "a": { "c": 2 } }));
    let replaced = story
        .put(&path, json!({ "public_metadata": { "e": null } }))
        .await;
    assert_eq!(replaced["public_metadata"], json!({ "e": null }));
    assert_eq!(replaced["private_metadata"], json!({ "d": 1 }));
}

#[tokio::test]
async fn a_logo_is_uploaded_and_deleted() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}/logo");
    let error = story.error("DELETE", &path, None).await;
    assert_eq!(error, fault(404, "image_not_found", ""));
    let answer = story.upload("PUT", &path, "image/png", PNG).await;
    assert_eq!(answer.status, 200, "{answer:#?}");
    assert_eq!(answer.json["has_image"], true);
    assert_eq!(answer.json["logo_url"], answer.json["image_url"]);
    for (media_type, content) in [
        ("text/plain", PNG),
        ("image/png", b"not a picture".as_slice()),
    ] {
        let answer = story.upload("PUT", &path, media_type, content).await;
        assert_eq!(answer.error(), fault(400, "request_body_invalid", ""));
    }
    let deleted = story.delete(&path).await;
    assert_eq!(deleted["has_image"], false);
    assert_ne!(deleted["image_url"], answer.json["image_url"]);
}

#[tokio::test]
async fn everything_of_a_deleted_organization_is_gone() {
    let story = Story::begin().await;
    let (organization, admin) = story.organization("one").await;
    let path = format!("/organizations/{organization}");
    let body = json!({ "email_address": "new@example.com", "role": "org:member" });
    story.post(&format!("{path}/invitations"), body).await;
    story
        .post(&format!("{path}/domains"), json!({ "name": "example.org" }))
        .await;
    let deleted = story.delete(&path).await;
    assert_eq!(deleted["deleted"], true);
    assert!(deleted["slug"].is_string());
    for list in [
        "/organizations",
        "/organization_memberships",
        "/organization_invitations",
        "/organization_domains",
        &format!("/users/{admin}/organization_memberships"),
    ] {
        assert_eq!(story.get(list).await["total_count"], 0, "{list}");
    }
    let kinds = story.event_kinds();
    let last = ["organizationMembership.deleted", "organization.deleted"];
    assert_eq!(kinds[kinds.len() - 2..], last);
    let events = story.emulator.events();
    let data: Vec<&Value> = events.iter().map(|it| &it.body["data"]).collect();
    assert_eq!(
        data[data.len() - 2]["organization"]["id"],
        json!(organization)
    );
    assert_eq!(data[data.len() - 1]["id"], json!(organization));
}
