//! Users: creation, changes, moderation and deletion.

use clerk_emulator::{InstanceOptions, Preset};
use serde_json::{Value, json};

use crate::support::{Story, fault, id};

#[tokio::test]
async fn a_user_has_everything_that_was_created_with_it() {
    let story = Story::begin().await;
    let body = json!({
        "external_id": "ext_1", "first_name": "Ada", "last_name": "Lovelace", "username": "ada_l",
        "locale": "en-GB", "password": "correct horse", "created_at": "2020-01-02T03:04:05Z",
        "email_address": ["Ada@Example.com", "ada@work.example"],
        "email_address_identification_status": ["verified", "reserved"],
        "phone_number": ["+15555550100"],
        "web3_wallet": ["0x71C7656EC7ab88b098defB751B7401B5f6d8976F"],
        "public_metadata": { "plan": "pro" }, "private_metadata": { "a": 1 },
        "totp_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "backup_codes": ["one", "two"],
        "create_organizations_limit": 3,
    });
    let user = story.post("/users", body).await;
    for (name, expected) in [
        ("external_id", json!("ext_1")),
        ("first_name", json!("Ada")),
        ("username", json!("ada_l")),
        ("locale", json!("en-GB")),
        ("created_at", json!(1_577_934_245_000_i64)),
        ("public_metadata", json!({ "plan": "pro" })),
        ("private_metadata", json!({ "a": 1 })),
        ("unsafe_metadata", json!({})),
        ("password_enabled", json!(true)),
        ("totp_enabled", json!(true)),
        ("backup_code_enabled", json!(true)),
        ("two_factor_enabled", json!(true)),
        ("create_organizations_limit", json!(3)),
        ("create_organization_enabled", json!(true)),
        ("delete_self_enabled", json!(true)),
        ("banned", json!(false)),
        ("locked", json!(false)),
        ("has_image", json!(false)),
        ("last_sign_in_at", Value::Null),
        ("verification_attempts_remaining", json!(10)),
    ] {
        assert_eq!(user[name], expected, "{name}");
    }
    let addresses = &user["email_addresses"];
    assert_eq!(addresses[0]["email_address"], "ada@example.com");
    assert_eq!(addresses[0]["verification"]["strategy"], "admin");
    assert_eq!(addresses[1]["reserved"], true);
    assert_eq!(addresses[1]["verification"], Value::Null);
    assert_eq!(user["primary_email_address_id"], addresses[0]["id"]);
    assert_eq!(
        user["primary_phone_number_id"],
        user["phone_numbers"][0]["id"]
    );
    assert_eq!(
        user["primary_web3_wallet_id"],
        user["web3_wallets"][0]["id"]
    );
    assert!(user["mfa_enabled_at"].is_i64());
    assert_eq!(story.get(&format!("/users/{}", id(&user))).await, user);
    assert_eq!(story.event_kinds(), ["user.created"]);
    assert_eq!(story.emulator.events()[0].body["data"], user);
}

#[tokio::test]
async fn a_user_of_a_new_instance_needs_an_identifier() {
    let story = Story::begin().await;
    story.post("/users", json!({})).await;
    let options = InstanceOptions {
        preset: Preset::New,
        ..InstanceOptions::default()
    };
    assert!(story.emulator.add_instance("sk_test_new", options));
    for body in [json!({}), json!({ "first_name": "A" })] {
        let answer = story
            .send_as("sk_test_new", "POST", "/users", Some(&body))
            .await;
        assert_eq!(answer.error(), fault(422, "form_data_missing", ""));
    }
}

