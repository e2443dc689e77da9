//! Tests of vendoring a document in which schemas moved: types keep their names and documentation,
//! and the code can be generated without further edits.

mod support;

use support::{PETS, SETTINGS, ScratchWorkspace};

const HOME: &str = "    Home:\n      type: object\n      required: [street]\n      properties:\n        street: { type: string }\n        floor: { type: integer }\n";
const INLINE_HOME: &str = "{ type: object, required: [street], properties: { street: { type: string }, floor: { type: integer } } }";
const REFERENCE_TO_HOME: &str = "{ $ref: '#/components/schemas/Home' }";

const BODY: &str = "              type: object
              required: [name]
              properties:
                name: { type: string, maxLength: 20 }
                nickname: { type: string, nullable: true }
                legs: { type: integer }
                coat: { type: object, properties: { color: { type: string, enum: [red, grey] } } }
";

fn overlay(actions: &str) -> String {
    format!("overlay: 1.0.0\ninfo: {{ title: '', version: '' }}\nactions:\n{actions}")
}

/// Vendors and generates a new revision without accepting removals. Returns the report.
#[track_caller]
fn update(workspace: &ScratchWorkspace, document: &str) -> String {
    let path = workspace.write("new.yml", document);
    let (code, report, errors) = workspace.run(&["vendor", "--from", &path]);
    assert_eq!((code, &*errors), (0, ""), "{report}");
    workspace.regen();
    let (code, drift, errors) = workspace.run(&["drift", "--upstream", &path]);
    assert_eq!((code, &*drift, &*errors), (0, "no drift\n", ""));
    report
}

/// Replaces a part of a document that occurs in it.
#[track_caller]
fn replace(document: &str, old: &str, new: &str) -> String {
    assert!(document.contains(old), "the document has no {old}");
    document.replace(old, new)
}

fn with_inline_home() -> String {
    let document = replace(PETS, REFERENCE_TO_HOME, INLINE_HOME);
    replace(&document, HOME, "")
}

/// A document in which a pet has its home twice: inline if `is_inline`, otherwise as a component.
fn with_two_homes(is_inline: bool) -> String {
    let home = match is_inline {
        true => INLINE_HOME,
        false => REFERENCE_TO_HOME,
    };
    let one = format!("        home: {REFERENCE_TO_HOME}\n");
    let both = format!("        home: {home}\n        second_home: {home}\n");
    let document = replace(PETS, &one, &both);
    match is_inline {
        true => replace(&document, HOME, ""),
        false => document,
    }
}

#[test]
fn component_that_becomes_inline_keeps_its_name_and_documentation() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let actions = "  - target: $.components.schemas.Home\n    update: { description: A home. }\n  - target: $.components.schemas.Home.properties.floor\n    update: { description: The floor. }\n";
    workspace.write("spec/overlay/pet.yaml", &overlay(actions));
    workspace.regen();
    let code = workspace.read("clerk-sdk/src/generated/types/pet.rs");
    update(&workspace, &with_inline_home());
    let names = workspace.read("spec/names.toml");
    assert!(names.contains("\"Pet/home\" = \"pet::Home\""), "{names}");
    let home = "$.components.schemas.Pet.properties.home";
    let expected = actions.replace("$.components.schemas.Home", home);
    assert_eq!(workspace.read("spec/overlay/pet.yaml"), overlay(&expected));
    let regenerated = workspace.read("clerk-sdk/src/generated/types/pet.rs");
    for part in ["pub struct Home {", "/// The floor.", "home: Home,"] {
        assert!(code.contains(part) && regenerated.contains(part), "{part}");
    }
}

