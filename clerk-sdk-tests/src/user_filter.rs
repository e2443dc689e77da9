//! Which users a list's query parameters leave; lists of members take the same ones.

use serde_json::Value;

use crate::answer::Failure;
use crate::request::RecordedRequest;
use crate::state::State;

/// The filters of one request.
pub(crate) struct UserFilter<'r> {
    request: &'r RecordedRequest,
    banned: Option<bool>,
    times: Vec<(&'static str, Bound)>,
}

enum Bound {
    Before(i64),
    After(i64),
}

const BEFORE: [(&str, &str); 3] = [
    ("created_at_before", "created_at"),
    ("last_active_at_before", "last_active_at"),
    ("last_sign_in_at_before", "last_sign_in_at"),
];

const AFTER: [(&str, &str); 4] = [
    ("created_at_after", "created_at"),
    ("last_active_at_after", "last_active_at"),
    ("last_active_at_since", "last_active_at"),
    ("last_sign_in_at_after", "last_sign_in_at"),
];

impl<'r> UserFilter<'r> {
    pub(crate) fn of(request: &'r RecordedRequest) -> Result<Self, Failure> {
        let mut times = Vec::new();
        for (name, field) in BEFORE {
            if let Some(time) = parsed(request, name)? {
                times.push((field, Bound::Before(time)));
            }
        }
        for (name, field) in AFTER {
            if let Some(time) = parsed(request, name)? {
                times.push((field, Bound::After(time)));
            }
        }
        Ok(Self {
            request,
            banned: parsed(request, "banned")?,
            times,
        })
    }

    pub(crate) fn keeps(&self, state: &State, user: &Value) -> bool {
        self.keeps_identifiers(user)
            && self.keeps_queries(user)
            && self.keeps_organizations(state, user)
            && self.banned.is_none_or(|banned| user["banned"] == banned)
            && self.times.iter().all(|(field, bound)| {
                user[*field].as_i64().is_some_and(|time| match bound {
                    Bound::Before(end) => time < *end,
                    Bound::After(start) => time > *start,
                })
            })
    }

    fn keeps_identifiers(&self, user: &Value) -> bool {
        let any = |name: &str, own: &[&str]| {
            let wanted = self.request.all(name);
            let is_wanted = |value: &&str| wanted.iter().any(|it| it.eq_ignore_ascii_case(value));
            wanted.is_empty() || own.iter().any(is_wanted)
        };
        any("email_address", &contacts(user, "email_address"))
            && any("phone_number", &contacts(user, "phone_number"))
            && any("username", &texts(user, &["username"]))
            && any("web3_wallet", &[])
            && any("provider_user_id", &[])
            && signed(self.request, "user_id", |it| user["id"] == it)
            && signed(self.request, "external_id", |it| user["external_id"] == it)
    }

    fn keeps_queries(&self, user: &Value) -> bool {
        let part = |name: &str, own: &[&str]| {
            let query = self.request.one(name).unwrap_or_default().to_lowercase();
            query.is_empty() || own.iter().any(|it| it.to_lowercase().contains(&query))
        };
        let emails = contacts(user, "email_address");
        let phones = contacts(user, "phone_number");
        let username = texts(user, &["username"]);
        let names = texts(user, &["first_name", "last_name"]);
        let name = names.join(" ");
        let everything = [
            &emails[..],
            &phones,
            &username,
            &names,
            &texts(user, &["id"]),
        ]
        .concat();
        part("email_address_query", &emails)
            && part("phone_number_query", &phones)
            && part("username_query", &username)
            && part("name_query", &[&name])
            && part("query", &everything)
    }

    fn keeps_organizations(&self, state: &State, user: &Value) -> bool {
        signed(self.request, "organization_id", |organization_id| {
            state
                .memberships
                .iter()
                .any(|it| it["user_id"] == user["id"] && it["organization_id"] == organization_id)
        })
    }
}

/// A filter whose values may begin with `+` for these alone, or `-` for all but these.
pub(crate) fn signed(request: &RecordedRequest, name: &str, has: impl Fn(&str) -> bool) -> bool {
    let values = request.all(name);
    let (out, only): (Vec<&str>, Vec<&str>) = values
        .iter()
        .map(String::as_str)
        .partition(|value| value.starts_with('-'));
    let included = |value: &&str| has(value.strip_prefix('+').unwrap_or(value));
    (only.is_empty() || only.iter().any(included)) && !out.iter().any(|value| has(&value[1..]))
}

/// A value of the query that is not a text.
pub(crate) fn parsed<T: std::str::FromStr>(
    request: &RecordedRequest,
    name: &str,
) -> Result<Option<T>, Failure> {
    let Some(text) = request.one(name) else {
        return Ok(None);
    };
    let value = text.parse().map(Some);
    value.map_err(|_| Failure::param("form_param_format_invalid", name, "this cannot be read"))
}

/// A user's addresses or numbers.
pub(crate) fn contacts<'u>(user: &'u Value, kind: &str) -> Vec<&'u str> {
    let list = match kind {
        "email_address" => &user["email_addresses"],
        _ => &user["phone_numbers"],
    };
    let items = list.as_array().into_iter().flatten();
    items.filter_map(|item| item[kind].as_str()).collect()
}

fn texts<'u>(user: &'u Value, names: &[&str]) -> Vec<&'u str> {
    names
        .iter()
        .filter_map(|name| user[*name].as_str())
        .collect()
}
