//! Organizations: made, found by id or slug, changed, deleted.

use serde_json::{Value, json};

use crate::answer::{Answer, Failure};
use crate::ids::{id, now};
use crate::memberships;
use crate::paging::{listed, order};
use crate::request::RecordedRequest;
use crate::state::{State, deleted, find, metadata, patch, take};

const FIELDS: [&str; 4] = [
    "name",
    "slug",
    "max_allowed_memberships",
    "admin_delete_enabled",
];

pub(crate) fn create(state: &mut State, request: &RecordedRequest) -> Answer {
    let body = request.object()?;
    let Some(name) = body
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty())
    else {
        return Err(Failure::param(
            "form_param_missing",
            "name",
            "an organization needs a name",
        ));
    };
    let slug = name
        .to_lowercase()
        .replace(|it: char| !it.is_ascii_alphanumeric(), "-");
    let mut organization = json!({
        "id": id("org"), "object": "organization", "name": name, "slug": slug,
        "image_url": "", "has_image": false, "max_allowed_memberships": 5,
        "admin_delete_enabled": true, "public_metadata": {}, "private_metadata": {},
        "created_by": null, "created_at": now(), "updated_at": now(),
    });
    patch(&mut organization, &body, &FIELDS);
    patch(&mut organization, &body, &["created_by"]);
    metadata(&mut organization, &body, true);
    refuse_taken_slug(state, &organization)?;
    let creator = organization["created_by"].as_str().map(str::to_owned);
    state.organizations.push(organization.clone());
    if let Some(user_id) = creator {
        let organization_id = organization["id"].as_str().unwrap_or_default();
        if let Err(failure) = memberships::add(state, organization_id, &user_id, "org:admin") {
            state.organizations.pop();
            return Err(failure);
        }
    }
    Ok(organization)
}

fn refuse_taken_slug(state: &State, organization: &Value) -> Result<(), Failure> {
    let taken =
        |other: &Value| other["slug"] == organization["slug"] && other["id"] != organization["id"];
    if state.organizations.iter().any(taken) {
        return Err(Failure::param(
            "form_identifier_exists",
            "slug",
            "that slug is taken",
        ));
    }
    Ok(())
}

pub(crate) fn list(state: &State, request: &RecordedRequest) -> Answer {
    let query = request.one("query").unwrap_or_default().to_lowercase();
    let users = request.all("user_id");
    let has_member = |organization: &Value| {
        let own = state
            .memberships
            .iter()
            .filter(|it| it["organization"]["id"] == organization["id"]);
        own.filter_map(|it| it["public_user_data"]["user_id"].as_str())
            .any(|it| users.contains(&it.to_owned()))
    };
    let mut organizations: Vec<Value> = state
        .organizations
        .iter()
        .filter(|it| query.is_empty() || it["name"].to_string().to_lowercase().contains(&query))
        .filter(|it| users.is_empty() || has_member(it))
        .cloned()
        .collect();
    order(request, &mut organizations);
    listed(request, organizations)
}

/// Finds by id, or by slug as the API does too.
fn found<'s>(state: &'s mut State, key: &str) -> Result<&'s mut Value, Failure> {
    let by_slug = state.organizations.iter().find(|it| it["slug"] == key);
    let id = by_slug
        .and_then(|it| it["id"].as_str())
        .unwrap_or(key)
        .to_owned();
    find(&mut state.organizations, &id, "organization")
}

pub(crate) fn get(state: &mut State, key: &str) -> Answer {
    found(state, key).cloned()
}

pub(crate) fn update(state: &mut State, key: &str, request: &RecordedRequest) -> Answer {
    let body = request.object()?;
    let mut changed = found(state, key)?.clone();
    patch(&mut changed, &body, &FIELDS);
    refuse_taken_slug(state, &changed)?;
    *found(state, key)? = changed.clone();
    Ok(changed)
}

pub(crate) fn delete(state: &mut State, organization_id: &str) -> Answer {
    take(&mut state.organizations, organization_id, "organization")?;
    state
        .memberships
        .retain(|it| it["organization"]["id"] != organization_id);
    Ok(deleted("organization", organization_id))
}

pub(crate) fn update_metadata(
    state: &mut State,
    key: &str,
    request: &RecordedRequest,
    replace: bool,
) -> Answer {
    let body = request.object()?;
    Ok(metadata(found(state, key)?, &body, replace))
}

/// Notes that an organization has a logo now, or has none.
pub(crate) fn logo(state: &mut State, key: &str, there: bool) -> Answer {
    let organization = found(state, key)?;
    organization["has_image"] = there.into();
    organization["image_url"] = if there {
        "https://img.example.com/org".into()
    } else {
        "".into()
    };
    Ok(organization.clone())
}