#[test]
fn inline_schema_that_becomes_a_component_keeps_its_name_and_documentation() {
    let workspace = ScratchWorkspace::generated_from(&with_inline_home());
    let home = "$.components.schemas.Pet.properties.home";
    let actions = format!(
        "  # About the floor.\n  - target: {home}.properties.floor\n    update: {{ description: The floor. }}\n"
    );
    workspace.write("spec/overlay/pet.yaml", &overlay(&actions));
    workspace.regen();
    let code = workspace.read("clerk-sdk/src/generated/types/pet.rs");
    let document = PETS.replace("schemas/Home'", "schemas/Residence'");
    update(
        &workspace,
        &replace(&document, "    Home:\n", "    Residence:\n"),
    );
    let names = workspace.read("spec/names.toml");
    assert!(names.contains("Residence = \"pet::PetHome\""), "{names}");
    let expected = actions.replace(home, "$.components.schemas.Residence");
    assert_eq!(workspace.read("spec/overlay/pet.yaml"), overlay(&expected));
    assert_eq!(workspace.read("clerk-sdk/src/generated/types/pet.rs"), code);
}

#[test]
fn inline_enum_that_becomes_a_component_keeps_its_name() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let reference = "mood: { nullable: true, allOf: [{ $ref: '#/components/schemas/State' }] }";
    let document = replace(
        PETS,
        "mood: { type: string, enum: [calm, wild] }",
        reference,
    );
    let enums = "    State: { type: string, enum: [calm, wild, ill] }\n    Home:\n";
    update(&workspace, &replace(&document, "    Home:\n", enums));
    let names = workspace.read("spec/names.toml");
    assert!(names.contains("State = \"pet::PetMood\""), "{names}");
}

#[test]
fn body_that_becomes_a_component_keeps_the_names_within_it() {
    let body = "              type: object\n              required: [name]\n              properties:\n                name: { type: string, maxLength: 20 }\n                nickname: { type: string, nullable: true }\n                legs: { type: integer }\n";
    let inline = replace(PETS, body, BODY);
    let workspace = ScratchWorkspace::generated_from(&inline);
    let target = "$.paths['/pets'].post.requestBody.content['application/json'].schema";
    let actions = format!(
        "  - target: {target}.properties.legs\n    update: {{ description: The legs. }}\n  - target: {target}.properties\n    update: {{ tail: {{ type: boolean, description: The tail. }} }}\n  - target: {target}.properties.tail\n    update: {{ deprecated: true }}\n"
    );
    workspace.write("spec/overlay/pet.yaml", &overlay(&actions));
    workspace.regen();
    let code = workspace.read("clerk-sdk/src/generated/pet.rs");
    let component: String = BODY
        .lines()
        .map(|line| format!("{}\n", &line[8..]))
        .collect();
    let document = replace(
        &inline,
        BODY,
        "              $ref: '#/components/schemas/NewPet'\n",
    );
    let document = replace(
        &document,
        "    Home:\n",
        &format!("    NewPet:\n{component}    Home:\n"),
    );
    update(&workspace, &document);
    let expected = actions.replace(target, "$.components.schemas.NewPet");
    assert_eq!(workspace.read("spec/overlay/pet.yaml"), overlay(&expected));
    assert_eq!(workspace.read("clerk-sdk/src/generated/pet.rs"), code);

    // And the body as a whole.
    let response = "      responses:\n        '200': { description: '', content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }\n  /pets/{pet_id}:";
    let (start, end) = document
        .split_once("      requestBody:\n")
        .expect("it has a body");
    let (_, end) = end.split_once(response).expect("it has a response");
    let document = format!(
        "{start}      requestBody: {{ $ref: '#/components/requestBodies/Made' }}\n{response}{end}"
    );
    let body = "components:\n  requestBodies:\n    Made: { content: { application/json: { schema: { $ref: '#/components/schemas/NewPet' } } } }\n";
    update(&workspace, &replace(&document, "components:\n", body));
    assert_eq!(workspace.read("clerk-sdk/src/generated/pet.rs"), code);
}

#[test]
fn schemas_that_become_one_component_keep_a_name() {
    let workspace = ScratchWorkspace::generated_from(&with_two_homes(true));
    let document = with_two_homes(false);
    let path = workspace.write("new.yml", &document);
    let (code, _, errors) = workspace.run(&["vendor", "--from", &path, "--accept-removals"]);
    assert_eq!((code, &*errors), (0, ""));
    let names = workspace.read("spec/names.toml");
    assert!(names.contains("Home = \"pet::PetHome\""), "{names}");
    workspace.regen();
}

