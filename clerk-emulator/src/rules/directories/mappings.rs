//! Mappings of a directory's groups to the roles of organization members.

use serde_json::{Value, json};

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::rendering::render_like;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::directories::{DIRECTORY, MAPPING};
use crate::tables::organization_roles::ROLE;

fn render(call: &Call<'_>, record: &Record) -> Value {
    let operation_id = match prefix(call) {
        "scim" => "CreateSCIMGroupRoleMapping",
        _ => "CreateDirectoryGroupRoleMapping",
    };
    render_like(call.instance, operation_id, &MAPPING, record)
}

/// Returns the mappings of a directory in order of their precedence.
fn in_order<'i>(instance: &'i Instance, directory_id: &str) -> Vec<&'i Record> {
    let mappings = instance.all(&MAPPING).with("directory_id", directory_id);
    let mut mappings: Vec<&Record> = mappings.collect();
    mappings.sort_by_key(|it| it.i64("precedence"));
    mappings
}

pub(super) fn list(call: &mut Call<'_>) -> CallResult {
    let directory_id = call.path_param(0);
    call.instance.find(&DIRECTORY, &directory_id)?;
    let mappings = in_order(call.instance, &directory_id);
    let items: Vec<Value> = mappings.into_iter().map(|it| render(call, it)).collect();
    Ok(json!({ "total_count": items.len(), "data": items }))
}

/// Returns the id of the directory that the path names, if it may have mappings.
fn enabled_directory(call: &Call<'_>) -> Result<String, ErrorResponse> {
    let directory = call.instance.find(&DIRECTORY, &call.path_param(0))?;
    if directory.is("group_role_mapping_enabled") {
        return Ok(directory.id.to_string());
    }
    let message = "The directory does not map groups to roles.";
    Err(ErrorResponse::new(400, "feature_not_enabled", message))
}

/// Creates a mapping from an item of a body, without storing it.
fn new(
    instance: &mut Instance,
    directory_id: &str,
    item: &Value,
    precedence: i64,
) -> Result<Record, ErrorResponse> {
    let text = |names: [&str; 2]| {
        let values = names.iter().filter_map(|name| item.get(name)?.as_str());
        values.map(str::to_owned).next().unwrap_or_default()
    };
    let role_id = item["role_id"].as_str().unwrap_or_default();
    if instance.all(&ROLE).get(role_id).is_none() {
        let message = format!("There is no role with the id {role_id:?}.");
        return Err(ErrorResponse::param(
            "form_resource_not_found",
            "role_id",
            message,
        ));
    }
    let group_id = text(["directory_group_id", "scim_group_id"]);
    if group_id.is_empty() {
        let message = "The parameter \"directory_group_id\" is missing.";
        return Err(ErrorResponse::param(
            "form_param_missing",
            "directory_group_id",
            message,
        ));
    }
    let mut record = instance.new_record(&MAPPING);
    record.set("directory_id", directory_id);
    record.set("directory_group_id", group_id);
    record.set(
        "directory_group_display_name",
        text(["directory_group_display_name", "scim_group_display_name"]),
    );
    record.set("role_id", role_id);
    record.set("precedence", precedence);
    Ok(record)
}

/// Stores the mappings of a directory, which had none before. All of them are checked first.
pub(super) fn add_all(
    call: &mut Call<'_>,
    directory_id: &str,
    items: &[Value],
) -> Result<(), ErrorResponse> {
    let mut records: Vec<Record> = Vec::new();
    for (item, position) in items.iter().zip(1..) {
        let precedence = item["precedence"].as_i64().unwrap_or(position);
        let record = new(call.instance, directory_id, item, precedence)?;
        require_new(records.iter(), &record)?;
        records.push(record);
    }
    remove_all(call.instance, directory_id);
    for record in records {
        call.instance.all_mut(&MAPPING).insert(record);
    }
    Ok(())
}

/// Rejects a second mapping of a group.
fn require_new<'r>(
    mut others: impl Iterator<Item = &'r Record>,
    record: &Record,
) -> Result<(), ErrorResponse> {
    let group_id = record.str("directory_group_id");
    if others.all(|it| it.str("directory_group_id") != group_id) {
        return Ok(());
    }
    let message = format!("The group {group_id:?} has a role already.");
    let name = "directory_group_id";
    Err(ErrorResponse::param("form_already_exists", name, message))
}

pub(super) fn remove_all(instance: &mut Instance, directory_id: &str) {
    for id in instance
        .all(&MAPPING)
        .ids_with("directory_id", directory_id)
    {
        instance.all_mut(&MAPPING).remove(&id);
    }
}

/// Removes the mappings to a role that is deleted.
pub(in crate::rules) fn remove_role(instance: &mut Instance, role_id: &str) {
    for id in instance.all(&MAPPING).ids_with("role_id", role_id) {
        instance.all_mut(&MAPPING).remove(&id);
    }
}

pub(super) fn create(call: &mut Call<'_>) -> CallResult {
    let directory_id = enabled_directory(call)?;
    let known = in_order(call.instance, &directory_id);
    let last = known.last().and_then(|it| it.i64("precedence"));
    let precedence = call.number("precedence").unwrap_or(last.unwrap_or(0) + 1);
    let known: Vec<String> = known.into_iter().map(|it| it.id.to_string()).collect();
    let item = call.body.clone();
    let record = new(call.instance, &directory_id, &item, precedence)?;
    let others = call.instance.all(&MAPPING);
    require_new(others.with("directory_id", &directory_id), &record)?;
    let is_taken = others
        .with("directory_id", &directory_id)
        .any(|it| it.i64("precedence") == Some(precedence));
    for id in known.iter().filter(|_| is_taken) {
        call.instance.all_mut(&MAPPING).update(id, |it| {
            let own = it.i64("precedence").unwrap_or(0);
            it.set("precedence", own + i64::from(own >= precedence));
        });
    }
    let response = render(call, &record);
    call.instance.all_mut(&MAPPING).insert(record);
    Ok(response)
}

pub(super) fn replace(call: &mut Call<'_>) -> CallResult {
    let directory_id = enabled_directory(call)?;
    let items = call.get("mappings").and_then(Value::as_array);
    let items = items.cloned().unwrap_or_default();
    add_all(call, &directory_id, &items)?;
    list(call)
}

pub(super) fn delete(call: &mut Call<'_>) -> CallResult {
    let directory_id = enabled_directory(call)?;
    let id = call.path_param(1);
    let mapping = call.instance.find(&MAPPING, &id)?;
    if mapping.str("directory_id") != directory_id {
        return Err(ErrorResponse::not_found(&MAPPING.title(), &id));
    }
    call.instance.all_mut(&MAPPING).remove(&id);
    let object = format!("{}_group_role_mapping", prefix(call));
    Ok(json!({ "object": object, "id": id, "deleted": true }))
}

/// Returns what the names of objects begin with in the view of a call.
pub(in crate::rules) fn prefix(call: &Call<'_>) -> &'static str {
    match call.operation.path.starts_with("/scim_") {
        true => "scim",
        false => "directory",
    }
}
