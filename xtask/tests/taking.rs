//! Taking a new document: what keeps its name, what must be accepted, what is left to do; and what is
//! no document to compare with.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;

use support::Scratch;

const OLD: &str = include_str!("drift/old.yml");

fn taken() -> Scratch {
    let scratch = Scratch::new();
    scratch.vendor(OLD);
    scratch.regen();
    scratch
}

#[test]
fn a_renamed_component_keeps_its_name_and_changes_no_code() {
    let scratch = taken();
    let new = OLD
        .replace("schemas/Home'", "schemas/Home-2'")
        .replace("    Home:\n", "    Home-2:\n");
    let path = scratch.write("new.yml", &new);
    let (code, output, errors) = scratch.run(&["vendor", "--from", &path]);
    assert_eq!((code, &*errors), (0, ""), "{output}");
    assert!(
        output.contains("`schemas/Home` → `schemas/Home-2`"),
        "{output}"
    );
    let names = scratch.read("spec/names.toml");
    assert!(names.contains("Home-2 = \"pet::Home\""), "{names}");
    assert!(!names.contains("Home = "), "{names}");
    let output = scratch.regen();
    assert!(
        output.contains("(1 changed)"),
        "but for the revision, nothing: {output}"
    );
}

#[test]
fn a_renamed_component_keeps_its_corrections() {
    let scratch = taken();
    let overlay = |name: &str| {
        format!(
            "overlay: 1.0.0\ninfo: {{ title: '', version: '' }}\nactions:\n  # A comment.\n  - target: $.components.schemas{name}.properties.floor\n    update: {{ description: The floor. }}\n"
        )
    };
    scratch.write("spec/overlay/pet.yaml", &overlay(".Home"));
    scratch.regen();
    let new = OLD
        .replace("schemas/Home'", "schemas/Home-2'")
        .replace("    Home:\n", "    Home-2:\n");
    let path = scratch.write("new.yml", &new);
    let (code, output, errors) = scratch.run(&["vendor", "--from", &path]);
    assert_eq!((code, &*errors), (0, ""), "{output}");
    assert_eq!(scratch.read("spec/overlay/pet.yaml"), overlay("['Home-2']"));
    scratch.regen();
}

#[test]
fn an_operation_id_that_changes_keeps_its_function() {
    let scratch = taken();
    let path = scratch.write(
        "new.yml",
        &OLD.replace("operationId: ListPets", "operationId: AllPets"),
    );
    let (code, output, errors) = scratch.run(&["vendor", "--from", &path]);
    assert_eq!((code, &*errors), (0, ""), "{output}");
    let names = scratch.read("spec/names.toml");
    assert!(names.contains("AllPets = \"pet::list\""), "{names}");
    assert!(
        names.contains("\"AllPets.query/kind/[]\" = \"pet::PetListKind\""),
        "{names}"
    );
    assert!(!names.contains("ListPets"), "{names}");
    scratch.regen();
}

#[test]
fn a_type_that_moves_keeps_its_name() {
    let scratch = taken();
    let new = OLD.replace("        mood: {", "        temper: {");
    let path = scratch.write("new.yml", &new);
    let (code, output, errors) = scratch.run(&["vendor", "--from", &path, "--accept-removals"]);
    assert_eq!((code, &*errors), (0, ""), "{output}");
    let names = scratch.read("spec/names.toml");
    assert!(
        names.contains("\"Pet/temper\" = \"pet::PetMood\""),
        "{names}"
    );
    scratch.regen();
}

#[test]
fn what_would_be_gone_must_be_accepted_and_goes_to_the_changelog() {
    let scratch = taken();
    let changelog = "# Changelog\n\n## Unreleased\n\n### Added\n\n- Much.\n\n## 0.1.0\n\n- All.\n";
    scratch.write("CHANGELOG.md", changelog);
    let new = OLD.replace("        born_at: { type: integer, format: int64 }\n", "");
    let path = scratch.write("new.yml", &new);
    let before = scratch.files();
    let (code, _, errors) = scratch.run(&["vendor", "--from", &path]);
    assert_eq!(code, 2, "{errors}");
    assert!(
        errors.contains("`types::Pet::born_at` would be gone"),
        "{errors}"
    );
    assert!(errors.contains("--accept-removals"), "{errors}");
    assert_eq!(scratch.files(), before);

    let (code, output, errors) = scratch.run(&["vendor", "--from", &path, "--accept-removals"]);
    assert_eq!((code, &*errors), (0, ""), "{output}");
    let expected = "# Changelog\n\n## Unreleased\n\n### Added\n\n- Much.\n\n### Removed\n\n- `types::Pet::born_at`: the API has it no more.\n\n## 0.1.0\n\n- All.\n";
    assert_eq!(scratch.read("CHANGELOG.md"), expected);
    scratch.regen();
}