#[test]
fn component_that_becomes_several_inline_schemas_stays_one_type() {
    let workspace = ScratchWorkspace::generated_from(&with_two_homes(false));
    let actions = "  - target: $.components.schemas.Home.properties.floor\n    update: { description: The floor. }\n";
    workspace.write("spec/overlay/pet.yaml", &overlay(actions));
    workspace.regen();
    let code = workspace.read("clerk-sdk/src/generated/types/pet.rs");
    update(&workspace, &with_two_homes(true));
    assert_eq!(workspace.read("clerk-sdk/src/generated/types/pet.rs"), code);
}

#[test]
fn component_that_is_taken_over_by_another_one_lends_its_name_only_if_it_is_the_same() {
    // Another component takes the place of one that still exists, with another shape.
    let workspace = ScratchWorkspace::generated_from(&with_two_homes(false));
    let second = "        second_home: { $ref: '#/components/schemas/Home' }\n";
    let document = with_two_homes(false);
    let document = replace(&document, second, &second.replace("Home'", "House'"));
    let house = HOME.replace("Home:", "House:").replace("integer", "string");
    let document = replace(&document, HOME, &format!("{HOME}{house}"));
    update(&workspace, &document);
    let names = workspace.read("spec/names.toml");
    assert!(names.contains("House = \"pet::House\""), "{names}");
}

#[test]
fn changed_route_keeps_the_overlay_actions_of_its_operations() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let actions = "  - target: $.paths['/pets/{pet_id}'].get\n    update: { description: Returns a pet. }\n  - target: $.paths['/pets/{pet_id}'].get.parameters[?@.name=='pet_id']\n    update: { description: The id. }\n";
    workspace.write("spec/overlay/pet.yaml", &overlay(actions));
    workspace.regen();
    let document = replace(PETS, "  /pets/{pet_id}:\n", "  /animals/{pet_id}:\n");
    update(&workspace, &document);
    let expected = actions.replace("/pets/", "/animals/");
    assert_eq!(workspace.read("spec/overlay/pet.yaml"), overlay(&expected));
}

#[test]
fn response_component_that_two_modules_share_is_named_once() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let response = "'200': { $ref: '#/components/responses/Gone' }";
    let operation = |path: &str, id: &str, tag: &str| {
        format!(
            "  {path}:\n    delete:\n      operationId: {id}\n      tags: [{tag}]\n      x-speakeasy-name-override: delete\n      responses: {{ {response} }}\n"
        )
    };
    let operations =
        operation("/pets", "DeletePets", "Pets") + &operation("/owners", "DeleteOwners", "Owners");
    let operations = operations.replace("  /pets:\n    delete", "    delete");
    let document = replace(
        PETS,
        "  /pets/{pet_id}:\n",
        &format!("{operations}  /pets/{{pet_id}}:\n"),
    );
    let component = "components:\n  responses:\n    Gone: { description: '', content: { application/json: { schema: { type: object, properties: { deleted: { type: boolean } } } } } }\n";
    update(&workspace, &replace(&document, "components:\n", component));
    let names = workspace.read("spec/names.toml");
    assert_eq!(names.matches("responses/Gone").count(), 1, "{names}");
}

#[test]
fn default_names_that_exist_or_are_not_allowed_are_avoided() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let operation = |path: &str, id: &str, tag: &str, name: &str| {
        format!(
            "  {path}:\n    get:\n      operationId: {id}\n      tags: [{tag}]\n      x-speakeasy-name-override: {name}\n      responses:\n        '200': {{ description: '', content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/pet' }} }} }} }}\n"
        )
    };
    let operations = [
        operation("/a", "FindPet", "Pets", "get"),
        operation("/b", "MovePet", "Pets", "move"),
        operation("/c", "GetHook", "Webhooks", "get"),
        operation("/d", "1x", "'Öl'", "'1'"),
    ]
    .concat();
    let document = replace(
        PETS,
        "  /pets/{pet_id}:\n",
        &format!("{operations}  /pets/{{pet_id}}:\n"),
    );
    let component =
        "    pet: { type: object, properties: { pet: { type: boolean } } }\n    Home:\n";
    update(&workspace, &replace(&document, "    Home:\n", component));
    let names = workspace.read("spec/names.toml");
    for line in [
        "FindPet = \"pet::find_pet\"",
        "MovePet = \"pet::move_pet\"",
        "GetHook = \"webhook_api::get\"",
        "pet = \"pet::Pet2\"",
        "Pet = \"pet::Pet\"",
    ] {
        assert!(names.contains(line), "{line} in {names}");
    }
}

