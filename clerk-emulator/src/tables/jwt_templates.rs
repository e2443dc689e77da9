//! The table of JWT templates.

use crate::resources::resource::{Literal, Resource, kind, unique};

pub(crate) static JWT_TEMPLATE: Resource = Resource {
    kind: kind("jwt_template", "jtmp", &["name"]),
    schema: "JWTTemplate",
    unique: &[unique("name", "form_already_exists")],
    defaults: DEFAULTS,
    ..Resource::NEW
};

const DEFAULTS: &[(&str, Literal)] = &[
    ("lifetime", Literal::Int(60)),
    ("allowed_clock_skew", Literal::Int(5)),
    ("signing_algorithm", Literal::Text("RS256")),
];
