//! The table of the templates of emails and text messages.

use serde_json::json;

use crate::resources::resource::{Literal, Resource, kind};

pub(crate) static TEMPLATE: Resource = Resource {
    kind: kind("template", "tmpl", &["template_type", "slug"]),
    schema: "Template",
    defaults: &[
        ("resource_type", Literal::Text("system")),
        ("delivered_by_clerk", Literal::Bool(true)),
        ("enabled", Literal::Bool(true)),
        ("can_edit_body", Literal::Bool(true)),
        ("can_toggle", Literal::Bool(true)),
    ],
    computed: &[
        ("instance_id", |instance, _| json!(instance.id)),
        ("can_revert", |_, it| json!(it.is("is_changed"))),
    ],
    ..Resource::NEW
};