#[test]
fn newly_required_field_becomes_an_argument() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let document = replace(PETS, "required: [name]", "required: [name, legs]");
    let report = update(&workspace, &document);
    assert!(
        report.contains("CreatePet = \"pet::create(name, legs)\""),
        "{report}"
    );
    let report = update(
        &workspace,
        &replace(PETS, "required: [name]", "required: [legs]"),
    );
    assert!(
        report.contains("CreatePet = \"pet::create(legs)\""),
        "{report}"
    );
}

#[test]
fn stale_overlay_actions_are_removed_and_comments_of_others_kept() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let stale = "  # Only about the floor.\n  - target: $.components.schemas.Home.properties.floor\n    update: { description: The floor. }\n\n";
    let kept = "  # About the street.\n  - target: $.components.schemas.Home.properties.street\n    update: { description: The street. }\n";
    workspace.write("spec/overlay/pet.yaml", &overlay(&format!("{stale}{kept}")));
    workspace.regen();
    let document = replace(PETS, "        floor: { type: integer }\n", "");
    let path = workspace.write("new.yml", &document);
    let before = workspace.files();
    assert_eq!(workspace.run(&["vendor", "--from", &path]).0, 2);
    assert_eq!(workspace.files(), before, "the removal has to be accepted");

    let (code, report, errors) = workspace.run(&["vendor", "--from", &path, "--accept-removals"]);
    assert_eq!((code, &*errors), (0, ""));
    let line = "stale overlay action: spec/overlay/pet.yaml#/actions/0: `$.components.schemas.Home.properties.floor` matches nothing";
    assert!(report.contains(line), "{report}");
    assert_eq!(workspace.read("spec/overlay/pet.yaml"), overlay(kept));
    workspace.regen();
}

#[test]
fn documentation_of_a_removed_enum_value_is_removed_alone() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let values = |values: &str| {
        let target = "$.components.schemas.Pet.properties.mood";
        overlay(&format!(
            "  # The moods.\n  - target: {target}\n    update:\n      x-type:\n        values:\n{values}"
        ))
    };
    let (calm, wild) = ("          calm: Sleeps.\n", "          wild: Bites.\n");
    workspace.write("spec/overlay/pet.yaml", &values(&format!("{calm}{wild}")));
    workspace.regen();
    let document = replace(PETS, "[calm, wild]", "[calm, mild]");
    let path = workspace.write("new.yml", &document);
    let (code, report, errors) = workspace.run(&["vendor", "--from", &path, "--accept-removals"]);
    assert_eq!((code, &*errors), (0, ""));
    let line = "stale overlay action: spec/overlay/pet.yaml#/actions/0/update/x-type/values/wild: ";
    assert!(report.contains(line), "{report}");
    assert_eq!(workspace.read("spec/overlay/pet.yaml"), values(calm));
    workspace.regen();

    // Without another value, nothing is left of the action.
    let document = replace(PETS, "[calm, wild]", "[cold, mild]");
    let path = workspace.write("new.yml", &document);
    let (code, _, errors) = workspace.run(&["vendor", "--from", &path, "--accept-removals"]);
    assert_eq!((code, &*errors), (0, ""));
    assert_eq!(workspace.read("spec/overlay/pet.yaml"), overlay("  []\n"));
    workspace.regen();
}

