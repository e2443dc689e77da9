//! Tests of `cargo xtask update`: what the nightly workflow runs.

mod support;

use support::{PET, SECOND_DOCUMENT, ScratchWorkspace, serve_document};

/// A document with one event.
const EVENTS: &str = r"
openapi: 3.0.3
info: { title: Events, version: v1 }
x-webhooks:
  pet.adopted:
    post:
      operationId: pet.adopted
      requestBody:
        content:
          application/json:
            schema: { type: object, properties: { data: { $ref: '#/components/schemas/Pet' } } }
components:
  schemas:
    Pet: { type: object, properties: { description: { type: string } } }
";

/// Returns a workspace with two documents, which are published at these URLs.
fn workspace(operations: &str, events: &str) -> ScratchWorkspace {
    let workspace = ScratchWorkspace::new();
    let settings = workspace.read("spec/generator.toml");
    workspace.write("spec/generator.toml", &(settings + SECOND_DOCUMENT));
    for (name, document, url) in [("backend-api", PET, operations), ("events", EVENTS, events)] {
        let path = workspace.write("upstream.yml", document);
        let args = [
            "vendor",
            "--document",
            name,
            "--from",
            &path,
            "--source",
            url,
        ];
        let (code, _, errors) = workspace.run(&args);
        assert_eq!(code, 0, "{errors}");
    }
    workspace.regen();
    workspace
}

/// Runs the command. Returns its exit code, its errors, the report and the outputs.
fn update(workspace: &ScratchWorkspace) -> (i32, String, String, String) {
    let (report, outputs) = (workspace.path("report.md"), workspace.path("outputs.txt"));
    let path = |path: &std::path::Path| path.to_str().expect("the path is UTF-8").to_owned();
    let args = [
        "update",
        "--report",
        &path(&report),
        "--outputs",
        &path(&outputs),
    ];
    let (code, _, errors) = workspace.run(&args);
    let report = workspace.read("report.md");
    (code, errors, report, workspace.read("outputs.txt"))
}

#[test]
fn both_documents_are_adopted_and_the_sdk_is_generated() {
    let operations = PET.replace(
        "Pet:\n      type: object\n      properties:\n",
        "Pet:\n      type: object\n      properties:\n        owner: { type: string }\n",
    );
    assert_ne!(operations, PET);
    let events = EVENTS.replace(
        "description: { type: string }",
        "description: { type: string }, age: { type: integer }",
    );
    let workspace = workspace(&serve_document(&operations), &serve_document(&events));

    let (code, errors, report, outputs) = update(&workspace);
    assert_eq!((code, &*errors), (0, ""));
    assert_eq!(outputs, "changed=true\nsemver=minor\n");
    for expected in [
        "# backend-api",
        "# events",
        "types::Pet::owner",
        "types::Pet::age",
    ] {
        assert!(report.contains(expected), "{expected}: {report}");
    }
    let pet = workspace.read("clerk-sdk/src/generated/types/pet.rs");
    assert!(
        pet.contains("pub owner") && pet.contains("pub age"),
        "{pet}"
    );
    let (code, output, errors) = workspace.run(&["regen", "--check"]);
    assert_eq!(code, 0, "{output}{errors}");
}

#[test]
fn no_drift_changes_nothing() {
    let workspace = workspace(&serve_document(PET), &serve_document(EVENTS));
    let before = workspace.read("spec/upstream.toml");
    let (code, errors, report, outputs) = update(&workspace);
    assert_eq!((code, &*errors, &*report), (0, "", "No drift.\n"));
    assert_eq!(outputs, "changed=false\nsemver=none\n");
    assert_eq!(workspace.read("spec/upstream.toml"), before);
}

#[test]
fn a_document_that_cannot_be_read_does_not_keep_the_other_from_being_adopted() {
    let events = EVENTS.replace(
        "description: { type: string }",
        "age: { type: integer }, description: { type: string }",
    );
    let workspace = workspace(&serve_document("<html>"), &serve_document(&events));
    let (code, errors, report, outputs) = update(&workspace);
    assert_eq!(code, 2);
    assert!(
        errors.contains("could not be compared: backend-api"),
        "{errors}"
    );
    assert!(report.contains("this is a web page"), "{report}");
    assert_eq!(outputs, "changed=true\nsemver=unknown\n");
    let pet = workspace.read("clerk-sdk/src/generated/types/pet.rs");
    assert!(pet.contains("pub age"), "{pet}");
}
