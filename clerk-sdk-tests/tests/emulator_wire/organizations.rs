//! Organizations, their members, and invitations, over plain HTTP.

use serde_json::json;

use crate::http_client::{HttpClient, start};
use crate::schema::assert_matches_schema;

#[tokio::test]
async fn memberships_follow_changes_of_their_organization_and_are_deleted_with_it() {
    let (_emulator, client) = start().await;
    let ada = client
        .json("POST", "/users", json!({"first_name": "Ada"}))
        .await
        .id();
    let bob = client
        .json("POST", "/users", json!({"username": "bob"}))
        .await
        .id();
    let body = json!({"name": "Clerk Inc", "created_by": ada, "max_allowed_memberships": 2});
    let org = client.json("POST", "/organizations", body).await;
    assert_matches_schema("Organization", &org.json);
    let second = client
        .json("POST", "/organizations", json!({"name": "Clerk Inc"}))
        .await;
    assert_ne!(org.json["slug"], second.json["slug"]);
    let path = format!("/organizations/{}", org.id());
    let members = format!("{path}/memberships");

    let body = json!({"user_id": bob, "role": "org:member", "public_metadata": {"a": 1}});
    let member = client.json("POST", &members, body.clone()).await;
    assert_matches_schema("OrganizationMembership", &member.json);
    let again = client.json("POST", &members, body).await;
    assert_eq!(again.error(), (400, "already_a_member_in_organization", ""));
    let carol = client.json("POST", "/users", json!({})).await.id();
    let body = json!({"user_id": carol, "role": "org:member"});
    assert_eq!(
        client.json("POST", &members, body).await.status,
        403,
        "the membership limit is reached"
    );

    client
        .json("PATCH", &path, json!({"name": "Clerk", "slug": "clerk"}))
        .await
        .id();
    let role = json!({"role": "org:admin"});
    let changed = client
        .json("PATCH", &format!("{members}/{bob}"), role)
        .await;
    assert_eq!(changed.json["role"], "org:admin");
    assert_eq!(
        changed.json["organization"]["name"], "Clerk",
        "memberships embed the current organization"
    );
    let by_slug = client
        .get("/organizations/clerk?include_members_count=true")
        .await;
    assert_eq!(by_slug.json["members_count"], 2);

    let removed = client.delete(&format!("{members}/{bob}")).await;
    assert_matches_schema("OrganizationMembership", &removed.json);
    client.delete(&path).await.id();
    assert_eq!(
        client.get("/organization_memberships").await.json["total_count"],
        0
    );
    let own = client
        .get(&format!("/users/{ada}/organization_memberships"))
        .await;
    assert_eq!(own.json, json!({"data": [], "total_count": 0}));
}

#[tokio::test]
async fn memberships_can_be_filtered_by_role_and_their_metadata_is_merged() {
    let (_emulator, client) = start().await;
    let user = client.json("POST", "/users", json!({})).await.id();
    let body = json!({"name": "Clerk", "created_by": user});
    let org = client.json("POST", "/organizations", body).await.id();
    let members = format!("/organizations/{org}/memberships");
    let bob = client.json("POST", "/users", json!({})).await.id();
    let body = json!({"user_id": bob, "role": "org:member", "public_metadata": {"a": 1}});
    client.json("POST", &members, body).await.id();

    for (query, total, first) in [
        ("limit=1&order_by=created_at", 2, &user),
        ("limit=1", 2, &bob),
        ("role=org:admin", 1, &user),
        ("role=org:admin&role=org:member&offset=1", 2, &user),
    ] {
        let list = client.get(&format!("{members}?{query}")).await.json;
        assert_matches_schema("OrganizationMemberships", &list);
        let listed = (
            &list["total_count"],
            &list["data"][0]["public_user_data"]["user_id"],
        );
        assert_eq!(listed, (&json!(total), &json!(first)), "{query}");
    }
    let list = client
        .get(&format!("/organizations?user_id={bob}&query=CLER"))
        .await;
    assert_matches_schema("Organizations", &list.json);
    assert_eq!(list.json["total_count"], 1);
    let change = json!({"public_metadata": {"a": null, "b": 2}});
    let path = format!("{members}/{bob}/metadata");
    let changed = client.json("PATCH", &path, change).await;
    assert_eq!(changed.json["public_metadata"], json!({"b": 2}));
}

#[tokio::test]
async fn application_invitations_can_be_created_listed_and_revoked() {
    let (_emulator, client) = start().await;
    let body = json!({"email_address": "ada@example.com"});
    let invitation = client.json("POST", "/invitations", body.clone()).await;
    assert_matches_schema("Invitation", &invitation.json);
    let again = client.json("POST", "/invitations", body.clone()).await;
    assert_eq!(again.error(), (400, "duplicate_record", ""));
    let bulk = json!([{"email_address": "b@example.com"}, body]);
    assert_eq!(
        client.json("POST", "/invitations/bulk", bulk).await.status,
        400
    );
    let bulk = json!([{"email_address": "b@example.com"}, {"email_address": "c@example.com"}]);
    let sent = client.json("POST", "/invitations/bulk", bulk).await;
    assert_eq!(sent.json.as_array().map(Vec::len), Some(2));

    let revoke = format!("/invitations/{}/revoke", invitation.id());
    let revoked = HttpClient::send(client.request("POST", &revoke)).await;
    assert_eq!(revoked.json["status"], "revoked");
    assert_eq!(
        HttpClient::send(client.request("POST", &revoke))
            .await
            .status,
        400
    );
    let list = client.get("/invitations?limit=1").await;
    assert_eq!(list.json.as_array().map(Vec::len), Some(1));
    let list = client.get("/invitations?paginated=true&limit=1").await;
    assert_eq!(list.json["total_count"], 2);
    let list = client.get("/invitations?status=revoked").await;
    assert_eq!(list.json[0]["id"], invitation.id());
}

#[tokio::test]
async fn an_address_is_invited_once_and_an_organization_invitation_is_revoked_once() {
    let (_emulator, client) = start().await;
    let acme = client
        .json("POST", "/organizations", json!({"name": "Acme"}))
        .await;
    let path = format!("/organizations/{}/invitations", acme.id());
    let ada = json!({"email_address": "ada@example.com", "role": "org:member"});
    let grace = json!({"email_address": "grace@example.com", "role": "org:admin"});

    let sent = client.json("POST", &path, ada.clone()).await;
    assert_matches_schema("OrganizationInvitation", &sent.json);
    let both = client
        .json("POST", &format!("{path}/bulk"), json!([grace, ada]))
        .await;
    assert_eq!(both.error(), (422, "duplicate_record", "email_address"));
    let listed = client.get(&format!("{path}?status=pending")).await;
    assert_eq!(
        listed.json["total_count"], 1,
        "a bulk request creates all invitations or none"
    );

    let one = format!("{path}/{}", sent.id());
    assert_eq!(
        client.get(&one).await.json["email_address"],
        "ada@example.com"
    );
    let revoked = client
        .json("POST", &format!("{one}/revoke"), json!({}))
        .await;
    assert_eq!(revoked.json["status"], "revoked");
    let again = client
        .json("POST", &format!("{one}/revoke"), json!({}))
        .await;
    assert_eq!(again.error().0, 400);
}
