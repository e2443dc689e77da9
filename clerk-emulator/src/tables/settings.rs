//! The settings of the instance.

use crate::resources::resource::Literal::{Bool, Int, Json, Text};
use crate::resources::singleton::Singleton;

pub(crate) static INSTANCE: Singleton = Singleton {
    name: "instance",
    defaults: &[],
};

pub(crate) static AUTH_CONFIG: Singleton = Singleton {
    name: "instance_settings",
    defaults: &[
        ("from_email_address", Text("noreply")),
        ("progressive_sign_up", Bool(true)),
        ("test_mode", Bool(true)),
    ],
};

pub(crate) static RESTRICTIONS: Singleton = Singleton {
    name: "instance_restrictions",
    defaults: &[],
};

pub(crate) static PROTECT: Singleton = Singleton {
    name: "instance_protect",
    defaults: &[],
};

pub(crate) static COMMUNICATION: Singleton = Singleton {
    name: "instance_communication",
    defaults: &[],
};

pub(crate) static OAUTH_APPLICATIONS: Singleton = Singleton {
    name: "oauth_application_settings",
    defaults: &[("default_scopes", Json(r#"["profile", "email"]"#))],
};

pub(crate) static ORGANIZATIONS: Singleton = Singleton {
    name: "organization_settings",
    defaults: &[
        ("enabled", Bool(true)),
        ("max_allowed_memberships", Int(5)),
        ("max_allowed_roles", Int(10)),
        ("max_allowed_permissions", Int(100)),
        ("max_allowed_domains", Int(10)),
        ("max_role_sets_allowed", Int(10)),
        ("creator_role", Text("org:admin")),
        ("admin_delete_enabled", Bool(true)),
        ("domains_enabled", Bool(true)),
        (
            "domains_enrollment_modes",
            Json(r#"["manual_invitation", "automatic_invitation", "automatic_suggestion"]"#),
        ),
        ("domains_default_role", Text("org:member")),
        ("slug_disabled", Bool(false)),
    ],
};

/// Whether the instance has a Svix app: the member `exists`.
pub(crate) static SVIX_APP: Singleton = Singleton {
    name: "svix_app",
    defaults: &[],
};
