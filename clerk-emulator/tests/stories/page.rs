//! The page for people to look at the emulator.

use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Story};

impl Story {
    fn page(&self, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.emulator.address());
        reqwest::Client::new().get(url)
    }

    async fn page_json(&self, path: &str) -> Value {
        let answer = Answer::read(self.page(path)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.headers["content-type"], "application/json");
        answer.json
    }
}

#[tokio::test]
async fn the_page_runs_only_its_own_script() {
    let story = Story::begin().await;
    let response = story.page("/").send().await.expect("a response");
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers();
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["cache-control"], "no-store");
    let policy = headers["content-security-policy"].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"));
    assert!(!policy.contains("unsafe"), "{policy}");
    let page = response.text().await.expect("text");
    assert!(!page.contains("innerHTML") && !page.contains("http"));
}

#[tokio::test]
async fn the_state_has_objects_events_and_requests_without_secrets() {
    let story = Story::begin().await;
    let body = json!({ "email_address": ["ann@example.com"], "password": "correct horse battery" });
    let user = story.post("/users", body).await;
    story
        .post("/organizations", json!({ "name": "Acme" }))
        .await;
    let session = json!({ "user_id": user["id"] });
    let session = story.post("/sessions", session).await;
    story.error("GET", "/users/user_none?token=abc", None).await;

    let state = story.page_json("/_emulator/page/state").await;
    assert_eq!(state["users"]["total_count"], 1);
    assert_eq!(state["users"]["data"][0]["id"], user["id"]);
    assert_eq!(state["organizations"]["data"][0]["name"], "Acme");
    assert_eq!(state["sessions"]["data"][0]["id"], session["id"]);
    assert_eq!(state["events"]["data"][0]["kind"], "session.created");
    let failed = &state["requests"][0];
    assert_eq!(
        (&failed["status"], &failed["code"], &failed["query"]),
        (
            &json!(404),
            &json!("resource_not_found"),
            &json!("token=[redacted]")
        )
    );
    // The page's own requests are not among them.
    let again = story.page_json("/_emulator/page/state").await;
    assert_eq!(again, state);

    let exchange = story.page_json("/_emulator/page/requests/0").await;
    assert_eq!(exchange["request_body"]["password"], "[redacted]");
    assert_eq!(exchange["request_headers"]["authorization"], "[redacted]");
    assert_eq!(exchange["response_body"], user);
    let text = format!("{state}{exchange}");
    assert!(!text.contains("correct horse") && !text.contains(story.emulator.key()));
}

#[tokio::test]
async fn each_instance_is_shown_on_its_own() {
    let story = Story::begin().await;
    story.emulator.add_key("sk_test_other");
    story.user("ann@example.com").await;
    let state = story.page_json("/_emulator/page/state").await;
    let instances = state["instances"].as_array().expect("instances");
    assert_eq!(instances.len(), 2);
    let other = instances.iter().find(|it| **it != state["instance"]);
    let other = other.and_then(Value::as_str).expect("an id");
    let path = format!("/_emulator/page/state?instance={other}");
    let state = story.page_json(&path).await;
    assert_eq!(state["users"]["total_count"], 0);
    assert_eq!(state["instance"], other);
}

#[tokio::test]
async fn what_is_unknown_is_not_found() {
    let story = Story::begin().await;
    for path in ["state?instance=ins_none", "requests/7"] {
        let answer = Answer::read(story.page(&format!("/_emulator/page/{path}"))).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn websites_and_foreign_names_are_refused() {
    let story = Story::begin().await;
    for path in ["/", "/_emulator/page/state", "/_emulator/page/requests/0"] {
        for (name, value) in [("host", "evil.example"), ("origin", "http://evil.example")] {
            let answer = Answer::read(story.page(path).header(name, value)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {name}");
        }
    }
}
