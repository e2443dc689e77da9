//! The report of `drift` for many changes of the Backend API's document at once.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use support::ScratchWorkspace;

/// The changes that `make_twenty_edits` makes: subject, kind, severity and items.
const EXPECTED_CHANGES: [&str; 29] = [
    "operation added [additive] user::applaud, types::UserListOrganizationInvitationsStatus",
    "operation removed [breaking] proxy_check::CreateParams, proxy_check::create, types::ProxyCheck",
    "deprecation added [docs-only] user::get",
    "route changed [wire-level] testing_token::create",
    "authentication changed [wire-level] jwks::get",
    "operation id renamed [docs-only] jwks::get",
    "parameter added [additive] user::ListParams::favourite",
    "parameter removed [breaking] user::ListParams::username_query",
    "encoding changed [wire-level] organization_domain::ListFromInstanceParams::domains",
    "field added [additive] user::CreateParams::nick_name",
    "nullability changed [breaking] user::CreateParams::username",
    "constraint changed [docs-only] user::CreateParams::first_name",
    "field added [additive] types::User::karma",
    "field removed [breaking] types::User::locked",
    "type changed [breaking] types::BillingPaymentMethod::is_removable",
    "enum value added [additive] types::InvitationStatus::Lost",
    // The webhooks still have it.
    "enum value removed [docs-only] types::SessionStatus",
    "union member added [additive] types::Web3WalletVerification",
    // These filters shared the enum that gains a value, and now have another one.
    "public item changed [breaking] invitation::ListParams::status",
    "public item changed [breaking] organization_invitation::ListFromInstanceParams::status",
    "public item changed [breaking] organization_invitation::ListParams::status",
    "public item changed [breaking] user::ListOrganizationInvitationsParams::status",
    "public item added [additive] types::InvitationListStatus",
    "public item added [additive] types::OrganizationInvitationListFromInstanceStatus",
    "public item added [additive] types::OrganizationInvitationListStatus",
    "public item removed [breaking] organization_invitation::InvitationStatus",
    "public item removed [breaking] user::InvitationStatus",
    "component renamed [docs-only] types::Organization",
    "status added [docs-only] user::get",
];

const USERS: &str = "/paths/~1users";
const USER: &str = "/paths/~1users~1{user_id}";
const SCHEMAS: &str = "/components/schemas";

/// The facts of the Backend API, to edit at JSON pointers.
struct EditedDocument(Value);

impl EditedDocument {
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

    /// Removes the item that is the string `item`, or the object with that name.
    fn remove_item(&mut self, pointer: &str, item: &str) {
        let items = self.at(pointer).as_array_mut().expect("an array");
        let before = items.len();
        items.retain(|it| it != item && it["name"] != item);
        assert_eq!(items.len() + 1, before, "{pointer} has one {item}");
    }

    fn rename_schema(&mut self, old: &str, new: &str) {
        let text = self.0.to_string();
        let reference = |name: &str| format!("\"#/components/schemas/{name}\"");
        self.0 = serde_json::from_str(&text.replace(&reference(old), &reference(new)))
            .expect("the document is still JSON");
        let schema = self.remove(SCHEMAS, old);
        self.set(SCHEMAS, new, schema);
    }
}

#[test]
fn twenty_edits_are_reported_and_nothing_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let workspace = ScratchWorkspace::new();
    workspace.copy(&root.join("spec"), "spec");
    let facts = workspace.read("spec/backend-api.json");
    let mut edited = EditedDocument(serde_json::from_str(&facts).expect("the facts are JSON"));
    make_twenty_edits(&mut edited);

    let new = workspace.write("new.json", &edited.0.to_string());
    let (code, output, errors) = workspace.run(&["drift", "--upstream", &new, "--format", "json"]);
    assert_eq!((code, &*errors), (1, ""), "{output}");
    let report: Value = serde_json::from_str(&output).expect("the report is JSON");
    let changes = report["changes"]
        .as_array()
        .expect("the report has changes");
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let found: BTreeSet<String> = changes
        .iter()
        .map(|it| {
            let items = it["items"].as_array().expect("a change has items");
            let items: Vec<String> = items.iter().map(string).collect();
            format!(
                "{} {} [{}] {}",
                string(&it["subject"]),
                string(&it["action"]),
                string(&it["class"]),
                items.join(", ")
            )
        })
        .collect();
    let expected = BTreeSet::from(EXPECTED_CHANGES.map(str::to_owned));
    assert_eq!(expected.len(), EXPECTED_CHANGES.len());
    assert_eq!(found, expected, "{}", report["obstacles"]);
    assert_eq!(changes.len(), EXPECTED_CHANGES.len());
    assert_eq!(report["semver"], "major");
}

fn make_twenty_edits(document: &mut EditedDocument) {
    edit_operations(document);
    edit_parameters(document);
    edit_request_fields(document);
    edit_schemas(document);
}

fn edit_operations(document: &mut EditedDocument) {
    let mut ban = document.at("/paths/~1users~1{user_id}~1ban").clone();
    ban["post"]["operationId"] = json!("ApplaudUser");
    ban["post"]["x-speakeasy-name-override"] = json!("applaud");
    document.set("/paths", "/users/{user_id}/applaud", ban);
    document.remove("/paths", "/proxy_checks");
    document.set(&format!("{USER}/get"), "deprecated", json!(true));
    let testing_tokens = document.remove("/paths", "/testing_tokens");
    document.set("/paths", "/test_tokens", testing_tokens);
    document.set("/paths/~1jwks/get", "security", json!([]));
    document.set("/paths/~1jwks/get", "operationId", json!("FetchJWKS"));
    let teapot = json!({"description": ""});
    document.set(&format!("{USER}/get/responses"), "418", teapot);
}

fn edit_parameters(document: &mut EditedDocument) {
    document.push(
        &format!("{USERS}/get/parameters"),
        json!({"in": "query", "name": "favourite", "schema": {"type": "boolean"}}),
    );
    document.remove_item(&format!("{USERS}/get/parameters"), "username_query");
    let parameters = "/paths/~1organization_domains/get/parameters";
    let list = document.at(parameters).as_array().expect("an array");
    let index = list.iter().position(|it| it["name"] == "domains");
    let index = index.expect("the operation has the parameter");
    document.set(&format!("{parameters}/{index}"), "explode", json!(false));
}

fn edit_request_fields(document: &mut EditedDocument) {
    let create = format!("{USERS}/post/requestBody/content/application~1json/schema/properties");
    document.set(&create, "nick_name", json!({"type": "string"}));
    document.set(&format!("{create}/username"), "nullable", json!(false));
    document.set(&format!("{create}/first_name"), "maxLength", json!(99));
}

fn edit_schemas(document: &mut EditedDocument) {
    let user = format!("{SCHEMAS}/User/properties");
    document.set(&user, "karma", json!({"type": "integer"}));
    document.remove(&user, "locked");
    let method = format!("{SCHEMAS}/CommercePaymentMethodResponse/properties");
    document.set(&format!("{method}/is_removable"), "type", json!("string"));
    document.push(
        &format!("{SCHEMAS}/Invitation/properties/status/enum"),
        json!("lost"),
    );
    document.remove_item(
        &format!("{SCHEMAS}/Session/properties/status/enum"),
        "replaced",
    );
    document.push(
        &format!("{SCHEMAS}/Web3Wallet/properties/verification/oneOf"),
        json!({"$ref": "#/components/schemas/verification_otp"}),
    );
    document.rename_schema("Organization", "Organisation");
}
