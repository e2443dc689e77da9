//! What `drift` and `vendor` say of changes, one kind at a time and many at once.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use support::Scratch;

/// A change of `drift/old.yml`: its name, what it replaces, and by what. The report stands beside.
type Case = (&'static str, &'static [(&'static str, &'static str)]);

const CASES: &[Case] = &[
    (
        "operation_added",
        &[(
            "  /pets/{pet_id}:\n",
            "  /pets/{pet_id}/feed:\n    post:\n      operationId: FeedPet\n      tags: [Pets]\n      x-speakeasy-name-override: feed\n      parameters:\n        - { in: path, name: pet_id, required: true, schema: { type: string } }\n      responses: { '204': { description: '' } }\n  /pets/{pet_id}:\n",
        )],
    ),
    (
        "operation_removed",
        &[(
            "    get:\n      operationId: GetPet\n      tags: [Pets]\n      x-speakeasy-name-override: get\n      parameters:\n        - { in: path, name: pet_id, required: true, schema: { type: string } }\n      responses:\n        '200': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }\n",
            "    {}\n",
        )],
    ),
    (
        "operation_moved",
        &[("  /pets/{pet_id}:\n", "  /animals/{pet_id}:\n")],
    ),
    (
        "operation_id_renamed",
        &[("operationId: GetPet", "operationId: FetchPet")],
    ),
    (
        "operation_deprecated",
        &[(
            "      operationId: GetPet\n",
            "      operationId: GetPet\n      deprecated: true\n",
        )],
    ),
    (
        "operation_without_key",
        &[(
            "      operationId: GetPet\n",
            "      operationId: GetPet\n      security: []\n",
        )],
    ),
    (
        "parameter_added",
        &[(
            "        - { $ref: '#/components/parameters/Limit' }\n",
            "        - { $ref: '#/components/parameters/Limit' }\n        - { in: query, name: offset, schema: { type: integer } }\n",
        )],
    ),
    (
        "parameter_removed",
        &[("        - { $ref: '#/components/parameters/Limit' }\n", "")],
    ),
    (
        "parameter_required",
        &[(
            "Limit: { in: query, name: limit,",
            "Limit: { in: query, name: limit, required: true,",
        )],
    ),
    (
        "parameter_joined",
        &[("name: kind,", "name: kind, explode: false,")],
    ),
    (
        "field_added_to_an_answer",
        &[(
            "        id: { type: string }\n",
            "        id: { type: string }\n        age: { type: integer }\n",
        )],
    ),
    (
        "field_removed_from_an_answer",
        &[("        born_at: { type: integer, format: int64 }\n", "")],
    ),
    (
        "field_added_to_a_request",
        &[(
            "                legs: { type: integer }\n",
            "                legs: { type: integer }\n                tail: { type: boolean }\n",
        )],
    ),
    (
        "field_required_in_a_request",
        &[(
            "              required: [name]\n",
            "              required: [name, legs]\n",
        )],
    ),
    (
        "field_optional_in_an_answer",
        &[("      required: [street]\n", "      required: []\n")],
    ),
    (
        "null_allowed",
        &[(
            "                legs: { type: integer }\n",
            "                legs: { type: integer, nullable: true }\n",
        )],
    ),
    (
        "null_allowed_around_a_reference",
        &[(
            "        home: { $ref: '#/components/schemas/Home' }\n",
            "        home: { nullable: true, allOf: [{ $ref: '#/components/schemas/Home' }] }\n",
        )],
    ),
    (
        "type_changed",
        &[(
            "        floor: { type: integer }\n",
            "        floor: { type: string }\n",
        )],
    ),
    (
        "format_changed",
        &[(
            "born_at: { type: integer, format: int64 }",
            "born_at: { type: integer, format: int32 }",
        )],
    ),
    (
        "limit_changed",
        &[
            ("maximum: 100", "maximum: 500"),
            ("maxLength: 20", "maxLength: 30"),
        ],
    ),
    (
        "enum_value_added",
        &[("enum: [calm, wild]", "enum: [calm, sleepy, wild]")],
    ),
    ("enum_value_removed", &[("enum: [cat, dog]", "enum: [cat]")]),
    (
        "union_member_added",
        &[
            (
                "            - { $ref: '#/components/schemas/Wet' }\n",
                "            - { $ref: '#/components/schemas/Wet' }\n            - { $ref: '#/components/schemas/Fresh' }\n",
            ),
            (
                "    Wet:\n",
                "    Fresh:\n      type: object\n      properties: { caught_at: { type: integer } }\n    Wet:\n",
            ),
        ],
    ),
    ("status_changed", &[("        '401':", "        '403':")]),
    (
        "content_type_changed",
        &[(
            "          application/json:\n            schema:\n",
            "          multipart/form-data:\n            schema:\n",
        )],
    ),
    (
        "component_renamed",
        &[
            ("schemas/Home'", "schemas/Home-2'"),
            ("    Home:\n", "    Home-2:\n"),
        ],
    ),
    (
        "component_renamed_and_changed",
        &[
            ("schemas/Home'", "schemas/Home-2'"),
            ("    Home:\n", "    Home-2:\n"),
            (
                "        street: { type: string }\n",
                "        street: { type: string }\n        city: { type: string }\n",
            ),
        ],
    ),
    (
        "prose_changed",
        &[
            ("title: Pets", "title: All about pets"),
            (
                "      tags: [Pets]\n",
                "      tags: [Pets]\n      summary: Other words.\n",
            ),
        ],
    ),
    (
        "fact_that_the_sdk_does_not_read",
        &[(
            "        '401': { description: '',",
            "        '401': { description: '', headers: { Retry-After: { schema: { type: integer } } },",
        )],
    ),
    (
        "naming_hint_changed",
        &[(
            "x-speakeasy-name-override: get",
            "x-speakeasy-name-override: fetch",
        )],
    ),
    (
        "server_changed",
        &[("https://api.example.com/v1", "https://api.example.com/v2")],
    ),
];

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/drift"))
}

