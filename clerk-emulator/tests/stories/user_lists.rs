//! Lists of users: filters, order and pages.

use serde_json::json;

use crate::support::{Story, fault, id, ids};

/// Creates three users, and returns their ids.
async fn three_users(story: &Story) -> [String; 3] {
    let mut ids = Vec::new();
    for body in [
        json!({
            "email_address": ["ada@example.com"], "first_name": "Ada", "last_name": "Lovelace",
            "external_id": "one", "username": "zoe_1",
        }),
        json!({ "phone_number": ["+15555550101"], "username": "bob_2", "banned": true }),
        json!({ "email_address": ["carl@example.com"], "first_name": "Carl", "external_id": "three" }),
    ] {
        ids.push(id(&story.post("/users", body).await));
    }
    ids.try_into().expect("three users")
}

#[tokio::test]
async fn each_filter_selects_users() {
    let story = Story::begin().await;
    let [ada, bob, carl] = three_users(&story).await;
    let body = json!({ "user_id": ada, "provider": "oauth_google", "provider_user_id": "g1" });
    story.emulator.add_record("external_account", body);
    for (query, expected) in [
        ("", vec![&carl, &bob, &ada]),
        ("email_address=ADA@example.com", vec![&ada]),
        (
            "email_address=ada@example.com&email_address=carl@example.com",
            vec![&carl, &ada],
        ),
        ("phone_number=%2B15555550101", vec![&bob]),
        ("phone_number=+15555550101", vec![&bob]),
        ("external_id=one", vec![&ada]),
        ("external_id=-one", vec![&carl, &bob]),
        ("username=bob_2", vec![&bob]),
        ("username=nobody", vec![]),
        (&format!("user_id={ada}"), vec![&ada]),
        (&format!("user_id=-{ada}"), vec![&carl, &bob]),
        ("organization_id=org_1", vec![]),
        ("organization_id=-org_1", vec![&carl, &bob, &ada]),
        ("banned=true", vec![&bob]),
        ("banned=false", vec![&carl, &ada]),
        ("query=EXAMPLE", vec![&carl, &ada]),
        ("query=ada+love", vec![&ada]),
        (&format!("query={bob}"), vec![&bob]),
        ("email_address_query=carl", vec![&carl]),
        ("phone_number_query=0101", vec![&bob]),
        ("username_query=OB_", vec![&bob]),
        ("name_query=lovelace", vec![&ada]),
        ("created_at_after=0", vec![&carl, &bob, &ada]),
        ("created_at_before=1", vec![]),
        ("last_sign_in_at_after=0", vec![]),
        ("last_active_at_since=0", vec![]),
        ("provider=google", vec![&ada]),
        ("provider=oauth_google&provider_user_id=g1", vec![&ada]),
        ("provider=oauth_google&provider_user_id=g2", vec![]),
        ("web3_wallet=0x1", vec![]),
    ] {
        let list = story.get(&format!("/users?{query}")).await;
        assert_eq!(ids(&list).iter().collect::<Vec<_>>(), expected, "{query}");
        let count = story.get(&format!("/users/count?{query}")).await;
        assert_eq!(count["total_count"], json!(expected.len()), "{query}");
    }
}

#[tokio::test]
async fn users_are_sorted_and_paged() {
    let story = Story::begin().await;
    let [ada, bob, carl] = three_users(&story).await;
    for (query, expected) in [
        ("order_by=created_at", vec![&ada, &bob, &carl]),
        ("order_by=%2Bcreated_at", vec![&ada, &bob, &carl]),
        ("order_by=username", vec![&carl, &bob, &ada]),
        ("order_by=-first_name", vec![&carl, &ada, &bob]),
        ("order_by=email_address", vec![&bob, &ada, &carl]),
        ("order_by=-phone_number&limit=1", vec![&bob]),
        ("limit=1&offset=1", vec![&bob]),
        (&format!("starting_after={carl}"), vec![&bob, &ada]),
        (
            &format!("starting_after={ada}&order_by=created_at"),
            vec![&bob, &carl],
        ),
        (&format!("starting_after={carl}&banned=false"), vec![&ada]),
    ] {
        let list = story.get(&format!("/users?{query}")).await;
        assert_eq!(ids(&list).iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let invalid = "form_param_value_invalid";
    for (query, expected) in [
        (
            "order_by=shoe_size".to_owned(),
            fault(422, invalid, "order_by"),
        ),
        (
            format!("starting_after={carl}&offset=1"),
            fault(422, invalid, "starting_after"),
        ),
        (
            format!("starting_after={carl}&order_by=username"),
            fault(422, invalid, "starting_after"),
        ),
        (
            "starting_after=user_1".to_owned(),
            fault(422, invalid, "starting_after"),
        ),
        (
            "provider_user_id=g1".to_owned(),
            fault(422, "form_conditional_param_missing", "provider"),
        ),
    ] {
        let error = story.error("GET", &format!("/users?{query}"), None).await;
        assert_eq!(error, expected, "{query}");
    }
}

#[tokio::test]
async fn a_user_with_several_matching_contacts_is_listed_once() {
    let story = Story::begin().await;
    let body = json!({ "email_address": ["a@b.cd", "c@d.ef"] });
    let user = story.post("/users", body).await;
    let query = "email_address=a@b.cd&email_address=c@d.ef";
    let list = story.get(&format!("/users?{query}")).await;
    assert_eq!(ids(&list), [id(&user)]);
    let count = story.get(&format!("/users/count?{query}")).await;
    assert_eq!(count["total_count"], 1);
}
