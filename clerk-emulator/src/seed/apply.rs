//! Creating what a seed has in an instance. The rules of the API apply to it, but nothing is announced.

use serde_json::{Map, Value};

use super::document::Sections;
use super::error::SeedError;
use super::item::Item;
use super::sections::{Content, SECTIONS, Section};
use crate::document::api_document::ApiDocument;
use crate::http::response::ErrorResponse;
use crate::rules;
use crate::server::dispatch;
use crate::store::instance::Instance;

/// Creates what a seed has. If an item is refused, those before it stay: the caller has to undo them.
pub(crate) fn apply(instance: &mut Instance, sections: Sections) -> Result<(), SeedError> {
    // A seed is where an instance begins, so what it has is not announced.
    let events = std::mem::take(&mut instance.events);
    let result = apply_sections(instance, sections);
    instance.events = events;
    instance.chosen_id = None;
    result
}

fn apply_sections(instance: &mut Instance, sections: Sections) -> Result<(), SeedError> {
    for (position, items) in sections.items {
        let section = &SECTIONS[position];
        for (index, item) in items.into_iter().enumerate() {
            let line = item.line;
            apply_item(instance, section, item).map_err(|message| {
                let message = match section.content {
                    Content::Created(..) | Content::Added(_) | Content::Subscribed => {
                        format!("{}[{index}]: {message}", section.name)
                    }
                    _ => format!("{}: {message}", section.name),
                };
                SeedError::new(Some(line), message)
            })?;
        }
    }
    Ok(())
}

fn apply_item(instance: &mut Instance, section: &Section, item: Item) -> Result<(), String> {
    let members = item.into_members();
    match section.content {
        Content::Created(operation, kind) => create(instance, operation, kind, members),
        Content::Added(kind) => {
            choose_id(instance, kind, members.get("id").cloned())?;
            instance.chosen_id = None;
            rules::add_record(instance, kind, &Value::Object(members)).map(drop)
        }
        Content::Subscribed => subscribe(instance, &members),
        Content::Settings(operation) => call(instance, operation, members, None),
        Content::Options => {
            let options = instance.options.with_json(&Value::Object(members))?;
            let has_new_preset = options.preset != instance.options.preset;
            instance.options = options;
            if has_new_preset {
                rules::apply_preset(instance);
            }
            Ok(())
        }
    }
}

/// Subscribes a payer to a plan.
fn subscribe(instance: &mut Instance, members: &Map<String, Value>) -> Result<(), String> {
    let unknown = members.keys().find(|it| *it != "payer" && *it != "plan");
    if let Some(name) = unknown {
        return Err(format!("a subscription has no member {name:?}"));
    }
    let text = |name| members.get(name).and_then(Value::as_str);
    let (payer, plan) = (text("payer"), text("plan"));
    let payer = payer.ok_or("\"payer\" must be the id of a user or an organization")?;
    let plan = plan.ok_or("\"plan\" must be a slug or an id")?;
    let item = rules::subscribe(instance, payer, plan);
    item.map(drop)
        .ok_or_else(|| format!("there is no payer {payer:?}, or no plan {plan:?} for it"))
}

fn create(
    instance: &mut Instance,
    operation: &str,
    kind: &'static str,
    mut members: Map<String, Value>,
) -> Result<(), String> {
    let id = members.remove("id");
    // Only a machine can create tokens for itself.
    let machine = match operation {
        "createM2MToken" => members.remove("machine_id"),
        _ => None,
    };
    let machine = machine.and_then(|it| it.as_str().map(str::to_owned));
    choose_id(instance, kind, id)?;
    call(instance, operation, members, machine)?;
    match instance.chosen_id.take() {
        Some((_, id)) => Err(format!("it has been created before, without the id {id:?}")),
        None => Ok(()),
    }
}

/// Makes the next record of a kind have an id, if one is given.
fn choose_id(instance: &mut Instance, kind: &'static str, id: Option<Value>) -> Result<(), String> {
    instance.chosen_id = None;
    let Some(id) = id else {
        return Ok(());
    };
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || b"_-".contains(&it);
    let valid = id
        .as_str()
        .filter(|it| !it.is_empty() && it.bytes().all(is_allowed));
    let Some(valid) = valid else {
        let message = "an id consists of letters, digits, \"_\" and \"-\"";
        return Err(format!("{message}: {id}"));
    };
    if instance.has(kind, valid) {
        return Err(format!("there is another {kind} with the id {valid:?}"));
    }
    instance.chosen_id = Some((kind, valid.to_owned()));
    Ok(())
}

/// Calls an operation. The parameters of its path are members, too.
fn call(
    instance: &mut Instance,
    operation_id: &str,
    mut members: Map<String, Value>,
    machine: Option<String>,
) -> Result<(), String> {
    let operation = ApiDocument::embedded().operation(operation_id);
    let mut path = Vec::new();
    for name in operation.into_iter().flat_map(|it| it.path_param_names()) {
        match members.remove(name) {
            Some(Value::String(value)) => path.push((name, value)),
            _ => return Err(format!("{name:?} must be a string")),
        }
    }
    let body = Value::Object(members);
    let result = dispatch::call_directly(instance, operation_id, path, body, machine);
    result
        .map(drop)
        .map_err(|error| ErrorResponse::describe(&error))
}
