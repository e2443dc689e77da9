//! The table of invitations to the application.

use serde_json::json;

use crate::resources::resource::{Resource, kind};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static INVITATION: Resource = Resource {
    kind: kind("invitation", "inv", &["email_address"]),
    schema: "Invitation",
    computed: &[
        ("status", |instance, it| json!(status(instance, it))),
        ("revoked", |_, it| json!(it.str("status") == "revoked")),
    ],
    searched: &["email_address"],
    ..Resource::NEW
};

/// Returns the status of an invitation, which expires with time.
fn status<'r>(instance: &Instance, record: &'r Record) -> &'r str {
    let expires_at = record.i64("expires_at").unwrap_or(i64::MAX);
    match record.str("status") {
        "" if instance.now() >= expires_at => "expired",
        "" => "pending",
        status => status,
    }
}

pub(crate) fn is_pending(instance: &Instance, record: &Record) -> bool {
    status(instance, record) == "pending"
}
