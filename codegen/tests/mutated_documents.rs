//! A property: however a document is changed, the generator returns, and each problem has a place.

use std::panic::catch_unwind;
use std::thread;

use codegen::{complete_names, generate};
use serde_json::{Value, json};

use crate::support::{assert_valid_rust, inputs, source};

const DOCUMENT: &str = include_str!("../../xtask/tests/drift_cases/vendored.yml");
const ROUNDS: u64 = 250;

/// Names and strings that are hard to spell in Rust.
const HOSTILE: [&str; 12] = [
    "",
    "_",
    "self",
    "Self",
    "new",
    "Option",
    "a/b",
    "a~b",
    "😀",
    "$ref",
    "2",
    "total_count",
];

/// A linear congruential generator: the rounds are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                pointers(member, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn mutate(document: &mut Value, numbers: &mut Numbers) {
    let mut found = Vec::new();
    pointers(document, "", &mut found);
    let target = found[1 + numbers.below(found.len() - 1)].clone();
    let other = document
        .pointer(&found[numbers.below(found.len())])
        .cloned()
        .unwrap_or_default();
    let schemas = document["components"]["schemas"].as_object();
    let mut schemas: Vec<String> = schemas
        .into_iter()
        .flatten()
        .map(|it| it.0.clone())
        .collect();
    schemas.push("Gone".to_owned());
    let hostile = HOSTILE[numbers.below(HOSTILE.len())];
    let (parent, name) = target.rsplit_once('/').expect("it is not the root");
    let name = name.replace("~1", "/").replace("~0", "~");
    let kind = numbers.below(6);
    let Some(parent) = document.pointer_mut(parent) else {
        return;
    };
    let value = match kind {
        0 => Value::Null,
        1 => other,
        2 => {
            json!({"$ref": format!("#/components/schemas/{}", schemas[numbers.below(schemas.len())])})
        }
        3 => json!(hostile),
        4 => json!({"type": "array", "items": other}),
        _ => {
            // Renames the member.
            if let Value::Object(members) = parent
                && let Some(value) = members.remove(&name)
            {
                members.insert(hostile.to_owned(), value);
            }
            return;
        }
    };
    match parent {
        Value::Object(members) if kind == 0 => drop(members.remove(&name)),
        Value::Object(members) => drop(members.insert(name, value)),
        Value::Array(items) => {
            if let Some(item) = name
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get_mut(index))
            {
                *item = value;
            }
        }
        _ => {}
    }
}

fn run(api: &Value) -> Result<(), codegen::Problems> {
    let api = source("spec.json", api.to_string());
    let mut inputs = inputs(api, source("names.toml", String::new()), Vec::new());
    inputs.names.text = complete_names(&inputs)?;
    generate(&inputs).map(|output| assert_valid_rust(&output.files))
}

#[test]
fn no_change_of_a_document_ends_the_process() {
    let document = codegen::parse_yaml(DOCUMENT).expect("the document is YAML");
    let rounds = std::env::var("ROUNDS")
        .ok()
        .and_then(|it| it.parse().ok())
        .unwrap_or(ROUNDS);
    let rounds = move || {
        for round in 0..rounds {
            let mut numbers = Numbers(round);
            let mut mutated = document.clone();
            for _ in 0..=numbers.below(3) {
                mutate(&mut mutated, &mut numbers);
            }
            let result = catch_unwind(|| run(&mutated));
            let result = result.unwrap_or_else(|_| panic!("round {round} panicked: {mutated}"));
            for problem in result.err().into_iter().flat_map(|it| it.0) {
                assert!(
                    ["spec.json", "names.toml"].contains(&&*problem.file),
                    "{round}: {problem}"
                );
                assert!(problem.message.len() > 10, "{round}: {problem}");
            }
        }
    };
    // The stack of the main thread is larger.
    let thread = thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(rounds)
        .expect("a thread");
    thread.join().expect("no round failed");
}
