//! Organization memberships: create, list, change the role, metadata, delete.
//!
//! A stored membership refers to its organization and its user by id. Responses embed both, so they are always current.

use serde_json::{Value, json};

use crate::http::body_fields::{Field, object, string, string_value};
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, HandlerResult};
use crate::resources::identifiers::identifier_values;
use crate::resources::metadata;
use crate::resources::pagination::page_with_total;
use crate::resources::sorting::sort_by_query;
use crate::resources::user_filter::UserFilter;
use crate::state::clock::now_ms;
use crate::state::collection::find;
use crate::state::ids::new_id;
use crate::state::instance::Instance;

const CREATE: [Field; 4] = [
    string("user_id").required(),
    string("role").required(),
    object("public_metadata").nullable(),
    object("private_metadata").nullable(),
];

const UPDATE: [Field; 1] = [string("role").required()];

/// The names that `order_by` accepts, and the JSON pointers of their values.
const SORT_FIELDS: [(&str, &str); 6] = [
    ("created_at", "/created_at"),
    ("email_address", "/public_user_data/identifier"),
    ("phone_number", "/public_user_data/identifier"),
    ("first_name", "/public_user_data/first_name"),
    ("last_name", "/public_user_data/last_name"),
    ("username", "/public_user_data/username"),
];

pub(crate) fn create(
    instance: &mut Instance,
    organization_id: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let body = request.json_object(&CREATE)?;
    let user_id = string_value(&body, "user_id");
    let role = string_value(&body, "role");
    let index = add(instance, organization_id, user_id, role)?;
    metadata::replace(&mut instance.memberships[index], &body);
    to_response(instance, &instance.memberships[index])
}

/// Adds a user to an organization, and returns the index of the membership.
pub(crate) fn add(
    instance: &mut Instance,
    organization_id: &str,
    user_id: &str,
    role: &str,
) -> Result<usize, ErrorResponse> {
    let organization = find(&instance.organizations, organization_id, "organization")?;
    find(&instance.users, user_id, "user")?;
    if of_organization(instance, organization).any(|it| it["user_id"] == user_id) {
        let message = "the user is already a member of the organization";
        let code = "already_a_member_in_organization";
        return Err(ErrorResponse::new(400, code, message));
    }
    // A limit of zero means that there is none.
    let limit = organization["max_allowed_memberships"].as_u64();
    let limit = limit.filter(|limit| *limit > 0).unwrap_or(u64::MAX);
    if of_organization(instance, organization).count() as u64 >= limit {
        let message = "the organization has reached its membership limit";
        let code = "organization_membership_quota_exceeded";
        return Err(ErrorResponse::new(403, code, message));
    }
    instance.memberships.push(json!({
        "id": new_id("orgmem"), "object": "organization_membership", "role": role,
        "permissions": permissions(role), "public_metadata": {}, "private_metadata": {},
        "organization_id": organization_id, "user_id": user_id,
        "created_at": now_ms(), "updated_at": now_ms(),
    }));
    Ok(instance.memberships.len() - 1)
}

fn permissions(role: &str) -> Value {
    match role {
        "org:admin" => json!([
            "org:sys_profile:manage",
            "org:sys_profile:delete",
            "org:sys_memberships:read",
            "org:sys_memberships:manage",
        ]),
        _ => json!(["org:sys_memberships:read"]),
    }
}

/// Returns the stored memberships of an organization.
pub(crate) fn of_organization<'s>(
    instance: &'s Instance,
    organization: &'s Value,
) -> impl Iterator<Item = &'s Value> {
    let memberships = instance.memberships.iter();
    memberships.filter(|it| it["organization_id"] == organization["id"])
}

