//! Seeds: what instances begin with, and how mistakes are reported.

use serde_json::{Value, json};

use crate::support::{Answer, Story, fault};

/// A seed with a record of each kind.
pub(crate) const EVERYTHING: &str = include_str!("everything.yaml");

#[tokio::test]
async fn records_have_the_chosen_ids_and_nothing_is_announced() {
    let story = Story::begin().await;
    let seeded = story.emulator.seed(EVERYTHING);
    seeded.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(story.event_kinds(), Vec::<&str>::new());
    let alice = story.get("/users/user_0000000000000000000000alice").await;
    assert_eq!(alice["username"], "alice");
    assert_eq!(alice["created_at"], 1_704_164_645_000_i64);
    assert_eq!(
        alice["public_metadata"]["nested"]["list"],
        json!([1, 2.5, null])
    );
    assert_eq!(
        alice["email_addresses"][0]["email_address"],
        "alice@example.com"
    );
    assert_eq!(alice["password_enabled"], true);
    let bob = story.get("/users/user_000000000000000000000000bob").await;
    assert_eq!(bob["external_accounts"][0]["id"], "eac_1");
    let members = story
        .get("/organizations/org_000000000000000000000000000/memberships")
        .await;
    assert_eq!(members["total_count"], 2);
    assert_eq!(
        members["data"][0]["permissions"],
        json!(["org:reports:read"])
    );
    for path in [
        "/organization_roles/role_1",
        "/organization_permissions/perm_1",
        "/role_sets/rset_1",
        "/jwt_templates/jtmp_1",
        "/redirect_urls/ru_1",
        "/email_addresses/idn_1",
        "/phone_numbers/idn_2",
        "/organizations/org_000000000000000000000000000/invitations/orginv_1",
        "/enterprise_connections/ent_1",
        "/machines/mch_000000000000000000000000001",
        "/api_keys/ak_00000000000000000000000000000001",
        "/oauth_applications/oa_000000000000000000000000001",
        "/sessions/sess_1",
        "/sign_ups/sua_1",
    ] {
        story.get(path).await;
    }
    // What comes later is announced.
    story.user("carol@example.com").await;
    assert_eq!(story.event_kinds(), ["user.created"]);
}

