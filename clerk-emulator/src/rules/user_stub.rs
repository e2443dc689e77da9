//! Users as far as the modules of organizations need them, until the module of users is there.

use serde_json::{Value, json};

use super::lookups::{EMAIL_ADDRESS, USER};
use crate::resources::call::{Call, CallResult};
use crate::resources::resource::Resource;
use crate::resources::table::{Operations, rule};
use crate::resources::{changes, rendering};

static USER_RESOURCE: Resource = Resource {
    kind: crate::resources::resource::kind("user", "user", &["external_id", "username"]),
    ..Resource::NEW
};

pub(super) const OPERATIONS: &Operations = &[("CreateUser", rule(create))];

fn create(call: &mut Call<'_>) -> CallResult {
    let mut record = call.instance.new_record(&USER);
    changes::apply_body(call, &mut record)?;
    for address in call.texts("email_address") {
        let mut contact = call.instance.new_record(&EMAIL_ADDRESS);
        contact.set("user_id", record.id.to_string());
        contact.set("email_address", address.to_lowercase());
        call.instance.all_mut(&EMAIL_ADDRESS).insert(contact);
    }
    let mut response = rendering::render(call, &USER_RESOURCE, &record);
    response["image_url"] = json!("");
    call.instance.all_mut(&USER).insert(record);
    match response {
        Value::Object(_) => Ok(response),
        _ => Ok(Value::Null),
    }
}
