//! Tests of `vendor` and `regen` in normal use: what they write, print and leave unchanged.

mod support;

use support::{PET, ScratchWorkspace};

#[test]
fn vendor_keeps_facts_and_drops_prose() {
    let workspace = ScratchWorkspace::new();
    workspace.vendor(PET);
    let facts = workspace.read("spec/backend-api.json");
    assert!(!facts.contains("Prose of upstream"), "{facts}");
    assert!(
        facts.contains(r#""description": {"#),
        "a property named `description` is a fact: {facts}"
    );
    let record = workspace.read("spec/upstream.toml");
    assert!(
        record.contains(r#"source = "upstream.yml""#),
        "the record has no local path: {record}"
    );
    assert!(
        record.contains(r#"version = "2026-01-01""#) && record.contains("sha256 = "),
        "{record}"
    );
    assert!(
        workspace
            .read("spec/names.toml")
            .contains(r#"GetPet = "pet::get""#)
    );
}

#[test]
fn repeating_commands_changes_nothing() {
    let workspace = ScratchWorkspace::generated_from(PET);
    let before = workspace.files();
    workspace.vendor(PET);
    assert!(workspace.regen().contains("(0 changed)"));
    assert_eq!(workspace.files(), before);
    let (code, output, _) = workspace.run(&["regen", "--check"]);
    assert_eq!((code, output.as_str()), (0, ""));
}

#[test]
fn json_and_yaml_documents_contain_the_same_facts() {
    let (one, other) = (ScratchWorkspace::new(), ScratchWorkspace::new());
    one.vendor(PET);
    let yaml: serde_json::Value = serde_saphyr::from_str(PET).expect("the document is YAML");
    other.vendor(&yaml.to_string());
    assert_eq!(
        one.read("spec/backend-api.json"),
        other.read("spec/backend-api.json")
    );
}

#[test]
fn check_shows_differences_and_writes_nothing() {
    let workspace = ScratchWorkspace::generated_from(PET);
    let file = "clerk-sdk/src/generated/pet.rs";
    workspace.write(
        file,
        &workspace.read(file).replace("pub fn get", "pub fn fetch"),
    );
    workspace.write("clerk-sdk/src/generated/gone.rs", "// leftover\n");
    let before = workspace.files();
    let (code, output, _) = workspace.run(&["regen", "--check"]);
    assert_eq!(code, 1);
    assert!(
        output.contains("+    pub fn get") && output.contains("-// leftover"),
        "{output}"
    );
    assert!(
        output.ends_with("2 files differ: run `cargo xtask regen` and commit the result\n"),
        "{output}"
    );
    assert_eq!(workspace.files(), before);

    let output = workspace.regen();
    assert!(
        output.contains("wrote clerk-sdk/src/generated/pet.rs"),
        "{output}"
    );
    assert!(
        output.contains("removed clerk-sdk/src/generated/gone.rs"),
        "{output}"
    );
}

#[test]
fn regen_counts_undocumented_items_and_lists_them_on_request() {
    let workspace = ScratchWorkspace::new();
    workspace.vendor(PET);
    assert!(workspace.regen().contains("5 undocumented items"));
    let (_, output, _) = workspace.run(&["regen", "--list-undocumented"]);
    assert!(
        output.starts_with("pet\npet (example)\npet::get\ntypes::Pet\ntypes::Pet.description\n"),
        "{output}"
    );
    let (code, output, _) = workspace.run(&["regen", "--check", "--documented"]);
    assert_eq!(code, 1, "{output}");
    assert!(
        output.contains("5 undocumented items: document them"),
        "{output}"
    );
}

#[test]
fn stale_overlay_action_leaves_every_file_unchanged() {
    let workspace = ScratchWorkspace::generated_from(PET);
    let overlay = "overlay: 1.0.0\ninfo: { title: '', version: '1' }\nactions:\n  - target: $.components.schemas.Dog\n    remove: true\n";
    workspace.write("spec/overlay/wrong.yaml", overlay);
    let before = workspace.files();
    let (code, _, errors) = workspace.run(&["regen"]);
    assert_eq!(code, 2);
    assert!(
        errors.contains(
            "spec/overlay/wrong.yaml#/actions/0: `$.components.schemas.Dog` matches nothing"
        ),
        "{errors}"
    );
    assert_eq!(workspace.files(), before);
}

#[test]
fn new_field_changes_one_type_and_the_revision() {
    let workspace = ScratchWorkspace::generated_from(PET);
    workspace.vendor(&PET.replace("properties:", "properties:\n        age: { type: integer }"));
    let output = workspace.regen();
    assert!(
        output.contains("wrote clerk-sdk/src/generated/types/pet.rs"),
        "{output}"
    );
    assert!(
        output.contains("wrote clerk-sdk/src/generated/constants.rs"),
        "{output}"
    );
    assert!(output.contains("(2 changed)"), "{output}");
}
