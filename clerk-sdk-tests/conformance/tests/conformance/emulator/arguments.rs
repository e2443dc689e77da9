//! The arguments of the calls: generated from the document, with values that the emulator's records make valid.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::argument_values::generate_arguments;
use crate::document::OperationSpec;
use crate::schema_instances::{FieldSelection, GenerationError};

static DATA: LazyLock<Value> = LazyLock::new(|| {
    let json = include_str!("arguments.json");
    serde_json::from_str(json).expect("the file is JSON")
});

/// What the file has about an operation.
pub(super) struct Scenario {
    data: &'static Value,
}

/// Why the emulator refuses an operation if all its arguments are set.
pub(super) struct Refusal {
    /// The code of the error.
    pub(super) code: &'static str,
    /// The arguments that are changed or, if null, left out, so that the operation succeeds.
    change: &'static Value,
}

impl Scenario {
    pub(super) fn of(operation: &OperationSpec) -> Self {
        Self {
            data: &DATA["operations"][&operation.id],
        }
    }

    /// Returns the names in the file that are no operations.
    pub(super) fn unknown_operations(operations: &[OperationSpec]) -> Vec<String> {
        let names = DATA["operations"].as_object().expect("an object").keys();
        let names = names.filter(|name| operations.iter().all(|it| it.id != **name));
        names.cloned().collect()
    }

    /// Returns the name of the client that calls the operation.
    pub(super) fn client(&self) -> &str {
        self.data["client"].as_str().unwrap_or("instance")
    }

    /// Returns whether the response of the operation is a sample.
    pub(super) fn is_sample(&self) -> bool {
        self.data["sample"] == true
    }

    /// Returns the requests that come before the call, with their members `method`, `path` and `body`.
    pub(super) fn requests_before(&self) -> impl Iterator<Item = &Value> {
        self.data["before"].as_array().into_iter().flatten()
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        let refusal = self.data.get("refusal")?;
        assert!(refusal["reason"].is_string(), "a refusal has a reason");
        Some(Refusal {
            code: refusal["code"].as_str().expect("a refusal has a code"),
            change: &refusal["change"],
        })
    }

    /// Returns the arguments of an operation, all of which are set.
    pub(super) fn arguments(
        &self,
        operation: &OperationSpec,
        names: &BTreeMap<&'static str, String>,
    ) -> Result<Value, GenerationError> {
        let mut arguments = generate_arguments(operation, FieldSelection::All)?.value;
        replace_by_name(&mut arguments);
        merge(&mut arguments, &self.data["values"]);
        fill_in(&mut arguments, names);
        Ok(arguments)
    }
}

impl Refusal {
    /// Returns arguments with which the operation succeeds.
    pub(super) fn avoid(&self, arguments: &Value, names: &BTreeMap<&'static str, String>) -> Value {
        let mut arguments = arguments.clone();
        merge(&mut arguments, self.change);
        fill_in(&mut arguments, names);
        arguments
    }
}

/// Replaces members whose values depend on their names.
fn replace_by_name(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (&DATA["values"][name], &*member) {
                    (Value::Null, _) => replace_by_name(member),
                    (known, Value::Array(_)) if !known.is_array() => {
                        *member = Value::Array(vec![known.clone()]);
                    }
                    (known, _) => *member = known.clone(),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(replace_by_name),
        _ => {}
    }
}

/// Applies a JSON Merge Patch (RFC 7396).
fn merge(value: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        if !patch.is_null() {
            value.clone_from(patch);
        }
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let members = value.as_object_mut().expect("the value is an object");
    for (name, change) in patch {
        if change.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.as_str()).or_insert(Value::Null), change);
        }
    }
}

/// Replaces each string `$name` by the value with this name.
fn fill_in(value: &mut Value, names: &BTreeMap<&'static str, String>) {
    match value {
        Value::String(text) => {
            if let Some(known) = text.strip_prefix('$').and_then(|it| names.get(it)) {
                text.clone_from(known);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| fill_in(it, names)),
        Value::Object(members) => members.values_mut().for_each(|it| fill_in(it, names)),
        _ => {}
    }
}
