//! Users: made, found, changed, banned, deleted.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Failure};
use crate::ids::{id, now};
use crate::paging::{order, page};
use crate::request::RecordedRequest;
use crate::state::{State, deleted, find, metadata, patch, take};

const FIELDS: [&str; 6] = [
    "external_id",
    "first_name",
    "last_name",
    "locale",
    "username",
    "unsafe_metadata",
];

pub(crate) fn create(state: &mut State, request: &RecordedRequest) -> Answer {
    let body = request.object()?;
    let emails = texts(&body, "email_address")?;
    let phones = texts(&body, "phone_number")?;
    for email in &emails {
        if !email.contains('@') {
            let message = "this is not an email address";
            return Err(Failure::param(
                "form_param_format_invalid",
                "email_address",
                message,
            ));
        }
        refuse_taken(state, "email_address", |user| {
            addresses(user).contains(email)
        })?;
    }
    if let Some(name) = body.get("username").filter(|name| !name.is_null()) {
        refuse_taken(state, "username", |user| user["username"] == *name)?;
    }
    let mut user = blank();
    user["email_addresses"] = emails
        .iter()
        .map(|email| contact("email_address", email))
        .collect();
    user["phone_numbers"] = phones
        .iter()
        .map(|phone| contact("phone_number", phone))
        .collect();
    user["primary_email_address_id"] = user["email_addresses"][0]["id"].clone();
    user["primary_phone_number_id"] = user["phone_numbers"][0]["id"].clone();
    user["password_enabled"] = body.contains_key("password").into();
    metadata(&mut user, &body, true);
    patch(&mut user, &body, &FIELDS);
    state.users.push(user.clone());
    Ok(user)
}

fn refuse_taken(state: &State, name: &str, taken: impl Fn(&Value) -> bool) -> Result<(), Failure> {
    if state.users.iter().any(taken) {
        return Err(Failure::param(
            "form_identifier_exists",
            name,
            "that is taken; try another",
        ));
    }
    Ok(())
}

fn texts(body: &Map<String, Value>, name: &str) -> Result<Vec<String>, Failure> {
    let wrong = || {
        Failure::param(
            "form_param_format_invalid",
            name,
            "this is not a list of texts",
        )
    };
    match body.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => list
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect(),
        Some(_) => Err(wrong()),
    }
}

fn addresses(user: &Value) -> Vec<String> {
    let addresses = user["email_addresses"].as_array().into_iter().flatten();
    addresses
        .filter_map(|it| it["email_address"].as_str())
        .map(str::to_owned)
        .collect()
}

fn contact(kind: &str, value: &str) -> Value {
    let mut contact = json!({
        "id": id("idn"), "object": kind, "reserved": false, "linked_to": [],
        "verification": {
            "object": "verification_admin", "status": "verified", "strategy": "admin",
            "attempts": null, "expire_at": null,
        },
        "created_at": now(), "updated_at": now(),
    });
    contact[kind] = value.into();
    contact
}

fn blank() -> Value {
    json!({
        "id": id("user"), "object": "user", "external_id": null, "first_name": null,
        "last_name": null, "locale": null, "username": null, "image_url": "", "has_image": false,
        "primary_email_address_id": null, "primary_phone_number_id": null,
        "primary_web3_wallet_id": null, "public_metadata": {}, "private_metadata": {},
        "unsafe_metadata": {}, "email_addresses": [], "phone_numbers": [], "web3_wallets": [],
        "passkeys": [], "password_enabled": false, "two_factor_enabled": false,
        "totp_enabled": false, "backup_code_enabled": false, "mfa_enabled_at": null,
        "mfa_disabled_at": null, "external_accounts": [], "saml_accounts": [],
        "enterprise_accounts": [], "last_sign_in_at": null, "banned": false, "locked": false,
        "lockout_expires_in_seconds": null, "verification_attempts_remaining": 100,
        "delete_self_enabled": true, "create_organization_enabled": true,
        "create_organizations_limit": null, "last_active_at": null, "legal_accepted_at": null,
        "created_at": now(), "updated_at": now(),
    })
}

/// The users that a list's or a count's filters leave, in the order asked for.
fn filtered(state: &State, request: &RecordedRequest) -> Vec<Value> {
    let any = |name: &str, of: &dyn Fn(&Value) -> Vec<String>, user: &Value| {
        let wanted = request.all(name);
        wanted.is_empty() || of(user).iter().any(|value| wanted.contains(value))
    };
    let field = |name: &'static str| {
        move |user: &Value| vec![user[name].as_str().unwrap_or_default().to_owned()]
    };
    let organizations = |user: &Value| {
        let own = state
            .memberships
            .iter()
            .filter(|it| it["public_user_data"]["user_id"] == user["id"]);
        own.filter_map(|it| it["organization"]["id"].as_str())
            .map(str::to_owned)
            .collect()
    };
    let query = request.one("query").unwrap_or_default().to_lowercase();
    let mut users: Vec<Value> = state
        .users
        .iter()
        .filter(|user| any("email_address", &addresses, user))
        .filter(|user| any("user_id", &field("id"), user))
        .filter(|user| any("username", &field("username"), user))
        .filter(|user| any("external_id", &field("external_id"), user))
        .filter(|user| any("organization_id", &organizations, user))
        .filter(|user| query.is_empty() || user.to_string().to_lowercase().contains(&query))
        .cloned()
        .collect();
    order(request, &mut users);
    users
}

pub(crate) fn list(state: &State, request: &RecordedRequest) -> Answer {
    let mut users = filtered(state, request);
    if let Some(last) = request.one("starting_after") {
        let place = users.iter().position(|user| user["id"] == last.as_str());
        users.drain(..place.map_or(users.len(), |place| place + 1));
    }
    Ok(Value::Array(page(request, users)?))
}

pub(crate) fn count(state: &State, request: &RecordedRequest) -> Answer {
    let total = filtered(state, request).len();
    Ok(json!({ "object": "total_count", "total_count": total }))
}

pub(crate) fn get(state: &mut State, user_id: &str) -> Answer {
    find(&mut state.users, user_id, "user").cloned()
}

pub(crate) fn update(state: &mut State, user_id: &str, request: &RecordedRequest) -> Answer {
    let body = request.object()?;
    let user = find(&mut state.users, user_id, "user")?;
    patch(user, &body, &FIELDS);
    patch(user, &body, &["public_metadata", "private_metadata"]);
    Ok(user.clone())
}

pub(crate) fn delete(state: &mut State, user_id: &str) -> Answer {
    take(&mut state.users, user_id, "user")?;
    state
        .memberships
        .retain(|it| it["public_user_data"]["user_id"] != user_id);
    Ok(deleted("user", user_id))
}

pub(crate) fn update_metadata(
    state: &mut State,
    user_id: &str,
    request: &RecordedRequest,
    replace: bool,
) -> Answer {
    let body = request.object()?;
    Ok(metadata(
        find(&mut state.users, user_id, "user")?,
        &body,
        replace,
    ))
}

/// Sets a flag of a user, such as `banned`.
pub(crate) fn flag(state: &mut State, user_id: &str, name: &str, value: bool) -> Answer {
    let user = find(&mut state.users, user_id, "user")?;
    user[name] = value.into();
    Ok(user.clone())
}

/// Notes that a user has an image now, or has none.
pub(crate) fn image(state: &mut State, user_id: &str, there: bool) -> Answer {
    let user = find(&mut state.users, user_id, "user")?;
    user["has_image"] = there.into();
    user["image_url"] = if there {
        "https://img.example.com/user".into()
    } else {
        "".into()
    };
    Ok(user.clone())
}
