//! Organizations: create, list, get by id or slug, update, delete, metadata and logos.

use serde_json::{Value, json};

use crate::http::body_fields::{Field, boolean, integer, object, string, string_value, timestamp};
use crate::http::query::{matches_signed_values, parse_optional};
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, HandlerResult};
use crate::resources::copy_fields::{copy_fields, copy_non_null, copy_timestamps};
use crate::resources::deletion::deleted_object;
use crate::resources::image::set_image;
use crate::resources::pagination::page_with_total;
use crate::resources::sorting::sort_by_query;
use crate::resources::{metadata, organization_memberships as memberships};
use crate::state::clock::now_ms;
use crate::state::collection::{ensure_unique, find, find_mut, remove};
use crate::state::ids::new_id;
use crate::state::instance::Instance;

const CREATE: [Field; 8] = [
    string("name").required(),
    string("created_by").nullable(),
    object("private_metadata").nullable(),
    object("public_metadata").nullable(),
    string("slug").nullable(),
    integer("max_allowed_memberships").nullable(),
    timestamp("created_at").nullable(),
    string("role_set_key").nullable(),
];

const UPDATE: [Field; 6] = [
    string("name").nullable(),
    string("slug").nullable(),
    integer("max_allowed_memberships").nullable(),
    boolean("admin_delete_enabled").nullable(),
    timestamp("created_at").nullable(),
    string("role_set_key").nullable(),
];

/// Fields that are copied from a request; null keeps their value.
const NON_NULLABLE: [&str; 4] = [
    "name",
    "slug",
    "max_allowed_memberships",
    "admin_delete_enabled",
];

/// The names that `order_by` accepts, and the JSON pointers of their values.
const SORT_FIELDS: [(&str, &str); 3] = [
    ("name", "/name"),
    ("created_at", "/created_at"),
    ("members_count", "/members_count"),
];

pub(crate) fn create(instance: &mut Instance, request: &RecordedRequest) -> HandlerResult {
    let body = request.json_object(&CREATE)?;
    let name = string_value(&body, "name");
    // A membership limit of zero means that there is none.
    let mut organization = json!({
        "id": new_id("org"), "object": "organization", "slug": unused_slug(instance, name),
        "max_allowed_memberships": 0, "admin_delete_enabled": true, "public_metadata": {},
        "private_metadata": {}, "role_set_key": null, "created_at": now_ms(), "updated_at": now_ms(),
    });
    set_image(&mut organization, false);
    copy_non_null(&mut organization, &body, &NON_NULLABLE);
    copy_non_null(&mut organization, &body, &["created_by"]);
    copy_fields(&mut organization, &body, &["role_set_key"]);
    copy_timestamps(&mut organization, &body, &["created_at"]);
    metadata::replace(&mut organization, &body);
    validate(instance, &organization)?;
    let creator = organization["created_by"].as_str().map(str::to_owned);
    if let Some(user_id) = &creator {
        find(&instance.users, user_id, "user")?;
    }
    instance.organizations.push(organization.clone());
    if let Some(user_id) = creator {
        let organization_id = organization["id"].as_str().unwrap_or_default();
        memberships::add(instance, organization_id, &user_id, "org:admin")?;
    }
    Ok(organization)
}

/// Derives a slug from a name, and appends a number if it is already in use.
fn unused_slug(instance: &Instance, name: &str) -> String {
    let name = name.to_lowercase();
    let words = name.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let slug = match words.is_empty() {
        true => "organization".to_owned(),
        false => words.join("-"),
    };
    let is_unused = |slug: &String| !instance.organizations.iter().any(|it| it["slug"] == **slug);
    let numbered = (2..).map(|number| format!("{slug}-{number}"));
    let mut candidates = std::iter::once(slug.clone()).chain(numbered);
    candidates.find(is_unused).unwrap_or(slug)
}

fn validate(instance: &Instance, organization: &Value) -> Result<(), ErrorResponse> {
    let string = |name: &str| organization[name].as_str().unwrap_or_default();
    if string("name").is_empty() {
        let message = "an organization must have a name";
        return Err(ErrorResponse::param("form_param_missing", "name", message));
    }
    let is_valid = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    if string("slug").is_empty() || !string("slug").chars().all(is_valid) {
        let message = "a slug may contain lowercase letters, digits and dashes only";
        let code = "form_param_format_invalid";
        return Err(ErrorResponse::param(code, "slug", message));
    }
    ensure_unique(&instance.organizations, string("id"), "slug", |other| {
        other["slug"] == organization["slug"]
    })
}

