//! Billing.

use serde_json::json;

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn an_instance_has_free_plans() {
    let story = Story::begin().await;
    let plans = story.get("/billing/plans").await;
    assert_eq!(plans["total_count"], 2);
    assert_eq!(plans["data"][0]["is_default"], true);
    let plans = story.get("/billing/plans?payer_type=org").await;
    assert_eq!(plans["data"][0]["for_payer_type"], "org");
    assert_eq!(plans["total_count"], 1);
}

#[tokio::test]
async fn prices_are_created_and_sorted_by_amount() {
    let story = Story::begin().await;
    let plan = ids(&story.get("/billing/plans").await).remove(0);
    let path = "/billing/prices";
    let mut prices = Vec::new();
    for amount in [500, 100, 500] {
        let body = json!({ "plan_id": plan, "amount": amount });
        prices.push(id(&story.post(path, body).await));
        story
            .emulator
            .advance_time(std::time::Duration::from_secs(1));
    }
    let page = story.get(&format!("{path}?plan_id={plan}")).await;
    assert_eq!(page["total_count"], 4);
    let sorted = [&prices[1], &prices[2], &prices[0]];
    assert_eq!(ids(&page)[1..].iter().collect::<Vec<_>>(), sorted);
    assert_eq!(page["data"][1]["fee"]["amount_formatted"], "1.00");
    assert_eq!(page["data"][1]["supported_billing_periods"], "month");
    for (body, expected) in [
        (
            json!({ "plan_id": "cplan_1", "amount": 0 }),
            fault(404, "plan_not_found", ""),
        ),
        (
            json!({ "plan_id": plan, "amount": 99 }),
            fault(422, "form_param_value_invalid", "amount"),
        ),
        (
            json!({ "plan_id": plan, "amount": null }),
            fault(422, "form_param_missing", "amount"),
        ),
    ] {
        assert_eq!(
            story.error("POST", path, Some(body.clone())).await,
            expected,
            "{body}"
        );
    }
    let error = story
        .error("GET", &format!("{path}?plan_id=cplan_1"), None)
        .await;
    assert_eq!(error, fault(404, "plan_not_found", ""));
}

#[tokio::test]
async fn users_and_organizations_are_subscribed_to_the_free_plan() {
    let story = Story::begin().await;
    let (organization, user) = story.organization("one").await;
    for (path, payer_type) in [
        (
            format!("/organizations/{organization}/billing/subscription"),
            "org",
        ),
        (format!("/users/{user}/billing/subscription"), "user"),
    ] {
        let subscription = story.get(&path).await;
        assert_eq!(subscription["status"], "active");
        let item = &subscription["subscription_items"][0];
        assert_eq!(item["plan"]["for_payer_type"], payer_type);
        assert_eq!(story.get(&path).await, subscription);
        let path = format!("/billing/subscription_items?payer_type={payer_type}");
        assert_eq!(story.get(&path).await["total_count"], 0);
        let items = story.get(&format!("{path}&include_free=true")).await;
        assert_eq!(items["data"], json!([item]));
    }
    let missing = "/organizations/org_1/billing/subscription";
    assert_eq!(
        story.error("GET", missing, None).await,
        fault(404, "resource_not_found", "")
    );
}

#[tokio::test]
async fn an_item_is_canceled() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}/billing/subscription");
    let item = id(&story.get(&path).await["subscription_items"][0]);
    let path = format!("/billing/subscription_items/{item}");
    assert_eq!(story.delete(&path).await["status"], "canceled");
    assert_eq!(
        story.delete(&format!("{path}?end_now=true")).await["status"],
        "ended"
    );
    let kinds = story.event_kinds();
    let last = ["subscriptionItem.canceled", "subscriptionItem.ended"];
    assert_eq!(kinds[kinds.len() - 2..], last);
    let body = Some(json!({ "extend_to": "2030-01-01T00:00:00Z" }));
    let error = story
        .error("POST", &format!("{path}/extend_free_trial"), body.clone())
        .await;
    assert_eq!(error, fault(403, "subscription_item_not_in_free_trial", ""));
    let missing = fault(404, "subscription_item_not_found", "");
    let unknown = "/billing/subscription_items/csub_item_1";
    assert_eq!(story.error("DELETE", unknown, None).await, missing);
    let error = story
        .error("POST", &format!("{unknown}/extend_free_trial"), body)
        .await;
    assert_eq!(error, missing);
}