#[tokio::test]
async fn invalid_users_are_refused() {
    let story = Story::begin().await;
    let email = |address: &str| json!({ "email_address": [address] });
    story
        .post(
            "/users",
            json!({ "email_address": ["a@b.cd"], "username": "taken", "external_id": "x" }),
        )
        .await;
    let big = "x".repeat(9000);
    for (body, code, param) in [
        (email("A@B.CD"), "form_identifier_exists", "email_address"),
        (
            email("nonsense"),
            "form_param_format_invalid",
            "email_address",
        ),
        (
            json!({ "email_address": ["x@y.zz", "X@y.zz"] }),
            "form_param_duplicate",
            "email_address",
        ),
        (
            json!({ "email_address": ["x@y.zz"], "email_address_identification_status": ["verified", "verified"] }),
            "form_param_array_length_mismatch",
            "email_address_identification_status",
        ),
        (
            json!({ "phone_number": ["555"] }),
            "form_param_format_invalid",
            "phone_number",
        ),
        (
            json!({ "web3_wallet": ["0x1"] }),
            "form_param_format_invalid",
            "web3_wallet",
        ),
        (
            json!({ "username": "taken" }),
            "form_identifier_exists",
            "username",
        ),
        (
            json!({ "username": "other", "external_id": "x" }),
            "form_identifier_exists",
            "external_id",
        ),
        (
            json!({ "username": "abc" }),
            "form_username_invalid_length",
            "username",
        ),
        (
            json!({ "username": "a b c" }),
            "form_username_invalid_character",
            "username",
        ),
        (
            json!({ "username": "12345" }),
            "form_username_needs_non_number_char",
            "username",
        ),
        (
            json!({ "username": "+15555550100" }),
            "form_username_cannot_be_phone_number",
            "username",
        ),
        (
            json!({ "username": "valid", "locale": "!" }),
            "form_param_format_invalid",
            "locale",
        ),
        (
            json!({ "username": "valid", "created_at": "yesterday" }),
            "form_param_invalid_time",
            "created_at",
        ),
        (
            json!({ "username": "valid", "password": "short" }),
            "form_password_length_too_short",
            "password",
        ),
        (
            json!({ "username": "valid", "password": big }),
            "form_password_size_in_bytes_exceeded",
            "password",
        ),
        (
            json!({ "username": "valid", "password_digest": "x" }),
            "form_conditional_param_missing",
            "password_hasher",
        ),
        (
            json!({ "username": "valid", "totp_secret": "x" }),
            "invalid_totp_secret_code",
            "totp_secret",
        ),
        (
            json!({ "username": "valid", "public_metadata": { "a": big } }),
            "form_param_exceeds_allowed_size",
            "public_metadata",
        ),
    ] {
        let error = story.error("POST", "/users", Some(body.clone())).await;
        assert_eq!(error, fault(422, code, param), "{body}");
    }
    let count = story.get("/users/count").await;
    assert_eq!(count["total_count"], 1);
    let optional = json!({ "skip_user_requirement": true });
    story.post("/users", optional).await;
}

#[tokio::test]
async fn null_and_blank_values_clear_what_can_be_cleared() {
    let story = Story::begin().await;
    let body = json!({
        "email_address": ["a@b.cd"], "username": "name", "first_name": "A", "external_id": "x",
    });
    let user = story.post("/users", body).await;
    let path = format!("/users/{}", id(&user));
    let body = json!({
        "username": "", "first_name": null, "external_id": null, "last_name": "B",
        "primary_email_address_id": null, "delete_self_enabled": false,
    });
    let changed = story.patch(&path, body).await;
    assert_eq!(changed["username"], Value::Null);
    assert_eq!(changed["first_name"], Value::Null);
    assert_eq!(changed["external_id"], Value::Null);
    assert_eq!(changed["last_name"], "B");
    assert_eq!(changed["delete_self_enabled"], false);
    assert_eq!(
        changed["primary_email_address_id"],
        user["primary_email_address_id"]
    );
    assert_eq!(story.event_kinds(), ["user.created", "user.updated"]);
    let error = story
        .error("PATCH", &path, Some(json!({ "public_metadata": {} })))
        .await;
    assert_eq!(error, fault(422, "form_param_unknown", "public_metadata"));
    let error = story.error("PATCH", "/users/user_1", Some(json!({}))).await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
}

#[tokio::test]
async fn a_primary_contact_must_be_a_verified_one_of_the_user() {
    let story = Story::begin().await;
    let body = json!({
        "email_address": ["a@b.cd", "c@d.ef", "e@f.gh"],
        "email_address_identification_status": ["verified", "reserved", "verified"],
    });
    let user = story.post("/users", body).await;
    let other = story
        .post("/users", json!({ "email_address": ["x@y.zz"] }))
        .await;
    let path = format!("/users/{}", id(&user));
    let address = |user: &Value, index: usize| user["email_addresses"][index]["id"].clone();
    for (address, expected) in [
        (
            address(&user, 1),
            fault(422, "form_verification_needed", "primary_email_address_id"),
        ),
        (address(&other, 0), fault(404, "resource_not_found", "")),
        (json!("idn_1"), fault(404, "resource_not_found", "")),
    ] {
        let body = json!({ "primary_email_address_id": address });
        assert_eq!(story.error("PATCH", &path, Some(body)).await, expected);
    }
    let body = json!({ "primary_email_address_id": address(&user, 2) });
    let changed = story.patch(&path, body).await;
    assert_eq!(changed["primary_email_address_id"], address(&user, 2));
}

