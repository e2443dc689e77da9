//! Organizations.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{credentials, enterprise_connections, organization_memberships, role_sets};
use crate::http::query::matches_signed;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::table::{Operations, rule};
use crate::resources::{changes, images, listing, metadata, rendering};
use crate::rules::organization_checks::require_organizations;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::organization_domains::DOMAIN;
use crate::tables::organization_invitations::INVITATION;
use crate::tables::organization_memberships::MEMBERSHIP;
use crate::tables::organization_records::membership;
use crate::tables::organizations::ORGANIZATION;
use crate::tables::role_sets::initial;
use crate::tables::settings::ORGANIZATIONS;
use crate::tables::users::USER;

/// The longest name, in characters.
const MAX_NAME_LENGTH: usize = 256;

pub(super) const OPERATIONS: &Operations = &[
    ("ListOrganizations", rule(list)),
    ("CreateOrganization", rule(create)),
    ("GetOrganization", rule(get)),
    ("UpdateOrganization", rule(update)),
    ("DeleteOrganization", rule(delete)),
    ("MergeOrganizationMetadata", rule(merge_metadata)),
    ("ReplaceOrganizationMetadata", rule(replace_metadata)),
    ("UploadOrganizationLogo", rule(upload_logo)),
    ("DeleteOrganizationLogo", rule(delete_logo)),
];

fn list(call: &mut Call<'_>) -> CallResult {
    require_organizations(call.instance)?;
    let mut response = select(call)?;
    for item in response["data"].as_array_mut().into_iter().flatten() {
        add_on_demand(call, item);
    }
    Ok(response)
}

fn select(call: &Call<'_>) -> CallResult {
    let [ids, user_ids] = ["organization_id", "user_id"].map(|name| signed(call, name));
    if ids.is_empty() && user_ids.is_empty() {
        return listing::list(call, &ORGANIZATION);
    }
    let candidates = of_users(call.instance, &user_ids);
    let is_member = |organization: &Record, user_id: &str| {
        membership(call.instance, user_id, &organization.id).is_some()
    };
    listing::list_among(call, &ORGANIZATION, candidates.as_deref(), |record| {
        matches_signed(&ids, |id| *record.id == *id)
            && matches_signed(&user_ids, |user_id| is_member(record, user_id))
    })
}

/// Returns the ids of the organizations of the users whom a filter includes; nothing if it includes all.
fn of_users(instance: &Instance, user_ids: &[String]) -> Option<Vec<String>> {
    let included = user_ids.iter().filter(|it| !it.starts_with('-'));
    let memberships = included.flat_map(|id| {
        let user_id = id.trim_start_matches('+');
        instance.all(&MEMBERSHIP).with("user_id", user_id)
    });
    let ids = memberships.map(|it| it.str("organization_id").to_owned());
    let ids: BTreeSet<String> = ids.collect();
    let includes_all = user_ids.iter().all(|it| it.starts_with('-'));
    (!includes_all).then(|| ids.into_iter().collect())
}

/// Returns the values of a filter by ids. A plus sign that is not percent-encoded is a space.
fn signed(call: &Call<'_>, name: &str) -> Vec<String> {
    let values = call.request.query_values(name);
    let values = values.iter().flat_map(|it| it.split(','));
    values.map(|it| it.trim().to_owned()).collect()
}

fn get(call: &mut Call<'_>) -> CallResult {
    require_organizations(call.instance)?;
    let mut response = changes::get(call, &ORGANIZATION)?;
    add_on_demand(call, &mut response);
    Ok(response)
}

/// Adds the members that the query asks for.
fn add_on_demand(call: &Call<'_>, response: &mut Value) {
    let id = response["id"].as_str().unwrap_or_default();
    let Some(record) = call.instance.all(&ORGANIZATION).get(id) else {
        return;
    };
    let member = |name| rendering::member(call.instance, &ORGANIZATION, record, name);
    if call.query_flag("include_members_count") {
        response["members_count"] = member("members_count");
        response["pending_invitations_count"] = member("pending_invitations_count");
    }
    let name = "missing_member_with_elevated_permissions";
    if call.query_flag("include_missing_member_with_elevated_permissions") {
        response[name] = member(name);
    }
}

fn create(call: &mut Call<'_>) -> CallResult {
    require_organizations(call.instance)?;
    metadata::check_sizes(call)?;
    let creator = call.text("created_by");
    if let Some(id) = &creator
        && call.instance.all(&USER).get(id).is_none()
    {
        let message = format!("There is no user with the id {id:?}.");
        let error = ErrorResponse::new(400, "organization_creator_not_found", message);
        return Err(error.with_param("created_by"));
    }
    let mut record = changes::new_record(call, &ORGANIZATION)?;
    let role_set = match call.text("role_set_key") {
        Some(key) => Some(role_sets::find(call.instance, &key)?.clone()),
        None => initial(call.instance).cloned(),
    };
    if let Some(role_set) = &role_set {
        record.set("role_set_key", role_set.str("key"));
    }
    check(call, &record)?;
    if record.str("slug").is_empty() {
        let slug = new_slug(call.instance, record.str("name"));
        record.set("slug", slug);
    }
    for name in ["max_allowed_memberships", "admin_delete_enabled"] {
        if record.get(name).is_none() {
            record.set(name, ORGANIZATIONS.get(call.instance, name));
        }
    }
    let id = record.id.to_string();
    let response = changes::insert(call, &ORGANIZATION, record)?;
    if let Some(user_id) = creator {
        let role = role_sets::creator_role(call.instance, role_set.as_ref());
        let membership = organization_memberships::new(call.instance, &id, &user_id, &role);
        organization_memberships::add(call, membership)?;
    }
    Ok(response)
}

