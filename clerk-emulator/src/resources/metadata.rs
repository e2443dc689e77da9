//! Metadata: `PATCH` merges it, `PUT` replaces it.

use serde_json::{Map, Value};

use super::call::Call;
use crate::http::response::ErrorResponse;
use crate::store::record::Record;

/// The members that contain metadata.
pub(crate) const NAMES: [&str; 3] = ["public_metadata", "private_metadata", "unsafe_metadata"];

/// The size of the largest metadata, in bytes of JSON.
const MAX_BYTES: usize = 8 * 1024;

/// Merges the metadata of the body into that of a record. Null removes a key.
pub(crate) fn merge_body(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    change(call, record, |known, new| {
        let mut merged = known.cloned().unwrap_or_default();
        merge(&mut merged, new);
        merged
    })
}

/// Replaces the metadata of a record by that of the body. What the body lacks is kept.
pub(crate) fn replace_body(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    change(call, record, |_, new| new.clone())
}

fn change(
    call: &Call<'_>,
    record: &mut Record,
    change: impl Fn(Option<&Value>, &Value) -> Value,
) -> Result<(), ErrorResponse> {
    for name in NAMES {
        let Some(new) = call.get(name) else {
            continue;
        };
        let value = change(record.get(name), new);
        check_size(name, &value)?;
        record.set(name, value);
    }
    Ok(())
}

/// Moves the metadata out of the body of an update, which has some in older versions of the API. Null changes nothing.
pub(crate) fn take(body: &mut Value) -> Result<Map<String, Value>, ErrorResponse> {
    let mut taken = Map::new();
    let Value::Object(members) = body else {
        return Ok(taken);
    };
    for name in NAMES {
        match members.remove(name) {
            None | Some(Value::Null) => {}
            Some(Value::Object(metadata)) => drop(taken.insert(name.to_owned(), metadata.into())),
            Some(_) => {
                let message = format!("{name:?} must be an object.");
                let code = "form_param_value_invalid";
                return Err(ErrorResponse::param(code, name, message));
            }
        }
    }
    Ok(taken)
}

/// Checks the sizes of the metadata in a body.
pub(crate) fn check_sizes(call: &Call<'_>) -> Result<(), ErrorResponse> {
    NAMES.iter().try_for_each(|name| match call.get(name) {
        Some(value) => check_size(name, value),
        None => Ok(()),
    })
}

fn check_size(name: &str, value: &Value) -> Result<(), ErrorResponse> {
    if value.to_string().len() <= MAX_BYTES {
        return Ok(());
    }
    let message = format!("{name:?} must have at most 8 KB of JSON.");
    Err(ErrorResponse::param(
        "form_param_exceeds_allowed_size",
        name,
        message,
    ))
}

/// Merges `new` into `known`: objects member by member, and a member that is null is removed.
fn merge(known: &mut Value, new: &Value) {
    let Value::Object(members) = new else {
        *known = new.clone();
        return;
    };
    if !known.is_object() {
        *known = Value::Object(Map::new());
    }
    for (name, value) in members {
        if let Value::Object(known) = known {
            match value {
                Value::Null => drop(known.remove(name)),
                value => merge(known.entry(name).or_insert(Value::Null), value),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_merged_and_null_removes_a_key() {
        let mut known = json!({ "a": { "b": 1, "c": 2 }, "d": [1], "e": 1 });
        merge(
            &mut known,
            &json!({ "a": { "b": null, "f": 3 }, "d": [2], "e": null, "g": { "h": null } }),
        );
        assert_eq!(known, json!({ "a": { "c": 2, "f": 3 }, "d": [2], "g": {} }));
    }
}
