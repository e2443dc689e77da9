//! Memberships: who is in which organization, as what.
//!
//! The state has the ids; the organization and the user are put in when a membership is shown, so
//! they are never out of date.

use serde_json::{Value, json};

use crate::answer::{Answer, Failure};
use crate::fields::{Field, object, text};
use crate::ids::{id, now};
use crate::metadata;
use crate::paging::{listed, order};
use crate::request::RecordedRequest;
use crate::state::{State, find};
use crate::user_filter::{UserFilter, contacts};

const CREATE: [Field; 4] = [
    text("user_id").required(),
    text("role").required(),
    object("public_metadata").or_null(),
    object("private_metadata").or_null(),
];

const UPDATE: [Field; 1] = [text("role").required()];

const ORDERS: [(&str, &str); 6] = [
    ("created_at", "/created_at"),
    ("email_address", "/public_user_data/identifier"),
    ("phone_number", "/public_user_data/identifier"),
    ("first_name", "/public_user_data/first_name"),
    ("last_name", "/public_user_data/last_name"),
    ("username", "/public_user_data/username"),
];

pub(crate) fn create(
    state: &mut State,
    organization_id: &str,
    request: &RecordedRequest,
) -> Answer {
    let body = request.object(&CREATE)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let place = add(state, organization_id, text("user_id"), text("role"))?;
    metadata::replace(&mut state.memberships[place], &body);
    shown(state, &state.memberships[place])
}

/// Makes a user a member; gives the membership's place.
pub(crate) fn add(
    state: &mut State,
    organization_id: &str,
    user_id: &str,
    role: &str,
) -> Result<usize, Failure> {
    let organization = find(&state.organizations, organization_id, "organization")?;
    find(&state.users, user_id, "user")?;
    if of(state, organization).any(|it| it["user_id"] == user_id) {
        let message = "that user is a member already";
        let code = "already_a_member_in_organization";
        return Err(Failure::new(400, code, message));
    }
    let most = organization["max_allowed_memberships"].as_u64();
    let most = most.filter(|most| *most > 0).unwrap_or(u64::MAX);
    if of(state, organization).count() as u64 >= most {
        let message = "the organization has as many members as it may";
        let code = "organization_membership_quota_exceeded";
        return Err(Failure::new(403, code, message));
    }
    state.memberships.push(json!({
        "id": id("orgmem"), "object": "organization_membership", "role": role,
        "permissions": permissions(role), "public_metadata": {}, "private_metadata": {},
        "organization_id": organization_id, "user_id": user_id,
        "created_at": now(), "updated_at": now(),
    }));
    Ok(state.memberships.len() - 1)
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

/// The memberships of an organization, as the state has them.
pub(crate) fn of<'s>(state: &'s State, organization: &'s Value) -> impl Iterator<Item = &'s Value> {
    let memberships = state.memberships.iter();
    memberships.filter(|it| it["organization_id"] == organization["id"])
}

/// A membership as an answer has it.
fn shown(state: &State, membership: &Value) -> Answer {
    let text = |name: &str| membership[name].as_str().unwrap_or_default();
    let user = find(&state.users, text("user_id"), "user")?;
    let organization_id = text("organization_id");
    let organization = find(&state.organizations, organization_id, "organization")?;
    let emails = contacts(user, "email_address");
    let phones = contacts(user, "phone_number");
    let identifier = emails.first().or(phones.first()).copied();
    Ok(json!({
        "id": membership["id"], "object": "organization_membership",
        "role": membership["role"], "role_name": role_name(text("role")),
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

/// `org:admin` is called `Admin`.
fn role_name(role: &str) -> String {
    let mut letters = role.trim_start_matches("org:").chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The memberships of an organization, of a user, or of all, as the filters leave them.
pub(crate) fn list(
    state: &State,
    request: &RecordedRequest,
    organization_id: Option<&str>,
    user_id: Option<&str>,
) -> Answer {
    if let Some(id) = organization_id {
        find(&state.organizations, id, "organization")?;
    }
    if let Some(id) = user_id {
        find(&state.users, id, "user")?;
    }
    let filter = UserFilter::of(request)?;
    let roles = request.all("role");
    let mut memberships = Vec::new();
    for membership in &state.memberships {
        let is = |name: &str, id: Option<&str>| id.is_none_or(|id| membership[name] == id);
        let text = |name: &str| membership[name].as_str().unwrap_or_default();
        let user = find(&state.users, text("user_id"), "user")?;
        if is("organization_id", organization_id)
            && is("user_id", user_id)
            && (roles.is_empty() || roles.iter().any(|role| role == text("role")))
            && filter.keeps(state, user)
        {
            memberships.push(shown(state, membership)?);
        }
    }
    order(request, &mut memberships, &ORDERS)?;
    listed(request, memberships)
}

fn place(state: &State, organization_id: &str, user_id: &str) -> Result<usize, Failure> {
    let is = |it: &Value| it["organization_id"] == organization_id && it["user_id"] == user_id;
    let place = state.memberships.iter().position(is);
    place.ok_or_else(|| Failure::not_found("membership"))
}

pub(crate) fn update(
    state: &mut State,
    organization_id: &str,
    user_id: &str,
    request: &RecordedRequest,
) -> Answer {
    let body = request.object(&UPDATE)?;
    let place = place(state, organization_id, user_id)?;
    let membership = &mut state.memberships[place];
    let role = body.get("role").and_then(Value::as_str).unwrap_or_default();
    membership["role"] = role.into();
    membership["permissions"] = permissions(role);
    membership["updated_at"] = now().into();
    shown(state, &state.memberships[place])
}

pub(crate) fn merge_metadata(
    state: &mut State,
    organization_id: &str,
    user_id: &str,
    request: &RecordedRequest,
) -> Answer {
    let body = request.object(&metadata::ORGANIZATION)?;
    let place = place(state, organization_id, user_id)?;
    metadata::change(&mut state.memberships[place], &body, &request.method);
    shown(state, &state.memberships[place])
}

pub(crate) fn delete(state: &mut State, organization_id: &str, user_id: &str) -> Answer {
    let place = place(state, organization_id, user_id)?;
    let answer = shown(state, &state.memberships[place])?;
    state.memberships.remove(place);
    Ok(answer)
}
