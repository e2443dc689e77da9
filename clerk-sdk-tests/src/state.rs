//! What one key sees: users, organizations and so on, in the order they were made.

use serde_json::{Value, json};

use crate::answer::Failure;

/// The state behind a key.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: Vec<Value>,
    /// How many users there are who are made when somebody asks.
    pub(crate) crowd: usize,
    pub(crate) organizations: Vec<Value>,
    pub(crate) memberships: Vec<Value>,
    pub(crate) invitations: Vec<Value>,
    pub(crate) organization_invitations: Vec<Value>,
}

/// The object with this id.
pub(crate) fn find<'s>(items: &'s [Value], id: &str, what: &str) -> Result<&'s Value, Failure> {
    let found = items.iter().find(|item| item["id"] == id);
    found.ok_or_else(|| Failure::not_found(what))
}

/// The object with this id, to change.
pub(crate) fn find_mut<'s>(
    items: &'s mut [Value],
    id: &str,
    what: &str,
) -> Result<&'s mut Value, Failure> {
    let found = items.iter_mut().find(|item| item["id"] == id);
    found.ok_or_else(|| Failure::not_found(what))
}

/// Takes the object with this id out.
pub(crate) fn take(items: &mut Vec<Value>, id: &str, what: &str) -> Result<Value, Failure> {
    let place = items.iter().position(|item| item["id"] == id);
    place
        .map(|place| items.remove(place))
        .ok_or_else(|| Failure::not_found(what))
}

/// Refuses a value that another object has already.
pub(crate) fn refuse_taken(
    items: &[Value],
    own_id: &str,
    param: &str,
    taken: impl Fn(&Value) -> bool,
) -> Result<(), Failure> {
    if items.iter().any(|item| item["id"] != own_id && taken(item)) {
        let message = "that is taken; try another";
        return Err(Failure::param("form_identifier_exists", param, message));
    }
    Ok(())
}

/// The answer to a deletion.
pub(crate) fn deleted(object: &str, id: &str) -> Value {
    json!({ "object": object, "id": id, "deleted": true })
}

/// Whether there is an image, and the addresses that go with that.
pub(crate) fn set_image(object: &mut Value, there: bool) {
    let id = object["id"].as_str().unwrap_or_default();
    let name = if there { id } else { "default" };
    let url = format!("https://img.example.com/{name}");
    object["has_image"] = there.into();
    object["image_url"] = url.into();
}