#[tokio::test]
async fn credits_are_adjusted_once_for_each_key() {
    let story = Story::begin().await;
    let (organization, user) = story.organization("one").await;
    for path in [
        format!("/organizations/{organization}/billing/credits"),
        format!("/users/{user}/billing/credits"),
    ] {
        assert_eq!(story.get(&path).await["balance"]["amount"], 0);
        let adjust = |amount: i64, action: &str, key: &str| json!({ "amount": amount, "action": action, "idempotency_key": key });
        let entry = story.post(&path, adjust(1050, "increase", "a")).await;
        assert_eq!(entry["amount"]["amount_formatted"], "10.50");
        assert_eq!(
            story.post(&path, adjust(1050, "increase", "a")).await,
            entry
        );
        story.post(&path, adjust(50, "decrease", "b")).await;
        assert_eq!(story.get(&path).await["balance"]["amount"], 1000);
        for body in [adjust(0, "increase", "c"), adjust(1001, "decrease", "c")] {
            let error = story.error("POST", &path, Some(body)).await;
            assert_eq!(error, fault(422, "invalid_credit_amount", "amount"));
        }
    }
}

#[tokio::test]
async fn there_are_no_statements() {
    let story = Story::begin().await;
    assert_eq!(story.get("/billing/statements").await["total_count"], 0);
    for path in [
        "/billing/statements/stmt_1",
        "/billing/statements/stmt_1/payment_attempts",
    ] {
        assert_eq!(
            story.error("GET", path, None).await,
            fault(404, "resource_not_found", "")
        );
    }
}

/// Creates plans for users and organizations, with features.
fn add_plans(story: &Story) {
    for plan in [
        json!({ "slug": "pro", "for_payer_type": "user", "amount": 1000, "features": ["export"] }),
        json!({
            "slug": "team", "name": "Team", "for_payer_type": "org", "amount": 5000,
            "features": ["reports", { "slug": "export", "name": "Export" }],
        }),
        json!({ "slug": "trial", "for_payer_type": "org", "amount": 900, "free_trial_days": 7 }),
    ] {
        assert!(story.emulator.add_record("commerce_plan", plan).is_some());
    }
}

#[tokio::test]
async fn a_payer_has_the_plan_that_it_subscribed_to_last() {
    let story = Story::begin().await;
    let user = story.user("ada@example.com").await;
    add_plans(&story);
    let plan = story.get("/billing/plans?payer_type=user").await["data"][0].clone();
    assert_eq!(
        (&plan["slug"], &plan["fee"]["amount"]),
        (&json!("pro"), &json!(1000))
    );
    assert_eq!(plan["features"][0]["slug"], "export");

    let path = format!("/users/{user}/billing/subscription");
    let free = id(&story.get(&path).await["subscription_items"][0]);
    let events = story.event_kinds().len();
    let item = story.emulator.subscribe(&user, "pro").expect("a plan");
    assert_eq!(story.emulator.subscribe(&user, "pro"), Some(item.clone()));
    let expected = ["subscriptionItem.active", "subscription.updated"];
    assert_eq!(story.event_kinds()[events..], expected);
    let items = story.get(&path).await["subscription_items"].clone();
    assert_eq!(ids(&items), [&*free, &*item]);
    assert_eq!(
        (&items[0]["status"], &items[1]["status"]),
        (&json!("ended"), &json!("active"))
    );
    assert_eq!(items[1]["plan"]["slug"], "pro");
    let listed = story.get("/billing/subscription_items").await;
    assert_eq!(ids(&listed), [&*item]);

    let events = story.event_kinds().len();
    let back = story.emulator.subscribe(&user, "free_user");
    assert_eq!(back.as_ref(), Some(&free));
    let expected = [
        "subscriptionItem.ended",
        "subscriptionItem.active",
        "subscription.updated",
    ];
    assert_eq!(story.event_kinds()[events..], expected);
    let items = story.get(&path).await["subscription_items"].clone();
    assert_eq!(
        (&items[0]["status"], &items[1]["status"]),
        (&json!("active"), &json!("ended"))
    );
    for (payer, plan) in [
        (&*user, "team"),
        (&*user, "gold"),
        ("user_1", "pro"),
        ("org_1", "team"),
    ] {
        assert_eq!(
            story.emulator.subscribe(payer, plan),
            None,
            "{payer} {plan}"
        );
    }
}

