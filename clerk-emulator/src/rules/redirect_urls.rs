//! Redirect URLs.

use crate::resources::resource::{Resource, kind, unique};
use crate::resources::table::{Operations, create, delete, get, list};

static REDIRECT_URL: Resource = Resource {
    kind: kind("redirect_url", "ru", &["url"]),
    unique: &[unique("url", "form_already_exists")],
    ..Resource::NEW
};

pub(super) const OPERATIONS: &Operations = &[
    ("ListRedirectURLs", list(&REDIRECT_URL)),
    ("CreateRedirectURL", create(&REDIRECT_URL)),
    ("GetRedirectURL", get(&REDIRECT_URL)),
    ("DeleteRedirectURL", delete(&REDIRECT_URL)),
];
