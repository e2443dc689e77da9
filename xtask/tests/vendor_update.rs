//! Tests of vendoring a new revision of a document: which names and overlays are kept, which
//! removals must be accepted, and which follow-up work is listed.

mod support;

use support::{PETS, ScratchWorkspace};

fn with_renamed_component() -> String {
    PETS.replace("schemas/Home'", "schemas/Home-2'")
        .replace("    Home:\n", "    Home-2:\n")
}

/// Vendors a new revision. Returns the standard output.
fn vendor_revision(workspace: &ScratchWorkspace, document: &str, options: &[&str]) -> String {
    let path = workspace.write("new.yml", document);
    let args = [&["vendor", "--from", &path], options].concat();
    let (code, output, errors) = workspace.run(&args);
    assert_eq!((code, &*errors), (0, ""), "{output}");
    output
}

#[test]
fn renamed_component_keeps_its_type_name() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let output = vendor_revision(&workspace, &with_renamed_component(), &[]);
    assert!(
        output.contains("`schemas/Home` → `schemas/Home-2`"),
        "{output}"
    );
    let names = workspace.read("spec/names.toml");
    assert!(names.contains("Home-2 = \"pet::Home\""), "{names}");
    assert!(!names.contains("Home = "), "{names}");
    let output = workspace.regen();
    assert!(
        output.contains("(1 changed)"),
        "only the revision changes: {output}"
    );
}

#[test]
fn renamed_component_keeps_its_overlay_actions() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let overlay = |name: &str| {
        format!(
            "overlay: 1.0.0\ninfo: {{ title: '', version: '' }}\nactions:\n  # A comment.\n  - target: $.components.schemas{name}.properties.floor\n    update: {{ description: The floor. }}\n"
        )
    };
    workspace.write("spec/overlay/pet.yaml", &overlay(".Home"));
    workspace.regen();
    vendor_revision(&workspace, &with_renamed_component(), &[]);
    assert_eq!(
        workspace.read("spec/overlay/pet.yaml"),
        overlay("['Home-2']")
    );
    workspace.regen();
}

#[test]
fn renamed_operation_id_keeps_its_function_name() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let document = PETS.replace("operationId: ListPets", "operationId: AllPets");
    vendor_revision(&workspace, &document, &[]);
    let names = workspace.read("spec/names.toml");
    assert!(names.contains("AllPets = \"pet::list\""), "{names}");
    assert!(
        names.contains("\"AllPets.query/kind/[]\" = \"pet::PetListKind\""),
        "{names}"
    );
    assert!(!names.contains("ListPets"), "{names}");
    workspace.regen();
}

#[test]
fn moved_inline_schema_keeps_its_type_name() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let document = PETS.replace("        mood: {", "        temper: {");
    vendor_revision(&workspace, &document, &["--accept-removals"]);
    let names = workspace.read("spec/names.toml");
    assert!(
        names.contains("\"Pet/temper\" = \"pet::PetMood\""),
        "{names}"
    );
    workspace.regen();
}

#[test]
fn removals_must_be_accepted_and_are_listed_in_the_changelog() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let changelog = "# Changelog\n\n## Unreleased\n\n### Added\n\n- Much.\n\n## 0.1.0\n\n- All.\n";
    workspace.write("CHANGELOG.md", changelog);
    let document = PETS.replace("        born_at: { type: integer, format: int64 }\n", "");
    let path = workspace.write("new.yml", &document);
    let before = workspace.files();
    let (code, _, errors) = workspace.run(&["vendor", "--from", &path]);
    assert_eq!(code, 2, "{errors}");
    assert!(
        errors.contains("`types::Pet::born_at` would be removed"),
        "{errors}"
    );
    assert!(errors.contains("--accept-removals"), "{errors}");
    assert_eq!(workspace.files(), before);

    vendor_revision(&workspace, &document, &["--accept-removals"]);
    let expected = "# Changelog\n\n## Unreleased\n\n### Added\n\n- Much.\n\n### Removed\n\n- `types::Pet::born_at`: no longer part of the API.\n\n## 0.1.0\n\n- All.\n";
    assert_eq!(workspace.read("CHANGELOG.md"), expected);
    workspace.regen();
}

#[test]
fn follow_up_work_is_listed() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let overlay = "overlay: 1.0.0\ninfo: { title: '', version: '' }\nactions:\n  - target: $.components.schemas.Home.properties.floor\n    update: { description: The floor. }\n";
    workspace.write("spec/overlay/pet.yaml", overlay);
    let document = PETS.replace(
        "        floor: { type: integer }\n",
        "        size: { type: string, enum: [big, small] }\n",
    );
    let output = vendor_revision(&workspace, &document, &["--accept-removals"]);
    for part in [
        "spec/overlay/pet.yaml#/actions/0: `$.components.schemas.Home.properties.floor` matches nothing",
        "Home/size = \"pet::HomeSize\"",
        "  types::Home.size",
        "  types::HomeSize",
    ] {
        assert!(output.contains(part), "{part} in {output}");
    }
    workspace.regen();
}
