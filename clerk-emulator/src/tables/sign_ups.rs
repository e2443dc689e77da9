//! The table of sign-ups.

use serde_json::json;

use crate::resources::resource::{Literal, Resource, kind};

pub(crate) static SIGN_UP: Resource = Resource {
    kind: kind("sign_up", "sua", &[]),
    schema: "SignUp",
    defaults: &[("status", Literal::Text("missing_requirements"))],
    computed: &[("abandon_at", |_, it| json!(it.created_at + DAY_MS))],
    ..Resource::NEW
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
