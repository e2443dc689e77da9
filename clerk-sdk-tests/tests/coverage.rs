//! Every operation of the document is a method and a function, found by reading both on their own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate is in a workspace")
}

/// `VERB /path` of each operation, with its id.
fn operations() -> BTreeMap<String, String> {
    let text = fs::read_to_string(workspace().join("spec/backend-api.json")).expect("it is there");
    let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let paths = document["paths"].as_object().expect("it has paths");
    let mut operations = BTreeMap::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("a path has operations") {
            let id = operation["operationId"]
                .as_str()
                .expect("an operation has an id");
            operations.insert(format!("{} {path}", method.to_uppercase()), id.to_owned());
        }
    }
    operations
}

/// What is generated: for each `VERB /path`, where its method stands, and whether a function of the
/// same name and the same arguments stands in the same file.
fn generated() -> BTreeMap<String, (String, bool)> {
    let folder = workspace().join("clerk-sdk/src/generated");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it is readable").path();
        if path.is_dir() {
            continue;
        }
        let text = fs::read_to_string(&path).expect("it is text");
        let functions: BTreeSet<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("pub fn ")?.split('(').next())
            .collect();
        let mut route = None;
        for line in text.lines() {
            let line = line.trim();
            if let Some(code) = line
                .strip_prefix("/// `")
                .and_then(|rest| rest.strip_suffix('`'))
            {
                if code.split(' ').count() == 2 && code.contains(" /") {
                    route = Some(code.to_owned());
                }
            } else if let Some(method) = line
                .strip_prefix("pub fn ")
                .and_then(|rest| rest.split('(').next())
                && let Some(route) = route.take()
            {
                let place = format!(
                    "{}::{method}",
                    path.file_stem().expect("a name").to_string_lossy()
                );
                found.insert(route, (place, functions.contains(method)));
            }
        }
    }
    found
}

#[test]
fn every_operation_is_a_method_and_a_function() {
    let (operations, generated) = (operations(), generated());
    assert!(operations.len() > 200, "the document was not read");
    let missing: Vec<_> = operations
        .iter()
        .filter(|(route, _)| !generated.contains_key(*route))
        .collect();
    assert!(missing.is_empty(), "no method for {missing:?}");
    let stray: Vec<_> = generated
        .keys()
        .filter(|route| !operations.contains_key(*route))
        .collect();
    assert!(stray.is_empty(), "no operation for {stray:?}");
    let lonely: Vec<_> = generated
        .values()
        .filter(|(_, function)| !function)
        .collect();
    assert!(lonely.is_empty(), "no function for {lonely:?}");
}