fn old() -> String {
    std::fs::read_to_string(folder().join("old.yml")).expect("it is there")
}

fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = old();
    for (from, to) in edits {
        assert!(text.contains(from), "the document has no {from:?}");
        text = text.replace(from, to);
    }
    text
}

#[test]
fn each_kind_of_change_is_reported_as_what_it_is() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    assert!(
        !update || std::env::var_os("CI").is_none(),
        "UPDATE_GOLDEN would make this test pass whatever the code does, so not under CI"
    );
    let scratch = Scratch::new();
    scratch.vendor(&old());
    let mut stale = Vec::new();
    for (name, edits) in CASES {
        let new = scratch.write("new.yml", &edited(edits));
        let (code, output, errors) = scratch.run(&["drift", "--upstream", &new]);
        assert_eq!(errors, "", "{name}");
        assert_eq!(
            code,
            i32::from(!output.starts_with("no drift")),
            "{name}: {output}"
        );
        let path = folder().join(format!("{name}.txt"));
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if update {
            std::fs::write(path, output).expect("the folder is writable");
        } else if output != expected {
            stale.push(format!(
                "{name}\n--- expected\n{expected}--- reported\n{output}"
            ));
        }
    }
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

/// The real document with edits at known places.
struct Edited(Value);

impl Edited {
    fn at(&mut self, pointer: &str) -> &mut Value {
        let found = self.0.pointer_mut(pointer);
        found.unwrap_or_else(|| panic!("the document has nothing at {pointer}"))
    }

    fn set(&mut self, pointer: &str, name: &str, value: Value) {
        self.at(pointer)[name] = value;
    }

    fn remove(&mut self, pointer: &str, name: &str) -> Value {
        let object = self.at(pointer).as_object_mut().expect("an object");
        let removed = object.remove(name);
        removed.unwrap_or_else(|| panic!("{pointer} has no {name}"))
    }

    fn push(&mut self, pointer: &str, value: Value) {
        self.at(pointer)
            .as_array_mut()
            .expect("an array")
            .push(value);
    }

    fn drop_item(&mut self, pointer: &str, item: &str) {
        let items = self.at(pointer).as_array_mut().expect("an array");
        let before = items.len();
        items.retain(|it| it != item && it["name"] != item);
        assert_eq!(items.len() + 1, before, "{pointer} has one {item}");
    }

    fn rename_component(&mut self, old: &str, new: &str) {
        let text = self.0.to_string();
        let reference = |name: &str| format!("\"#/components/schemas/{name}\"");
        self.0 = serde_json::from_str(&text.replace(&reference(old), &reference(new)))
            .expect("it is still JSON");
        let component = self.remove("/components/schemas", old);
        self.set("/components/schemas", new, component);
    }
}

