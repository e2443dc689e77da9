//! Links to the portal in which an organization's administrators set up connections themselves.

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes;
use crate::resources::table::{Operations, rule};
use crate::tables::credentials::LINK_TOKEN;
use crate::tables::organizations::ORGANIZATION;

/// The lifetime of a link in seconds.
const DEFAULT_SECONDS: i64 = 3600;

pub(super) const OPERATIONS: &Operations = &[
    ("createAdminPortalLinkToken", rule(create)),
    ("revokeAdminPortalLinkToken", rule(revoke)),
];

fn create(call: &mut Call<'_>) -> CallResult {
    let bad_request = |message: &str| ErrorResponse::new(400, "bad_request", message);
    let [organization, contact] = ["organization_id", "it_contact_id"].map(|it| call.text(it));
    let addressee = match (organization, contact) {
        (Some(id), None) if call.instance.all(&ORGANIZATION).get(&id).is_none() => {
            return Err(bad_request("There is no such organization."));
        }
        (Some(id), None) | (None, Some(id)) => id,
        _ => {
            return Err(bad_request(
                "A link is for either an organization or a contact.",
            ));
        }
    };
    let mut record = changes::new_record(call, &LINK_TOKEN)?;
    let known = call
        .instance
        .all(&LINK_TOKEN)
        .with("addressee", &addressee)
        .next();
    let link_id = known.map(|it| it.str("admin_portal_link_id").to_owned());
    let now = call.instance.now();
    let link_id = link_id.unwrap_or_else(|| call.instance.ids.id("apl", now));
    let seconds = call
        .number("seconds_until_expiration")
        .unwrap_or(DEFAULT_SECONDS);
    record.set("addressee", addressee);
    record.set("admin_portal_link_id", link_id);
    record.set(
        "expiration",
        record
            .created_at
            .saturating_add(seconds.saturating_mul(1000)),
    );
    record.set("token", format!("aplt_{}", call.instance.ids.secret(44)));
    changes::insert(call, &LINK_TOKEN, record)
}

fn revoke(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &LINK_TOKEN)?;
    let mut record = call.instance.find(&LINK_TOKEN, &id)?.clone();
    if record.is("revoked") {
        return changes::get(call, &LINK_TOKEN);
    }
    record.set("revoked", true);
    changes::apply_body(call, &mut record)?;
    changes::save(call, &LINK_TOKEN, record)
}
