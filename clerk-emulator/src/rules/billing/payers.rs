//! Payers: the users and organizations that pay. One is created when billing needs it first.

use serde_json::{Value, json};

use super::money;
use crate::http::response::ErrorResponse;
use crate::resources::call::Call;
use crate::resources::images;
use crate::resources::resource::{Resource, kind};
use crate::rules::lookups::{EMAIL_ADDRESS, USER, primary_contact};
use crate::rules::organizations::ORGANIZATION;
use crate::store::instance::Instance;

pub(super) static PAYER: Resource = Resource {
    // The member `subject` is the id of the user or the organization.
    kind: kind("commerce_payer", "cpayer", &["subject"]),
    ..Resource::NEW
};

/// Returns the id of the payer that the path names by the user or the organization.
pub(super) fn named_by_path(call: &mut Call<'_>) -> Result<String, ErrorResponse> {
    let subject = call.path_param(0);
    let kind = match call.operation.path.starts_with("/users/") {
        true => &USER,
        false => &ORGANIZATION.kind,
    };
    call.instance.find(kind, &subject)?;
    let known = call.instance.all(&PAYER).with("subject", &subject).next();
    if let Some(payer) = known {
        return Ok(payer.id.to_string());
    }
    let mut record = call.instance.new_record(&PAYER);
    record.set("subject", subject);
    let id = record.id.to_string();
    call.instance.all_mut(&PAYER).insert(record);
    Ok(id)
}

pub(super) fn is_organization(instance: &Instance, payer_id: &str) -> bool {
    let payer = instance.all(&PAYER).get(payer_id);
    payer.is_some_and(|it| it.str("subject").starts_with("org_"))
}

/// Returns a payer as other objects contain it; null if there is none.
pub(super) fn object(instance: &Instance, payer_id: &str) -> Value {
    let Some(payer) = instance.all(&PAYER).get(payer_id) else {
        return Value::Null;
    };
    let subject = payer.str("subject");
    let user = instance.all(&USER).get(subject);
    let organization = instance.all(&ORGANIZATION).get(subject);
    let email = user.and_then(|it| primary_contact(instance, &EMAIL_ADDRESS, "email_address", it));
    json!({
        "object": "commerce_payer",
        "id": payer_id,
        "instance_id": instance.id,
        "user_id": user.map(|it| &it.id),
        "first_name": user.and_then(|it| it.get("first_name")),
        "last_name": user.and_then(|it| it.get("last_name")),
        "email": email,
        "organization_id": organization.map(|it| &it.id),
        "organization_name": organization.map(|it| it.str("name")),
        "image_url": images::generated_url(subject),
        "credits_balance": money(payer.i64("balance").unwrap_or(0)),
        "created_at": payer.created_at,
        "updated_at": payer.updated_at,
    })
}