#[test]
fn twenty_edits_of_the_real_document_are_found_and_nothing_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let scratch = Scratch::new();
    scratch.copy(&root.join("spec"), "spec");
    let text = scratch.read("spec/backend-api.json");
    let mut edited = Edited(serde_json::from_str(&text).expect("it is JSON"));
    let expected = twenty_edits(&mut edited);

    let new = scratch.write("new.json", &edited.0.to_string());
    let (code, output, errors) = scratch.run(&["drift", "--upstream", &new, "--format", "json"]);
    assert_eq!((code, &*errors), (1, ""), "{output}");
    let report: Value = serde_json::from_str(&output).expect("the report is JSON");
    let changes = report["changes"].as_array().expect("it has changes");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let found: BTreeSet<String> = changes
        .iter()
        .map(|it| {
            let items = it["items"].as_array().expect("it has items");
            let items: Vec<String> = items.iter().map(text).collect();
            let (subject, action) = (text(&it["subject"]), text(&it["action"]));
            format!(
                "{subject} {action} [{}] {}",
                text(&it["class"]),
                items.join(", ")
            )
        })
        .collect();
    let expected: BTreeSet<String> = expected.into_iter().map(str::to_owned).collect();
    assert_eq!(expected.len(), 20);
    assert_eq!(found, expected);
    assert_eq!(changes.len(), 20);
    assert_eq!(report["semver"], "major");
}

/// Makes the edits, and gives what each must be reported as.
fn twenty_edits(document: &mut Edited) -> Vec<&'static str> {
    const USERS: &str = "/paths/~1users";
    const USER: &str = "/paths/~1users~1{user_id}";
    const BODY: &str = "requestBody/content/application~1json/schema";
    let mut ban = document.at("/paths/~1users~1{user_id}~1ban").clone();
    ban["post"]["operationId"] = json!("ApplaudUser");
    ban["post"]["x-speakeasy-name-override"] = json!("applaud");
    document.set("/paths", "/users/{user_id}/applaud", ban);
    document.remove("/paths", "/proxy_checks");
    document.set(&format!("{USER}/get"), "deprecated", json!(true));
    let route = document.remove("/paths", "/testing_tokens");
    document.set("/paths", "/test_tokens", route);
    document.set("/paths/~1jwks/get", "security", json!([]));
    document.set("/paths/~1jwks/get", "operationId", json!("FetchJWKS"));
    document.push(
        &format!("{USERS}/get/parameters"),
        json!({"in": "query", "name": "favourite", "schema": {"type": "boolean"}}),
    );
    document.drop_item(&format!("{USERS}/get/parameters"), "username_query");
    let domains = "/paths/~1organization_domains/get/parameters";
    let place = document.at(domains).as_array().expect("an array").iter();
    let index = place
        .clone()
        .position(|it| it["name"] == "domains")
        .expect("it is there");
    document.set(&format!("{domains}/{index}"), "explode", json!(false));
    let create = format!("{USERS}/post/{BODY}/properties");
    document.set(&create, "nick_name", json!({"type": "string"}));
    document.set(&format!("{create}/username"), "nullable", json!(false));
    document.set(&format!("{create}/first_name"), "maxLength", json!(99));
    let schemas = "/components/schemas";
    let user = format!("{schemas}/User/properties");
    document.set(&user, "karma", json!({"type": "integer"}));
    document.remove(&user, "locked");
    document.set(&format!("{user}/banned"), "type", json!("string"));
    document.push(
        &format!("{schemas}/Invitation/properties/status/enum"),
        json!("lost"),
    );
    document.drop_item(
        &format!("{schemas}/Session/properties/status/enum"),
        "replaced",
    );
    let otp = json!({"$ref": "#/components/schemas/verification_otp"});
    document.push(
        &format!("{schemas}/Web3Wallet/properties/verification/oneOf"),
        otp,
    );
    document.rename_component("Organization", "Organisation");
    let teapot = json!({"description": ""});
    document.set(&format!("{USER}/get/responses"), "418", teapot);
    vec![
        "operation added [additive] user::applaud",
        "operation removed [breaks callers' code] proxy_check::create, proxy_check::CreateParams, types::ProxyCheck",
        "deprecation added [docs only] user::get",
        "route changed [changes the wire] testing_token::create",
        "authentication changed [changes the wire] jwks::get",
        "operation id renamed [docs only] jwks::get",
        "parameter added [additive] user::ListParams::favourite",
        "parameter removed [breaks callers' code] user::ListParams::username_query",
        "encoding changed [changes the wire] organization_domain::ListFromInstanceParams::domains",
        "field added [additive] user::CreateParams::nick_name",
        "null changed [breaks callers' code] user::CreateParams::username",
        "limit changed [docs only] user::CreateParams::first_name",
        "field added [additive] types::User::karma",
        "field removed [breaks callers' code] types::User::locked",
        "type changed [breaks callers' code] types::User::banned",
        "enum value added [additive] types::InvitationStatus::Lost",
        "enum value removed [breaks callers' code] types::SessionStatus::Replaced",
        "union member added [additive] types::Web3WalletVerification",
        "component renamed [docs only] types::Organization",
        "status added [docs only] user::get",
    ]
}
