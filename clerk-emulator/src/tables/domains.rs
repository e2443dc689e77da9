//! The table of the domains of the instance.

use serde_json::{Value, json};

use crate::resources::resource::{Resource, kind, unique};
use crate::store::instance::{FRONTEND_URL, Instance};
use crate::store::record::Record;

pub(crate) static DOMAIN: Resource = Resource {
    kind: kind("domain", "dmn", &["name"]),
    unique: &[unique("name", "form_already_exists")],
    computed: &[
        ("frontend_api_url", frontend_api_url),
        ("accounts_portal_url", accounts_portal_url),
        ("development_origin", |_, _| json!("")),
        ("cname_targets", |_, _| json!([])),
    ],
    ..Resource::NEW
};

fn frontend_api_url(_instance: &Instance, record: &Record) -> Value {
    match record.is("is_satellite") {
        true => json!(format!("https://clerk.{}", record.str("name"))),
        false => json!(FRONTEND_URL),
    }
}

fn accounts_portal_url(_instance: &Instance, record: &Record) -> Value {
    match record.is("is_satellite") {
        true => Value::Null,
        false => json!(FRONTEND_URL.replace("//clerk.", "//accounts.")),
    }
}