/// Converts a stored membership to its form in responses, with its organization and the public data of its user.
fn to_response(instance: &Instance, membership: &Value) -> HandlerResult {
    let string = |name: &str| membership[name].as_str().unwrap_or_default();
    let user = find(&instance.users, string("user_id"), "user")?;
    let organization_id = string("organization_id");
    let organization = find(&instance.organizations, organization_id, "organization")?;
    let emails = identifier_values(user, "email_address");
    let phones = identifier_values(user, "phone_number");
    let identifier = emails.first().or(phones.first()).copied();
    Ok(json!({
        "id": membership["id"], "object": "organization_membership",
        "role": membership["role"], "role_name": role_name(string("role")),
        "permissions": membership["permissions"],
        "public_metadata": membership["public_metadata"],
        "private_metadata": membership["private_metadata"],
        "organization": organization,
        "public_user_data": {
            "user_id": user["id"], "first_name": user["first_name"],
            "last_name": user["last_name"], "profile_image_url": user["profile_image_url"],
            "image_url": user["image_url"], "has_image": user["has_image"],
            "identifier": identifier.or(user["username"].as_str()),
            "username": user["username"], "banned": user["banned"],
            "deprovisioned": user["deprovisioned"],
        },
        "created_at": membership["created_at"], "updated_at": membership["updated_at"],
    }))
}

/// Derives the name of a role from its key: `org:admin` is named `Admin`.
fn role_name(role: &str) -> String {
    let mut letters = role.trim_start_matches("org:").chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Lists the memberships of an organization, of a user, or of the whole instance.
pub(crate) fn list(
    instance: &Instance,
    request: &RecordedRequest,
    organization_id: Option<&str>,
    user_id: Option<&str>,
) -> HandlerResult {
    if let Some(id) = organization_id {
        find(&instance.organizations, id, "organization")?;
    }
    if let Some(id) = user_id {
        find(&instance.users, id, "user")?;
    }
    let filter = UserFilter::from_request(request)?;
    let roles = request.query_values("role");
    let mut memberships = Vec::new();
    for membership in &instance.memberships {
        let matches_id = |name: &str, id: Option<&str>| id.is_none_or(|id| membership[name] == id);
        let string = |name: &str| membership[name].as_str().unwrap_or_default();
        let user = find(&instance.users, string("user_id"), "user")?;
        if matches_id("organization_id", organization_id)
            && matches_id("user_id", user_id)
            && (roles.is_empty() || roles.iter().any(|role| role == string("role")))
            && filter.matches(instance, user)
        {
            memberships.push(to_response(instance, membership)?);
        }
    }
    sort_by_query(request, &mut memberships, &SORT_FIELDS)?;
    page_with_total(request, memberships)
}

fn find_index(
    instance: &Instance,
    organization_id: &str,
    user_id: &str,
) -> Result<usize, ErrorResponse> {
    let matches = |it: &Value| it["organization_id"] == organization_id && it["user_id"] == user_id;
    let index = instance.memberships.iter().position(matches);
    index.ok_or_else(|| ErrorResponse::not_found("membership"))
}

pub(crate) fn update(
    instance: &mut Instance,
    organization_id: &str,
    user_id: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let body = request.json_object(&UPDATE)?;
    let index = find_index(instance, organization_id, user_id)?;
    let membership = &mut instance.memberships[index];
    let role = string_value(&body, "role");
    membership["role"] = role.into();
    membership["permissions"] = permissions(role);
    membership["updated_at"] = now_ms().into();
    to_response(instance, &instance.memberships[index])
}

pub(crate) fn update_metadata(
    instance: &mut Instance,
    organization_id: &str,
    user_id: &str,
    request: &RecordedRequest,
) -> HandlerResult {
    let body = request.json_object(&metadata::ORGANIZATION)?;
    let index = find_index(instance, organization_id, user_id)?;
    metadata::update(&mut instance.memberships[index], &body, &request.method);
    to_response(instance, &instance.memberships[index])
}

pub(crate) fn delete(
    instance: &mut Instance,
    organization_id: &str,
    user_id: &str,
) -> HandlerResult {
    let index = find_index(instance, organization_id, user_id)?;
    let deleted = to_response(instance, &instance.memberships[index])?;
    instance.memberships.remove(index);
    Ok(deleted)
}
