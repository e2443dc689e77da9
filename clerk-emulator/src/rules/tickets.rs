//! Tickets: the tokens in links that sign a person in or up.

use serde_json::json;

use crate::store::instance::{FRONTEND_URL, Instance};

/// Returns a ticket for a record, such as an invitation. `kind` is its type, as tickets spell it.
pub(super) fn ticket(instance: &Instance, kind: &str, id: &str, lifetime_seconds: i64) -> String {
    // Unlike session tokens, tickets do not name the key.
    let header = json!({ "alg": "RS256", "typ": "JWT" });
    let claims = json!({
        "eis": lifetime_seconds,
        "exp": (instance.now() / 1000).saturating_add(lifetime_seconds),
        "iid": instance.id,
        "sid": id,
        "st": kind,
    });
    instance.signing_key().sign(&header, &claims)
}

/// Returns the link by which a person uses a ticket.
pub(super) fn ticket_url(ticket: &str) -> String {
    format!("{FRONTEND_URL}/v1/tickets/accept?ticket={ticket}")
}
