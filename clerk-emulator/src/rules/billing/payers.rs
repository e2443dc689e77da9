//! Payers: the users and organizations that pay. One is created when billing needs it first.

use crate::http::response::ErrorResponse;
use crate::resources::call::Call;
use crate::store::instance::Instance;
use crate::tables::active_plans::PayerType;
use crate::tables::billing::PAYER;
use crate::tables::organizations::ORGANIZATION;
use crate::tables::users::USER;

/// Returns the id of the payer that the path names by the user or the organization.
pub(super) fn named_by_path(call: &mut Call<'_>) -> Result<String, ErrorResponse> {
    let subject = call.path_param(0);
    let kind = match call.operation.path.starts_with("/users/") {
        true => &USER,
        false => &ORGANIZATION.kind,
    };
    call.instance.find(kind, &subject)?;
    Ok(of_subject(call.instance, &subject))
}

/// Returns the id of the payer that a user or an organization is.
pub(super) fn of_subject(instance: &mut Instance, subject: &str) -> String {
    let known = instance.all(&PAYER).with("subject", subject).next();
    if let Some(payer) = known {
        return payer.id.to_string();
    }
    let mut record = instance.new_record(&PAYER);
    record.set("subject", subject);
    let id = record.id.to_string();
    instance.all_mut(&PAYER).insert(record);
    id
}

/// Returns which type of payer has an id; nothing if there is no such user or organization.
pub(super) fn type_of_subject(instance: &Instance, subject: &str) -> Option<PayerType> {
    if instance.all(&USER).get(subject).is_some() {
        return Some(PayerType::User);
    }
    let organization = instance.all(&ORGANIZATION).get(subject);
    organization.map(|_| PayerType::Organization)
}

/// Returns the type of a payer, also of one whose user or organization has been deleted.
pub(super) fn type_of(instance: &Instance, payer_id: &str) -> PayerType {
    let payer = instance.all(&PAYER).get(payer_id);
    let subject = payer.map(|it| it.str("subject")).unwrap_or_default();
    // Seeds choose ids, so the prefix tells only what no longer exists.
    let known = type_of_subject(instance, subject);
    known.unwrap_or(match subject.starts_with("org_") {
        true => PayerType::Organization,
        false => PayerType::User,
    })
}
