//! Organizations: made, found by id or slug, changed, deleted.

use serde_json::{Value, json};

use crate::answer::{Answer, Failure};
use crate::fields::{
    Field, copy, copy_instants, copy_values, flag, instant, integer, object, text,
};
use crate::ids::{id, now};
use crate::paging::{listed, order};
use crate::request::RecordedRequest;
use crate::state::{State, deleted, find, find_mut, refuse_taken, set_image, take};
use crate::user_filter::{parsed, signed};
use crate::{memberships, metadata};

const CREATE: [Field; 8] = [
    text("name").required(),
    text("created_by").or_null(),
    object("private_metadata").or_null(),
    object("public_metadata").or_null(),
    text("slug").or_null(),
    integer("max_allowed_memberships").or_null(),
    instant("created_at").or_null(),
    text("role_set_key").or_null(),
];

const UPDATE: [Field; 6] = [
    text("name").or_null(),
    text("slug").or_null(),
    integer("max_allowed_memberships").or_null(),
    flag("admin_delete_enabled").or_null(),
    instant("created_at").or_null(),
    text("role_set_key").or_null(),
];

const VALUES: [&str; 4] = [
    "name",
    "slug",
    "max_allowed_memberships",
    "admin_delete_enabled",
];

const ORDERS: [(&str, &str); 3] = [
    ("name", "/name"),
    ("created_at", "/created_at"),
    ("members_count", "/members_count"),
];

pub(crate) fn create(state: &mut State, request: &RecordedRequest) -> Answer {
    let body = request.object(&CREATE)?;
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    // Without a limit: zero, as the API writes it.
    let mut organization = json!({
        "id": id("org"), "object": "organization", "slug": free_slug(state, name),
        "max_allowed_memberships": 0, "admin_delete_enabled": true, "public_metadata": {},
        "private_metadata": {}, "role_set_key": null, "created_at": now(), "updated_at": now(),
    });
    set_image(&mut organization, false);
    copy_values(&mut organization, &body, &VALUES);
    copy_values(&mut organization, &body, &["created_by"]);
    copy(&mut organization, &body, &["role_set_key"]);
    copy_instants(&mut organization, &body, &["created_at"]);
    metadata::replace(&mut organization, &body);
    check(state, &organization)?;
    let creator = organization["created_by"].as_str().map(str::to_owned);
    if let Some(user_id) = &creator {
        find(&state.users, user_id, "user")?;
    }
    state.organizations.push(organization.clone());
    if let Some(user_id) = creator {
        let organization_id = organization["id"].as_str().unwrap_or_default();
        memberships::add(state, organization_id, &user_id, "org:admin")?;
    }
    Ok(organization)
}

/// A slug made of the name, with a number where that is taken.
fn free_slug(state: &State, name: &str) -> String {
    let name = name.to_lowercase();
    let words = name.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let slug = match words.is_empty() {
        true => "organization".to_owned(),
        false => words.join("-"),
    };
    let is_free = |slug: &String| !state.organizations.iter().any(|it| it["slug"] == **slug);
    let numbered = (2..).map(|number| format!("{slug}-{number}"));
    let mut candidates = std::iter::once(slug.clone()).chain(numbered);
    candidates.find(is_free).unwrap_or(slug)
}

fn check(state: &State, organization: &Value) -> Result<(), Failure> {
    let text = |name: &str| organization[name].as_str().unwrap_or_default();
    if text("name").is_empty() {
        let message = "an organization needs a name";
        return Err(Failure::param("form_param_missing", "name", message));
    }
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    if text("slug").is_empty() || !text("slug").chars().all(fits) {
        let message = "a slug has lower-case letters, digits and dashes";
        return Err(Failure::param("form_param_format_invalid", "slug", message));
    }
    refuse_taken(&state.organizations, text("id"), "slug", |other| {
        other["slug"] == organization["slug"]
    })
}

