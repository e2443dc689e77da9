//! The tables of OAuth applications and of the access tokens that users grant them.

use serde_json::json;

use crate::resources::resource::Literal::{Bool, Text};
use crate::resources::resource::{Computed, Resource, hex_kind, kind};
use crate::store::instance::FRONTEND_URL;

pub(crate) static APPLICATION: Resource = Resource {
    kind: kind("oauth_application", "oa", &["client_id"]),
    defaults: &[
        ("scopes", Text("profile email")),
        ("consent_screen_enabled", Bool(true)),
    ],
    omitted: &["client_secret"],
    computed: &[
        ("instance_id", |instance, _| json!(instance.id)),
        ("authorize_url", url::<0>()),
        ("token_fetch_url", url::<1>()),
        ("token_introspection_url", url::<2>()),
        ("user_info_url", url::<3>()),
        ("discovery_url", url::<4>()),
    ],
    ..Resource::NEW
};

/// The paths of the emulated Frontend API that applications use.
const PATHS: [&str; 5] = [
    "/oauth/authorize",
    "/oauth/token",
    "/oauth/token_info",
    "/oauth/userinfo",
    "/.well-known/openid-configuration",
];

/// Computes the URL with one of the [`PATHS`].
const fn url<const PATH: usize>() -> Computed {
    |_instance, _| json!(format!("{}{}", FRONTEND_URL, PATHS[PATH]))
}

pub(crate) static ACCESS_TOKEN: Resource = Resource {
    kind: hex_kind(
        "oauth_access_token",
        "oat",
        &["token", "application_id", "subject"],
    ),
    ..Resource::NEW
};
