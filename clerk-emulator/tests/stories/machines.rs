//! Machines and their tokens.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, Story, fault, id, ids};

async fn machine(story: &Story, name: &str) -> (String, String) {
    let created = story.post("/machines", json!({ "name": name })).await;
    let key = created["secret_key"].as_str().expect("a key");
    (id(&created), key.to_owned())
}

async fn create_token(story: &Story, key: &str, body: Value) -> Answer {
    story.send_as(key, "POST", "/m2m_tokens", Some(&body)).await
}

#[tokio::test]
async fn a_machine_is_created_changed_and_deleted() {
    let story = Story::begin().await;
    let (other, _) = machine(&story, "other").await;
    let body = json!({ "name": "one", "scoped_machines": [other], "default_token_ttl": 60 });
    let created = story.post("/machines", body).await;
    assert_eq!(ids(&created["scoped_machines"]), [other.as_str()]);
    let path = format!("/machines/{}", id(&created));
    let read = story.get(&path).await;
    assert_eq!(read.get("secret_key"), None);
    let updated = story.patch(&path, json!({ "name": "two" })).await;
    assert_eq!(updated["name"], "two");
    assert_eq!(updated["default_token_ttl"], 60);
    let listed = story.get("/machines?query=TW").await;
    assert_eq!(ids(&listed), [id(&created)]);
    assert_eq!(listed["total_count"], 1);
    let sorted = story.get("/machines?order_by=name").await;
    assert_eq!(sorted["data"][0]["name"], "other");
    story.delete(&format!("/machines/{other}")).await;
    assert_eq!(story.get(&path).await["scoped_machines"], json!([]));
    let body = Some(json!({ "name": "x", "scoped_machines": ["mch_1"] }));
    let error = story.error("POST", "/machines", body).await;
    assert_eq!(
        error,
        fault(422, "form_resource_not_found", "scoped_machines")
    );
}

#[tokio::test]
async fn scopes_are_created_and_deleted() {
    let story = Story::begin().await;
    let (one, _) = machine(&story, "one").await;
    let (two, _) = machine(&story, "two").await;
    let path = format!("/machines/{one}/scopes");
    let body = json!({ "to_machine_id": two });
    let scope = story.post(&path, body.clone()).await;
    assert_eq!(scope["from_machine_id"], json!(one));
    assert_eq!(
        story.error("POST", &path, Some(body)).await,
        fault(409, "conflict", "")
    );
    let itself = Some(json!({ "to_machine_id": one }));
    let error = story.error("POST", &path, itself).await;
    assert_eq!(
        error,
        fault(422, "form_param_value_invalid", "to_machine_id")
    );
    let scope = format!("{path}/{two}");
    story.delete(&scope).await;
    assert_eq!(
        story.error("DELETE", &scope, None).await,
        fault(404, "resource_not_found", "")
    );
}

#[tokio::test]
async fn a_rotated_key_is_valid_for_a_while() {
    let story = Story::begin().await;
    let (machine, old) = machine(&story, "one").await;
    let path = format!("/machines/{machine}/secret_key");
    assert_eq!(story.get(&path).await["secret"], json!(old));
    let rotate = format!("{path}/rotate");
    let rotated = story
        .post(&rotate, json!({ "previous_token_ttl": 60 }))
        .await;
    let new = rotated["secret"].as_str().expect("a key");
    assert_eq!(create_token(&story, new, json!({})).await.status, 201);
    assert_eq!(create_token(&story, &old, json!({})).await.status, 201);
    story.emulator.advance_time(Duration::from_secs(61));
    let expected = fault(401, "machine_secret_key_invalid", "");
    assert_eq!(
        create_token(&story, &old, json!({})).await.error(),
        expected
    );
}

#[tokio::test]
async fn a_token_is_created_verified_and_revoked() {
    let story = Story::begin().await;
    let (one, one_key) = machine(&story, "one").await;
    let (two, two_key) = machine(&story, "two").await;
    let (_, other_key) = machine(&story, "other").await;
    story
        .post(
            &format!("/machines/{one}/scopes"),
            json!({ "to_machine_id": two }),
        )
        .await;
    let body = json!({ "claims": { "a": 1 }, "seconds_until_expiration": 60 });
    let created = create_token(&story, &one_key, body).await.json;
    assert_eq!(created["subject"], json!(one));
    assert_eq!(created["scopes"], json!([two]));
    let expiration = created["created_at"].as_i64().map(|it| it + 60_000);
    assert_eq!(created["expiration"].as_i64(), expiration);

    let body = json!({ "token": created["token"] });
    let verify = async |key: &str| {
        story
            .send_as(key, "POST", "/m2m_tokens/verify", Some(&body))
            .await
    };
    let verified = verify(&two_key).await;
    assert_eq!(verified.json["id"], created["id"]);
    assert!(verified.json["last_used_at"].is_i64());
    assert_eq!(verify(story.emulator.key()).await.status, 200);
    let missing = fault(404, "resource_not_found", "");
    assert_eq!(verify(&other_key).await.error(), missing);

    let revoke = format!("/m2m_tokens/{}/revoke", id(&created));
    let reason = json!({ "revocation_reason": "leaked" });
    let other = story
        .send_as(&other_key, "POST", &revoke, Some(&reason))
        .await;
    assert_eq!(other.error(), missing);
    let revoked = story.post(&revoke, reason).await;
    assert_eq!(revoked["revocation_reason"], "leaked");
    assert_eq!(story.post(&revoke, json!({})).await, revoked);
    assert_eq!(verify(&two_key).await.error(), missing);
}