fn update(call: &mut Call<'_>) -> CallResult {
    require_organizations(call.instance)?;
    let id = changes::record_id(call, &ORGANIZATION)?;
    let mut record = call.instance.find(&ORGANIZATION, &id)?.clone();
    let body = call
        .body()
        .into_iter()
        .filter(|(_, value)| !value.is_null());
    call.body = Value::Object(body.collect());
    if let Some(key) = call.text("role_set_key") {
        let role_set = role_sets::find(call.instance, &key)?;
        role_sets::require_roles_of_members(call.instance, role_set, &id)?;
    }
    // Only older versions of the API have metadata here.
    metadata::check_sizes(call)?;
    changes::apply_body(call, &mut record)?;
    check(call, &record)?;
    changes::save(call, &ORGANIZATION, record)
}

/// Checks the name and the slug of the body.
fn check(call: &Call<'_>, record: &Record) -> Result<(), ErrorResponse> {
    let name = record.str("name");
    let is_markup = name.contains("://") || (name.contains('<') && name.contains('>'));
    if name.trim().is_empty() || name.chars().count() > MAX_NAME_LENGTH || is_markup {
        let message = "A name has 1 to 256 characters, and neither URLs nor HTML.";
        return Err(ErrorResponse::param(
            "form_param_value_invalid",
            "name",
            message,
        ));
    }
    let Some(slug) = call.get("slug").and_then(Value::as_str) else {
        return Ok(());
    };
    if ORGANIZATIONS.is(call.instance, "slug_disabled") {
        let message = "Slugs are disabled in the settings of the instance.";
        let error = ErrorResponse::new(403, "organization_slugs_disabled", message);
        return Err(error.with_param("slug"));
    }
    let is_allowed = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    if slug.is_empty() || !slug.bytes().all(is_allowed) {
        let message = "A slug consists of lowercase letters, digits and dashes.";
        return Err(ErrorResponse::param(
            "form_param_format_invalid",
            "slug",
            message,
        ));
    }
    Ok(())
}

/// Returns a slug for a name that no organization has: the name, and a number.
fn new_slug(instance: &Instance, name: &str) -> String {
    let letters = name.to_lowercase();
    let words = letters.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
    let name = match words.is_empty() {
        true => "org".to_owned(),
        false => words.join("-"),
    };
    let organizations = instance.all(&ORGANIZATION);
    let mut number = instance.now() / 1000;
    loop {
        let slug = format!("{name}-{number}");
        if organizations.count_with("slug", &slug) == 0 {
            return slug;
        }
        number += 1;
    }
}

fn delete(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &ORGANIZATION)?;
    for membership in call
        .instance
        .all(&MEMBERSHIP)
        .ids_with("organization_id", &id)
    {
        organization_memberships::remove(call, &membership)?;
    }
    for resource in [&INVITATION, &DOMAIN] {
        for child in call.instance.all(resource).ids_with("organization_id", &id) {
            call.instance.all_mut(resource).remove(&child);
        }
    }
    enterprise_connections::unlink(call.instance, &id);
    credentials::remove_all(call.instance, &id);
    changes::remove(call, &ORGANIZATION, &id)
}

fn merge_metadata(call: &mut Call<'_>) -> CallResult {
    change(call, metadata::merge_body)
}

fn replace_metadata(call: &mut Call<'_>) -> CallResult {
    change(call, metadata::replace_body)
}

fn upload_logo(call: &mut Call<'_>) -> CallResult {
    images::check(call.upload.as_ref())?;
    let url = images::new_url(call.instance);
    change(call, |_, record| {
        record.set("has_image", true);
        record.set("image_url", url);
        Ok(())
    })
}

fn delete_logo(call: &mut Call<'_>) -> CallResult {
    let id = changes::record_id(call, &ORGANIZATION)?;
    if !call.instance.find(&ORGANIZATION, &id)?.is("has_image") {
        let message = "The organization has no logo.";
        return Err(ErrorResponse::new(404, "image_not_found", message));
    }
    change(call, |_, record| {
        record.remove("has_image");
        record.remove("image_url");
        Ok(())
    })
}

/// Changes the organization that the path names.
fn change(
    call: &mut Call<'_>,
    change: impl FnOnce(&Call<'_>, &mut Record) -> Result<(), ErrorResponse>,
) -> CallResult {
    let id = changes::record_id(call, &ORGANIZATION)?;
    let mut record = call.instance.find(&ORGANIZATION, &id)?.clone();
    change(call, &mut record)?;
    changes::save(call, &ORGANIZATION, record)
}
