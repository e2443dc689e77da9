//! Hostile input from end to end: the exit code, the message with its place, and that nothing is written.

mod support;

use support::{PET, ScratchWorkspace};

const OVERLAY: &str = "overlay: 1.0.0\ninfo: { title: '', version: '1' }\nactions:\n";

/// Runs a command that must fail, and checks that it says why and writes nothing.
fn assert_rejected(workspace: &ScratchWorkspace, args: &[&str], expected: &[&str]) {
    let before = workspace.files();
    let (code, output, errors) = workspace.run(args);
    assert_eq!(code, 2, "{args:?}: {output}{errors}");
    for expected in expected {
        assert!(errors.contains(expected), "{args:?}: {expected}: {errors}");
    }
    assert_eq!(workspace.files(), before, "{args:?}");
}

#[test]
fn hostile_documents_are_rejected_with_the_place_in_the_given_file() {
    let pet = |schema: &str| PET.replace("    Pet:\n      type: object\n", schema);
    let pet = |schema: &str| {
        let document = pet(schema);
        let end = document
            .find("      properties:\n        description")
            .expect("the properties");
        document[..end].to_owned()
    };
    let vendored = ScratchWorkspace::generated_from(PET);
    for (document, place, message) in [
        (
            pet("    Pet: { type: array, items: { $ref: '#/components/schemas/Pet' } }\n"),
            "#/components/schemas/Pet: ",
            "contains itself",
        ),
        (
            pet(
                "    Pet: { $ref: '#/components/schemas/B' }\n    B: { $ref: '#/components/schemas/Pet' }\n",
            ),
            "#/components/schemas/B: ",
            "defined by itself",
        ),
        (
            pet(
                "    Pet: { type: object, properties: { a: { type: string, enum: [en-US, en_US] } } }\n",
            ),
            "#/components/schemas/Pet/properties/a: ",
            "both named `EnUs`",
        ),
        (
            pet(
                "    Pet: { type: object, properties: { a: { $ref: '#/components/schemas/B/properties/Pet' } } }\n    B: { type: object, properties: { Pet: { type: string } } }\n",
            ),
            "#/components/schemas/Pet/properties/a: ",
            "does not have the form",
        ),
        (
            pet("    Pet: { type: object, properties: { a: { type: [string] } } }\n"),
            "#/components/schemas/Pet/properties/a: ",
            "not a valid Schema object",
        ),
        (
            pet("    Pet: { type: object, type: object }\n"),
            "",
            "duplicate",
        ),
        (
            "{\"openapi\": \"3.0.3\", \"openapi\": \"3.0.3\"}".to_owned(),
            "",
            "duplicate key `openapi` at line 1",
        ),
        (format!("openapi: {}", "[".repeat(10_000)), "", "not YAML"),
    ] {
        let path = vendored.write("hostile.yml", &document);
        let place = format!("hostile.yml{place}");
        assert_rejected(&vendored, &["vendor", "--from", &path], &[&place, message]);
        let first = ScratchWorkspace::new();
        let path = first.write("hostile.yml", &document);
        assert_rejected(&first, &["vendor", "--from", &path], &[&place, message]);
    }
}

#[test]
fn unquoted_words_are_strings_in_documents_and_overlays() {
    let schema = "{ type: string, enum: [on, off, yes, no, y, n] }";
    let document = PET.replace(
        "{ type: string, description: Prose of upstream., example: Prose of upstream. }",
        schema,
    );
    let workspace = ScratchWorkspace::new();
    let update = "  - target: $.components.schemas.Pet.properties.description\n    update: { x-type: { values: { no: Never., y: Ever. } } }\n";
    workspace.write("spec/overlay/pet.yaml", &format!("{OVERLAY}{update}"));
    workspace.vendor(&document);
    workspace.regen();
    let code = workspace.read("clerk-sdk/src/generated/types/pet.rs");
    assert!(
        code.contains("No = \"no\"") && code.contains("`no`: Never."),
        "{code}"
    );
}

#[test]
fn mistakes_in_overlays_are_rejected() {
    let target = "target: $.components.schemas.Pet.properties.description";
    let files = |actions: &str| format!("{OVERLAY}{actions}");
    for (name, overlay, expected) in [
        (
            "pet.yaml",
            files(&format!(
                "  - {target}\n    update: {{ x-secret: 'true' }}\n"
            )),
            "spec/overlay/pet.yaml#/actions/0/update/x-secret: ",
        ),
        (
            "pet.yaml",
            files(&format!(
                "  - {target}\n    update: {{ x-secrets: true }}\n"
            )),
            "spec/overlay/pet.yaml#/actions/0/update/x-secrets: ",
        ),
        (
            "pet.yaml",
            files(&format!(
                "  - {target}\n    update: {{}}\n    remove: true\n"
            )),
            "spec/overlay/pet.yaml#/actions/0: ",
        ),
        (
            "pet.yaml",
            files(&format!(
                "  - {target}\n    updates: {{}}\n    remove: true\n"
            )),
            "spec/overlay/pet.yaml#/actions/0/updates: ",
        ),
        (
            "pet.yaml",
            files(
                "  - target: $.paths.*.get\n    update: { x-error-statuses: { '499': Gone. } }\n",
            ),
            "spec/overlay/pet.yaml#/actions/0/update/x-error-statuses/499: ",
        ),
        (
            "pet.yaml",
            format!(
                "action: []\n{}",
                files(&format!("  - {target}\n    remove: true\n"))
            ),
            "spec/overlay/pet.yaml#/action: ",
        ),
        (
            "pet.yml",
            files(&format!("  - {target}\n    remove: true\n")),
            "spec/overlay/pet.yml is ignored",
        ),
        (
            "pet.YAML",
            files(&format!("  - {target}\n    remove: true\n")),
            "spec/overlay/pet.YAML is ignored",
        ),
    ] {
        let workspace = ScratchWorkspace::generated_from(PET);
        workspace.write(&format!("spec/overlay/{name}"), &overlay);
        assert_rejected(&workspace, &["regen"], &[expected]);
        let path = workspace.write(
            "upstream.yml",
            &PET.replace(
                "description: { type",
                "name: { type: string }\n        description: { type",
            ),
        );
        if !expected.contains("499") {
            assert_rejected(&workspace, &["vendor", "--from", &path], &[expected]);
        }
    }
}
