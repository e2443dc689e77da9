//! Redirect URLs.

use crate::resources::table::{Operations, create, delete, get, list};
use crate::tables::redirect_urls::REDIRECT_URL;

pub(super) const OPERATIONS: &Operations = &[
    ("ListRedirectURLs", list(&REDIRECT_URL)),
    ("CreateRedirectURL", create(&REDIRECT_URL)),
    ("GetRedirectURL", get(&REDIRECT_URL)),
    ("DeleteRedirectURL", delete(&REDIRECT_URL)),
];
