//! Creating, reading, changing and deleting the records of any resource.

use serde_json::{Map, Value, json};

use super::call::{Call, CallResult};
use super::rendering::{member, render, render_json, render_object};
use super::resource::{Literal, Resource, Unique};
use crate::document::object_shape::{MemberKind, MemberShape, ObjectShape, ResponseShape};
use crate::http::response::ErrorResponse;
use crate::http::timestamp::parse_timestamp;
use crate::store::event::Event;
use crate::store::instance::Instance;
use crate::store::record::Record;

/// A change of a record's state by an operation such as `revoke`.
#[derive(Debug)]
pub(crate) struct StateChange {
    pub(crate) requires: Option<Requirement>,
    pub(crate) set: &'static [(&'static str, Literal)],
}

/// What a record must be for an operation; otherwise it is refused.
#[derive(Debug)]
pub(crate) struct Requirement {
    pub(crate) member: &'static str,
    /// The values that the member may have.
    pub(crate) values: &'static [&'static str],
    /// The status and the code of the refusal.
    pub(crate) refusal: (u16, &'static str),
}

/// Returns the id of the record that the path names: the last parameter.
pub(crate) fn record_id(call: &Call<'_>, resource: &Resource) -> Result<String, ErrorResponse> {
    let (_, value) = call.path.last().cloned().unwrap_or_default();
    let all = call.instance.all(resource);
    let found = match resource.alternative_id {
        _ if all.get(&value).is_some() => Some(value.clone()),
        Some(member) => all.with(member, &value).next().map(|it| it.id.to_string()),
        None => None,
    };
    let id = found.ok_or_else(|| ErrorResponse::not_found(&resource.title(), &value))?;
    check_parents(call, resource, &id)?;
    Ok(id)
}

/// Checks that a record belongs to the objects that the path names before it.
fn check_parents(call: &Call<'_>, resource: &Resource, id: &str) -> Result<(), ErrorResponse> {
    let record = call.instance.find(resource, id)?;
    let parents = &call.path[..call.path.len().saturating_sub(1)];
    for (name, value) in parents {
        if resource.indexed.contains(name) && record.str(name) != value {
            return Err(ErrorResponse::not_found(&resource.title(), id));
        }
    }
    Ok(())
}

pub(crate) fn get(call: &mut Call<'_>, resource: &Resource) -> CallResult {
    let id = record_id(call, resource)?;
    Ok(render(call, resource, call.instance.find(resource, &id)?))
}

/// Gets a record like [`get`], as JSON.
pub(crate) fn get_json(call: &Call<'_>, resource: &Resource) -> Result<Vec<u8>, ErrorResponse> {
    let id = record_id(call, resource)?;
    let record = call.instance.find(resource, &id)?;
    Ok(render_json(call, resource, record))
}

pub(crate) fn create(call: &mut Call<'_>, resource: &Resource) -> CallResult {
    let record = new_record(call, resource)?;
    insert(call, resource, record)
}

/// Creates a record from the body, without storing it. The parameters of the path are its parents.
pub(crate) fn new_record(
    call: &mut Call<'_>,
    resource: &Resource,
) -> Result<Record, ErrorResponse> {
    let mut record = call.instance.new_record(resource);
    for (name, value) in &call.path {
        if resource.indexed.contains(name) {
            record.set(name, value.clone());
        }
    }
    apply_body(call, &mut record)?;
    Ok(record)
}

/// Stores a new record, announces it, and returns it as the response.
pub(crate) fn insert(call: &mut Call<'_>, resource: &Resource, record: Record) -> CallResult {
    ensure_unique(call.instance, resource, &record)?;
    let response = render(call, resource, &record);
    call.instance.all_mut(resource).insert(record);
    announce(call, resource.events.created, &response);
    Ok(response)
}

pub(crate) fn update(call: &mut Call<'_>, resource: &Resource) -> CallResult {
    let id = record_id(call, resource)?;
    let mut record = call.instance.find(resource, &id)?.clone();
    apply_body(call, &mut record)?;
    save(call, resource, record)
}

/// Stores a changed record, announces the change, and returns the record as the response.
pub(crate) fn save(call: &mut Call<'_>, resource: &Resource, mut record: Record) -> CallResult {
    ensure_unique(call.instance, resource, &record)?;
    record.updated_at = call.instance.now();
    call.instance.all_mut(resource).insert(record.clone());
    let response = render(call, resource, &record);
    announce(call, resource.events.updated, &response);
    Ok(response)
}

pub(crate) fn delete(call: &mut Call<'_>, resource: &Resource) -> CallResult {
    let id = record_id(call, resource)?;
    remove(call, resource, &id)
}

