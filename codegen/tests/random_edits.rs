//! A property of drift, checked with random edits: it is empty exactly if neither the public items nor
//! the facts about the wire differ, and its class follows from the generated code.

use codegen::drift::{SemverBump, Severity};
use fastrand::Rng;
use serde_json::{Map, Value, json};
use crate::support::{Workspace, code_without_docs, facts};

const DOCUMENT: &str = include_str!("edits/document.yml");
const OVERLAY: &str = include_str!("edits/overlay.yaml");
const NAMES: &str = include_str!("edits/names.toml");

/// The number of documents to try, each with one to three edits.
const DOCUMENTS: u64 = 100;

#[test]
fn the_class_follows_from_the_generated_code() {
    let old = Workspace::new(DOCUMENT, OVERLAY, NAMES);
    let old_facts = facts(DOCUMENT);
    let mut generated = 0;
    for seed in 0..DOCUMENTS {
        let mut rng = Rng::with_seed(seed);
        let mut new_facts = old_facts.clone();
        let edits: Vec<String> = (0..rng.u8(1..=3))
            .filter_map(|_| edit(&mut new_facts, &mut rng))
            .collect();
        let (report, new) = old.adopt(&new_facts);
        let class = report.changes.iter().map(|change| change.severity).max();
        let context = format!("seed {seed}: {edits:?}: {:#?}", report.changes);
        if !report.blockers.is_empty() {
            assert_eq!(report.required_bump(), SemverBump::Unknown, "{context}");
            assert!(class.is_none_or(|it| it == Severity::Unknown), "{context}");
            continue;
        }
        if old_facts == new_facts {
            assert_eq!(class, None, "{context}");
        }
        // Names have problems that drift does not report.
        let Some(code) = code_without_docs(&new) else {
            continue;
        };
        generated += 1;
        let is_same = code_without_docs(&old) == Some(code);
        let claims_same = class.is_none_or(|it| it == Severity::DocsOnly);
        assert_eq!(claims_same, is_same, "{context}");
        if class.is_none_or(|it| it != Severity::Breaking) {
            assert_eq!(report.removed_items, [""; 0], "{context}");
        }
    }
    assert!(
        generated > DOCUMENTS / 2,
        "only {generated} documents are valid"
    );
}

/// Makes a random edit of a random object in the document. Returns a description of it.
fn edit(document: &mut Value, rng: &mut Rng) -> Option<String> {
    let mut pointers = Vec::new();
    collect_schemas(document, String::new(), &mut pointers);
    let pointer = rng.choice(&pointers)?.clone();
    let schema = document.pointer_mut(&pointer)?.as_object_mut()?;
    let edit = match rng.u8(..9) {
        0 => {
            let ty = rng.choice(["string", "integer", "boolean", "number"])?;
            let properties = schema.get_mut("properties")?.as_object_mut()?;
            properties.insert("added".to_owned(), json!({"type": ty}));
            "add a property"
        }
        1 => {
            let properties = schema.get_mut("properties")?.as_object_mut()?;
            let name = any_key(properties, rng)?;
            properties.remove(&name);
            if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
                required.retain(|it| *it != name);
            }
            "remove a property"
        }
        2 => {
            let name = any_key(schema.get("properties")?.as_object()?, rng)?;
            toggle_required(schema, &name);
            "toggle required"
        }
        3 => {
            toggle(schema, "nullable");
            "toggle nullable"
        }
        4 => {
            toggle(schema, "deprecated");
            "toggle deprecated"
        }
        5 => {
            let values = schema.get_mut("enum")?.as_array_mut()?;
            values.push(json!(rng.choice(["added", "unknown", "CALM"])?));
            "add an enum value"
        }
        6 => {
            let values = schema.get_mut("enum")?.as_array_mut()?;
            values.pop();
            "remove an enum value"
        }
        7 => {
            let ty = rng.choice(["string", "integer", "boolean"])?;
            *schema = Map::from_iter([("type".to_owned(), json!(ty))]);
            "change the type"
        }
        _ => {
            let items = Value::Object(std::mem::take(schema));
            *schema = Map::from_iter([
                ("type".to_owned(), json!("array")),
                ("items".to_owned(), items),
            ]);
            "wrap in an array"
        }
    };
    Some(format!("{edit} at {pointer}"))
}

/// Collects the pointers of all schemas.
fn collect_schemas(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let is_schema = members.get("type").is_some_and(Value::is_string)
                || members.contains_key("$ref") && pointer.ends_with("schema");
            if is_schema {
                pointers.push(pointer.clone());
            }
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect_schemas(member, format!("{pointer}/{name}"), pointers);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_schemas(item, format!("{pointer}/{index}"), pointers);
            }
        }
        _ => {}
    }
}

fn any_key(members: &Map<String, Value>, rng: &mut Rng) -> Option<String> {
    let names: Vec<&String> = members.keys().collect();
    rng.choice(names).cloned()
}

fn toggle(schema: &mut Map<String, Value>, flag: &str) {
    if schema.remove(flag).is_none() {
        schema.insert(flag.to_owned(), json!(true));
    }
}

fn toggle_required(schema: &mut Map<String, Value>, name: &str) {
    let mut required: Vec<Value> = match schema.remove("required") {
        Some(Value::Array(required)) => required,
        _ => Vec::new(),
    };
    let before = required.len();
    required.retain(|it| it != name);
    if required.len() == before {
        required.push(json!(name));
    }
    if !required.is_empty() {
        schema.insert("required".to_owned(), Value::Array(required));
    }
}
