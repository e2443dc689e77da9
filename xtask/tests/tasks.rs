//! The tasks as a person runs them, each on a workspace of its own.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;

use support::Scratch;

const DOCUMENT: &str = r"
openapi: 3.0.3
info: { title: Pets, version: '2026-01-01', description: Prose of upstream. }
servers: [{ url: https://api.example.com/v1 }]
paths:
  /pets/{pet_id}:
    get:
      operationId: GetPet
      summary: Prose of upstream.
      tags: [Pets]
      x-speakeasy-name-override: get
      parameters: [{ in: path, name: pet_id, required: true, schema: { type: string } }]
      responses:
        '200':
          description: Prose of upstream.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Pet' }
components:
  schemas:
    Pet:
      type: object
      properties:
        description: { type: string, description: Prose of upstream., example: Prose of upstream. }
";

#[test]
fn vendor_keeps_the_facts_and_no_prose() {
    let scratch = Scratch::new();
    scratch.vendor(DOCUMENT);
    let facts = scratch.read("spec/backend-api.json");
    assert!(!facts.contains("Prose of upstream"), "{facts}");
    assert!(
        facts.contains(r#""description": {"#),
        "the property of that name stays: {facts}"
    );
    let record = scratch.read("spec/upstream.toml");
    assert!(
        record.contains(r#"source = "upstream.yml""#),
        "no path of this machine: {record}"
    );
    assert!(
        record.contains(r#"version = "2026-01-01""#) && record.contains("sha256 = "),
        "{record}"
    );
    assert!(
        scratch
            .read("spec/names.toml")
            .contains(r#"GetPet = "pet::get""#)
    );
}

#[test]
fn doing_it_twice_changes_nothing() {
    let scratch = Scratch::new();
    scratch.vendor(DOCUMENT);
    scratch.regen();
    let before = scratch.files();
    scratch.vendor(DOCUMENT);
    assert!(scratch.regen().contains("(0 changed)"));
    assert_eq!(scratch.files(), before);
    let (code, output, _) = scratch.run(&["regen", "--check"]);
    assert_eq!((code, output.as_str()), (0, ""));
}

#[test]
fn a_json_document_has_the_same_facts() {
    let (one, other) = (Scratch::new(), Scratch::new());
    one.vendor(DOCUMENT);
    let yaml: serde_json::Value = serde_saphyr::from_str(DOCUMENT).expect("it is YAML");
    other.vendor(&yaml.to_string());
    assert_eq!(
        one.read("spec/backend-api.json"),
        other.read("spec/backend-api.json")
    );
}

#[test]
fn what_is_no_document_is_refused_and_nothing_is_written() {
    let unresolved = DOCUMENT.replace("schemas/Pet' }", "schemas/Dog' }");
    let nameless = DOCUMENT.replace("operationId: GetPet", "x-id: GetPet");
    for (document, expected) in [
        ("<!doctype html><html></html>", "web page"),
        ("", "empty"),
        ("openapi: [", "not YAML"),
        ("{\"openapi\":", "not JSON"),
        ("just words", "not an OpenAPI document"),
        (&DOCUMENT.replace("3.0.3", "3.1.0"), "#/openapi: "),
        (
            &unresolved,
            "#/paths/~1pets~1{pet_id}/get/responses/200/content/application~1json/schema: ",
        ),
        (&nameless, "#/paths/~1pets~1{pet_id}/get: "),
        (
            &DOCUMENT.replace("type: string, description", "not: {}, description"),
            "#/components/schemas/Pet/properties/description",
        ),
    ] {
        let scratch = Scratch::new();
        scratch.vendor(DOCUMENT);
        let path = scratch.write("wrong.yml", document);
        let before = scratch.files();
        let (code, _, errors) = scratch.run(&["vendor", "--from", &path]);
        assert_eq!(code, 2, "{document}");
        assert!(errors.contains(expected), "{document}: {errors}");
        assert_eq!(scratch.files(), before, "{document}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let (code, _, errors) = Scratch::new().run(&["vendor", "--from", "nowhere.yml"]);
    assert_eq!(code, 2);
    assert!(errors.contains("nowhere.yml cannot be read"), "{errors}");
    let (code, _, errors) = Scratch::new().run(&["regen"]);
    assert_eq!(code, 2);
    assert!(
        errors.contains("spec/backend-api.json cannot be read"),
        "{errors}"
    );
}

#[test]
fn a_document_is_fetched_over_http_from_this_machine_only() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!(
        "http://{}/pets.yml",
        listener.local_addr().expect("it is bound")
    );
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("it connects");
        let _ = stream.read(&mut [0; 4096]);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            DOCUMENT.len()
        );
        stream
            .write_all((head + DOCUMENT).as_bytes())
            .expect("it is sent");
    });
    let scratch = Scratch::new();
    let (code, _, errors) = scratch.run(&["vendor", "--from", &url]);
    assert_eq!(code, 0, "{errors}");
    server.join().expect("it served");
    assert!(scratch.read("spec/upstream.toml").contains(&url));

    let (code, _, errors) = scratch.run(&["vendor", "--from", "http://api.example.com/pets.yml"]);
    assert_eq!(code, 2);
    assert!(errors.contains("use https"), "{errors}");
}

#[test]
fn check_shows_what_differs_and_writes_nothing() {
    let scratch = Scratch::new();
    scratch.vendor(DOCUMENT);
    scratch.regen();
    let file = "clerk-sdk/src/generated/pet.rs";
    scratch.write(
        file,
        &scratch.read(file).replace("pub fn get", "pub fn fetch"),
    );
    scratch.write("clerk-sdk/src/generated/gone.rs", "// left over\n");
    let before = scratch.files();
    let (code, output, _) = scratch.run(&["regen", "--check"]);
    assert_eq!(code, 1);
    assert!(
        output.contains("+    pub fn get") && output.contains("-// left over"),
        "{output}"
    );
    assert!(
        output.ends_with("2 files differ: run `cargo xtask regen` and commit the result\n"),
        "{output}"
    );
    assert_eq!(scratch.files(), before);

    let output = scratch.regen();
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
fn regen_counts_what_lacks_prose_and_lists_it_when_asked() {
    let scratch = Scratch::new();
    scratch.vendor(DOCUMENT);
    assert!(scratch.regen().contains("5 items without prose of ours"));
    let (_, output, _) = scratch.run(&["regen", "--list-undocumented"]);
    assert!(
        output.starts_with("pet\npet (example)\npet::get\ntypes::Pet\ntypes::Pet.description\n"),
        "{output}"
    );
    let (code, output, _) = scratch.run(&["regen", "--check", "--documented"]);
    assert_eq!(code, 1, "{output}");
    assert!(output.contains("5 items have no prose of ours"), "{output}");
}

#[test]
fn a_wrong_overlay_leaves_every_file_as_it_was() {
    let scratch = Scratch::new();
    scratch.vendor(DOCUMENT);
    scratch.regen();
    let overlay = "overlay: 1.0.0\ninfo: { title: '', version: '1' }\nactions:\n  - target: $.components.schemas.Dog\n    remove: true\n";
    scratch.write("spec/overlay/wrong.yaml", overlay);
    let before = scratch.files();
    let (code, _, errors) = scratch.run(&["regen"]);
    assert_eq!(code, 2);
    assert!(
        errors.contains(
            "spec/overlay/wrong.yaml#/actions/0: `$.components.schemas.Dog` matches nothing"
        ),
        "{errors}"
    );
    assert_eq!(scratch.files(), before);
}

#[test]
fn a_new_field_changes_its_file_and_the_revision() {
    let scratch = Scratch::new();
    scratch.vendor(DOCUMENT);
    scratch.regen();
    scratch.vendor(&DOCUMENT.replace("properties:", "properties:\n        age: { type: integer }"));
    let output = scratch.regen();
    assert!(
        output.contains("wrote clerk-sdk/src/generated/types/pet.rs"),
        "{output}"
    );
    assert!(
        output.contains("wrote clerk-sdk/src/generated/mod.rs"),
        "{output}"
    );
    assert!(output.contains("(2 changed)"), "{output}");
}