#[tokio::test]
async fn only_machines_create_tokens_and_they_use_nothing_else() {
    let story = Story::begin().await;
    let (_, key) = machine(&story, "one").await;
    let invalid = fault(401, "machine_secret_key_invalid", "");
    assert_eq!(
        story.error("POST", "/m2m_tokens", Some(json!({}))).await,
        invalid
    );
    assert_eq!(
        create_token(&story, "ak_unknown", json!({})).await.error(),
        invalid
    );
    let answer = story.send_as(&key, "GET", "/machines", None).await;
    assert_eq!(answer.error(), fault(401, "clerk_key_invalid", ""));
}

#[tokio::test]
async fn tokens_are_listed_and_reused() {
    let story = Story::begin().await;
    let (one, key) = machine(&story, "one").await;
    let (two, _) = machine(&story, "two").await;
    let short = create_token(&story, &key, json!({ "seconds_until_expiration": 10 }))
        .await
        .json;
    let long = create_token(&story, &key, json!({})).await.json;
    let reuse = json!({ "min_remaining_ttl_seconds": 60 });
    assert_eq!(
        create_token(&story, &key, reuse).await.json["token"],
        long["token"]
    );
    let other = json!({ "min_remaining_ttl_seconds": 60, "claims": { "a": 1 } });
    assert_ne!(
        create_token(&story, &key, other).await.json["token"],
        long["token"]
    );
    let too_long = json!({ "min_remaining_ttl_seconds": 3600 });
    let error = create_token(&story, &key, too_long).await.error();
    assert_eq!(error, fault(400, "bad_request", ""));

    story.emulator.advance_time(Duration::from_secs(11));
    story
        .post(&format!("/m2m_tokens/{}/revoke", id(&long)), json!({}))
        .await;
    let path = format!("/m2m_tokens?subject={one}");
    for (query, expected) in [
        ("", 1),
        ("&revoked=true", 2),
        ("&revoked=true&expired=true", 3),
    ] {
        let page = story.get(&format!("{path}{query}")).await;
        assert_eq!(page["total_count"], expected, "{query}");
        assert_eq!(page["m2m_tokens"].as_array().map(Vec::len), Some(expected));
    }
    assert_eq!(
        story.get(&format!("{path}&expired=true")).await["m2m_tokens"][1]["id"],
        short["id"]
    );
    let foreign = story
        .send_as(&key, "GET", &format!("/m2m_tokens?subject={two}"), None)
        .await;
    assert_eq!(foreign.status, 403);
    // Errors of tokens and API keys are plainer than those of other operations.
    let answer = story.send("GET", "/m2m_tokens", None).await;
    assert_eq!(answer.error(), fault(400, "bad_request", ""));
    assert_eq!(answer.json.get("clerk_trace_id"), None);
}

#[tokio::test]
async fn a_jwt_is_verified_by_its_signature() {
    let story = Story::begin().await;
    let (one, one_key) = machine(&story, "one").await;
    let (two, two_key) = machine(&story, "two").await;
    let scope = json!({ "to_machine_id": two });
    story.post(&format!("/machines/{one}/scopes"), scope).await;
    let body = json!({ "token_format": "jwt", "claims": { "a": 1 } });
    let created = create_token(&story, &one_key, body).await.json;
    let token = created["token"].as_str().expect("a token");
    assert_eq!(token.split('.').count(), 3);
    let body = json!({ "token": token });
    let verify = async |key: &str| {
        let path = "/m2m_tokens/verify";
        story.send_as(key, "POST", path, Some(&body)).await
    };
    let verified = verify(&two_key).await.json;
    for name in ["id", "subject", "scopes", "claims"] {
        assert_eq!(verified[name], created[name], "{name}");
    }
    let missing = fault(404, "resource_not_found", "");
    assert_eq!(verify(&one_key).await.error(), missing);
    let listed = story.get(&format!("/m2m_tokens?subject={one}")).await;
    assert_eq!(listed["total_count"], 0);
    story.emulator.advance_time(Duration::from_secs(3601));
    assert_eq!(verify(&two_key).await.error(), missing);

    let body = json!({ "token_format": "jwt", "claims": { "sub": "x" } });
    let error = create_token(&story, &one_key, body).await.error();
    assert_eq!(error, fault(400, "machine_token_reserved_claim", ""));
}
