//! JWT templates.

use serde_json::{Value, json};

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn a_template_is_created_replaced_and_deleted() {
    let story = Story::begin().await;
    let body = json!({ "name": "one", "claims": { "a": 1 }, "lifetime": 90 });
    let template = story.post("/jwt_templates", body).await;
    assert_eq!(template["lifetime"], 90);
    assert_eq!(template["allowed_clock_skew"], 5);
    assert_eq!(template["signing_algorithm"], "RS256");
    assert_eq!(template["custom_signing_key"], false);
    let path = format!("/jwt_templates/{}", id(&template));
    assert_eq!(story.get(&path).await, template);
    let body = json!({ "name": "two", "claims": {}, "lifetime": null });
    let replaced = story.patch(&path, body).await;
    assert_eq!(replaced["claims"], json!({}));
    assert_eq!(replaced["lifetime"], 60);
    assert_eq!(replaced["created_at"], template["created_at"]);
    assert_eq!(ids(&story.get("/jwt_templates").await), [id(&template)]);
    story.delete(&path).await;
    assert_eq!(story.get("/jwt_templates").await, json!([]));
    assert_eq!(story.event_kinds(), [""; 0]);
}

#[tokio::test]
async fn invalid_templates_are_refused() {
    let story = Story::begin().await;
    story
        .post("/jwt_templates", json!({ "name": "one", "claims": {} }))
        .await;
    let key = |algorithm: Value, key: Value| json!({ "name": "two", "claims": {}, "custom_signing_key": true, "signing_algorithm": algorithm, "signing_key": key });
    for (body, expected) in [
        (
            json!({ "name": "one", "claims": {} }),
            fault(422, "form_already_exists", "name"),
        ),
        (
            json!({ "name": "", "claims": {} }),
            fault(422, "form_param_value_invalid", "name"),
        ),
        (
            json!({ "name": "two", "claims": { "sub": "x" } }),
            fault(400, "jwt_template_reserved_claim", "claims"),
        ),
        (
            key(Value::Null, json!("x")),
            fault(422, "form_conditional_param_missing", "signing_algorithm"),
        ),
        (
            key(json!("HS256"), Value::Null),
            fault(422, "form_conditional_param_missing", "signing_key"),
        ),
        (
            key(json!("RS256"), json!("x")),
            fault(422, "form_param_value_invalid", "signing_key"),
        ),
    ] {
        let error = story
            .error("POST", "/jwt_templates", Some(body.clone()))
            .await;
        assert_eq!(error, expected, "{body}");
    }
}
