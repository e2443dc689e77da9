//! Tokens of sessions, which the key set of the instance verifies.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clerk_emulator::InstanceOptions;
use serde_json::{Value, json};

use crate::support::{Answer, Story, fault, id};

/// Returns the header and the claims of a token, after verifying its signature with the key set.
pub(crate) async fn verified(story: &Story, token: &str) -> (Value, Value) {
    let keys = story.get("/jwks").await;
    let key = &keys["keys"][0];
    assert_eq!((&key["kty"], &key["alg"]), (&json!("RSA"), &json!("RS256")));
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64");
    let [n, e] = ["n", "e"].map(|name| decode(key[name].as_str().unwrap_or_default()));
    let (message, signature) = token.rsplit_once('.').expect("a signature");
    let key = RsaPublicKeyComponents { n, e };
    let signature = decode(signature);
    key.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature)
        .expect("the signature is valid");
    let (header, claims) = message.split_once('.').expect("claims");
    let [header, claims] =
        [header, claims].map(|it| serde_json::from_slice(&decode(it)).expect("JSON"));
    (header, claims)
}

fn jwt(token: &Value) -> &str {
    token["jwt"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_session_token_has_the_claims_of_version_2() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let path = format!("/sessions/{}/tokens", id(&session));
    let token = story.post(&path, json!({})).await;
    let (header, claims) = verified(&story, jwt(&token)).await;
    let keys = story.get("/jwks").await;
    let kid = &keys["keys"][0]["kid"];
    assert!(kid.as_str().is_some_and(|it| it.starts_with("ins_")));
    assert_eq!(header, json!({ "alg": "RS256", "kid": kid, "typ": "JWT" }));
    let issued_at = claims["iat"].as_i64().unwrap_or_default();
    let jti = claims["jti"].as_str().unwrap_or_default();
    assert_eq!(jti.len(), 20);
    assert_eq!(
        claims,
        json!({
            "exp": issued_at + 60, "fva": [0, -1], "iat": issued_at,
            "iss": "https://clerk.emulator.test", "jti": jti, "nbf": issued_at - 10,
            "sid": session["id"], "sts": "active", "sub": user_id, "v": 2,
        })
    );
    let body = json!({ "expires_in_seconds": 300 });
    let (_, claims) = verified(&story, jwt(&story.post(&path, body).await)).await;
    let issued_at = claims["iat"].as_i64().unwrap_or_default();
    assert_eq!(claims["exp"], json!(issued_at + 300));
    let error = story
        .error("POST", &path, Some(json!({ "expires_in_seconds": 1 })))
        .await;
    assert_eq!((error.0, &*error.2), (422, "expires_in_seconds"));
    let error = story.error("POST", "/sessions/sess_1/tokens", None).await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
}

#[tokio::test]
async fn each_instance_has_its_own_key() {
    let story = Story::begin().await;
    story.emulator.add_key("sk_test_other");
    let url = format!("{}/jwks", story.emulator.url());
    let request = reqwest::Client::new().get(url).bearer_auth("sk_test_other");
    let other = crate::support::Answer::read(request).await.json;
    let own = story.get("/jwks").await;
    assert_ne!(own["keys"][0]["kid"], other["keys"][0]["kid"]);
    assert_ne!(own["keys"][0]["n"], other["keys"][0]["n"]);
}

#[tokio::test]
async fn a_template_token_has_the_claims_of_the_template() {
    let story = Story::begin().await;
    let body = json!({
        "email_address": ["a@b.cd"], "first_name": "Ada", "last_name": "L", "external_id": "x",
        "public_metadata": { "roles": ["a"] }, "private_metadata": { "secret": 1 },
    });
    let user = story.post("/users", body).await;
    let session = story
        .post("/sessions", json!({ "user_id": id(&user) }))
        .await;
    let body = json!({
        "name": "hasura", "lifetime": 120, "allowed_clock_skew": 7,
        "claims": {
            "aud": "hasura", "mail": "{{user.primary_email_address}}",
            "verified": "{{user.email_verified}}", "greeting": "Hello {{user.full_name}}!",
            "roles": "{{user.public_metadata.roles}}", "org": "{{org.slug || 'none'}}",
            "secret": "{{user.private_metadata.secret}}", "created": "{{user.created_at}}",
        },
    });
    story.post("/jwt_templates", body).await;
    let path = format!("/sessions/{}/tokens/hasura", id(&session));
    let token = story.post(&path, json!({})).await;
    let (_, claims) = verified(&story, jwt(&token)).await;
    let issued_at = claims["iat"].as_i64().unwrap_or_default();
    let created = user["created_at"].as_i64().unwrap_or_default() / 1000;
    assert_eq!(
        claims,
        json!({
            "aud": "hasura", "mail": "a@b.cd", "verified": true, "greeting": "Hello Ada L!",
            "roles": ["a"], "org": "none", "secret": null, "created": created,
            "exp": issued_at + 120, "iat": issued_at, "iss": "https://clerk.emulator.test",
            "jti": claims["jti"], "nbf": issued_at - 7, "sub": user["id"],
        })
    );
    let path = format!("/sessions/{}/tokens/other", id(&session));
    let error = story.error("POST", &path, None).await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
}

#[tokio::test]
async fn a_template_can_have_a_key_of_its_own() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let body = json!({
        "name": "shared", "claims": { "a": 1 }, "custom_signing_key": true,
        "signing_algorithm": "HS256", "signing_key": "a secret",
    });
    story.post("/jwt_templates", body).await;
    let path = format!("/sessions/{}/tokens/shared", id(&session));
    let token = story.post(&path, json!({})).await;
    let (message, signature) = jwt(&token).rsplit_once('.').expect("a signature");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"a secret");
    aws_lc_rs::hmac::verify(&key, message.as_bytes(), &signature).expect("a valid signature");
}

