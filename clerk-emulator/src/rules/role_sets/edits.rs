//! Creating and changing role sets.

use super::role_set::{check_size, move_organizations, named_by_path, role_id, role_ids};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes;
use crate::rules::organization_checks::require_creator_permissions;
use crate::store::record::Record;
use crate::tables::role_sets::{ROLE_SET, initial};

pub(super) fn create(call: &mut Call<'_>) -> CallResult {
    let mut record = changes::new_record(call, &ROLE_SET)?;
    let keys = call.texts("roles").into_iter();
    let roles = keys.map(|key| role_id(call, "roles", &key));
    let roles = roles.collect::<Result<Vec<String>, ErrorResponse>>()?;
    check_size(&roles)?;
    record.set("roles", roles);
    apply_special_roles(call, &mut record)?;
    if record.str("key").is_empty() {
        record.set("key", key_of_name(record.str("name")));
    }
    check_key(record.str("key"))?;
    save(call, record, true)
}

fn key_of_name(name: &str) -> String {
    let name = name.to_lowercase();
    let words = name.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
    format!("role_set:{}", words.join("_"))
}

fn check_key(key: &str) -> Result<(), ErrorResponse> {
    let name = key.strip_prefix("role_set:").unwrap_or_default();
    let is_allowed = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    if !name.is_empty() && name.bytes().all(is_allowed) {
        return Ok(());
    }
    let message =
        "A key begins with role_set: and consists of lowercase letters, digits and underscores.";
    Err(ErrorResponse::param(
        "form_param_format_invalid",
        "key",
        message,
    ))
}

/// Sets the default role and that of creators to those of the body, which must be in the set.
fn apply_special_roles(call: &Call<'_>, record: &mut Record) -> Result<(), ErrorResponse> {
    for (name, member) in [
        ("default_role_key", "default_role_id"),
        ("creator_role_key", "creator_role_id"),
    ] {
        let Some(key) = call.text(name) else {
            continue;
        };
        let id = role_id(call, name, &key)?;
        if !record.strings("roles").contains(&id.as_str()) {
            let message = format!("The role {key} is not in the role set.");
            return Err(ErrorResponse::param(
                "form_param_value_invalid",
                name,
                message,
            ));
        }
        if member == "creator_role_id" {
            require_creator_permissions(call.instance, &key)?;
        }
        record.set(member, id);
    }
    Ok(())
}

/// Stores a role set. There is only one of the type `initial`.
pub(super) fn save(call: &mut Call<'_>, record: Record, is_new: bool) -> CallResult {
    changes::ensure_unique(call.instance, &ROLE_SET, &record)?;
    let old = initial(call.instance).map(|it| it.id.to_string());
    if record.str("type") == "initial"
        && let Some(old) = old.filter(|it| **it != *record.id)
    {
        call.instance
            .change(&ROLE_SET, &old, |it| it.set("type", "custom"))?;
    }
    match is_new {
        true => changes::insert(call, &ROLE_SET, record),
        false => changes::save(call, &ROLE_SET, record),
    }
}

pub(super) fn update(call: &mut Call<'_>) -> CallResult {
    let mut record = named_by_path(call)?;
    let old_key = record.str("key").to_owned();
    changes::apply_body(call, &mut record)?;
    check_key(record.str("key"))?;
    apply_special_roles(call, &mut record)?;
    changes::ensure_unique(call.instance, &ROLE_SET, &record)?;
    move_organizations(call.instance, &old_key, record.str("key"))?;
    save(call, record, false)
}

pub(super) fn add_roles(call: &mut Call<'_>) -> CallResult {
    let mut record = named_by_path(call)?;
    let mut roles = role_ids(&record);
    for key in call.texts("role_keys") {
        let id = role_id(call, "role_keys", &key)?;
        if !roles.contains(&id) {
            roles.push(id);
        }
    }
    check_size(&roles)?;
    record.set("roles", roles);
    apply_special_roles(call, &mut record)?;
    save(call, record, false)
}
