//! Typical edits of a document, one at a time: the class of the change, the report, and the lines of
//! generated code that differ, compared with the expected ones in `edits/`.
//!
//! `UPDATE_GOLDEN=1` rewrites the expected output; review the diff before you commit it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::{Workspace, code_without_docs, facts};
use codegen::drift::{DriftReport, SemverBump, Severity};
use serde_json::Value;

const DOCUMENT: &str = include_str!("edits/document.yml");
const OVERLAY: &str = include_str!("edits/overlay.yaml");
const NAMES: &str = include_str!("edits/names.toml");

const DOCS_ONLY: Option<Severity> = Some(Severity::DocsOnly);
const WIRE_LEVEL: Option<Severity> = Some(Severity::WireLevel);
const ADDITIVE: Option<Severity> = Some(Severity::Additive);
const BREAKING: Option<Severity> = Some(Severity::Breaking);
const UNKNOWN: Option<Severity> = Some(Severity::Unknown);

/// The name of a case, its expected class, and the replacements that it makes in the document. The
/// expected output is `edits/<name>.txt`.
type Case = (
    &'static str,
    Option<Severity>,
    &'static [(&'static str, &'static str)],
);

const CASES: &[Case] = &[
    (
        "response_field_added",
        ADDITIVE,
        &[(
            "        floor: { type: integer }\n",
            "        city: { type: string }\n        floor: { type: integer }\n",
        )],
    ),
    (
        "response_field_removed",
        BREAKING,
        &[("        floor: { type: integer }\n", "")],
    ),
    (
        "response_field_with_new_type_added",
        ADDITIVE,
        &[(
            "        floor: { type: integer }\n",
            "        door: { type: object, properties: { width: { type: integer } } }\n        floor: { type: integer }\n",
        )],
    ),
    (
        "response_field_made_nullable",
        BREAKING,
        &[(
            "        street: { type: string }\n",
            "        street: { type: string, nullable: true }\n",
        )],
    ),
    (
        "body_field_added",
        ADDITIVE,
        &[(
            "                nickname: {",
            "                tail: { type: boolean }\n                nickname: {",
        )],
    ),
    (
        "required_body_field_added",
        BREAKING,
        &[
            (
                "                nickname: {",
                "                tail: { type: boolean }\n                nickname: {",
            ),
            ("required: [name]", "required: [name, tail]"),
        ],
    ),
    (
        "first_required_body_field_added",
        BREAKING,
        &[(
            "              type: object\n              properties:\n                name: { type: string }\n      responses:",
            "              type: object\n              required: [name]\n              properties:\n                name: { type: string }\n      responses:",
        )],
    ),
    (
        "body_field_made_optional",
        BREAKING,
        &[("              required: [name]\n", "")],
    ),
    (
        "body_field_made_nullable",
        BREAKING,
        &[(
            "                collar: { type: object,",
            "                collar: { type: object, nullable: true,",
        )],
    ),
    (
        "body_field_limit_changed",
        DOCS_ONLY,
        &[(
            "                nickname: { type: string,",
            "                nickname: { type: string, maxLength: 20,",
        )],
    ),
    (
        "optional_and_required_body_fields_added",
        BREAKING,
        &[
            (
                "                nickname: {",
                "                tail: { type: boolean }\n                whiskers: { type: integer }\n                nickname: {",
            ),
            ("required: [name]", "required: [name, tail]"),
        ],
    ),
    (
        "query_parameter_added",
        ADDITIVE,
        &[(
            "        - { in: query, name: limit,",
            "        - { in: query, name: offset, schema: { type: integer } }\n        - { in: query, name: limit,",
        )],
    ),
    (
        "required_query_parameter_added",
        BREAKING,
        &[(
            "        - { in: query, name: limit,",
            "        - { in: query, name: owner, required: true, schema: { type: string } }\n        - { in: query, name: limit,",
        )],
    ),
    (
        "first_query_parameter_added",
        BREAKING,
        &[(
            "      x-speakeasy-name-override: count\n",
            "      x-speakeasy-name-override: count\n      parameters:\n        - { in: query, name: owner, schema: { type: string } }\n",
        )],
    ),
    (
        "query_parameter_encoding_changed",
        WIRE_LEVEL,
        &[("name: kind,", "name: kind, explode: false,")],
    ),
    (
        "path_parameter_renamed",
        WIRE_LEVEL,
        &[("{pet_id}", "{id}"), ("name: pet_id", "name: id")],
    ),
    (
        "route_changed",
        WIRE_LEVEL,
        &[("  /pets/count:\n", "  /pets/total:\n")],
    ),
    (
        "enum_value_added",
        ADDITIVE,
        &[("enum: [black, white]", "enum: [black, red, white]")],
    ),
    (
        "enum_value_removed",
        BREAKING,
        &[("enum: [black, white]", "enum: [white]")],
    ),
    (
        "enum_value_respelled",
        WIRE_LEVEL,
        &[("enum: [black, white]", "enum: [BLACK, white]")],
    ),
    (
        "enum_value_named_like_the_catch_all_added",
        BREAKING,
        &[("enum: [black, white]", "enum: [black, unknown, white]")],
    ),
    (
        "shared_enum_value_added_everywhere",
        ADDITIVE,
        &[("enum: [calm, wild]", "enum: [calm, sleepy, wild]")],
    ),
    (
        "shared_enum_value_added_in_the_response",
        BREAKING,
        &[(
            "        mood: { type: string, enum: [calm, wild] }\n",
            "        mood: { type: string, enum: [calm, sleepy, wild] }\n",
        )],
    ),
    (
        "operation_added",
        ADDITIVE,
        &[(
            "  /pets/{pet_id}:\n",
            "  /pets/{pet_id}/feed:\n    post:\n      operationId: FeedPet\n      tags: [Pets]\n      x-speakeasy-name-override: feed\n      parameters:\n        - { in: path, name: pet_id, required: true, schema: { type: string } }\n      requestBody: { content: { application/json: { schema: { type: object, properties: { grams: { type: integer } } } } } }\n      responses: { '200': { description: '', content: { application/json: { schema: { type: object, properties: { left: { type: integer } } } } } } }\n  /pets/{pet_id}:\n",
        )],
    ),
    (
        "operation_in_new_module_added",
        ADDITIVE,
        &[(
            "  /pets/{pet_id}:\n",
            "  /owners:\n    get:\n      operationId: CountOwners\n      tags: [Owners]\n      x-speakeasy-name-override: count\n      responses:\n        '200': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/Count' } } } }\n  /pets/{pet_id}:\n",
        )],
    ),
    (
        "operation_removed",
        BREAKING,
        &[(
            "    get:\n      operationId: CountPets\n      tags: [Pets]\n      x-speakeasy-name-override: count\n      responses:\n        '200': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/Count' } } } }\n",
            "    {}\n",
        )],
    ),
    (
        "operation_deprecated",
        DOCS_ONLY,
        &[(
            "      operationId: GetPet\n",
            "      operationId: GetPet\n      deprecated: true\n",
        )],
    ),
    (
        "operation_id_renamed",
        DOCS_ONLY,
        &[("operationId: GetPet", "operationId: FetchPet")],
    ),
    (
        "operation_authentication_removed",
        WIRE_LEVEL,
        &[(
            "      operationId: CountPets\n",
            "      operationId: CountPets\n      security: []\n",
        )],
    ),
    (
        "field_deprecated",
        DOCS_ONLY,
        &[(
            "        floor: { type: integer }\n",
            "        floor: { type: integer, deprecated: true }\n",
        )],
    ),
    (
        "component_renamed",
        DOCS_ONLY,
        &[
            ("schemas/Home'", "schemas/House'"),
            ("    Home:\n", "    House:\n"),
        ],
    ),
    (
        "inline_struct_becomes_component",
        DOCS_ONLY,
        &[
            (
                "        tag: { type: object, properties: { number: { type: string } } }\n",
                "        tag: { $ref: '#/components/schemas/Tag' }\n",
            ),
            (
                "    Home:\n",
                "    Tag: { type: object, properties: { number: { type: string } } }\n    Home:\n",
            ),
        ],
    ),
    (
        "inline_enum_becomes_component",
        DOCS_ONLY,
        &[
            (
                "        colour: { type: string, enum: [black, white] }\n",
                "        colour: { $ref: '#/components/schemas/Colour' }\n",
            ),
            (
                "    Home:\n",
                "    Colour: { type: string, enum: [black, white] }\n    Home:\n",
            ),
        ],
    ),
    (
        "inline_body_becomes_component",
        DOCS_ONLY,
        &[
            (
                "            schema:\n              type: object\n              properties:\n                name: { type: string }\n",
                "            schema: { $ref: '#/components/schemas/PetUpdate' }\n",
            ),
            (
                "    Home:\n",
                "    PetUpdate: { type: object, properties: { name: { type: string } } }\n    Home:\n",
            ),
        ],
    ),
    (
        "type_changed",
        BREAKING,
        &[(
            "        floor: { type: integer }\n",
            "        floor: { type: string }\n",
        )],
    ),
    (
        "schema_becomes_unsupported",
        UNKNOWN,
        &[(
            "        floor: { type: integer }\n",
            "        floor: { not: { type: integer } }\n",
        )],
    ),
    (
        "timestamp_becomes_string",
        BREAKING,
        &[(
            "        born_at: { type: integer, format: int64 }\n",
            "        born_at: { type: string, format: date-time }\n",
        )],
    ),
    (
        "struct_becomes_string",
        BREAKING,
        &[(
            "        tag: { type: object, properties: { number: { type: string } } }\n",
            "        tag: { type: string }\n",
        )],
    ),
    (
        "component_becomes_string",
        BREAKING,
        &[(
            "    Count:\n      type: object\n      properties: { total: { type: integer } }\n",
            "    Count: { type: string }\n",
        )],
    ),
    (
        "response_type_changed",
        BREAKING,
        &[(
            "schema: { $ref: '#/components/schemas/Count' }",
            "schema: { $ref: '#/components/schemas/Home' }",
        )],
    ),
    (
        "response_becomes_list",
        BREAKING,
        &[(
            "schema: { $ref: '#/components/schemas/Count' }",
            "schema: { type: array, items: { $ref: '#/components/schemas/Count' } }",
        )],
    ),
    (
        "body_becomes_array",
        BREAKING,
        &[(
            "            schema:\n              type: object\n              properties:\n                name: { type: string }\n",
            "            schema:\n              type: array\n              items: { type: object, properties: { name: { type: string } } }\n",
        )],
    ),
    (
        "body_becomes_form",
        BREAKING,
        &[(
            "          application/json:\n            schema:\n              type: object\n              properties:\n",
            "          multipart/form-data:\n            schema:\n              type: object\n              properties:\n",
        )],
    ),
    (
        "body_removed",
        BREAKING,
        &[(
            "      requestBody:\n        content:\n          application/json:\n            schema:\n              type: object\n              properties:\n                name: { type: string }\n",
            "",
        )],
    ),
    (
        "union_member_added",
        ADDITIVE,
        &[
            (
                "            - { $ref: '#/components/schemas/Wet' }\n",
                "            - { $ref: '#/components/schemas/Wet' }\n            - { $ref: '#/components/schemas/Fresh' }\n",
            ),
            (
                "    Wet:\n",
                "    Fresh: { type: object, required: [caught_at], properties: { caught_at: { type: integer } } }\n    Wet:\n",
            ),
        ],
    ),
    (
        "union_member_removed",
        BREAKING,
        &[("            - { $ref: '#/components/schemas/Wet' }\n", "")],
    ),
    (
        "status_documented",
        DOCS_ONLY,
        &[("        '401':", "        '403':")],
    ),
];