#[tokio::test]
async fn a_canceled_plan_ends_with_its_period() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    add_plans(&story);
    let events = story.event_kinds().len();
    let item = story.emulator.subscribe(&organization, "team");
    let item = item.expect("a plan");
    let expected = [
        "subscription.created",
        "subscriptionItem.active",
        "subscription.active",
    ];
    assert_eq!(story.event_kinds()[events..], expected);
    let event = &story.emulator.events()[events + 1].body["data"];
    assert_eq!(
        (&event["plan"]["amount"], &event["payer"]["organization_id"]),
        (&json!(5000), &json!(organization))
    );
    let path = format!("/organizations/{organization}/billing/subscription");
    let statuses = async || {
        let items = story.get(&path).await["subscription_items"].clone();
        let status = |index: usize| items[index]["status"].as_str().map(str::to_owned);
        (status(0).unwrap_or_default(), status(1).unwrap_or_default())
    };
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    story.emulator.advance_time(day * 31);
    assert_eq!(statuses().await, ("ended".to_owned(), "active".to_owned()));
    story
        .delete(&format!("/billing/subscription_items/{item}"))
        .await;
    assert_eq!(
        statuses().await,
        ("upcoming".to_owned(), "canceled".to_owned())
    );
    story.emulator.advance_time(day * 28);
    assert_eq!(statuses().await.1, "canceled");
    story.emulator.advance_time(day * 2);
    assert_eq!(statuses().await, ("active".to_owned(), "ended".to_owned()));
}

#[tokio::test]
async fn a_free_trial_is_extended() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    add_plans(&story);
    let item = story.emulator.subscribe(&organization, "trial");
    let path = format!(
        "/billing/subscription_items/{}/extend_free_trial",
        item.expect("a plan")
    );
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    let extend_by = |days: u32| {
        let end = std::time::SystemTime::now() + day * days;
        json!({ "extend_to": humantime::format_rfc3339_seconds(end).to_string() })
    };
    let extended = story.post(&path, extend_by(30)).await;
    assert_eq!(extended["is_free_trial"], true);
    assert_eq!(
        story.event_kinds().last(),
        Some(&"subscriptionItem.updated")
    );
    story.emulator.advance_time(day * 31);
    let error = story.error("POST", &path, Some(extend_by(60))).await;
    assert_eq!(error, fault(403, "subscription_item_not_in_free_trial", ""));
}

#[tokio::test]
async fn tokens_have_the_plan_and_its_features() {
    let story = Story::begin().await;
    let (organization, user) = story.organization("one").await;
    let member = story.user("bob@example.com").await;
    let mut permissions = Vec::new();
    for feature in ["reports", "chat"] {
        let key = format!("org:{feature}:read");
        let body = json!({ "key": key, "name": feature, "description": feature });
        permissions.push(id(&story.post("/organization_permissions", body).await));
    }
    let role = json!({
        "key": "org:analyst", "name": "Analyst", "permissions": permissions,
        "include_in_initial_role_set": true,
    });
    story.post("/organization_roles", role).await;
    let claims = async |user: &str| {
        let token = story.emulator.session_token(user);
        crate::tokens::verified(&story, &token).await.1
    };
    let path = format!("/organizations/{organization}/memberships");
    let body = json!({ "user_id": member, "role": "org:analyst" });
    story.post(&path, body).await;

    // Without plans to choose from, permissions do not depend on them.
    let before = claims(&member).await;
    assert_eq!(before.get("pla"), None);
    assert_eq!(before["fea"], "o:chat,o:reports");
    add_plans(&story);
    let free = claims(&member).await;
    assert_eq!(
        (&free["pla"], free.get("fea")),
        (&json!("o:free_org"), None)
    );
    assert_eq!(free["o"].get("per"), None);
    story.emulator.subscribe(&organization, "team");
    story.emulator.subscribe(&member, "pro");
    let claims_of_member = claims(&member).await;
    assert_eq!(claims_of_member["pla"], "o:team");
    assert_eq!(claims_of_member["fea"], "ou:export,o:reports");
    assert_eq!(claims_of_member["o"]["per"], "read");
    assert_eq!(claims_of_member["o"]["fpm"], "0,1");
    assert_eq!(claims(&user).await["fea"], "o:export,o:reports");

    let loner = story.user("eve@example.com").await;
    assert_eq!(claims(&loner).await["pla"], "u:free_user");
    story.emulator.subscribe(&loner, "pro");
    let claims_of_loner = claims(&loner).await;
    assert_eq!(claims_of_loner["pla"], "u:pro");
    assert_eq!(claims_of_loner["fea"], "u:export");
}

