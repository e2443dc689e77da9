//! Payers: the users and organizations that pay. One is created when billing needs it first.

use crate::http::response::ErrorResponse;
use crate::resources::call::Call;
use crate::store::instance::Instance;
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