#[test]
fn overlay_actions_that_another_document_needs_are_kept() {
    let workspace = ScratchWorkspace::new();
    let pets = "[[documents]]\nname = \"pets\"\nfacts = \"spec/pets.json\"\nroots = [\"/components/schemas/Pet\"]\nmodule = \"event\"\n";
    workspace.write("spec/generator.toml", &format!("{SETTINGS}\n{pets}"));
    let other = workspace.write("other.yml", PETS);
    workspace.vendor(PETS);
    let vendored = workspace.run(&["vendor", "--document", "pets", "--from", &other]);
    assert_eq!((vendored.0, &*vendored.2), (0, ""));
    let actions = "  - target: $.components.schemas.Home.properties.floor\n    update: { description: The floor. }\n";
    workspace.write("spec/overlay/pet.yaml", &overlay(actions));
    workspace.regen();
    let document = replace(PETS, "        floor: { type: integer }\n", "");
    let path = workspace.write("new.yml", &document);
    let (code, report, errors) = workspace.run(&["vendor", "--from", &path, "--accept-removals"]);
    assert_eq!((code, &*errors), (0, ""));
    assert!(!report.contains("stale"), "{report}");
    assert_eq!(workspace.read("spec/overlay/pet.yaml"), overlay(actions));
    workspace.regen();
}

#[test]
fn property_that_the_overlay_adds_and_the_document_gains_keeps_its_description() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let added = "  - target: $.components.schemas.Pet.properties\n    update:\n      age: { type: integer, description: The age. }\n      weight: { type: integer, description: The weight. }\n";
    workspace.write("spec/overlay/pet.yaml", &overlay(added));
    workspace.regen();
    let code = workspace.read("clerk-sdk/src/generated/types/pet.rs");
    let document = replace(
        PETS,
        "        id: { type: string }\n",
        "        id: { type: string }\n        age: { type: integer }\n",
    );
    let report = update(&workspace, &document);
    assert!(report.contains("the document has `age` by now"), "{report}");
    assert_eq!(workspace.read("clerk-sdk/src/generated/types/pet.rs"), code);
}

#[test]
fn rule_for_timestamps_gives_way_to_a_field_of_another_form() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let rule = "  - target: $..properties.born_at\n    update: { x-timestamp: ms, description: 'The time; null if it is not known.' }\n";
    workspace.write("spec/overlay/pet.yaml", &overlay(rule));
    workspace.regen();
    let fields = [
        ("street: { type: string }", "born_at: { type: string }"),
        ("grams: { type: integer }", "born_at: { type: boolean }"),
    ];
    let document = fields.iter().fold(PETS.to_owned(), |document, (old, new)| {
        replace(
            &document,
            old,
            &format!("{old}, {new}").replace("}, born", "}\n        born"),
        )
    });
    let document = document.replace(
        "grams: { type: integer }\n        born_at: { type: boolean } }",
        "grams: { type: integer }, born_at: { type: boolean } }",
    );
    let document = replace(
        &document,
        "required: [street]",
        "required: [street, born_at]",
    );
    let report = update(&workspace, &document);
    for part in [
        "new.yml#/components/schemas/Home/properties/born_at: `x-timestamp: ms` does not match the schema, which is treated as `rfc3339`",
        "new.yml#/components/schemas/Home/properties/born_at: its description says that it can be null",
        "new.yml#/components/schemas/Dry/properties/born_at: `x-timestamp: ms` does not match the schema, which is treated as `no timestamp`",
    ] {
        assert!(report.contains(part), "{part} in {report}");
    }
    let types = workspace.read("clerk-sdk/src/generated/types/pet.rs");
    assert!(types.contains("pub born_at: DateTime,"), "{types}");
    assert!(types.contains("pub born_at: Option<bool>,"), "{types}");
    assert!(types.contains("pub born_at: Option<Timestamp>,"), "{types}");
}

#[test]
fn types_that_share_a_name_and_become_different_get_names_of_their_own() {
    let workspace = ScratchWorkspace::generated_from(&with_two_homes(true));
    let names = workspace.read("spec/names.toml");
    let shared = replace(&names, "pet::PetSecondHome", "pet::PetHome");
    workspace.write("spec/names.toml", &shared);
    workspace.regen();
    let second = format!("second_home: {INLINE_HOME}");
    let document = replace(
        &with_two_homes(true),
        &second,
        &second.replace("integer", "string"),
    );
    update(&workspace, &document);
    assert_eq!(workspace.read("spec/names.toml"), names);
}
