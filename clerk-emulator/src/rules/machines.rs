//! Machines: services that authenticate with secret keys of their own, and the machines that they may access.

use serde_json::{Value, json};

use super::credentials;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes;
use crate::resources::table::{Operations, get, list, rule, update};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::credentials::M2M_TOKEN;
use crate::tables::machines::{MACHINE, SCOPE};

/// The number of machines that a machine may have access to.
const MAX_SCOPES: usize = 150;

pub(super) const OPERATIONS: &Operations = &[
    ("ListMachines", list(&MACHINE)),
    ("CreateMachine", rule(create)),
    ("GetMachine", get(&MACHINE)),
    ("UpdateMachine", update(&MACHINE)),
    ("DeleteMachine", rule(delete)),
    ("GetMachineSecretKey", rule(get_secret_key)),
    ("RotateMachineSecretKey", rule(rotate_secret_key)),
    ("CreateMachineScope", rule(create_scope)),
    ("DeleteMachineScope", rule(delete_scope)),
];

/// Returns the id of the machine that has a secret key.
pub(super) fn with_secret_key(instance: &Instance, key: &str) -> Option<String> {
    let machines = instance.all(&MACHINE);
    let is_valid = |it: &&Record| {
        it.i64("previous_valid_until")
            .is_some_and(|it| it > instance.now())
    };
    let previous = || machines.with("previous_secret_key", key).find(is_valid);
    let machine = machines.with("secret_key", key).next().or_else(previous);
    machine.map(|it| it.id.to_string())
}

fn new_secret_key(instance: &mut Instance) -> String {
    format!("ak_{}", instance.ids.secret(44))
}

fn create(call: &mut Call<'_>) -> CallResult {
    let targets = call.texts("scoped_machines");
    if targets.len() > MAX_SCOPES {
        return Err(too_many_scopes("scoped_machines"));
    }
    for target in &targets {
        if call.instance.all(&MACHINE).get(target).is_none() {
            return Err(unknown_machine("scoped_machines", target));
        }
    }
    let mut record = changes::new_record(call, &MACHINE)?;
    // Scopes are records of their own.
    record.remove("scoped_machines");
    record.set("secret_key", new_secret_key(call.instance));
    let id = record.id.to_string();
    for target in &targets {
        add_scope(call.instance, &id, target);
    }
    changes::insert(call, &MACHINE, record)
}

fn unknown_machine(name: &str, id: &str) -> ErrorResponse {
    let message = format!("There is no machine with the id {id:?}.");
    ErrorResponse::param("form_resource_not_found", name, message)
}

fn too_many_scopes(name: &str) -> ErrorResponse {
    let message = format!("A machine may have access to at most {MAX_SCOPES} machines.");
    ErrorResponse::param("form_param_array_size_exceeded", name, message)
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &MACHINE)?;
    for member in ["from_machine_id", "to_machine_id"] {
        for scope in call.instance.all(&SCOPE).ids_with(member, &id) {
            call.instance.all_mut(&SCOPE).remove(&scope);
        }
    }
    for token in call.instance.all(&M2M_TOKEN).ids_with("subject", &id) {
        call.instance.all_mut(&M2M_TOKEN).remove(&token);
    }
    credentials::remove_all(call.instance, &id);
    changes::remove(call, &MACHINE, &id)
}

fn secret_key_response(key: &str) -> Value {
    json!({ "object": "machine_secret_key", "secret": key })
}

fn get_secret_key(call: &mut Call<'_>) -> CallResult {
    let machine = call.instance.find(&MACHINE, &call.path_param(0))?;
    Ok(secret_key_response(machine.str("secret_key")))
}

fn rotate_secret_key(call: &mut Call<'_>) -> CallResult {
    let id = call.path_param(0);
    let previous = call
        .instance
        .find(&MACHINE, &id)?
        .str("secret_key")
        .to_owned();
    let seconds = call.number("previous_token_ttl").unwrap_or(0);
    let valid_until = call
        .instance
        .now()
        .saturating_add(seconds.saturating_mul(1000));
    let key = new_secret_key(call.instance);
    call.instance.change(&MACHINE, &id, |record| {
        record.set("secret_key", key.clone());
        record.set("previous_secret_key", previous);
        record.set("previous_valid_until", valid_until);
    })?;
    Ok(secret_key_response(&key))
}

fn pair(from: &str, to: &str) -> String {
    format!("{from} {to}")
}

fn add_scope(instance: &mut Instance, from: &str, to: &str) -> Record {
    let mut record = instance.new_record(&SCOPE);
    record.set("from_machine_id", from);
    record.set("to_machine_id", to);
    record.set("pair", pair(from, to));
    instance.all_mut(&SCOPE).insert(record.clone());
    record
}

fn create_scope(call: &mut Call<'_>) -> CallResult {
    let from = call.path_param(0);
    let to = call.text("to_machine_id").unwrap_or_default();
    call.instance.find(&MACHINE, &from)?;
    if call.instance.all(&MACHINE).get(&to).is_none() {
        return Err(unknown_machine("to_machine_id", &to));
    }
    if from == to {
        let message = "A machine has access to itself.";
        let code = "form_param_value_invalid";
        return Err(ErrorResponse::param(code, "to_machine_id", message));
    }
    let scopes = call.instance.all(&SCOPE);
    if scopes.count_with("pair", &pair(&from, &to)) > 0 {
        let message = "The machine has access to the other one already.";
        return Err(ErrorResponse::new(409, "conflict", message));
    }
    if scopes.count_with("from_machine_id", &from) >= MAX_SCOPES {
        return Err(too_many_scopes("to_machine_id"));
    }
    let record = add_scope(call.instance, &from, &to);
    Ok(json!({
        "object": "machine_scope",
        "from_machine_id": from,
        "to_machine_id": to,
        "created_at": record.created_at,
    }))
}

fn delete_scope(call: &mut Call<'_>) -> CallResult {
    let (from, to) = (call.path_param(0), call.path_param(1));
    let scopes = call
        .instance
        .all(&SCOPE)
        .ids_with("pair", &pair(&from, &to));
    if scopes.is_empty() {
        return Err(ErrorResponse::not_found("scope for the machine", &to));
    }
    for scope in scopes {
        call.instance.all_mut(&SCOPE).remove(&scope);
    }
    Ok(json!({
        "object": "machine_scope",
        "from_machine_id": from,
        "to_machine_id": to,
        "deleted": true,
    }))
}