pub(crate) fn list(state: &State, request: &RecordedRequest) -> Answer {
    let query = request.one("query").unwrap_or_default();
    let has_part = |value: &Value| {
        let text = value.as_str().unwrap_or_default().to_lowercase();
        text.contains(&query.to_lowercase())
    };
    let kept = state.organizations.iter().filter(|it| {
        (it["id"] == query.as_str() || has_part(&it["name"]) || has_part(&it["slug"]))
            && signed(request, "organization_id", |id| it["id"] == id)
            && signed(request, "user_id", |user_id| {
                memberships::of(state, it).any(|member| member["user_id"] == user_id)
            })
    });
    let mut organizations: Vec<Value> = kept
        .map(|it| {
            let mut organization = it.clone();
            organization["members_count"] = memberships::of(state, it).count().into();
            organization
        })
        .collect();
    order(request, &mut organizations, &ORDERS)?;
    let shown = organizations.iter().map(|it| shown(state, request, it));
    listed(request, shown.collect::<Result<_, _>>()?)
}

/// An organization with the counts that a request asks for.
fn shown(state: &State, request: &RecordedRequest, organization: &Value) -> Answer {
    let mut answer = organization.clone();
    let asked = |name| parsed(request, name).map(Option::unwrap_or_default);
    if asked("include_members_count")? {
        answer["members_count"] = memberships::of(state, organization).count().into();
    } else if let Some(fields) = answer.as_object_mut() {
        fields.remove("members_count");
    }
    let name = "missing_member_with_elevated_permissions";
    if asked("include_missing_member_with_elevated_permissions")? {
        let mut members = memberships::of(state, organization);
        answer[name] = (!members.any(|it| it["role"] == "org:admin")).into();
    }
    Ok(answer)
}

pub(crate) fn get(state: &State, key: &str, request: &RecordedRequest) -> Answer {
    let by_key = |it: &&Value| it["id"] == key || it["slug"] == key;
    let found = state.organizations.iter().find(by_key);
    let organization = found.ok_or_else(|| Failure::not_found("organization"))?;
    shown(state, request, organization)
}

pub(crate) fn update(
    state: &mut State,
    organization_id: &str,
    request: &RecordedRequest,
) -> Answer {
    let body = request.object(&UPDATE)?;
    let mut changed = find(&state.organizations, organization_id, "organization")?.clone();
    copy_values(&mut changed, &body, &VALUES);
    copy(&mut changed, &body, &["role_set_key"]);
    copy_instants(&mut changed, &body, &["created_at"]);
    check(state, &changed)?;
    changed["updated_at"] = now().into();
    *find_mut(&mut state.organizations, organization_id, "organization")? = changed.clone();
    Ok(changed)
}

pub(crate) fn delete(state: &mut State, organization_id: &str) -> Answer {
    let organization = take(&mut state.organizations, organization_id, "organization")?;
    state
        .memberships
        .retain(|it| it["organization_id"] != organization_id);
    state
        .organization_invitations
        .retain(|it| it["organization_id"] != organization_id);
    let mut answer = deleted("organization", organization_id);
    answer["slug"] = organization["slug"].clone();
    Ok(answer)
}

pub(crate) fn change_metadata(
    state: &mut State,
    organization_id: &str,
    request: &RecordedRequest,
) -> Answer {
    let body = request.object(&metadata::ORGANIZATION)?;
    let organization = find_mut(&mut state.organizations, organization_id, "organization")?;
    Ok(metadata::change(organization, &body, &request.method))
}

/// Notes that an organization has a logo now, or has none.
pub(crate) fn set_logo(state: &mut State, organization_id: &str, there: bool) -> Answer {
    let organization = find_mut(&mut state.organizations, organization_id, "organization")?;
    set_image(organization, there);
    organization["updated_at"] = now().into();
    let mut answer = organization.clone();
    if there {
        answer["logo_url"] = answer["image_url"].clone();
    }
    Ok(answer)
}
