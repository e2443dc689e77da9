//! Lookups in a list of objects by id, with the errors that the API returns.

use serde_json::Value;

use crate::http::response::ErrorResponse;

/// Returns the object with an id. `object` names its type in the error.
pub(crate) fn find<'s>(
    items: &'s [Value],
    id: &str,
    object: &str,
) -> Result<&'s Value, ErrorResponse> {
    let found = items.iter().find(|item| item["id"] == id);
    found.ok_or_else(|| ErrorResponse::not_found(object))
}

/// Returns the object with an id, as a mutable reference.
pub(crate) fn find_mut<'s>(
    items: &'s mut [Value],
    id: &str,
    object: &str,
) -> Result<&'s mut Value, ErrorResponse> {
    let found = items.iter_mut().find(|item| item["id"] == id);
    found.ok_or_else(|| ErrorResponse::not_found(object))
}

/// Removes and returns the object with an id.
pub(crate) fn remove(
    items: &mut Vec<Value>,
    id: &str,
    object: &str,
) -> Result<Value, ErrorResponse> {
    let index = items.iter().position(|item| item["id"] == id);
    index
        .map(|index| items.remove(index))
        .ok_or_else(|| ErrorResponse::not_found(object))
}

/// Rejects the value of `param` if an object other than the one with `own_id` already has it.
pub(crate) fn ensure_unique(
    items: &[Value],
    own_id: &str,
    param: &str,
    has_value: impl Fn(&Value) -> bool,
) -> Result<(), ErrorResponse> {
    if items
        .iter()
        .any(|item| item["id"] != own_id && has_value(item))
    {
        let (code, message) = ("form_identifier_exists", "the value is already in use");
        return Err(ErrorResponse::param(code, param, message));
    }
    Ok(())
}
