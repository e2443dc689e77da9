//! Tests that every operation of the OpenAPI document has a method and a function. The document and the generated code
//! are read independently of the code generator.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate is in a workspace")
}

/// Returns the operations of the document: `VERB /path` and operation id.
fn operations() -> BTreeMap<String, String> {
    let json =
        fs::read_to_string(workspace().join("spec/backend-api.json")).expect("the file exists");
    let document: serde_json::Value = serde_json::from_str(&json).expect("the document is JSON");
    let paths = document["paths"]
        .as_object()
        .expect("the document has paths");
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

/// Returns the generated operations: for each `VERB /path`, its method as `module::method`, and whether the module has
/// a function of the same name.
fn generated() -> BTreeMap<String, (String, bool)> {
    let folder = workspace().join("clerk-sdk/src/generated");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the file exists") {
        let path = entry.expect("the directory entry is readable").path();
        if path.is_dir() {
            continue;
        }
        let code = fs::read_to_string(&path).expect("the file is UTF-8");
        let functions: BTreeSet<&str> = code
            .lines()
            .filter_map(|line| line.strip_prefix("pub fn ")?.split('(').next())
            .collect();
        let mut route = None;
        for line in code.lines() {
            let line = line.trim();
            if let Some(doc) = line
                .strip_prefix("/// `")
                .and_then(|rest| rest.strip_suffix('`'))
            {
                if doc.split(' ').count() == 2 && doc.contains(" /") {
                    route = Some(doc.to_owned());
                }
            } else if let Some(method) = line
                .strip_prefix("pub fn ")
                .and_then(|rest| rest.split('(').next())
                && let Some(route) = route.take()
            {
                let name = format!(
                    "{}::{method}",
                    path.file_stem().expect("a name").to_string_lossy()
                );
                found.insert(route, (name, functions.contains(method)));
            }
        }
    }
    found
}

#[test]
fn every_operation_has_a_method_and_a_function() {
    let (operations, generated) = (operations(), generated());
    assert!(
        operations.len() > 200,
        "the document has over 200 operations"
    );
    let missing: Vec<_> = operations
        .iter()
        .filter(|(route, _)| !generated.contains_key(*route))
        .collect();
    assert!(missing.is_empty(), "no method for {missing:?}");
    let undocumented: Vec<_> = generated
        .keys()
        .filter(|route| !operations.contains_key(*route))
        .collect();
    assert!(undocumented.is_empty(), "no operation for {undocumented:?}");
    let without_function: Vec<_> = generated
        .values()
        .filter(|(_, has_function)| !has_function)
        .collect();
    assert!(
        without_function.is_empty(),
        "no function for {without_function:?}"
    );
}