#[test]
fn each_edit_has_the_expected_class_report_and_code() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    assert!(
        !update || std::env::var_os("CI").is_none(),
        "UPDATE_GOLDEN is not allowed under CI: this test would always pass"
    );
    let old = Workspace::new(DOCUMENT, OVERLAY, NAMES);
    let mut mismatches = Vec::new();
    for (name, class, edits) in CASES {
        let (report, new) = old.adopt(&facts(&edited(edits)));
        let found = report.changes.iter().map(|change| change.severity).max();
        let output = format!("{}{}", render(&report), generated_difference(&old, &new));
        if found != *class {
            mismatches.push(format!("{name}: {found:?} instead of {class:?}\n{output}"));
        }
        if found.is_none_or(|it| it == Severity::DocsOnly)
            != (code_without_docs(&old) == code_without_docs(&new))
        {
            mismatches.push(format!("{name}: the code contradicts the class\n{output}"));
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/edits/{name}.txt"));
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if update {
            fs::write(path, output).expect("the folder is writable");
        } else if output != expected {
            let diff = similar::TextDiff::from_lines(&expected, &output);
            mismatches.push(format!("{name}\n{}", diff.unified_diff()));
        }
    }
    assert!(mismatches.is_empty(), "{}", mismatches.join("\n"));
}