#[test]
fn what_is_left_to_do_is_listed() {
    let scratch = taken();
    let overlay = "overlay: 1.0.0\ninfo: { title: '', version: '' }\nactions:\n  - target: $.components.schemas.Home.properties.floor\n    update: { description: The floor. }\n";
    scratch.write("spec/overlay/pet.yaml", overlay);
    let new = OLD.replace(
        "        floor: { type: integer }\n",
        "        size: { type: string, enum: [big, small] }\n",
    );
    let path = scratch.write("new.yml", &new);
    let (code, output, errors) = scratch.run(&["vendor", "--from", &path, "--accept-removals"]);
    assert_eq!((code, &*errors), (0, ""), "{output}");
    for part in [
        "spec/overlay/pet.yaml#/actions/0: `$.components.schemas.Home.properties.floor` matches nothing",
        "Home/size = \"pet::HomeSize\"",
        "  types::Home.size",
        "  types::HomeSize",
    ] {
        assert!(output.contains(part), "{part} in {output}");
    }
    // Until somebody has mended the overlay, nothing is generated from it.
    assert_eq!(scratch.run(&["regen"]).0, 2);
}

#[test]
fn what_is_no_document_to_compare_with_is_said_in_a_line() {
    let scratch = taken();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("it is bound")
    };
    let other_api = OLD.replace("/pets", "/cars");
    let cut_off = &OLD[..OLD.find("    Pet:\n").expect("it is there")];
    let documents = [
        ("missing.yml", None, "cannot be read"),
        (
            "page.yml",
            Some("<!doctype html><p>No such page.".to_owned()),
            "a web page",
        ),
        ("no.yml", Some("{ not yaml".to_owned()), "this is not"),
        ("cut.yml", Some(cut_off.to_owned()), "resolves to nothing"),
        ("empty.yml", Some(String::new()), "empty"),
        ("other.yml", Some(other_api), "another API's document"),
        (
            "later.yml",
            Some(OLD.replace("2026-01-01", "2027-01-01")),
            "2027-01-01",
        ),
    ];
    let mut sources: Vec<(String, &str)> = documents
        .iter()
        .map(|(name, text, reason)| match text {
            Some(text) => (scratch.write(name, text), *reason),
            None => ((*name).to_owned(), *reason),
        })
        .collect();
    sources.push((format!("http://{closed}/pets.yml"), "cannot be fetched"));
    let before = scratch.files();
    for (from, reason) in sources {
        let (code, output, errors) = scratch.run(&["drift", "--upstream", &from]);
        assert_eq!((code, &*output), (2, ""), "{from}");
        let first = errors.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("error: ") && first.contains(reason),
            "{reason}: {errors}"
        );
    }
    assert_eq!(scratch.files(), before);
}

/// Serves `body` to one request after the other; gives the address.
fn server(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!(
        "http://{}/pets.yml",
        listener.local_addr().expect("it is bound")
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).expect("a request");
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).expect("it is sent");
        }
    });
    url
}

#[test]
fn drift_asks_where_the_document_came_from() {
    let scratch = Scratch::new();
    let url = server(OLD);
    let (code, _, errors) = scratch.run(&["vendor", "--from", &url]);
    assert_eq!((code, &*errors), (0, ""));
    let (code, output, errors) = scratch.run(&["drift"]);
    assert_eq!((code, &*output, &*errors), (0, "no drift\n", ""));

    let edited = scratch
        .read("spec/backend-api.json")
        .replace("\"maximum\": 100", "\"maximum\": 10");
    scratch.write("spec/backend-api.json", &edited);
    let (code, output, _) = scratch.run(&["drift", "--format", "markdown"]);
    assert_eq!(code, 1);
    assert!(
        output.contains("- **docs only**: limit changed: `maximum`: 10 → 100"),
        "{output}"
    );
}
