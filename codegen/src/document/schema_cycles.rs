//! Finds schemas that are defined by themselves, so that no value can match them. An object that has a property of its
//! own type is not one of them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::problem::{Problem, Problems};

/// How many schemas can be defined by one another in a row.
const MAX_LENGTH: usize = 64;

/// Reports each component whose schema is a reference to itself or a part of itself, directly or through others.
pub(super) fn check_cycles(document: &Value, file: &str) -> Result<(), Problems> {
    let schemas = &document["components"]["schemas"];
    let mut search = CycleSearch {
        schemas,
        path: Vec::new(),
        finished: BTreeSet::new(),
        found: Vec::new(),
    };
    for name in schemas.as_object().into_iter().flat_map(|it| it.keys()) {
        search.visit(name);
    }
    let problems = search
        .found
        .into_iter()
        .map(|(name, message)| Problem::new(file, format!("/components/schemas/{name}"), message));
    Problems::check(problems.collect(), ())
}

/// A depth-first search along the references that define a schema.
struct CycleSearch<'d> {
    schemas: &'d Value,
    /// The components from the start of the search to the present one.
    path: Vec<&'d str>,
    finished: BTreeSet<&'d str>,
    found: Vec<(&'d str, String)>,
}

impl<'d> CycleSearch<'d> {
    fn visit(&mut self, name: &'d str) {
        if self.finished.contains(name) {
            return;
        }
        if let Some(start) = self.path.iter().position(|it| *it == name) {
            let cycle = [&self.path[start..], &[name]].concat().join("` → `");
            let message = format!(
                "the schema is defined by itself (`{cycle}`), so no value can match it: describe it differently in an overlay"
            );
            self.found.push((name, message));
            return;
        }
        if self.path.len() == MAX_LENGTH {
            let message = "the schema is defined by too many others in a row: describe it differently in an overlay";
            self.found.push((name, message.to_owned()));
            return;
        }
        self.path.push(name);
        let mut definitions = Vec::new();
        if let Some(schema) = self.schemas.get(name) {
            collect_definitions(schema, &mut definitions);
        }
        for definition in definitions {
            self.visit(definition);
        }
        self.path.pop();
        self.finished.insert(name);
    }
}

/// Collects the components that a schema is defined by: those that it refers to or is composed of.
fn collect_definitions<'d>(schema: &'d Value, names: &mut Vec<&'d str>) {
    if let Some(reference) = schema["$ref"].as_str() {
        names.extend(reference.strip_prefix("#/components/schemas/"));
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let parts = schema[keyword].as_array().into_iter().flatten();
        parts.for_each(|part| collect_definitions(part, names));
    }
}
