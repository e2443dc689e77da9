//! The metadata and images of users.

use serde_json::json;

use crate::support::{Story, fault};

#[tokio::test]
async fn metadata_is_merged_or_replaced() {
    let story = Story::begin().await;
    let path = format!("/users/{}/metadata", story.user("a@b.cd").await);
    let body =
        json!({ "public_metadata": { "a": { "b": 1, "c": 2 } }, "unsafe_metadata": { "d": 1 } });
    story.patch(&path, body).await;
    let body = json!({ "public_metadata": { "a": { "b": null } }, "private_metadata": { "e": 1 } });
    let merged = story.patch(&path, body).await;
    assert_eq!(merged["public_metadata"], json!({ "a": { "c": 2 } }));
    assert_eq!(merged["unsafe_metadata"], json!({ "d": 1 }));
    let replaced = story.put(&path, json!({ "public_metadata": {} })).await;
    assert_eq!(replaced["public_metadata"], json!({}));
    assert_eq!(replaced["private_metadata"], json!({ "e": 1 }));
    let big = json!({ "private_metadata": { "x": "x".repeat(9000) } });
    let error = story.error("PUT", &path, Some(big)).await;
    let expected = fault(422, "form_param_exceeds_allowed_size", "private_metadata");
    assert_eq!(error, expected);
    for method in ["PATCH", "PUT"] {
        let error = story.error(method, "/users/user_1/metadata", Some(json!({})));
        assert_eq!(error.await, fault(404, "resource_not_found", ""));
    }
}

#[tokio::test]
async fn a_profile_image_must_be_an_image() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let path = format!("/users/{user_id}/profile_image");
    let png = b"\x89PNG\r\n\x1a\n";
    let answer = story.upload("POST", &path, "image/png", png).await;
    assert_eq!(answer.json["has_image"], true, "{answer:?}");
    let url = answer.json["image_url"].clone();
    let answer = story.upload("POST", &path, "text/plain", b"x").await;
    assert_eq!(answer.error(), fault(400, "request_body_invalid", ""));
    let answer = story
        .upload("POST", "/users/user_1/profile_image", "image/png", png)
        .await;
    assert_eq!(answer.error(), fault(404, "resource_not_found", ""));
    let without = story.delete(&path).await;
    assert_eq!(without["has_image"], false);
    assert_ne!(without["image_url"], url);
}