pub(crate) fn list(instance: &Instance, request: &RecordedRequest) -> HandlerResult {
    let query = request.query_value("query").unwrap_or_default();
    let contains_query = |value: &Value| {
        let value = value.as_str().unwrap_or_default().to_lowercase();
        value.contains(&query.to_lowercase())
    };
    let matching = instance.organizations.iter().filter(|it| {
        (it["id"] == query.as_str() || contains_query(&it["name"]) || contains_query(&it["slug"]))
            && matches_signed_values(request, "organization_id", |id| it["id"] == id)
            && matches_signed_values(request, "user_id", |user_id| {
                memberships::of_organization(instance, it)
                    .any(|member| member["user_id"] == user_id)
            })
    });
    let mut organizations: Vec<Value> = matching
        .map(|it| {
            let mut organization = it.clone();
            organization["members_count"] =
                memberships::of_organization(instance, it).count().into();
            organization
        })
        .collect();
    sort_by_query(request, &mut organizations, &SORT_FIELDS)?;
    let organizations = organizations
        .iter()
        .map(|it| with_requested_counts(instance, request, it));
    page_with_total(request, organizations.collect::<Result<_, _>>()?)
}

/// Adds the optional fields that the query parameters request to an organization.
fn with_requested_counts(
    instance: &Instance,
    request: &RecordedRequest,
    organization: &Value,
) -> HandlerResult {
    let mut response = organization.clone();
    let is_requested = |name| parse_optional(request, name).map(Option::unwrap_or_default);
    if is_requested("include_members_count")? {
        response["members_count"] = memberships::of_organization(instance, organization)
            .count()
            .into();
    } else if let Some(fields) = response.as_object_mut() {
        fields.remove("members_count");
    }
    let name = "missing_member_with_elevated_permissions";
    if is_requested("include_missing_member_with_elevated_permissions")? {
        let mut members = memberships::of_organization(instance, organization);
        response[name] = (!members.any(|it| it["role"] == "org:admin")).into();
    }
    Ok(response)
}

pub(crate) fn get(
    instance: &Instance,
    id_or_slug: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let matches = |it: &&Value| it["id"] == id_or_slug || it["slug"] == id_or_slug;
    let found = instance.organizations.iter().find(matches);
    let organization = found.ok_or_else(|| ErrorResponse::not_found("organization"))?;
    with_requested_counts(instance, request, organization)
}

pub(crate) fn update(
    instance: &mut Instance,
    organization_id: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let body = request.json_object(&UPDATE)?;
    let mut updated = find(&instance.organizations, organization_id, "organization")?.clone();
    copy_non_null(&mut updated, &body, &NON_NULLABLE);
    copy_fields(&mut updated, &body, &["role_set_key"]);
    copy_timestamps(&mut updated, &body, &["created_at"]);
    validate(instance, &updated)?;
    updated["updated_at"] = now_ms().into();
    *find_mut(&mut instance.organizations, organization_id, "organization")? = updated.clone();
    Ok(updated)
}

pub(crate) fn delete(instance: &mut Instance, organization_id: &str) -> HandlerResult {
    let organization = remove(&mut instance.organizations, organization_id, "organization")?;
    instance
        .memberships
        .retain(|it| it["organization_id"] != organization_id);
    instance
        .organization_invitations
        .retain(|it| it["organization_id"] != organization_id);
    let mut deleted = deleted_object("organization", organization_id);
    deleted["slug"] = organization["slug"].clone();
    Ok(deleted)
}

pub(crate) fn update_metadata(
    instance: &mut Instance,
    organization_id: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let body = request.json_object(&metadata::ORGANIZATION)?;
    let organization = find_mut(&mut instance.organizations, organization_id, "organization")?;
    Ok(metadata::update(organization, &body, &request.method))
}

/// Stores only whether an organization has a logo, not the image.
pub(crate) fn set_logo(
    instance: &mut Instance,
    organization_id: &str,
    has_logo: bool,
) -> HandlerResult {
    let organization = find_mut(&mut instance.organizations, organization_id, "organization")?;
    set_image(organization, has_logo);
    organization["updated_at"] = now_ms().into();
    let mut response = organization.clone();
    if has_logo {
        response["logo_url"] = response["image_url"].clone();
    }
    Ok(response)
}
