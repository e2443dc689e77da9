//! The settings of the instance.

use serde_json::{Value, json};

use super::domains;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::singleton;
use crate::resources::table::{Operations, rule};
use crate::rules::organization_checks::require_creator_permissions;
use crate::store::instance::Instance;
use crate::tables::organization_roles::ROLE;
use crate::tables::role_sets::initial;
use crate::tables::settings::{
    AUTH_CONFIG, COMMUNICATION, INSTANCE, OAUTH_APPLICATIONS, ORGANIZATIONS, PROTECT, RESTRICTIONS,
};

/// The members of organization settings that are lists of these values.
const ENROLLMENT_MODES: [&str; 3] = [
    "manual_invitation",
    "automatic_invitation",
    "automatic_suggestion",
];

/// The codes of countries that can be blocked, as in ISO 3166-1.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC \
    CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD \
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH \
    KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC \
    SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY \
    UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

pub(super) const OPERATIONS: &Operations = &[
    (
        "GetInstance",
        rule(|call| {
            let mut response = singleton::render(call, &INSTANCE);
            response["environment_type"] = json!(call.instance.options.environment.name());
            Ok(response)
        }),
    ),
    ("UpdateInstance", rule(update)),
    ("UpdateInstanceAuthConfig", rule(update_auth_config)),
    (
        "UpdateInstanceRestrictions",
        rule(|call| singleton::update(call, &RESTRICTIONS)),
    ),
    (
        "GetInstanceProtect",
        rule(|call| Ok(singleton::render(call, &PROTECT))),
    ),
    (
        "UpdateInstanceProtect",
        rule(|call| singleton::update(call, &PROTECT)),
    ),
    (
        "GetInstanceCommunication",
        rule(|call| Ok(singleton::render(call, &COMMUNICATION))),
    ),
    ("UpdateInstanceCommunication", rule(update_communication)),
    (
        "GetInstanceOAuthApplicationSettings",
        rule(|call| Ok(singleton::render(call, &OAUTH_APPLICATIONS))),
    ),
    (
        "UpdateInstanceOAuthApplicationSettings",
        rule(update_oauth_applications),
    ),
    (
        "GetInstanceOrganizationSettings",
        rule(|call| Ok(organization_settings(call))),
    ),
    (
        "UpdateInstanceOrganizationSettings",
        rule(update_organization_settings),
    ),
    ("UpdateProductionInstanceDomain", rule(change_domain)),
    ("ChangeProductionInstanceDomain", rule(change_domain)),
];

/// Enables or disables organizations and their slugs.
pub(super) fn enable_organizations(instance: &mut Instance, is_enabled: bool) {
    ORGANIZATIONS.set(instance, "enabled", is_enabled);
    ORGANIZATIONS.set(instance, "slug_disabled", !is_enabled);
}

/// Stores the settings, which the response does not show.
fn update(call: &mut Call<'_>) -> CallResult {
    singleton::update(call, &INSTANCE)?;
    if let Some(test_mode) = call.flag("test_mode") {
        AUTH_CONFIG.set(call.instance, "test_mode", test_mode);
    }
    Ok(Value::Null)
}

fn update_auth_config(call: &mut Call<'_>) -> CallResult {
    let address = call.text("from_email_address").unwrap_or_default();
    if !address.bytes().all(|it| it.is_ascii_alphanumeric()) {
        let message = "Only letters and digits can be before the @ of the address.";
        let code = "form_param_format_invalid";
        return Err(ErrorResponse::param(code, "from_email_address", message));
    }
    if let Some(restricted) = call.flag("restricted_to_allowlist") {
        RESTRICTIONS.set(call.instance, "allowlist", restricted);
    }
    singleton::update(call, &AUTH_CONFIG)
}

fn update_communication(call: &mut Call<'_>) -> CallResult {
    if call
        .get("blocked_country_codes")
        .is_some_and(Value::is_array)
    {
        let mut codes = call.texts("blocked_country_codes");
        reject_duplicates("blocked_country_codes", &codes)?;
        codes.retain(|code| COUNTRIES.split(' ').any(|known| known == code));
        COMMUNICATION.set(call.instance, "blocked_country_codes", codes);
    }
    Ok(singleton::render(call, &COMMUNICATION))
}

fn reject_duplicates(name: &str, values: &[String]) -> Result<(), ErrorResponse> {
    let mut sorted: Vec<&String> = values.iter().collect();
    sorted.sort();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        let message = format!("{name:?} contains an item twice.");
        let code = "duplicate_list_items_not_allowed";
        return Err(ErrorResponse::param(code, name, message));
    }
    Ok(())
}

fn update_oauth_applications(call: &mut Call<'_>) -> CallResult {
    let response = singleton::update(call, &OAUTH_APPLICATIONS)?;
    if call.get("default_scopes").is_none_or(|it| !it.is_null()) {
        return Ok(response);
    }
    // Null restores the defaults.
    let settings = call.instance.settings.get_mut(OAUTH_APPLICATIONS.name);
    settings.map(|it| it.remove("default_scopes"));
    Ok(singleton::render(call, &OAUTH_APPLICATIONS))
}

fn organization_settings(call: &Call<'_>) -> Value {
    let mut settings = singleton::render(call, &ORGANIZATIONS);
    let initial = initial(call.instance);
    settings["initial_role_set_key"] = json!(initial.map(|it| it.str("key")));
    settings
}

fn update_organization_settings(call: &mut Call<'_>) -> CallResult {
    let modes = call.texts("domains_enrollment_modes");
    if !modes
        .iter()
        .all(|it| ENROLLMENT_MODES.contains(&it.as_str()))
    {
        let message = "There is no such enrollment mode.";
        let code = "form_param_value_invalid";
        return Err(ErrorResponse::param(
            code,
            "domains_enrollment_modes",
            message,
        ));
    }
    let creator = role_key(call, "creator_role_id")?;
    if let Some(key) = &creator {
        require_creator_permissions(call.instance, key)?;
    }
    let domains_default = role_key(call, "domains_default_role_id")?;
    singleton::update(call, &ORGANIZATIONS)?;
    let roles = [
        ("creator_role", creator),
        ("domains_default_role", domains_default),
    ];
    for (name, key) in roles {
        if let Some(key) = key {
            ORGANIZATIONS.set(call.instance, name, key);
        }
    }
    Ok(organization_settings(call))
}

/// Returns the key of the role whose id is a member of the body.
fn role_key(call: &Call<'_>, name: &str) -> Result<Option<String>, ErrorResponse> {
    let Some(id) = call.text(name) else {
        return Ok(None);
    };
    let role = call.instance.find(&ROLE, &id)?;
    Ok(Some(role.str("key").to_owned()))
}

fn change_domain(call: &mut Call<'_>) -> CallResult {
    if call.instance.options.is_development() {
        return Err(ErrorResponse::new(
            400,
            "request_invalid_for_environment",
            "The domain of a development instance cannot be changed.",
        ));
    }
    let home = call.text("home_url").unwrap_or_default();
    let home = home.split_once("://").map_or(&*home, |(_, rest)| rest);
    domains::rename_primary(call.instance, home.split('/').next().unwrap_or_default());
    Ok(Value::Null)
}