#[tokio::test]
async fn malformed_plans_are_refused() {
    let story = Story::begin().await;
    add_plans(&story);
    for (plan, message) in [
        (json!({ "for_payer_type": "user" }), "\"slug\""),
        (
            json!({ "slug": "a,b", "for_payer_type": "user" }),
            "\"slug\"",
        ),
        (json!({ "slug": "new" }), "\"for_payer_type\""),
        (
            json!({ "slug": "pro", "for_payer_type": "user" }),
            "another plan with the slug",
        ),
        (
            json!({ "slug": "new", "for_payer_type": "org", "amount": 99 }),
            "at least 100 cents",
        ),
        (
            json!({ "slug": "new", "for_payer_type": "org", "feature": "x" }),
            "no member \"feature\"",
        ),
        (
            json!({ "slug": "new", "for_payer_type": "org", "features": [1] }),
            "a feature is a slug",
        ),
        (
            json!({ "slug": "new", "for_payer_type": "org", "amount": 100, "is_default": true }),
            "a default plan",
        ),
    ] {
        let mut body = plan.clone();
        body["resource"] = "commerce_plan".into();
        let answer = story.control("POST", "records", Some(body)).await;
        assert_eq!(answer.status, 409, "{plan}");
        let text = answer.json.to_string().replace('\\', "");
        assert!(text.contains(message), "{plan}: {text}");
    }
}

#[tokio::test]
async fn a_seed_has_plans_and_subscriptions() {
    let story = Story::begin().await;
    let seed = "
users: [{ id: user_ada, username: adalove }]
billing_plans:
  - { id: cplan_pro, slug: pro, for_payer_type: user, amount: 1000, features: [export] }
  - { slug: basic, for_payer_type: user, is_default: true, features: [import] }
billing_subscriptions: [{ payer: user_ada, plan: cplan_pro }]
";
    story.emulator.seed(seed).expect("the seed is correct");
    assert_eq!(story.event_kinds(), [""; 0]);
    let subscription = story.get("/users/user_ada/billing/subscription").await;
    let items = &subscription["subscription_items"];
    assert_eq!(items[0]["plan"]["slug"], "basic");
    assert_eq!(items[1]["plan_id"], "cplan_pro");
    let body = json!({ "payer": "user_ada", "plan": "basic" });
    let answer = story.control("POST", "subscribe", Some(body)).await;
    assert_eq!(answer.json["subscription_item_id"], items[0]["id"]);
    let token = story.emulator.session_token("user_ada");
    let (_, claims) = crate::tokens::verified(&story, &token).await;
    assert_eq!(
        (&claims["pla"], &claims["fea"]),
        (&json!("u:basic"), &json!("u:import"))
    );
    for (mistake, seed) in [
        (
            "no plan \"pro\"",
            "billing_subscriptions: [{ payer: user_1, plan: pro }]",
        ),
        (
            "no member \"id\"",
            "billing_subscriptions: [{ id: a, payer: user_1, plan: pro }]",
        ),
        (
            "billing_plans[0]: \"slug\"",
            "billing_plans: [{ for_payer_type: user }]",
        ),
    ] {
        let error = story.emulator.seed(seed).expect_err("the seed is wrong");
        assert!(error.to_string().contains(mistake), "{error}");
    }
}
