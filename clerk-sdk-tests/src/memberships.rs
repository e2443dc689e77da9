//! Memberships: who is in which organization, as what.

use serde_json::{Value, json};

use crate::answer::{Answer, Failure};
use crate::ids::{id, now};
use crate::paging::{listed, order};
use crate::request::RecordedRequest;
use crate::state::{State, find, metadata, patch};

pub(crate) fn create(
    state: &mut State,
    organization_id: &str,
    request: &RecordedRequest,
) -> Answer {
    let body = request.object()?;
    let text = |name: &str| {
        let value = body.get(name).and_then(Value::as_str).map(str::to_owned);
        value.ok_or_else(|| Failure::param("form_param_missing", name, "a membership needs this"))
    };
    let membership = add(state, organization_id, &text("user_id")?, &text("role")?)?;
    let id = membership["id"].as_str().unwrap_or_default();
    Ok(metadata(
        find(&mut state.memberships, id, "membership")?,
        &body,
        true,
    ))
}

/// Makes a user a member.
pub(crate) fn add(state: &mut State, organization_id: &str, user_id: &str, role: &str) -> Answer {
    let organization = find(&mut state.organizations, organization_id, "organization")?.clone();
    let user = find(&mut state.users, user_id, "user")?.clone();
    if position(state, organization_id, user_id).is_some() {
        return Err(Failure::new(
            400,
            "already_a_member_in_organization",
            "that user is a member already",
        ));
    }
    let membership = json!({
        "id": id("orgmem"), "object": "organization_membership", "role": role,
        "role_name": role.trim_start_matches("org:"), "permissions": [],
        "public_metadata": {}, "private_metadata": {}, "organization": organization,
        "public_user_data": {
            "user_id": user_id, "first_name": user["first_name"], "last_name": user["last_name"],
            "image_url": user["image_url"], "has_image": user["has_image"],
            "identifier": user["email_addresses"][0]["email_address"], "username": user["username"],
            "banned": user["banned"],
        },
        "created_at": now(), "updated_at": now(),
    });
    state.memberships.push(membership.clone());
    Ok(membership)
}

fn position(state: &State, organization_id: &str, user_id: &str) -> Option<usize> {
    state.memberships.iter().position(|it| {
        it["organization"]["id"] == organization_id && it["public_user_data"]["user_id"] == user_id
    })
}

/// The memberships of an organization, of a user, or of all, as the filters leave them.
pub(crate) fn list(
    state: &State,
    request: &RecordedRequest,
    organization_id: Option<&str>,
    user_id: Option<&str>,
) -> Answer {
    let (roles, users) = (request.all("role"), request.all("user_id"));
    let is = |value: &Value, wanted: &[String]| {
        wanted.is_empty()
            || value
                .as_str()
                .is_some_and(|text| wanted.contains(&text.to_owned()))
    };
    let mut memberships: Vec<Value> = state
        .memberships
        .iter()
        .filter(|it| organization_id.is_none_or(|id| it["organization"]["id"] == id))
        .filter(|it| user_id.is_none_or(|id| it["public_user_data"]["user_id"] == id))
        .filter(|it| is(&it["role"], &roles) && is(&it["public_user_data"]["user_id"], &users))
        .cloned()
        .collect();
    order(request, &mut memberships);
    listed(request, memberships)
}

fn found<'s>(
    state: &'s mut State,
    organization_id: &str,
    user_id: &str,
) -> Result<&'s mut Value, Failure> {
    let place = position(state, organization_id, user_id);
    place
        .map(|place| &mut state.memberships[place])
        .ok_or_else(|| Failure::not_found("membership"))
}

pub(crate) fn update(
    state: &mut State,
    organization_id: &str,
    user_id: &str,
    request: &RecordedRequest,
) -> Answer {
    let body = request.object()?;
    let membership = found(state, organization_id, user_id)?;
    patch(membership, &body, &["role"]);
    Ok(membership.clone())
}

pub(crate) fn update_metadata(
    state: &mut State,
    organization_id: &str,
    user_id: &str,
    request: &RecordedRequest,
) -> Answer {
    let body = request.object()?;
    Ok(metadata(
        found(state, organization_id, user_id)?,
        &body,
        false,
    ))
}

pub(crate) fn delete(state: &mut State, organization_id: &str, user_id: &str) -> Answer {
    let place = position(state, organization_id, user_id);
    let place = place.ok_or_else(|| Failure::not_found("membership"))?;
    Ok(state.memberships.remove(place))
}