/// Deletes a record, announces that, and returns the response: which object was deleted.
pub(crate) fn remove(call: &mut Call<'_>, resource: &Resource, id: &str) -> CallResult {
    let record = call.instance.all_mut(resource).remove(id);
    let record = record.ok_or_else(|| ErrorResponse::not_found(&resource.title(), id))?;
    let mut deleted = json!({ "object": resource.name, "id": id, "deleted": true });
    if let Some(ResponseShape::Object(shape)) = call.operation.shape() {
        for name in ["slug", "external_id"] {
            let value = record.str(name);
            if shape.member(name).is_some() && !value.is_empty() {
                deleted[name] = json!(value);
            }
        }
    }
    announce(call, resource.events.deleted, &deleted);
    Ok(deleted)
}

/// Changes the state of the record that the path names, if its state allows it.
pub(crate) fn change_state(
    call: &mut Call<'_>,
    resource: &Resource,
    change: &StateChange,
) -> CallResult {
    let id = record_id(call, resource)?;
    let mut record = call.instance.find(resource, &id)?.clone();
    if let Some(requirement) = &change.requires {
        let state = member(call.instance, resource, &record, requirement.member);
        let state = state.as_str().unwrap_or_default();
        if !requirement.values.contains(&state) {
            let (status, code) = requirement.refusal;
            let message = format!("The {} is {state}.", resource.title());
            return Err(ErrorResponse::new(status, code, message));
        }
    }
    for (name, value) in change.set {
        record.set(name, value.to_value());
    }
    save(call, resource, record)
}

/// Copies the members of the body that the response has, too. Null clears those that can be null.
pub(crate) fn apply_body(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    let Some(ResponseShape::Object(shape)) = call.operation.shape() else {
        return Ok(());
    };
    apply(record, shape, &call.body())
}

/// Copies the members of an object that a shape has, too.
pub(crate) fn apply(
    record: &mut Record,
    shape: &ObjectShape,
    body: &Map<String, Value>,
) -> Result<(), ErrorResponse> {
    for (name, value) in body {
        let Some(member) = shape.member(name) else {
            continue;
        };
        match (member.name, convert(member, value)?) {
            ("id" | "object", _) | (_, Converted::Kept) => {}
            ("created_at", Converted::Value(time)) => {
                record.created_at = time.as_i64().unwrap_or(record.created_at);
            }
            (name, Converted::Cleared) => drop(record.remove(name)),
            (name, Converted::Value(value)) => record.set(name, value),
        }
    }
    Ok(())
}

enum Converted {
    Value(Value),
    /// The member is null now.
    Cleared,
    /// The member keeps its value, because it cannot be null.
    Kept,
}

/// Converts a member of a body to what responses have: times are numbers there.
fn convert(member: &MemberShape, value: &Value) -> Result<Converted, ErrorResponse> {
    Ok(match value {
        Value::Null if member.is_nullable => Converted::Cleared,
        Value::Null => Converted::Kept,
        Value::String(_) if member.kind == MemberKind::Integer => {
            let time = parse_timestamp(value).ok_or_else(|| {
                let name = member.name;
                let message = format!("{name:?} must be a time such as 2026-05-12T08:00:00Z.");
                ErrorResponse::param("form_param_invalid_time", name, message)
            })?;
            Converted::Value(json!(time))
        }
        value => Converted::Value(value.clone()),
    })
}

/// Rejects a record that has a value which another one has already.
pub(crate) fn ensure_unique(
    instance: &Instance,
    resource: &Resource,
    record: &Record,
) -> Result<(), ErrorResponse> {
    for unique in resource.unique {
        let value = record.str(unique.member);
        if value.is_empty() {
            continue;
        }
        let mut others = instance.all(resource).with(unique.member, value);
        if others.any(|it| it.id != record.id) {
            return Err(taken(unique, value));
        }
    }
    Ok(())
}

fn taken(unique: &Unique, value: &str) -> ErrorResponse {
    let message = format!("Another object has the {} {value:?}.", unique.member);
    ErrorResponse::new(unique.status, unique.code, message).with_param(unique.member)
}

/// Adds an event, if the resource has one for this change.
pub(crate) fn announce(call: &mut Call<'_>, kind: Option<&'static str>, data: &Value) {
    if let Some(kind) = kind {
        let headers = call.headers();
        let agent = headers.get("user-agent").and_then(|it| it.to_str().ok());
        let agent = agent.unwrap_or_default().to_owned();
        add_event(call.instance, kind, data, &agent);
    }
}

/// Adds an event about a record that is not the response.
pub(crate) fn announce_object(
    call: &mut Call<'_>,
    kind: &'static str,
    resource: &Resource,
    record: &Record,
) {
    let data = render_object(call.instance, resource, record);
    announce(call, Some(kind), &data);
}

/// Adds an event.
pub(crate) fn add_event(
    instance: &mut Instance,
    kind: &'static str,
    data: &Value,
    user_agent: &str,
) {
    let timestamp = instance.now();
    let message_id = instance.ids.id("msg", timestamp);
    let body = json!({
        "data": data, "object": "event", "type": kind, "timestamp": timestamp,
        "instance_id": instance.id,
        "event_attributes": { "http_request": { "client_ip": "127.0.0.1", "user_agent": user_agent } },
    });
    instance.events.push(&Event {
        message_id,
        kind,
        timestamp,
        body,
    });
}
