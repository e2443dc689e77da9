//! The allowlist and the blocklist.

use serde_json::json;

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn identifiers_are_added_once_and_deleted() {
    let story = Story::begin().await;
    for path in ["/allowlist_identifiers", "/blocklist_identifiers"] {
        let mut all = Vec::new();
        for (identifier, kind) in [
            ("*@Example.com", "email_address"),
            ("+15555550100", "phone_number"),
            ("0x71C7656EC7ab88b098defB751B7401B5f6d8976F", "web3_wallet"),
        ] {
            let created = story.post(path, json!({ "identifier": identifier })).await;
            assert_eq!(created["identifier_type"], kind);
            assert_eq!(created["identifier"], json!(identifier.to_lowercase()));
            all.insert(0, id(&created));
        }
        assert_eq!(ids(&story.get(path).await), all);
        for (identifier, expected) in [
            (
                "*@example.com",
                fault(400, "duplicate_record", "identifier"),
            ),
            (
                "nonsense",
                fault(422, "form_param_format_invalid", "identifier"),
            ),
        ] {
            let body = json!({ "identifier": identifier });
            assert_eq!(story.error("POST", path, Some(body)).await, expected);
        }
        let own = format!("{path}/{}", all[0]);
        story.delete(&own).await;
        let error = story.error("DELETE", &own, None).await;
        assert_eq!(error, fault(404, "resource_not_found", ""));
        assert_eq!(ids(&story.get(path).await), all[1..]);
    }
    let page = story
        .get("/allowlist_identifiers?paginated=true&limit=1")
        .await;
    assert_eq!(page["total_count"], 2);
}

#[tokio::test]
async fn an_allowed_person_can_be_invited() {
    let story = Story::begin().await;
    let body = json!({ "identifier": "a@b.cd", "notify": true });
    let created = story.post("/allowlist_identifiers", body.clone()).await;
    let invitations = story.get("/invitations").await;
    assert_eq!(created["invitation_id"], invitations[0]["id"]);
    let error = story
        .error("POST", "/allowlist_identifiers", Some(body))
        .await;
    assert_eq!(error, fault(400, "duplicate_record", "identifier"));
    assert_eq!(ids(&story.get("/invitations").await).len(), 1);
}

#[tokio::test]
async fn the_lists_and_restrictions_apply_to_those_who_sign_up() {
    let story = Story::begin().await;
    let emulator = &story.emulator;
    for (list, identifier) in [
        ("allowlist", "*@example.com"),
        ("allowlist", "bob@blocked.example"),
        ("blocklist", "*@blocked.example"),
        ("blocklist", "+15555550100"),
    ] {
        let body = json!({ "identifier": identifier });
        story.post(&format!("/{list}_identifiers"), body).await;
    }
    // The lists have no effect before the restrictions are on.
    assert!(emulator.sign_up("ann@blocked.example").is_some());
    let restrictions = "/instance/restrictions";
    story
        .patch(restrictions, json!({ "blocklist": true }))
        .await;
    assert_eq!(emulator.sign_up("ada@blocked.example"), None);
    assert_eq!(emulator.sign_up("+15555550100"), None);
    let user = emulator.sign_up("+15555550101").expect("a user");
    let user = story.get(&format!("/users/{user}")).await;
    assert_eq!(user["phone_numbers"][0]["phone_number"], "+15555550101");
    assert_eq!(story.event_kinds(), ["user.created"; 2]);

    story
        .patch(restrictions, json!({ "allowlist": true }))
        .await;
    assert!(emulator.sign_up("Ada@Example.com").is_some());
    assert_eq!(emulator.sign_up("ada@example.com"), None);
    assert!(emulator.sign_up("bob@blocked.example").is_some());
    assert_eq!(emulator.sign_up("eve@other.example"), None);
    let body = json!({ "block_email_subaddresses": true });
    story.patch(restrictions, body).await;
    assert_eq!(emulator.sign_up("eve+1@example.com"), None);
    assert!(emulator.sign_up("eve+clerk_test@example.com").is_some());

    let body = json!({ "identifier": "eve@other.example" });
    let answer = story.control("POST", "sign_up", Some(body)).await;
    assert_eq!(answer.status, 409);
    assert!(answer.json.to_string().contains("not_allowed_access"));
    // The Backend API can create anyone.
    story.user("eve@other.example").await;
}

#[tokio::test]
async fn blocked_people_are_not_invited() {
    let story = Story::begin().await;
    let invite = |address: &str| json!({ "email_address": address });
    let invited = id(&story
        .post("/invitations", invite("ada@blocked.example"))
        .await);
    let body = json!({ "identifier": "*@blocked.example" });
    story.post("/blocklist_identifiers", body).await;
    let body = json!({ "blocklist": true, "allowlist": true });
    story.patch("/instance/restrictions", body).await;
    assert_eq!(story.emulator.accept_invitation(&invited), None);
    let body = invite("bob@blocked.example");
    let answer = story.send("POST", "/invitations", Some(&body)).await;
    assert_eq!(answer.error(), fault(403, "not_allowed_access", ""));
    let identifiers = &answer.json["errors"][0]["meta"]["identifiers"];
    assert_eq!(identifiers, &json!(["bob@blocked.example"]));
    let error = story.error("POST", "/invitations/bulk", Some(json!([body])));
    assert_eq!(error.await, fault(403, "not_allowed_access", ""));
    // An invitation admits those who are not on the allowlist.
    let invited = id(&story.post("/invitations", invite("eve@example.com")).await);
    assert!(story.emulator.accept_invitation(&invited).is_some());
}