#[test]
fn order_is_no_drift() {
    let old = Workspace::new(DOCUMENT, OVERLAY, NAMES);
    let mut document = facts(DOCUMENT);
    reverse_order(&mut document);
    let (report, _) = old.adopt(&document);
    assert!(report.changes.is_empty(), "{}", render(&report));
    assert_eq!(report.required_bump(), SemverBump::None);
}

fn edited(edits: &[(&str, &str)]) -> String {
    let mut document = DOCUMENT.to_owned();
    for (from, to) in edits {
        assert!(document.contains(from), "the document has no {from:?}");
        document = document.replace(from, to);
    }
    document
}

fn reverse_order(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let reversed: Vec<_> = std::mem::take(members).into_iter().rev().collect();
            members.extend(reversed);
            members.values_mut().for_each(reverse_order);
        }
        Value::Array(items) => {
            items.reverse();
            items.iter_mut().for_each(reverse_order);
        }
        _ => {}
    }
}

fn render(report: &DriftReport) -> String {
    let changes = report.changes.iter().map(|it| {
        let items = it.items.join(", ");
        let (severity, subject, kind, detail) = (it.severity, it.subject, it.kind, &it.detail);
        format!("[{severity}] {subject} {kind}: {detail} ({items})\n")
    });
    let blockers = report
        .blockers
        .iter()
        .map(|it| format!("blocked by {it}\n"));
    let removed = report
        .removed_items
        .iter()
        .map(|it| format!("removes {it}\n"));
    let semver = format!("semver: {}\n", report.required_bump());
    changes
        .chain(blockers)
        .chain(removed)
        .chain([semver])
        .collect()
}

/// Returns the lines of generated code that differ, without documentation.
fn generated_difference(old: &Workspace, new: &Workspace) -> String {
    let (old, new) = match (&old.generated, &new.generated) {
        (Ok(old), Ok(new)) => (old, new),
        (_, Err(problems)) | (Err(problems), _) => return format!("\n{problems}\n"),
    };
    let mut output = String::new();
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for path in paths {
        let code = |files: &BTreeMap<String, String>| {
            let lines = files.get(path).map_or("", String::as_str).lines();
            let code = lines.filter(|line| !line.trim_start().starts_with("//"));
            code.map(|line| format!("{line}\n")).collect::<String>()
        };
        let (old, new) = (code(old), code(new));
        if old != new {
            let difference = similar::TextDiff::from_lines(&old, &new);
            let mut difference = difference.unified_diff();
            let difference = difference.context_radius(0).to_string();
            let lines = difference.lines().filter(|line| !line.starts_with("@@"));
            output += &format!("\n{path}\n");
            output.extend(lines.map(|line| format!("{line}\n")));
        }
    }
    output
}
