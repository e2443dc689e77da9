//! Settings of an instance.

use clerk_sdk::List;
use clerk_sdk::types::{AllowlistIdentifier, Instance, JwtTemplate, OrganizationSettings};

use super::Expectation;
use crate::corpus::Payload;

pub(super) const EXPECTATIONS: &[Expectation] = &[
    ("org_settings", organization_settings),
    ("instance_audit", |payload| {
        let instance: Instance = payload.value();
        assert_eq!(instance.environment_type, "development");
        assert_eq!(instance.allowed_origins, None);
    }),
    ("jwt_templates_bare", |payload| {
        let templates: List<JwtTemplate> = payload.value();
        assert_eq!(templates.total_count, None);
        assert_eq!(templates.data[0].claims["org_id"], "{{org.id}}");
    }),
    ("allowlist_identifier_old", |payload| {
        let identifiers: List<AllowlistIdentifier> = payload.value();
        let identifier = &identifiers.data[0];
        assert_eq!(identifier.identifier.as_deref(), Some("+15555550100"));
        assert_eq!(identifier.identifier_type, None);
    }),
];

fn organization_settings(payload: &Payload) {
    let settings: OrganizationSettings = payload.value();
    assert_eq!(settings.slug_disabled, Some(false));
    assert_eq!(settings.force_organization_selection, Some(true));
    let defaults = settings.organization_creation_defaults;
    let defaults = defaults.expect("the settings have them");
    assert_eq!(defaults.enabled, Some(false));
    let automatic = defaults.automatic_organization_creation;
    assert_eq!(automatic.expect("one").enabled, Some(false));
    assert_eq!(defaults.fallback, None);
}
