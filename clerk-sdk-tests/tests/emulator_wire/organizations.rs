//! Organizations, their members, and invitations, over plain HTTP.

use serde_json::json;

use crate::caller::{Caller, start};
use crate::shapes::assert_shape;

#[tokio::test]
async fn organizations_and_their_members_stay_in_step() {
    let (_server, caller) = start().await;
    let ada = caller
        .json("POST", "/users", json!({"first_name": "Ada"}))
        .await
        .id();
    let bob = caller
        .json("POST", "/users", json!({"username": "bob"}))
        .await
        .id();
    let body = json!({"name": "Clerk Inc", "created_by": ada, "max_allowed_memberships": 2});
    let org = caller.json("POST", "/organizations", body).await;
    assert_shape("Organization", &org.json);
    let twin = caller
        .json("POST", "/organizations", json!({"name": "Clerk Inc"}))
        .await;
    assert_ne!(org.json["slug"], twin.json["slug"]);
    let path = format!("/organizations/{}", org.id());
    let members = format!("{path}/memberships");

    let body = json!({"user_id": bob, "role": "org:member", "public_metadata": {"a": 1}});
    let member = caller.json("POST", &members, body.clone()).await;
    assert_shape("OrganizationMembership", &member.json);
    let again = caller.json("POST", &members, body).await;
    assert_eq!(again.error(), (400, "already_a_member_in_organization", ""));
    let carol = caller.json("POST", "/users", json!({})).await.id();
    let body = json!({"user_id": carol, "role": "org:member"});
    assert_eq!(
        caller.json("POST", &members, body).await.status,
        403,
        "it is full"
    );

    caller
        .json("PATCH", &path, json!({"name": "Clerk", "slug": "clerk"}))
        .await
        .id();
    let role = json!({"role": "org:admin"});
    let changed = caller
        .json("PATCH", &format!("{members}/{bob}"), role)
        .await;
    assert_eq!(changed.json["role"], "org:admin");
    assert_eq!(
        changed.json["organization"]["name"], "Clerk",
        "never out of date"
    );
    let by_slug = caller
        .get("/organizations/clerk?include_members_count=true")
        .await;
    assert_eq!(by_slug.json["members_count"], 2);

    let removed = caller.delete(&format!("{members}/{bob}")).await;
    assert_shape("OrganizationMembership", &removed.json);
    caller.delete(&path).await.id();
    assert_eq!(
        caller.get("/organization_memberships").await.json["total_count"],
        0
    );
    let own = caller
        .get(&format!("/users/{ada}/organization_memberships"))
        .await;
    assert_eq!(own.json, json!({"data": [], "total_count": 0}));
}

#[tokio::test]
async fn members_are_listed_by_role_and_their_metadata_merges() {
    let (_server, caller) = start().await;
    let user = caller.json("POST", "/users", json!({})).await.id();
    let body = json!({"name": "Clerk", "created_by": user});
    let org = caller.json("POST", "/organizations", body).await.id();
    let members = format!("/organizations/{org}/memberships");
    let bob = caller.json("POST", "/users", json!({})).await.id();
    let body = json!({"user_id": bob, "role": "org:member", "public_metadata": {"a": 1}});
    caller.json("POST", &members, body).await.id();

    for (query, total, first) in [
        ("limit=1&order_by=created_at", 2, &user),
        ("limit=1", 2, &bob),
        ("role=org:admin", 1, &user),
        ("role=org:admin&role=org:member&offset=1", 2, &user),
    ] {
        let list = caller.get(&format!("{members}?{query}")).await.json;
        assert_shape("OrganizationMemberships", &list);
        let shown = (
            &list["total_count"],
            &list["data"][0]["public_user_data"]["user_id"],
        );
        assert_eq!(shown, (&json!(total), &json!(first)), "{query}");
    }
    let list = caller
        .get(&format!("/organizations?user_id={bob}&query=CLER"))
        .await;
    assert_shape("Organizations", &list.json);
    assert_eq!(list.json["total_count"], 1);
    let change = json!({"public_metadata": {"a": null, "b": 2}});
    let path = format!("{members}/{bob}/metadata");
    let changed = caller.json("PATCH", &path, change).await;
    assert_eq!(changed.json["public_metadata"], json!({"b": 2}));
}

#[tokio::test]
async fn invitations_are_sent_listed_and_revoked() {
    let (_server, caller) = start().await;
    let body = json!({"email_address": "ada@example.com"});
    let invitation = caller.json("POST", "/invitations", body.clone()).await;
    assert_shape("Invitation", &invitation.json);
    let again = caller.json("POST", "/invitations", body.clone()).await;
    assert_eq!(again.error(), (400, "duplicate_record", ""));
    let bulk = json!([{"email_address": "b@example.com"}, body]);
    assert_eq!(
        caller.json("POST", "/invitations/bulk", bulk).await.status,
        400
    );
    let bulk = json!([{"email_address": "b@example.com"}, {"email_address": "c@example.com"}]);
    let sent = caller.json("POST", "/invitations/bulk", bulk).await;
    assert_eq!(sent.json.as_array().map(Vec::len), Some(2));

    let revoke = format!("/invitations/{}/revoke", invitation.id());
    let revoked = Caller::send(caller.request("POST", &revoke)).await;
    assert_eq!(revoked.json["status"], "revoked");
    assert_eq!(
        Caller::send(caller.request("POST", &revoke)).await.status,
        400
    );
    let list = caller.get("/invitations?limit=1").await;
    assert_eq!(list.json.as_array().map(Vec::len), Some(1));
    let list = caller.get("/invitations?paginated=true&limit=1").await;
    assert_eq!(list.json["total_count"], 2);
    let list = caller.get("/invitations?status=revoked").await;
    assert_eq!(list.json[0]["id"], invitation.id());
}

#[tokio::test]
async fn members_are_invited_once_and_an_invitation_is_revoked_once() {
    let (_server, caller) = start().await;
    let acme = caller
        .json("POST", "/organizations", json!({"name": "Acme"}))
        .await;
    let path = format!("/organizations/{}/invitations", acme.id());
    let ada = json!({"email_address": "ada@example.com", "role": "org:member"});
    let grace = json!({"email_address": "grace@example.com", "role": "org:admin"});

    let sent = caller.json("POST", &path, ada.clone()).await;
    assert_shape("OrganizationInvitation", &sent.json);
    let both = caller
        .json("POST", &format!("{path}/bulk"), json!([grace, ada]))
        .await;
    assert_eq!(both.error(), (422, "duplicate_record", "email_address"));
    let listed = caller.get(&format!("{path}?status=pending")).await;
    assert_eq!(
        listed.json["total_count"], 1,
        "of a bulk all are sent or none"
    );

    let one = format!("{path}/{}", sent.id());
    assert_eq!(
        caller.get(&one).await.json["email_address"],
        "ada@example.com"
    );
    let revoked = caller
        .json("POST", &format!("{one}/revoke"), json!({}))
        .await;
    assert_eq!(revoked.json["status"], "revoked");
    let again = caller
        .json("POST", &format!("{one}/revoke"), json!({}))
        .await;
    assert_eq!(again.error().0, 400);
}
