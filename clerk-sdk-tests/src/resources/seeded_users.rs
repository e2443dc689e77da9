//! Seeded users: generated from their number on demand, so that hundreds of thousands of them take no memory.
//!
//! They are older than every created user. They can be read by id, listed and counted, but not changed or filtered.

use serde_json::{Value, json};

use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, HandlerResult};
use crate::resources::pagination;
use crate::resources::users::new_user;
use crate::state::instance::Instance;

/// The query parameters that a list of seeded users accepts.
const LIST_PARAMS: [&str; 4] = ["limit", "offset", "order_by", "starting_after"];

const ID_PREFIX: &str = "user_seeded";

/// The time at which the first seeded user was created, in milliseconds. Each following one was created a second later.
const FIRST_CREATED_AT: i64 = 1_577_836_800_000;

/// Returns the seeded user with an id, if there is one.
pub(crate) fn get(instance: &Instance, id: &str) -> Option<Value> {
    seeded_index(instance, id).map(seeded_user)
}

pub(crate) fn exists(instance: &Instance, id: &str) -> bool {
    seeded_index(instance, id).is_some()
}

pub(crate) fn count(instance: &Instance, request: &RecordedRequest) -> HandlerResult {
    reject_filters(request)?;
    Ok(json!({ "object": "total_count", "total_count": total(instance) }))
}

/// Returns a page of all seeded and created users, in order of creation or in reverse.
pub(crate) fn list(instance: &Instance, request: &RecordedRequest) -> HandlerResult {
    reject_filters(request)?;
    let is_newest_first = match request.query_value("order_by").as_deref() {
        None | Some("-created_at") => true,
        Some("created_at" | "+created_at") => false,
        Some(_) => return Err(unsupported("order_by")),
    };
    let limit = pagination::limit(request)?;
    let offset = pagination::offset(request)?;
    let total = total(instance);
    // Converts an index in order of creation to one in the requested order, and back.
    let reorder = |index: usize| match is_newest_first {
        true => total - 1 - index,
        false => index,
    };
    let start = match request.query_value("starting_after") {
        Some(_) if offset > 0 => return Err(unsupported("offset")),
        Some(id) => {
            let index = index_of(instance, &id).ok_or_else(|| unsupported("starting_after"))?;
            1 + reorder(index)
        }
        None => offset,
    };
    let end = start.saturating_add(limit).min(total);
    let users = (start..end).map(|index| user_at(instance, reorder(index)));
    Ok(users.collect())
}

/// Returns the number of seeded and created users.
fn total(instance: &Instance) -> usize {
    instance.seeded_users + instance.users.len()
}

fn user_at(instance: &Instance, index: usize) -> Value {
    match index.checked_sub(instance.seeded_users) {
        Some(index) => instance.users[index].clone(),
        None => seeded_user(index),
    }
}

/// Returns the index of a seeded or created user in order of creation.
fn index_of(instance: &Instance, id: &str) -> Option<usize> {
    let created_index = || instance.users.iter().position(|user| user["id"] == id);
    seeded_index(instance, id).or_else(|| Some(instance.seeded_users + created_index()?))
}

fn seeded_index(instance: &Instance, id: &str) -> Option<usize> {
    let index = id.strip_prefix(ID_PREFIX)?.parse().ok()?;
    (index < instance.seeded_users).then_some(index)
}

fn seeded_user(index: usize) -> Value {
    let created_at = FIRST_CREATED_AT + 1000 * i64::try_from(index).unwrap_or(i64::MAX / 2000);
    let mut user = new_user();
    user["id"] = format!("{ID_PREFIX}{index:09}").into();
    user["username"] = format!("seeded_{index:09}").into();
    user["created_at"] = created_at.into();
    user["updated_at"] = created_at.into();
    user
}

fn reject_filters(request: &RecordedRequest) -> Result<(), ErrorResponse> {
    let query = request.query.as_deref().unwrap_or_default();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    for name in pairs.map(|pair| pair.split('=').next().unwrap_or_default()) {
        if !LIST_PARAMS.contains(&name) {
            return Err(unsupported(name));
        }
    }
    Ok(())
}

fn unsupported(name: &str) -> ErrorResponse {
    let message = "the emulator does not support this value together with seeded users";
    ErrorResponse::param("form_param_value_invalid", name, message)
}
