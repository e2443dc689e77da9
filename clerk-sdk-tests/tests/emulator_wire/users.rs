//! Users, over plain HTTP.

use serde_json::{Value, json};

use crate::http_client::{HttpClient, start};
use crate::schema::assert_matches_schema;

#[tokio::test]
async fn a_user_can_be_created_updated_banned_locked_and_deleted() {
    let (_emulator, client) = start().await;
    let body = json!({
        "email_address": ["ada@example.com"], "phone_number": ["+15555550100"], "username": "ada",
        "external_id": "x1", "first_name": "Ada", "password": "correct horse",
        "created_at": "2026-05-12T00:00:00Z",
    });
    let ada = client.json("POST", "/users", body).await;
    assert_matches_schema("User", &ada.json);
    assert_eq!(
        ada.json["primary_email_address_id"],
        ada.json["email_addresses"][0]["id"]
    );
    assert_eq!(ada.json["created_at"], 1_778_544_000_000_i64);
    let path = format!("/users/{}", ada.id());

    let taken = client
        .json("POST", "/users", json!({"username": "ada"}))
        .await;
    assert_eq!(taken.error(), (422, "form_identifier_exists", "username"));
    let body = json!({"username": "ada", "first_name": "Augusta"});
    client.json("PATCH", &path, body).await.id();
    let changed = client.json("PATCH", &path, json!({"username": null})).await;
    assert_eq!(changed.json["username"], Value::Null);
    assert_eq!(
        changed.json["first_name"], "Augusta",
        "absent fields keep their values"
    );
    let rejected = client
        .json("PATCH", &path, json!({"public_metadata": {}}))
        .await;
    assert_eq!(
        rejected.error(),
        (422, "form_param_unknown", "public_metadata")
    );

    for (verb, field, value) in [
        ("ban", "banned", true),
        ("unban", "banned", false),
        ("lock", "locked", true),
        ("unlock", "locked", false),
    ] {
        let response = HttpClient::send(client.request("POST", &format!("{path}/{verb}"))).await;
        assert_eq!(response.json[field], value, "{verb}");
    }
    let deleted = client.delete(&path).await;
    assert_matches_schema("DeletedObject", &deleted.json);
    assert_eq!(deleted.json["external_id"], "x1");
    assert_eq!(
        client.get(&path).await.error(),
        (404, "resource_not_found", "")
    );
}

#[tokio::test]
async fn lists_can_be_filtered_sorted_and_paginated() {
    let (_emulator, client) = start().await;
    let mut ids = Vec::new();
    for name in ["carol", "alice", "bob"] {
        let body = json!({"username": name, "email_address": [format!("{name}@example.com")]});
        ids.push(client.json("POST", "/users", body).await.id());
    }
    let (carol, alice) = (&ids[0], &ids[1]);
    let pages = [
        (String::new(), "bob alice carol"),
        ("?order_by=%2Bcreated_at".into(), "carol alice bob"),
        ("?order_by=username&limit=2".into(), "alice bob"),
        ("?order_by=-username&offset=1".into(), "bob alice"),
        (format!("?starting_after={alice}"), "carol"),
        (format!("?starting_after={carol}"), ""),
        ("?username=bob&username=carol".into(), "bob carol"),
        ("?email_address=ALICE%40example.com".into(), "alice"),
        (format!("?user_id=-{carol}"), "bob alice"),
        (format!("?user_id=%2B{carol}"), "carol"),
        ("?query=lic".into(), "alice"),
        ("?email_address_query=B%40".into(), "bob"),
        ("?banned=true".into(), ""),
        ("?created_at_before=1".into(), ""),
    ];
    for (query, names) in pages {
        let response = client.get(&format!("/users{query}")).await;
        let users = response.json.as_array().expect("the body is a list");
        let found: Vec<_> = users
            .iter()
            .filter_map(|it| it["username"].as_str())
            .collect();
        assert_eq!(found.join(" "), names, "{query}");
    }
    for (query, param) in [
        ("limit=0".to_owned(), "limit"),
        ("limit=501".to_owned(), "limit"),
        ("offset=-1".to_owned(), "offset"),
        ("order_by=shoe_size".to_owned(), "order_by"),
        (format!("starting_after={alice}&offset=1"), "starting_after"),
        (
            format!("starting_after={alice}&order_by=username"),
            "starting_after",
        ),
    ] {
        let response = client.get(&format!("/users?{query}")).await;
        assert_eq!(
            response.error(),
            (422, "form_param_value_invalid", param),
            "{query}"
        );
    }
    let count = client.get("/users/count?username=bob&limit=0").await;
    assert_eq!(
        count.json,
        json!({"object": "total_count", "total_count": 1})
    );
}

#[tokio::test]
async fn metadata_is_merged_by_patch_and_replaced_by_put() {
    let (_emulator, client) = start().await;
    let body = json!({"public_metadata": {"a": {"b": 1, "c": 2}, "d": 3}});
    let user = client.json("POST", "/users", body.clone()).await.id();
    let change = json!({"public_metadata": {"a": {"b": null, "e": {"f": null}}, "d": [4]}});
    let path = format!("/users/{user}/metadata");
    let merged = client.json("PATCH", &path, change).await;
    assert_eq!(
        merged.json["public_metadata"],
        json!({"a": {"c": 2, "e": {}}, "d": [4]})
    );
    let replaced = client
        .json("PUT", &path, json!({"public_metadata": {"g": 5}}))
        .await;
    assert_eq!(replaced.json["public_metadata"], json!({"g": 5}));
    let untouched = client
        .json("PUT", &path, json!({"unsafe_metadata": {"h": 6}}))
        .await;
    assert_eq!(untouched.json["public_metadata"], json!({"g": 5}));
    assert_matches_schema("User", &untouched.json);
}