#[tokio::test]
async fn members_that_need_others_are_refused_without_them() {
    let story = Story::begin().await;
    let path = format!("/users/{}", story.user("a@b.cd").await);
    for name in ["skip_password_checks", "sign_out_of_other_sessions"] {
        let error = story
            .error("PATCH", &path, Some(json!({ name: true })))
            .await;
        let expected = fault(422, "form_conditional_param_missing", "password");
        assert_eq!(error, expected, "{name}");
    }
    let error = story
        .error("PATCH", &path, Some(json!({ "profile_image_id": "img_1" })))
        .await;
    assert_eq!(error, fault(404, "image_not_found", ""));
}

#[tokio::test]
async fn a_deleted_user_leaves_nothing_behind() {
    let story = Story::begin().await;
    let body = json!({ "external_id": "ext", "email_address": ["a@b.cd"], "phone_number": ["+15555550100"] });
    let user = story.post("/users", body.clone()).await;
    let user_id = id(&user);
    let session = story.post("/sessions", json!({ "user_id": user_id })).await;
    let token = story
        .post("/sign_in_tokens", json!({ "user_id": user_id }))
        .await;
    let deleted = story.delete(&format!("/users/{user_id}")).await;
    assert_eq!(
        deleted,
        json!({ "object": "user", "id": user_id, "deleted": true, "external_id": "ext" })
    );
    assert_eq!(story.event_kinds().last(), Some(&"user.deleted"));
    let client_id = session["client_id"].as_str().unwrap_or_default();
    for path in [
        format!("/users/{user_id}"),
        format!("/sessions/{}", id(&session)),
        format!("/clients/{client_id}"),
        format!("/email_addresses/{}", id(&user["email_addresses"][0])),
        format!("/phone_numbers/{}", id(&user["phone_numbers"][0])),
    ] {
        let error = story.error("GET", &path, None).await;
        assert_eq!(error, fault(404, "resource_not_found", ""), "{path}");
    }
    let path = format!("/sign_in_tokens/{}/revoke", id(&token));
    let error = story.error("POST", &path, None).await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
    // The identifiers are free again.
    story.post("/users", body).await;
}

#[tokio::test]
async fn unknown_users_are_not_found() {
    let story = Story::begin().await;
    let password = json!({ "password": "x" });
    for (method, part, body) in [
        ("GET", "", None),
        ("PATCH", "", Some(json!({}))),
        ("DELETE", "", None),
        ("POST", "/ban", None),
        ("POST", "/unban", None),
        ("POST", "/lock", None),
        ("POST", "/unlock", None),
        ("DELETE", "/profile_image", None),
        ("POST", "/verify_password", Some(password)),
        ("POST", "/remove_password", None),
        ("POST", "/password/set_compromised", None),
        ("POST", "/password/unset_compromised", None),
        ("POST", "/verify_totp", Some(json!({ "code": "123456" }))),
        (
            "PUT",
            "/email_address",
            Some(json!({ "email_address": "a@b.cd" })),
        ),
        (
            "PUT",
            "/phone_number",
            Some(json!({ "phone_number": "+15555550100" })),
        ),
        ("DELETE", "/external_accounts/eac_1", None),
        ("DELETE", "/passkeys/idn_1", None),
        ("DELETE", "/web3_wallets/idn_1", None),
        ("DELETE", "/trusted_devices/td_1", None),
        ("GET", "/oauth_access_tokens/oauth_google", None),
    ] {
        let path = format!("/users/user_1{part}");
        let error = story.error(method, &path, body).await;
        assert_eq!(
            error,
            fault(404, "resource_not_found", ""),
            "{method} {part}"
        );
    }
    assert!(story.event_kinds().is_empty());
}
