//! The sections of a seed, in the order in which they are created: what others refer to comes first.

/// A section of a seed.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) content: Content,
}

/// What a section creates or sets.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// Records of this kind, by an operation.
    Created(&'static str, &'static str),
    /// Records of this kind, which the API cannot create.
    Added(&'static str),
    /// Subscriptions of payers to plans.
    Subscribed,
    /// Settings, by an operation.
    Settings(&'static str),
    /// The options of the instance.
    Options,
}

const fn created(name: &'static str, operation: &'static str, kind: &'static str) -> Section {
    Section {
        name,
        content: Content::Created(operation, kind),
    }
}

const fn added(name: &'static str, kind: &'static str) -> Section {
    Section {
        name,
        content: Content::Added(kind),
    }
}

const fn settings(name: &'static str, operation: &'static str) -> Section {
    Section {
        name,
        content: Content::Settings(operation),
    }
}

pub(super) static SECTIONS: [Section; 45] = [
    Section {
        name: "options",
        content: Content::Options,
    },
    settings("instance", "UpdateInstance"),
    settings("instance_restrictions", "UpdateInstanceRestrictions"),
    settings("instance_protect", "UpdateInstanceProtect"),
    settings("instance_communication", "UpdateInstanceCommunication"),
    settings(
        "oauth_application_settings",
        "UpdateInstanceOAuthApplicationSettings",
    ),
    created("domains", "AddDomain", "domain"),
    created("redirect_urls", "CreateRedirectURL", "redirect_url"),
    created("jwt_templates", "CreateJWTTemplate", "jwt_template"),
    created(
        "organization_permissions",
        "CreateOrganizationPermission",
        "permission",
    ),
    created("organization_roles", "CreateOrganizationRole", "role"),
    created("role_sets", "CreateRoleSet", "role_set"),
    created("users", "CreateUser", "user"),
    created("email_addresses", "CreateEmailAddress", "email_address"),
    created("phone_numbers", "CreatePhoneNumber", "phone_number"),
    added("external_accounts", "external_account"),
    added("passkeys", "passkey"),
    added("trusted_devices", "trusted_device"),
    added("sign_ups", "sign_up"),
    created("organizations", "CreateOrganization", "organization"),
    created(
        "organization_memberships",
        "CreateOrganizationMembership",
        "organization_membership",
    ),
    created(
        "organization_domains",
        "CreateOrganizationDomain",
        "organization_domain",
    ),
    created(
        "organization_invitations",
        "CreateOrganizationInvitation",
        "organization_invitation",
    ),
    // After the organizations, which are created even if they are disabled later.
    settings(
        "organization_settings",
        "UpdateInstanceOrganizationSettings",
    ),
    created("invitations", "CreateInvitation", "invitation"),
    created("waitlist_entries", "CreateWaitlistEntry", "waitlist_entry"),
    created(
        "allowlist_identifiers",
        "CreateAllowlistIdentifier",
        "allowlist_identifier",
    ),
    created(
        "blocklist_identifiers",
        "CreateBlocklistIdentifier",
        "blocklist_identifier",
    ),
    created(
        "enterprise_connections",
        "CreateEnterpriseConnection",
        "enterprise_connection",
    ),
    created("directories", "CreateDirectory", "directory"),
    created(
        "group_role_mappings",
        "CreateDirectoryGroupRoleMapping",
        "group_role_mapping",
    ),
    created(
        "admin_portal_link_tokens",
        "createAdminPortalLinkToken",
        "admin_portal_link_token",
    ),
    created("machines", "CreateMachine", "machine"),
    created("machine_scopes", "CreateMachineScope", "machine_scope"),
    created("m2m_tokens", "createM2MToken", "machine_to_machine_token"),
    created("api_keys", "createApiKey", "api_key"),
    created(
        "oauth_applications",
        "CreateOAuthApplication",
        "oauth_application",
    ),
    created("sessions", "createSession", "session"),
    created("sign_in_tokens", "CreateSignInToken", "sign_in_token"),
    created("actor_tokens", "CreateActorToken", "actor_token"),
    created("agent_tasks", "CreateAgentTask", "agent_task"),
    added("billing_plans", "commerce_plan"),
    Section {
        name: "billing_subscriptions",
        content: Content::Subscribed,
    },
    created("billing_prices", "CreateBillingPrice", "commerce_price"),
    settings("auth_config", "UpdateInstanceAuthConfig"),
];

/// Returns the section with a name, and its position.
pub(super) fn find(name: &str) -> Option<(usize, &'static Section)> {
    let mut sections = SECTIONS.iter().enumerate();
    sections.find(|(_, it)| it.name == name)
}
