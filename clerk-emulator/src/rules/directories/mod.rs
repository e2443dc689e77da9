//! SCIM directories. Each has two views in the API, whose objects have different names.

pub(super) mod mappings;

use serde_json::{Value, json};

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes;
use crate::resources::table::{Operations, get, list, rule};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::directories::DIRECTORY;
use crate::tables::enterprise_connections::CONNECTION;

pub(super) const OPERATIONS: &Operations = &[
    ("ListSCIMDirectories", list(&DIRECTORY)),
    ("CreateSCIMDirectory", rule(create)),
    ("GetSCIMDirectory", get(&DIRECTORY)),
    ("UpdateSCIMDirectory", rule(update)),
    ("DeleteSCIMDirectory", rule(delete)),
    ("RotateSCIMDirectoryAPIKey", rule(rotate_api_key)),
    ("ListDirectories", list(&DIRECTORY)),
    ("CreateDirectory", rule(create)),
    ("GetDirectory", get(&DIRECTORY)),
    ("UpdateDirectory", rule(update)),
    ("DeleteDirectory", rule(delete)),
    ("RotateDirectoryAPIKey", rule(rotate_api_key)),
    ("ListSCIMGroupRoleMappings", rule(mappings::list)),
    ("CreateSCIMGroupRoleMapping", rule(mappings::create)),
    ("ReplaceSCIMGroupRoleMappings", rule(mappings::replace)),
    ("DeleteSCIMGroupRoleMapping", rule(mappings::delete)),
    ("ListDirectoryGroupRoleMappings", rule(mappings::list)),
    ("CreateDirectoryGroupRoleMapping", rule(mappings::create)),
    ("ReplaceDirectoryGroupRoleMappings", rule(mappings::replace)),
    ("DeleteDirectoryGroupRoleMapping", rule(mappings::delete)),
];

fn new_api_key(instance: &mut Instance) -> String {
    format!("ak_{}", instance.ids.secret(44))
}

fn create(call: &mut Call<'_>) -> CallResult {
    let mut record = changes::new_record(call, &DIRECTORY)?;
    let name = "enterprise_connection_id";
    let connection_id = call.text(name).unwrap_or_default();
    let Some(connection) = call.instance.all(&CONNECTION).get(&connection_id) else {
        let message = format!("There is no enterprise connection with the id {connection_id:?}.");
        return Err(ErrorResponse::param(
            "form_resource_not_found",
            name,
            message,
        ));
    };
    if record.str("name").is_empty() {
        record.set("name", connection.str("name"));
    }
    if call
        .instance
        .all(&DIRECTORY)
        .count_with(name, &connection_id)
        > 0
    {
        let message = "The enterprise connection has a directory already.";
        return Err(ErrorResponse::param("form_already_exists", name, message));
    }
    record.set(name, connection_id);
    let items = call.get("group_role_mappings").and_then(Value::as_array);
    let items = items.cloned().unwrap_or_default();
    record.set("group_role_mapping_enabled", !items.is_empty());
    let id = record.id.to_string();
    mappings::add_all(call, &id, &items)?;
    let key = new_api_key(call.instance);
    record.set("api_key", key);
    // The response shows the key, but what is stored must not.
    let response = changes::insert(call, &DIRECTORY, record)?;
    call.instance.change(&DIRECTORY, &id, hide_api_key)?;
    Ok(response)
}

fn hide_api_key(record: &mut Record) {
    if let Some(key) = record.remove("api_key") {
        record.set("secret", key);
    }
}

fn update(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &DIRECTORY)?;
    let old = call.instance.find(&DIRECTORY, &id)?.clone();
    let mut record = old.clone();
    changes::apply_body(call, &mut record)?;
    if let Some(Value::Object(new)) = call.get("attribute_mapping") {
        let mut merged = match old.get("attribute_mapping") {
            Some(Value::Object(known)) => known.clone(),
            _ => serde_json::Map::new(),
        };
        merged.extend(new.clone());
        merged.retain(|_, value| !value.is_null());
        record.set("attribute_mapping", merged);
    }
    changes::save(call, &DIRECTORY, record)
}

/// Deletes the directory of a connection, without which nothing fills it.
pub(super) fn remove_of_connection(instance: &mut Instance, connection_id: &str) {
    let name = "enterprise_connection_id";
    for id in instance.all(&DIRECTORY).ids_with(name, connection_id) {
        mappings::remove_all(instance, &id);
        instance.all_mut(&DIRECTORY).remove(&id);
    }
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &DIRECTORY)?;
    mappings::remove_all(call.instance, &id);
    let mut response = changes::remove(call, &DIRECTORY, &id)?;
    if mappings::prefix(call) == "scim" {
        response["object"] = json!("scim_directory");
    }
    Ok(response)
}

fn rotate_api_key(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &DIRECTORY)?;
    let key = new_api_key(call.instance);
    let mut record = call.instance.find(&DIRECTORY, &id)?.clone();
    record.set("secret", key.clone());
    let mut response = changes::save(call, &DIRECTORY, record)?;
    response["api_key"] = json!(key);
    Ok(response)
}