#[tokio::test]
async fn the_token_of_a_browser_is_that_of_the_newest_session() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    story.post("/sessions", json!({ "user_id": user_id })).await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let (_, claims) = verified(&story, &story.emulator.session_token(&user_id)).await;
    assert_eq!(claims["sid"], session["id"]);
    assert_eq!(claims["azp"], "http://localhost:3000");
    let claims = json!({ "azp": "https://example.com", "custom": [1] });
    let token = story.emulator.session_token_with_claims("user_1", claims);
    let (_, claims) = verified(&story, &token).await;
    assert_eq!(claims["sub"], "user_1");
    assert_eq!(claims["azp"], "https://example.com");
    assert_eq!(claims["custom"], json!([1]));
}

#[tokio::test]
async fn version_1_is_for_older_versions_of_the_api_and_on_request() {
    let story = Story::begin().await;
    let (organization, user) = story.organization("acme").await;
    let session = story.post("/sessions", json!({ "user_id": user })).await;
    let path = format!("/sessions/{}/tokens", id(&session));
    let url = format!("{}{path}", story.emulator.url());
    let request = reqwest::Client::new().post(url);
    let request = request.bearer_auth(story.emulator.key());
    let request = request.header("clerk-api-version", "2024-10-01");
    let token = Answer::read(request).await.json;
    let (_, claims) = verified(&story, jwt(&token)).await;
    assert_eq!(claims["org_id"], organization);
    assert_eq!(claims["org_role"], "org:admin");
    // An administrator has only permissions of the system.
    assert_eq!(claims["org_permissions"], json!([]));
    for name in ["v", "o", "jti", "sts"] {
        assert_eq!(claims.get(name), None, "{name}");
    }
    let (_, claims) = verified(&story, jwt(&story.post(&path, json!({})).await)).await;
    assert_eq!(claims["v"], 2);
    story.emulator.set_options(InstanceOptions {
        session_tokens_v1: true,
        ..InstanceOptions::default()
    });
    let (_, claims) = verified(&story, &story.emulator.session_token(&user)).await;
    assert_eq!(claims["org_role"], "org:admin");
    assert_eq!(claims.get("v"), None);
}

#[tokio::test]
async fn tokens_of_an_old_key_are_valid_until_it_is_dropped() {
    let story = Story::begin().await;
    let user_id = story.user("ann@example.com").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let client = json!({ "id": session["client_id"] });
    let token = story.emulator.session_token_with_claims(&user_id, client);
    let kid = story.emulator.rotate_key(false);
    let (header, _) = verified(&story, &story.emulator.session_token(&user_id)).await;
    assert_eq!(header["kid"], kid);
    let verify = json!({ "token": token });
    let client = story.post("/clients/verify", verify.clone()).await;
    assert_eq!(client["id"], session["client_id"]);
    story.emulator.rotate_key(true);
    let error = story.error("POST", "/clients/verify", Some(verify)).await;
    assert_eq!(error.0, 400);
}
