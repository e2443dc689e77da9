//! Tests of the document that `drift` compares with: the source it is read from, and invalid
//! documents.

mod support;

use std::net::TcpListener;

use support::{PETS, ScratchWorkspace, serve_document};

#[test]
fn drift_reads_the_recorded_source_by_default() {
    let workspace = ScratchWorkspace::new();
    let url = serve_document(PETS);
    let (code, _, errors) = workspace.run(&["vendor", "--from", &url]);
    assert_eq!((code, &*errors), (0, ""));
    let (code, output, errors) = workspace.run(&["drift"]);
    assert_eq!((code, &*output, &*errors), (0, "no drift\n", ""));

    let edited = workspace
        .read("spec/backend-api.json")
        .replace("\"maximum\": 100", "\"maximum\": 10");
    workspace.write("spec/backend-api.json", &edited);
    let (code, output, _) = workspace.run(&["drift", "--format", "markdown"]);
    assert_eq!(code, 1);
    assert!(
        output.contains("- **docs-only**: constraint changed: `maximum`: 10 → 100"),
        "{output}"
    );
}

#[test]
fn documents_that_cannot_be_compared_are_rejected_with_a_reason() {
    let workspace = ScratchWorkspace::generated_from(PETS);
    let closed_port = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("the listener is bound")
    };
    let other_api = PETS.replace("/pets", "/cars");
    let truncated = &PETS[..PETS.find("    Pet:\n").expect("the schema exists")];
    let documents = [
        ("missing.yml", None, "cannot be read"),
        (
            "page.yml",
            Some("<!doctype html><p>No such page.".to_owned()),
            "a web page",
        ),
        ("no.yml", Some("{ not yaml".to_owned()), "this is not"),
        (
            "truncated.yml",
            Some(truncated.to_owned()),
            "resolves to nothing",
        ),
        ("empty.yml", Some(String::new()), "empty"),
        ("other.yml", Some(other_api), "describes another API"),
        (
            "later.yml",
            Some(PETS.replace("2026-01-01", "2027-01-01")),
            "2027-01-01",
        ),
    ];
    let documents = documents.into_iter();
    let mut sources: Vec<(String, &str)> = documents
        .map(|(name, text, reason)| match text {
            Some(text) => (workspace.write(name, &text), reason),
            None => (name.to_owned(), reason),
        })
        .collect();
    sources.push((
        format!("http://{closed_port}/pets.yml"),
        "cannot be fetched",
    ));
    let before = workspace.files();
    for (source, reason) in sources {
        let (code, output, errors) = workspace.run(&["drift", "--upstream", &source]);
        assert_eq!((code, &*output), (2, ""), "{source}");
        let first = errors.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("error: ") && first.contains(reason),
            "{reason}: {errors}"
        );
    }
    assert_eq!(workspace.files(), before);
}
