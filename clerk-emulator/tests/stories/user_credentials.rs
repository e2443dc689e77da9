//! Passwords, one-time passwords and backup codes.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::{Story, fault, id};

#[tokio::test]
async fn a_password_is_verified() {
    let story = Story::begin().await;
    let body = json!({ "username": "name", "password": "correct horse" });
    let path = format!("/users/{}", id(&story.post("/users", body).await));
    let verify = format!("{path}/verify_password");
    let right = story
        .post(&verify, json!({ "password": "correct horse" }))
        .await;
    assert_eq!(right, json!({ "verified": true }));
    let wrong = json!({ "password": "wrong" });
    let error = story.error("POST", &verify, Some(wrong.clone())).await;
    assert_eq!(error, fault(422, "incorrect_password", ""));

    let changed = story
        .patch(&path, json!({ "password": "battery staple" }))
        .await;
    assert!(changed["password_last_updated_at"].is_i64());
    story
        .post(&verify, json!({ "password": "battery staple" }))
        .await;

    let remove = format!("{path}/remove_password");
    let removed = story.post(&remove, json!({})).await;
    assert_eq!(removed["password_enabled"], false);
    let error = story.error("POST", &verify, Some(wrong)).await;
    assert_eq!(error, fault(400, "no_password_set", ""));
    let before = story.event_kinds().len();
    story.post(&remove, json!({})).await;
    assert_eq!(story.event_kinds().len(), before);
}

#[tokio::test]
async fn a_digest_of_another_system_is_verified() {
    let story = Story::begin().await;
    let body = json!({
        "username": "name", "password_hasher": "sha256",
        "password_digest": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
    });
    let path = format!("/users/{}", id(&story.post("/users", body).await));
    let body = json!({ "password": "password" });
    story.post(&format!("{path}/verify_password"), body).await;
    for (digest, hasher, expected) in [
        (
            "x",
            "rot13",
            fault(422, "form_param_value_invalid", "password_hasher"),
        ),
        (
            "$2b$10$short",
            "bcrypt",
            fault(422, "form_password_digest_invalid_code", "password_digest"),
        ),
    ] {
        let body = json!({ "password_digest": digest, "password_hasher": hasher });
        let error = story.error("PATCH", &path, Some(body.clone())).await;
        assert_eq!(error, expected);
        let error = story.error("POST", "/users", Some(body)).await;
        assert_eq!(error, expected);
    }
    let body = json!({
        "password_hasher": "bcrypt",
        "password_digest": "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
    });
    story.patch(&path, body).await;
    let body = json!({ "password": "correct horse" });
    story.post(&format!("{path}/verify_password"), body).await;
    let body = json!({ "password": "password" });
    let error = story
        .error("POST", &format!("{path}/verify_password"), Some(body))
        .await;
    assert_eq!(error, fault(422, "incorrect_password", ""));
}

#[tokio::test]
async fn a_new_password_can_end_the_sessions() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let body = json!({
        "password": "x", "skip_password_checks": true, "sign_out_of_other_sessions": true,
    });
    story.patch(&format!("/users/{user_id}"), body).await;
    let session = story.get(&format!("/sessions/{}", id(&session))).await;
    assert_eq!(session["status"], "revoked");
}

#[tokio::test]
async fn a_compromised_password_can_end_the_sessions() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let path = format!("/users/{user_id}/password");
    let set = format!("{path}/set_compromised");
    let error = story.error("POST", &set, Some(json!({}))).await;
    assert_eq!(error, fault(400, "no_password_set", ""));
    let body = json!({ "password": "correct horse" });
    story.patch(&format!("/users/{user_id}"), body).await;
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    story
        .post(&set, json!({ "revoke_all_sessions": true }))
        .await;
    let session = story.get(&format!("/sessions/{}", id(&session))).await;
    assert_eq!(session["status"], "revoked");
    story
        .post(&format!("{path}/unset_compromised"), json!({}))
        .await;
}

#[tokio::test]
async fn a_one_time_password_is_that_of_the_time() {
    let story = Story::begin().await;
    let body = json!({
        "username": "name", "backup_codes": ["backup-1"],
        "totp_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    });
    let path = format!("/users/{}", id(&story.post("/users", body).await));
    let verify = format!("{path}/verify_totp");
    let time = UNIX_EPOCH + Duration::from_secs(2_000_000_000);
    story.emulator.set_time(time);
    let verified = story.post(&verify, json!({ "code": "279037" })).await;
    assert_eq!(verified, json!({ "verified": true, "code_type": "totp" }));
    let backup = json!({ "code": "backup-1" });
    let verified = story.post(&verify, backup.clone()).await;
    assert_eq!(verified["code_type"], "backup_code");
    // A backup code works once.
    let error = story.error("POST", &verify, Some(backup)).await;
    assert_eq!(error, fault(422, "totp_invalid_length", "code"));
    let error = story
        .error("POST", &verify, Some(json!({ "code": "000000" })))
        .await;
    assert_eq!(error, fault(422, "totp_incorrect_code", "code"));
    assert_eq!(story.get(&path).await["backup_code_enabled"], false);
}

#[tokio::test]
async fn second_factors_are_removed() {
    let story = Story::begin().await;
    let body = json!({
        "phone_number": ["+15555550100"], "backup_codes": ["one"],
        "totp_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    });
    let user = story.post("/users", body).await;
    let path = format!("/users/{}", id(&user));
    let number = format!("/phone_numbers/{}", id(&user["phone_numbers"][0]));
    let second = json!({ "reserved_for_second_factor": true });
    let changed = story.patch(&number, second.clone()).await;
    assert_eq!(changed["default_second_factor"], true);

    let removed = story.delete(&format!("{path}/backup_code")).await;
    assert_eq!(removed, json!({ "user_id": id(&user) }));
    assert_eq!(story.get(&path).await["backup_code_enabled"], false);
    story.delete(&format!("{path}/totp")).await;
    let user = story.get(&path).await;
    assert_eq!(user["totp_enabled"], false);
    assert_eq!(user["two_factor_enabled"], true);
    story.delete(&format!("{path}/mfa")).await;
    let user = story.get(&path).await;
    assert_eq!(user["two_factor_enabled"], false);
    assert_eq!(
        user["phone_numbers"][0]["reserved_for_second_factor"],
        false
    );
    assert!(user["mfa_disabled_at"].is_i64());
    let code = json!({ "code": "000000" });
    let error = story
        .error("POST", &format!("{path}/verify_totp"), Some(code))
        .await;
    assert_eq!(error, fault(400, "totp_disabled", ""));
    for part in ["mfa", "totp", "backup_code"] {
        let error = story
            .error("DELETE", &format!("/users/user_1/{part}"), None)
            .await;
        assert_eq!(error, fault(404, "resource_not_found", ""), "{part}");
    }
    assert_ne!(user["mfa_enabled_at"], Value::Null);
}
