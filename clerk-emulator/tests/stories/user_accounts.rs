//! External accounts, passkeys, wallets and trusted devices.

use serde_json::{Value, json};

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn an_external_account_comes_with_a_linked_email_address() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let path = format!("/users/{user_id}");
    let tokens = format!("{path}/oauth_access_tokens/oauth_google");
    let error = story.error("GET", &tokens, None).await;
    assert_eq!(error, fault(404, "oauth_token_provider_not_enabled", ""));
    let members = json!({
        "user_id": user_id, "provider": "oauth_google", "provider_user_id": "g1",
        "email_address": "ada@gmail.example", "approved_scopes": "email profile",
    });
    let account = story
        .emulator
        .add_record("external_account", members.clone());
    let account = account.expect("the user exists");
    let user = story.get(&path).await;
    assert_eq!(user["external_accounts"][0]["id"], json!(account));
    let address = &user["email_addresses"][1];
    assert_eq!(
        address["linked_to"],
        json!([{ "id": account, "type": "oauth_google" }])
    );
    let error = story
        .error("DELETE", &format!("/email_addresses/{}", id(address)), None)
        .await;
    let code = "delete_linked_identification_disallowed";
    assert_eq!(error, fault(400, code, ""));
    let error = story.error("GET", &tokens, None).await;
    assert_eq!(error, fault(422, "oauth_missing_access_token", ""));

    let deleted = story
        .delete(&format!("{path}/external_accounts/{account}"))
        .await;
    assert_eq!(deleted["id"], json!(account));
    let user = story.get(&path).await;
    assert_eq!(user["external_accounts"], json!([]));
    assert_eq!(user["email_addresses"][1]["linked_to"], json!([]));

    let mut members = members;
    members["access_token"] = json!("secret");
    story.emulator.add_record("external_account", members);
    let list = story.get(&tokens).await;
    assert_eq!(list[0]["token"], "secret");
    assert_eq!(list[0]["scopes"], json!(["email", "profile"]));
}

#[tokio::test]
async fn the_address_of_an_external_account_is_primary_if_it_is_the_only_one() {
    let story = Story::begin().await;
    let user_id = id(&story.post("/users", json!({ "username": "name" })).await);
    let members =
        json!({ "user_id": user_id, "provider": "oauth_google", "email_address": "a@b.cd" });
    story.emulator.add_record("external_account", members);
    let user = story.get(&format!("/users/{user_id}")).await;
    let address = &user["email_addresses"][0];
    assert_eq!(user["primary_email_address_id"], address["id"]);
}

#[tokio::test]
async fn accounts_belong_to_one_user() {
    let story = Story::begin().await;
    let [one, other] = [story.user("a@b.cd").await, story.user("c@d.ef").await];
    for (resource, part) in [
        ("external_account", "external_accounts"),
        ("passkey", "passkeys"),
        ("trusted_device", "trusted_devices"),
    ] {
        let members = json!({ "user_id": one });
        let record = story
            .emulator
            .add_record(resource, members)
            .expect(resource);
        let path = format!("/users/{other}/{part}/{record}");
        let error = story.error("DELETE", &path, None).await;
        assert_eq!(error, fault(404, "resource_not_found", ""), "{path}");
    }
    assert_eq!(
        story
            .emulator
            .add_record("passkey", json!({ "user_id": "user_1" })),
        None
    );
    assert_eq!(story.emulator.add_record("user", json!({})), None);
}

#[tokio::test]
async fn a_passkey_is_deleted() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let members = json!({ "id": "idn_chosen", "user_id": user_id, "name": "Phone" });
    story.emulator.add_record("passkey", members);
    let path = format!("/users/{user_id}");
    assert_eq!(story.get(&path).await["passkeys"][0]["name"], "Phone");
    story.delete(&format!("{path}/passkeys/idn_chosen")).await;
    assert_eq!(story.get(&path).await["passkeys"], json!([]));
    assert_eq!(story.event_kinds(), ["user.created", "user.updated"]);
}

#[tokio::test]
async fn a_wallet_is_deleted_and_the_next_one_becomes_primary() {
    let story = Story::begin().await;
    let wallets = ["a", "b"].map(|digit| format!("0x{}", digit.repeat(40)));
    let user = story
        .post("/users", json!({ "web3_wallet": wallets }))
        .await;
    let wallet = |index: usize| id(&user["web3_wallets"][index]);
    let path = format!("/users/{}", id(&user));
    story
        .delete(&format!("{path}/web3_wallets/{}", wallet(0)))
        .await;
    let changed = story.get(&path).await;
    assert_eq!(changed["primary_web3_wallet_id"], json!(wallet(1)));
    story
        .delete(&format!("{path}/web3_wallets/{}", wallet(1)))
        .await;
    assert_eq!(
        story.get(&path).await["primary_web3_wallet_id"],
        Value::Null
    );
}

#[tokio::test]
async fn a_revoked_device_is_no_longer_listed() {
    let story = Story::begin().await;
    let user_id = story.user("a@b.cd").await;
    let path = format!("/users/{user_id}/trusted_devices");
    let members = json!({ "user_id": user_id, "platform": "ios", "app_identifier": "app" });
    let devices = [0, 1].map(|_| {
        let device = story.emulator.add_record("trusted_device", members.clone());
        device.expect("the user exists")
    });
    assert_eq!(story.get(&path).await["total_count"], 2);
    let revoked = story.delete(&format!("{path}/{}", devices[0])).await;
    assert_eq!(revoked["status"], "revoked");
    let list = story.get(&path).await;
    assert_eq!(ids(&list), devices[1..]);
    assert_eq!(list["total_count"], 1);
    let error = story
        .error("GET", "/users/user_1/trusted_devices", None)
        .await;
    assert_eq!(error, fault(404, "resource_not_found", ""));
}
