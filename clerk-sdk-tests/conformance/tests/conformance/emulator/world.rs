//! An emulator with the records that the calls refer to. Each call begins with the same state.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clerk_emulator::{Emulator, Environment, InstanceOptions};
use clerk_sdk::{Clerk, ClientConfig};
use serde_json::{Value, json};

use super::recording_backend::RecordingBackend;

/// One record of each kind.
const EVERYTHING: &str =
    include_str!("../../../../../clerk-emulator/tests/stories/everything.yaml");

/// What the calls need besides.
const FURTHER: &str = include_str!("further.yaml");

const ALICE: &str = "user_0000000000000000000000alice";
const PRODUCTION_KEY: &str = "sk_test_production";

/// An emulator with records, and clients of it.
pub(super) struct World {
    emulator: Emulator,
    pub(super) backend: RecordingBackend,
    clients: BTreeMap<&'static str, Clerk>,
    /// The values that calls need and that differ in each run.
    pub(super) names: BTreeMap<&'static str, String>,
    snapshot: Value,
}

impl World {
    pub(super) async fn create() -> Self {
        let emulator = Emulator::start().await.expect("a port is free");
        for seed in [EVERYTHING, FURTHER] {
            let seeded = emulator.seed(seed);
            seeded.unwrap_or_else(|error| panic!("{error}"));
        }
        let production = InstanceOptions {
            environment: Environment::Production,
            ..InstanceOptions::default()
        };
        emulator.add_instance(PRODUCTION_KEY, production);
        let backend = RecordingBackend::default();
        let client = |key: &str| {
            let config = ClientConfig::new(key).base_url(emulator.url());
            Clerk::new(config.backend(backend.clone()))
        };
        let names = prepare(&emulator).await;
        let clients = [
            ("instance", client(emulator.key())),
            ("machine", client(&names["machine_key"])),
            ("production", client(PRODUCTION_KEY)),
        ];
        let mut snapshot = emulator.snapshot();
        add_billing(&mut snapshot, &names);
        add_logo(&mut snapshot);
        Self {
            clients: clients.into_iter().collect(),
            backend,
            names,
            snapshot,
            emulator,
        }
    }

    /// Returns the client with a name.
    pub(super) fn client(&self, name: &str) -> &Clerk {
        &self.clients[name]
    }

    /// Undoes what calls have changed.
    pub(super) fn restore(&self) {
        let loaded = self.emulator.load_snapshot(&self.snapshot);
        loaded.expect("it is a snapshot of this emulator");
    }

    /// Sends a request that `arguments.json` describes. The slug of a template can be part of the path.
    pub(super) async fn send(&self, described: &Value) {
        let text = |name: &str| described[name].as_str().expect("a string");
        let path = text("path").replace("$slug", &self.names["slug"]);
        let (key, body) = (self.emulator.key(), described["body"].clone());
        request(&self.emulator, key, text("method"), &path, body).await;
    }
}

