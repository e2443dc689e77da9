//! Records that the Backend API cannot create: people make them in the application.

use serde_json::{Value, json};

use super::billing::add_plan;
use super::contacts::storage::{Status, new_contact};
use crate::document::api_document::ApiDocument;
use crate::resources::resource::Resource;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::billing::PLAN;
use crate::tables::contacts::{EMAIL, EMAIL_ADDRESS};
use crate::tables::sign_ups::SIGN_UP;
use crate::tables::user_accounts::{EXTERNAL_ACCOUNT, PASSKEY, TRUSTED_DEVICE};
use crate::tables::users::USER;

static RESOURCES: [&Resource; 4] = [&EXTERNAL_ACCOUNT, &PASSKEY, &SIGN_UP, &TRUSTED_DEVICE];

/// A member that responses do not have: the token of an external account.
const ACCESS_TOKEN: &str = "access_token";

/// Adds a record with the members of an object, and returns its id, or why it cannot be added.
pub(crate) fn add_record(
    instance: &mut Instance,
    name: &str,
    members: &Value,
) -> Result<String, String> {
    if name == PLAN.name {
        return add_plan(instance, members);
    }
    let resource = RESOURCES.into_iter().find(|it| it.name == name);
    let resource = resource.ok_or_else(|| format!("no record can be added to {name:?}"))?;
    let user_id = members["user_id"].as_str().unwrap_or_default();
    if resource.indexed.contains(&"user_id") && instance.all(&USER).get(user_id).is_none() {
        return Err(format!("there is no user with the id {user_id:?}"));
    }
    let mut record = instance.new_record(resource);
    let shape = ApiDocument::embedded().object_shape(resource.schema);
    let names = shape.iter().flat_map(|it| &it.members).map(|it| it.name);
    let names = names.chain(resource.indexed.iter().copied());
    for name in names.chain([ACCESS_TOKEN]) {
        match (name, members.get(name)) {
            ("id", Some(Value::String(id))) => record.id = id.as_str().into(),
            (_, None) | ("id" | "object" | "created_at" | "updated_at", _) => {}
            (name, Some(value)) => record.set(name, value.clone()),
        }
    }
    if resource.name == EXTERNAL_ACCOUNT.name {
        link_email_address(instance, &mut record);
    }
    let id = record.id.to_string();
    instance.all_mut(resource).insert(record);
    Ok(id)
}

/// Links an external account with the user's email address, which it verifies. Creates the address if there is none.
fn link_email_address(instance: &mut Instance, account: &mut Record) {
    let now = instance.now();
    account.set("identification_id", instance.ids.id("idn", now));
    let address = account.str("email_address").to_lowercase();
    let link = json!([{ "id": account.id, "type": account.str("provider") }]);
    let contact = match email_address(instance, account.str("user_id"), &address) {
        Some(known) => Ok(known),
        None => new_contact(
            instance,
            &EMAIL,
            account.str("user_id"),
            &address,
            Status::Verified,
        ),
    };
    if let Ok(mut contact) = contact {
        contact.set("verified", true);
        contact.set("linked_to", link);
        let (user_id, id) = (account.str("user_id"), contact.id.to_string());
        instance.all_mut(&USER).update(user_id, |user| {
            if user.str(EMAIL.primary).is_empty() {
                user.set(EMAIL.primary, id);
            }
        });
        instance.all_mut(&EMAIL_ADDRESS).insert(contact);
    }
}

fn email_address(instance: &Instance, user_id: &str, address: &str) -> Option<Record> {
    let mut contacts = instance.all(&EMAIL_ADDRESS).with("email_address", address);
    contacts.find(|it| it.str("user_id") == user_id).cloned()
}
