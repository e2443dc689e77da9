//! The report of `drift` for each kind of change, compared with the expected one in `drift_cases/`.

mod support;

use std::path::{Path, PathBuf};

use support::{PETS, ScratchWorkspace};

/// The name of a case, and the replacements that it makes in `drift_cases/vendored.yml`. The
/// expected report is `drift_cases/<name>.txt`.
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
        "operation_route_changed",
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
        "operation_authentication_removed",
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
        "parameter_made_required",
        &[(
            "Limit: { in: query, name: limit,",
            "Limit: { in: query, name: limit, required: true,",
        )],
    ),
    (
        "parameter_encoding_changed",
        &[("name: kind,", "name: kind, explode: false,")],
    ),
    (
        "response_field_added",
        &[(
            "        id: { type: string }\n",
            "        id: { type: string }\n        age: { type: integer }\n",
        )],
    ),
    (
        "response_field_removed",
        &[("        born_at: { type: integer, format: int64 }\n", "")],
    ),
    (
        "request_field_added",
        &[(
            "                legs: { type: integer }\n",
            "                legs: { type: integer }\n                tail: { type: boolean }\n",
        )],
    ),
    (
        "request_field_made_required",
        &[(
            "              required: [name]\n",
            "              required: [name, legs]\n",
        )],
    ),
    (
        "response_field_made_optional",
        &[("      required: [street]\n", "      required: []\n")],
    ),
    (
        "request_field_made_nullable",
        &[(
            "                legs: { type: integer }\n",
            "                legs: { type: integer, nullable: true }\n",
        )],
    ),
    (
        "reference_made_nullable",
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
        "constraint_changed",
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
        "description_changed",
        &[
            ("title: Pets", "title: All about pets"),
            (
                "      tags: [Pets]\n",
                "      tags: [Pets]\n      summary: Other words.\n",
            ),
        ],
    ),
    (
        "unused_fact_changed",
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
        "top_level_facts_and_a_change",
        &[
            ("openapi: 3.0.3", "openapi: 3.0.4"),
            ("info: {", "info: { x-audience: public,"),
            ("\npaths:", "\ntags: [{ name: Pets }]\npaths:"),
            (
                "        '401': { description: '',",
                "        '401': { description: '', x-unused: true,",
            ),
            ("maximum: 100", "maximum: 10"),
        ],
    ),
    (
        "server_changed",
        &[("https://api.example.com/v1", "https://api.example.com/v2")],
    ),
];

/// An overlay that adds the member `age` to a type.
const OVERLAY_WITH_AGE: &str = "overlay: 1.0.0\ninfo: { title: '', version: '' }\nactions:\n  - target: $.components.schemas.Pet.properties\n    update: { age: { type: integer, description: The age. } }\n";

/// The cases in which the vendored document has [`OVERLAY_WITH_AGE`].
const CASES_WITH_OVERLAY: &[Case] = &[
    (
        "added_member_gained",
        &[(
            "        id: { type: string }\n",
            "        id: { type: string }\n        age: { type: integer }\n",
        )],
    ),
    (
        "added_member_gained_with_another_type",
        &[(
            "        id: { type: string }\n",
            "        id: { type: string }\n        age: { type: string }\n",
        )],
    ),
];

fn expected_report(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/drift_cases/{case}.txt"))
}

fn edited(edits: &[(&str, &str)]) -> String {
    let mut document = PETS.to_owned();
    for (from, to) in edits {
        assert!(document.contains(from), "the document has no {from:?}");
        document = document.replace(from, to);
    }
    document
}

#[test]
fn each_kind_of_change_produces_the_expected_report() {
    let workspace = ScratchWorkspace::new();
    workspace.vendor(PETS);
    check_reports(&workspace, CASES);
}

#[test]
fn a_member_that_both_the_overlay_and_upstream_add_is_reported() {
    let workspace = ScratchWorkspace::new();
    workspace.vendor(PETS);
    workspace.write("spec/overlay/pet.yaml", OVERLAY_WITH_AGE);
    check_reports(&workspace, CASES_WITH_OVERLAY);
}

fn check_reports(workspace: &ScratchWorkspace, cases: &[Case]) {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    assert!(
        !update || std::env::var_os("CI").is_none(),
        "UPDATE_GOLDEN makes this test pass whatever the code does, so it must not be set in CI"
    );
    let mut mismatches = Vec::new();
    for (case, edits) in cases {
        let new = workspace.write("new.yml", &edited(edits));
        let (code, report, errors) = workspace.run(&["drift", "--upstream", &new]);
        assert_eq!(errors, "", "{case}");
        assert_eq!(
            code,
            i32::from(!report.starts_with("no drift")),
            "{case}: {report}"
        );
        let path = expected_report(case);
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if update {
            std::fs::write(path, report).expect("the file is writable");
        } else if report != expected {
            mismatches.push(format!(
                "{case}\n--- expected\n{expected}--- reported\n{report}"
            ));
        }
    }
    assert!(mismatches.is_empty(), "{}", mismatches.join("\n"));
}

#[test]
fn a_document_that_cannot_be_generated_has_an_unknown_class_in_every_format() {
    let workspace = ScratchWorkspace::new();
    workspace.vendor(PETS);
    let unsupported = ("floor: { type: integer }", "floor: { not: {} }");
    let new = workspace.write("new.yml", &edited(&[unsupported]));
    let report = |format| {
        let args = ["drift", "--upstream", &new, "--format", format];
        let (code, report, errors) = workspace.run(&args);
        assert_eq!((code, &*errors), (1, ""), "{report}");
        report
    };
    for format in ["text", "markdown"] {
        let report = report(format);
        let summary = "1 change: 1 unknown; semver: unknown";
        assert!(report.contains(summary), "{report}");
    }
    let json: serde_json::Value = serde_json::from_str(&report("json")).expect("JSON");
    assert_eq!(json["semver"], "unknown");
    assert_eq!(json["changes"][0]["class"], "unknown");
    assert_eq!(json["obstacles"].as_array().map(Vec::len), Some(1));
}
