//! Tests of new revisions of one of several documents: types keep their names and documentation in
//! all of them.

mod support;

use support::{PET, SECOND_DOCUMENT, ScratchWorkspace};

/// Events, one with a type that the operations have too.
const EVENTS: &str = r"
openapi: 3.0.3
info: { title: Events, version: v1 }
x-webhooks:
  pet.adopted:
    post:
      operationId: pet.adopted
      requestBody: { content: { application/json: { schema: { type: object, properties: { data: { $ref: '#/components/schemas/Pet' } } } } } }
  pet.returned:
    post:
      operationId: pet.returned
      requestBody:
        content:
          application/json:
            schema: EVENT
components:
  schemas:
    Pet: { type: object, properties: { description: { type: string } } }
COMPONENTS";

const RETURN: &str =
    "{ type: object, properties: { reason: { type: string }, days: { type: integer } } }";

/// The events, with the schema of a second one, and more components.
fn events(event: &str, components: &str) -> String {
    let events = EVENTS.replace("EVENT", event);
    events.replace("COMPONENTS", components)
}

/// The schema of an event with data of this schema.
fn event(data: &str) -> String {
    format!("{{ type: object, properties: {{ data: {data} }} }}")
}

/// The schema of an event whose data is added to what all events have.
fn extended_event(data: &str) -> String {
    format!(
        "{{ allOf: [{{ type: object, properties: {{ type: {{ type: string }} }} }}, {}] }}",
        event(data)
    )
}

fn workspace(events: &str) -> ScratchWorkspace {
    let workspace = ScratchWorkspace::new();
    let settings = workspace.read("spec/generator.toml");
    workspace.write("spec/generator.toml", &(settings + SECOND_DOCUMENT));
    vendor(&workspace, "backend-api", PET);
    vendor(&workspace, "events", events);
    workspace.regen();
    workspace
}

#[track_caller]
fn vendor(workspace: &ScratchWorkspace, name: &str, document: &str) {
    let path = workspace.write("upstream.yml", document);
    let (code, report, errors) = workspace.run(&["vendor", "--document", name, "--from", &path]);
    assert_eq!((code, &*errors), (0, ""), "{report}");
}

fn write_overlay(workspace: &ScratchWorkspace, actions: &str) {
    let overlay =
        format!("overlay: 1.0.0\ninfo: {{ title: '', version: '' }}\nactions:\n{actions}");
    workspace.write("spec/overlay/pet.yaml", &overlay);
    workspace.regen();
}

/// Returns the actions of the overlay.
fn actions(workspace: &ScratchWorkspace) -> String {
    let overlay = workspace.read("spec/overlay/pet.yaml");
    let (_, actions) = overlay.split_once("actions:\n").expect("it has actions");
    actions.to_owned()
}

/// Returns the name of a type by its key.
fn name(workspace: &ScratchWorkspace, key: &str) -> Option<String> {
    let names = workspace.read("spec/names.toml");
    let mut lines = names.lines().filter_map(|line| line.split_once(" = "));
    let found = lines.find(|(it, _)| it.trim_matches('"') == key);
    found.map(|(_, name)| name.to_owned())
}

#[test]
fn component_that_is_renamed_in_one_document_keeps_its_name_and_documentation_in_both() {
    let workspace = workspace(&events(&event(RETURN), ""));
    let action = |name: &str| {
        format!(
            "  - target: $.components.schemas{name}\n    update: {{ description: An animal. }}\n"
        )
    };
    write_overlay(&workspace, &action(".Pet"));
    let pet = name(&workspace, "Pet");
    let code = workspace.read("clerk-sdk/src/generated/types/pet.rs");
    assert!(pet.is_some() && code.contains("An animal."), "{code}");

    let renamed = |document: &str| {
        let document = document.replace("schemas/Pet'", "schemas/Animal'");
        document.replace("    Pet:", "    Animal:")
    };
    vendor(&workspace, "backend-api", &renamed(PET));
    workspace.regen();
    assert_eq!(name(&workspace, "Pet"), pet);
    assert_eq!(name(&workspace, "Animal"), pet);
    assert_eq!(actions(&workspace), action(".Pet") + &action("['Animal']"));
    assert_eq!(workspace.read("clerk-sdk/src/generated/types/pet.rs"), code);

    vendor(&workspace, "events", &renamed(&events(&event(RETURN), "")));
    workspace.regen();
    assert_eq!(name(&workspace, "Pet"), None);
    assert_eq!(name(&workspace, "Animal"), pet);
    assert_eq!(actions(&workspace), action("['Animal']"));
    assert_eq!(workspace.read("clerk-sdk/src/generated/types/pet.rs"), code);
}

/// Vendors a revision in which the schema of an event's data, or what is around it, moves from one
/// place to another.
#[track_caller]
fn check_move(old: &str, new: &str, (old_key, new_key): (&str, &str), places: (&str, &str)) {
    let workspace = workspace(old);
    let action = |place: &str| {
        format!("  - target: {place}.properties.days\n    update: {{ description: The days. }}\n")
    };
    write_overlay(&workspace, &action(places.0));
    let known = name(&workspace, old_key);
    assert!(known.is_some(), "{}", workspace.read("spec/names.toml"));
    vendor(&workspace, "events", new);
    workspace.regen();
    assert_eq!(name(&workspace, new_key), known);
    assert_eq!(actions(&workspace), action(places.1));
}

const BODY: &str =
    "$['x-webhooks']['pet.returned'].post.requestBody.content['application/json'].schema";

#[test]
fn data_of_an_event_keeps_its_name_and_documentation_if_it_becomes_a_component_or_inline() {
    let reference = "{ $ref: '#/components/schemas/Return' }";
    let component = format!("    Return: {RETURN}\n");
    for (form, inline_place) in [
        (
            event as fn(&str) -> String,
            format!("{BODY}.properties.data"),
        ),
        (extended_event, format!("{BODY}.allOf[1].properties.data")),
    ] {
        let inline = events(&form(RETURN), "");
        let with_component = events(&form(reference), &component);
        let place = "$.components.schemas.Return";
        let keys = ("pet.returned/data", "Return");
        check_move(&inline, &with_component, keys, (&inline_place, place));
        let keys = (keys.1, keys.0);
        check_move(&with_component, &inline, keys, (place, &inline_place));
    }
}

#[test]
fn data_of_an_event_keeps_its_name_and_documentation_if_the_event_becomes_a_component_or_inline() {
    let inline = events(&event(RETURN), "");
    let component = format!("    ReturnEvent: {}\n", event(RETURN));
    let with_component = events("{ $ref: '#/components/schemas/ReturnEvent' }", &component);
    let keys = ("pet.returned/data", "pet.returned/data");
    let inline_place = format!("{BODY}.properties.data");
    let place = "$.components.schemas.ReturnEvent.properties.data";
    check_move(&inline, &with_component, keys, (&inline_place, place));
    check_move(&with_component, &inline, keys, (place, &inline_place));
}
