//! The table of the waitlist.

use serde_json::Value;

use super::invitations::INVITATION;
use crate::resources::rendering::render_object;
use crate::resources::resource::{Events, Literal, Resource, kind};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static WAITLIST_ENTRY: Resource = Resource {
    kind: kind("waitlist_entry", "wle", &["email_address"]),
    schema: "WaitlistEntry",
    defaults: &[("status", Literal::Text("pending"))],
    computed: &[("invitation", invitation)],
    searched: &["email_address"],
    events: Events {
        created: Some("waitlistEntry.created"),
        updated: Some("waitlistEntry.updated"),
        deleted: None,
    },
    ..Resource::NEW
};

fn invitation(instance: &Instance, entry: &Record) -> Value {
    let invitation = instance.all(&INVITATION).get(entry.str("invitation_id"));
    invitation.map_or(Value::Null, |it| render_object(instance, &INVITATION, it))
}
