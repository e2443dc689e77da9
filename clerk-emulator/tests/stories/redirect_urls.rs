//! Redirect URLs.

use serde_json::json;

use crate::support::{Story, fault};

#[tokio::test]
async fn a_redirect_url_is_created_listed_and_deleted() {
    let story = Story::begin().await;
    let mut ids = Vec::new();
    for number in 0..12 {
        let url = format!("https://example.com/{number}");
        let created = story.post("/redirect_urls", json!({ "url": url })).await;
        assert_eq!(created["url"], json!(url));
        ids.push(created["id"].as_str().expect("an id").to_owned());
    }
    let newest: Vec<&String> = ids.iter().rev().collect();
    let page = story.get("/redirect_urls").await;
    let listed: Vec<&str> = page
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["id"].as_str())
        .collect();
    assert_eq!(listed, newest[..10]);
    let page = story
        .get("/redirect_urls?paginated=true&limit=5&offset=10")
        .await;
    assert_eq!(page["total_count"], 12);
    assert_eq!(page["data"][1]["id"], json!(ids[0]));

    let path = format!("/redirect_urls/{}", ids[3]);
    let deleted = story.delete(&path).await;
    assert_eq!(
        deleted,
        json!({ "object": "redirect_url", "id": ids[3], "deleted": true })
    );
    assert_eq!(
        story.error("GET", &path, None).await,
        fault(404, "resource_not_found", "")
    );
}

#[tokio::test]
async fn a_url_is_unique() {
    let story = Story::begin().await;
    let body = json!({ "url": "https://example.com" });
    story.post("/redirect_urls", body.clone()).await;
    let error = story.error("POST", "/redirect_urls", Some(body)).await;
    assert_eq!(error, fault(422, "form_already_exists", "url"));
}