#[tokio::test]
async fn a_seed_has_other_instances_faults_and_endpoints() {
    let story = Story::begin().await;
    let seed = "
        instances:
          sk_test_other:
            options: { preset: new, environment: production }
            users: [{ id: user_1, username: first }]
        faults:
          - { kind: error, status: 503, code: unavailable, path: /users }
        webhook_endpoints:
          - { url: 'http://127.0.0.1:9' }
    ";
    story.emulator.seed(seed).expect("the seed is valid");
    let error = story.error("GET", "/users", None).await;
    assert_eq!(error, fault(503, "unavailable", ""));
    assert_eq!(story.get("/users").await, json!([]));
    let other = story
        .send_as("sk_test_other", "GET", "/users/user_1", None)
        .await;
    assert_eq!(other.json["username"], "first");
    let instance = story
        .send_as("sk_test_other", "GET", "/instance", None)
        .await;
    assert_eq!(instance.json["environment_type"], "production");
    let endpoints = story.control("GET", "webhook_endpoints", None).await;
    assert_eq!(endpoints.json.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_seed_may_be_json() {
    let story = Story::begin().await;
    let seed =
        json!({ "users": [{ "id": "user_1", "username": "uni_", "first_name": "\u{1F600}\t\"" }] });
    story
        .emulator
        .seed(&seed.to_string())
        .expect("the seed is valid");
    assert_eq!(
        story.get("/users/user_1").await["first_name"],
        "\u{1F600}\t\""
    );
    let answer = story.control("POST", "seed", Some(seed)).await;
    assert_eq!(answer.error(), fault(400, "control_request_invalid", ""));
}

#[tokio::test]
async fn mistakes_have_their_lines() {
    let story = Story::begin().await;
    for (line, expected, seed) in [
        (
            2,
            "users[1]: there is another user with the id \"user_1\"",
            "users:\n  [{ id: user_1, username: first }, { id: user_1, username: second }]",
        ),
        (
            3,
            "users[1]: username: Another object has the username \"eins\". (form_identifier_exists)",
            "users:\n  - username: eins\n  - username: eins",
        ),
        (2, "(form_param_unknown)", "users:\n  - user_name: first"),
        (
            2,
            "an id consists of letters",
            "users:\n  - { id: 'a/b', username: anna }",
        ),
        (
            2,
            "an id consists of letters",
            "users:\n  - { id: 7, username: bobby }",
        ),
        (
            3,
            "organization_memberships[0]: There is no organization with the id \"org_1\"",
            "\norganization_memberships:\n  - { organization_id: org_1, user_id: user_9, role: org:member }",
        ),
        (
            2,
            "\"organization_id\" must be a string",
            "organization_domains:\n  - name: a.example",
        ),
        (
            1,
            "passkeys[0]: there is no user with the id \"user_9\"",
            "passkeys: [{ user_id: user_9 }]",
        ),
        (
            2,
            "there is no option \"quota\"",
            "users:\noptions: { quota: 1 }",
        ),
        (2, "there is no fault \"flood\"", "faults:\n  - kind: flood"),
        (2, "has no section \"user\"", "users:\nuser: []"),
        (2, "", "users:\n  - [1]"),
        (2, "", "users:\n  - { id: user_1"),
        (1, "", "- users"),
    ] {
        let error = story.emulator.seed(seed).expect_err("the seed is wrong");
        assert!(error.to_string().contains(expected), "{seed}\n{error}");
        assert!(
            error.line().is_some_and(|it| it.abs_diff(line) <= 1),
            "{seed}\n{error}"
        );
    }
    // Nothing of them was created.
    assert_eq!(story.get("/users").await, json!([]));
}

#[tokio::test]
async fn a_seed_with_a_mistake_changes_nothing() {
    let story = Story::begin().await;
    let ada = "users: [{ id: user_ada, email_address: [ada@example.com] }]";
    story.emulator.seed(ada).expect("the seed is valid");
    let before = story.emulator.snapshot();
    let beginning = "
options: { environment: production }
instance_restrictions: { allowlist: true }
users: [{ id: user_1, username: first }]
organizations: [{ id: org_1, name: Acme, created_by: user_1 }]
";
    let other = "sk_test_other";
    for mistake in [
        "organization_memberships: [{ organization_id: org_1, user_id: user_9, role: org:member }]",
        "instances: { sk_test_another: { users: [{ username: a1b2 }] }, sk_test_other: { users: [{ id: 7 }] } }",
        "instances: { sk_live_other: {}, sk_test_other: { users: [{ username: second }] } }",
        "instances: { sk_test_emulator: { users: [{ username: second }, { id: 7 }] } }",
        // The first account changes an older record, the email address.
        "external_accounts: [{ user_id: user_ada, email_address: ada@example.com }, { user_id: user_9 }]",
        "faults: [{ kind: reset }, { kind: flood }]",
        "webhook_endpoints: [{ url: 'http://127.0.0.1:9' }, { url: 7 }]",
    ] {
        let seed = format!("{beginning}{mistake}");
        story.emulator.seed(&seed).expect_err(mistake);
        assert!(story.emulator.snapshot() == before, "{mistake}");
        let url = format!("http://{}/_emulator/seed", story.emulator.address());
        let request = reqwest::Client::new().post(url).body(seed);
        assert_eq!(Answer::read(request).await.status, 400, "{mistake}");
        assert!(story.emulator.snapshot() == before, "{mistake}");
        let answer = story.send_as(other, "GET", "/users", None).await;
        assert_eq!(answer.status, 401, "{mistake}");
        for route in ["faults", "webhook_endpoints"] {
            let answer = story.control("GET", route, None).await;
            assert_eq!(answer.json, json!([]), "{mistake}");
        }
    }
    // The same without a mistake is created.
    story.emulator.seed(beginning).expect("the seed is valid");
    story.get("/users/user_1").await;
}

#[tokio::test]
async fn a_bomb_is_an_error() {
    let story = Story::begin().await;
    let deep = format!("users: {}", "[".repeat(100_000));
    story
        .emulator
        .seed(&deep)
        .expect_err("the seed is too deep");
    let mut aliases = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (from, to) in ('a'..'j').zip('b'..'k') {
        let list = vec![format!("*{from}"); 10].join(", ");
        aliases.push_str(&format!("{to}: &{to} [{list}]\n"));
    }
    story
        .emulator
        .seed(&aliases)
        .expect_err("the seed is too large");
    story.get("/users").await;
}

#[tokio::test]
async fn an_empty_seed_creates_nothing() {
    let story = Story::begin().await;
    for seed in ["", "# Nothing.\n", "{}", "users:\n"] {
        story
            .emulator
            .seed(seed)
            .unwrap_or_else(|error| panic!("{seed}: {error}"));
    }
    assert_eq!(story.get("/users").await, json!([]));
}

#[tokio::test]
async fn an_error_in_a_file_names_it() {
    let story = Story::begin().await;
    let error = story.emulator.seed_file("/nonexistent/seed.yaml");
    let error = error.expect_err("there is no such file").to_string();
    assert!(error.starts_with("/nonexistent/seed.yaml: "), "{error}");
    let value: Value = story.get("/users").await;
    assert_eq!(value, json!([]));
}