/// Creates what has secrets or ids that cannot be chosen, and returns them by name.
async fn prepare(emulator: &Emulator) -> BTreeMap<&'static str, String> {
    let post =
        async |path: &str, body: Value| request(emulator, emulator.key(), "POST", path, body).await;
    let get = async |path: &str| request(emulator, emulator.key(), "GET", path, Value::Null).await;
    let mut names = BTreeMap::new();
    let mut add = |name, value: &Value| {
        let value = value.as_str().unwrap_or_else(|| panic!("{name}: {value}"));
        names.insert(name, value.to_owned());
    };
    let machine = get("/machines/mch_000000000000000000000000001/secret_key").await;
    add("machine_key", &machine["secret"]);
    let key = machine["secret"].as_str().unwrap_or_default();
    let token = request(emulator, key, "POST", "/m2m_tokens", json!({})).await;
    add("m2m_token", &token["token"]);
    add("soon", &json!(in_a_month().to_string()));
    let api_key = get("/api_keys/ak_00000000000000000000000000000001/secret").await;
    add("api_key_secret", &api_key["secret"]);
    let plans = get("/billing/plans?payer_type=user").await;
    add("plan", &plans["data"][0]["id"]);
    let subscription = get(&format!("/users/{ALICE}/billing/subscription")).await;
    add("item", &subscription["subscription_items"][0]["id"]);
    for (name, path, pointer) in [
        (
            "client",
            &*format!("/sessions?user_id={ALICE}"),
            "/0/client_id",
        ),
        (
            "mapping",
            "/directories/scim_1/group_role_mappings",
            "/data/0/id",
        ),
        ("saml_connection", "/saml_connections", "/data/1/id"),
        ("wallet", &*format!("/users/{ALICE}"), "/web3_wallets/0/id"),
        ("slug", "/templates/email", "/0/slug"),
        ("role_set", "/role_sets", "/data/1/key"),
        (
            "admin_role",
            "/organization_roles?query=org:admin",
            "/data/0/id",
        ),
        (
            "alice_email",
            &*format!("/users/{ALICE}"),
            "/primary_email_address_id",
        ),
        (
            "alice_phone",
            &*format!("/users/{ALICE}"),
            "/primary_phone_number_id",
        ),
    ] {
        let found = get(path).await;
        add(name, found.pointer(pointer).unwrap_or(&found));
    }
    for (name, path) in [
        ("email_verification", "/email_addresses/idn_4"),
        ("phone_verification", "/phone_numbers/idn_5"),
    ] {
        let contact = post(&format!("{path}/prepare_verification"), json!({})).await;
        add(name, &contact["id"]);
    }
    let application = "oa_000000000000000000000000001";
    add(
        "oauth_token",
        &json!(emulator.issue_oauth_access_token(application, ALICE)),
    );
    add("session_token", &json!(emulator.session_token(ALICE)));
    add("refresh_token", &json!(emulator.refresh_token("sess_1")));
    let client = json!({ "id": names["client"] });
    let token = emulator.session_token_with_claims(ALICE, client);
    names.insert("client_token", token);
    emulator.advance_time(Duration::from_secs(120));
    names
}

/// The year 2100, in milliseconds.
const FAR_FUTURE: i64 = 4_102_444_800_000;

fn in_a_month() -> jiff::Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    let seconds = (now.expect("a time after 1970") + month).as_secs();
    jiff::Timestamp::from_second(seconds as i64).expect("a time before the year 9999")
}

/// Adds billing records, which nothing creates, to a snapshot.
fn add_billing(snapshot: &mut Value, names: &BTreeMap<&'static str, String>) {
    let record = |id: &str, members: Value| json!({ "id": id, "created_at": 1, "updated_at": 1, "members": members });
    let collections = &mut snapshot["collections"];
    collections["commerce_statement"] =
        json!({ "indexed": [], "records": [record("stmt_1", json!({}))] });
    collections["commerce_payment"] = json!({
        "indexed": ["statementID"],
        "records": [record("cpa_1", json!({ "statementID": "stmt_1" }))],
    });
    let items = collections["commerce_subscription_item"]["records"].as_array_mut();
    let mut items = items.into_iter().flatten();
    let item = items.find(|it| it["id"] == names["item"]);
    let item = item.expect("the item exists");
    item["members"]["is_free_trial"] = json!(true);
    item["members"]["period_end"] = json!(FAR_FUTURE);
}

/// Gives the organizations a logo, as an upload does.
fn add_logo(snapshot: &mut Value) {
    let organizations = snapshot["collections"]["organization"]["records"].as_array_mut();
    for organization in organizations.into_iter().flatten() {
        organization["members"]["has_image"] = json!(true);
    }
}

async fn request(emulator: &Emulator, key: &str, method: &str, path: &str, body: Value) -> Value {
    let method: reqwest::Method = method.parse().expect("a method");
    let url = format!("{}{path}", emulator.url());
    let mut request = reqwest::Client::new().request(method, url).bearer_auth(key);
    if !body.is_null() {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    let response = request.send().await.expect("the emulator responds");
    let text = response.text().await.expect("a complete body");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
}
