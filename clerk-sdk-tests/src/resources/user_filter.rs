//! The filters of user lists. Lists of organization memberships accept the same parameters.

use serde_json::Value;

use crate::http::query::{matches_signed_values, parse_optional};
use crate::http::request::RecordedRequest;
use crate::http::response::ErrorResponse;
use crate::resources::identifiers::identifier_values;
use crate::state::instance::Instance;

/// The filters of one request.
pub(crate) struct UserFilter<'r> {
    request: &'r RecordedRequest,
    banned: Option<bool>,
    times: Vec<(&'static str, Bound)>,
}

/// An exclusive bound of a timestamp.
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
    pub(crate) fn from_request(request: &'r RecordedRequest) -> Result<Self, ErrorResponse> {
        let mut times = Vec::new();
        for (name, field) in BEFORE {
            if let Some(time) = parse_optional(request, name)? {
                times.push((field, Bound::Before(time)));
            }
        }
        for (name, field) in AFTER {
            if let Some(time) = parse_optional(request, name)? {
                times.push((field, Bound::After(time)));
            }
        }
        Ok(Self {
            request,
            banned: parse_optional(request, "banned")?,
            times,
        })
    }

    /// Returns whether a user matches all filters.
    pub(crate) fn matches(&self, instance: &Instance, user: &Value) -> bool {
        self.matches_exact_values(user)
            && self.matches_search_queries(user)
            && self.matches_organizations(instance, user)
            && self.banned.is_none_or(|banned| user["banned"] == banned)
            && self.times.iter().all(|(field, bound)| {
                user[*field].as_i64().is_some_and(|time| match bound {
                    Bound::Before(end) => time < *end,
                    Bound::After(start) => time > *start,
                })
            })
    }

    fn matches_exact_values(&self, user: &Value) -> bool {
        let matches_any = |name: &str, values: &[&str]| {
            let wanted = self.request.query_values(name);
            let is_wanted = |value: &&str| wanted.iter().any(|it| it.eq_ignore_ascii_case(value));
            wanted.is_empty() || values.iter().any(is_wanted)
        };
        matches_any("email_address", &identifier_values(user, "email_address"))
            && matches_any("phone_number", &identifier_values(user, "phone_number"))
            && matches_any("username", &strings(user, &["username"]))
            && matches_any("web3_wallet", &[])
            && matches_any("provider_user_id", &[])
            && matches_signed_values(self.request, "user_id", |id| user["id"] == id)
            && matches_signed_values(self.request, "external_id", |id| user["external_id"] == id)
    }

    fn matches_search_queries(&self, user: &Value) -> bool {
        let contains = |name: &str, values: &[&str]| {
            let query = self.request.query_value(name).unwrap_or_default();
            let query = query.to_lowercase();
            query.is_empty() || values.iter().any(|it| it.to_lowercase().contains(&query))
        };
        let emails = identifier_values(user, "email_address");
        let phones = identifier_values(user, "phone_number");
        let username = strings(user, &["username"]);
        let names = strings(user, &["first_name", "last_name"]);
        let full_name = names.join(" ");
        let id = strings(user, &["id"]);
        let all_fields = [&emails[..], &phones, &username, &names, &id].concat();
        contains("email_address_query", &emails)
            && contains("phone_number_query", &phones)
            && contains("username_query", &username)
            && contains("name_query", &[&full_name])
            && contains("query", &all_fields)
    }

    fn matches_organizations(&self, instance: &Instance, user: &Value) -> bool {
        matches_signed_values(self.request, "organization_id", |organization_id| {
            instance
                .memberships
                .iter()
                .any(|it| it["user_id"] == user["id"] && it["organization_id"] == organization_id)
        })
    }
}

/// Returns the values of the given fields that are strings.
fn strings<'u>(user: &'u Value, names: &[&str]) -> Vec<&'u str> {
    names
        .iter()
        .filter_map(|name| user[*name].as_str())
        .collect()
}
