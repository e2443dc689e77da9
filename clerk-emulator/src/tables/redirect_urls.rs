//! The table of redirect URLs.

use crate::resources::resource::{Resource, kind, unique};

pub(crate) static REDIRECT_URL: Resource = Resource {
    kind: kind("redirect_url", "ru", &["url"]),
    unique: &[unique("url", "form_already_exists")],
    ..Resource::NEW
};
