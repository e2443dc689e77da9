//! The filters of a list of members by their users.

use serde_json::{Value, json};

use crate::http::query::{matches_signed, parse_optional};
use crate::http::response::ErrorResponse;
use crate::resources::call::Call;
use crate::resources::resource::Computed;
use crate::rules::lookups::{EMAIL_ADDRESS, PHONE_NUMBER, USER, contacts, primary_contact};
use crate::store::instance::Instance;
use crate::store::record::Record;

/// The members of users by which memberships are sorted and searched.
pub(super) const MEMBERS_OF_USERS: &[(&str, Computed)] = &[
    ("email_address", |instance, record| {
        let user = user(instance, record);
        json!(user.and_then(|it| primary_contact(instance, &EMAIL_ADDRESS, "email_address", it)))
    }),
    ("phone_number", |instance, record| {
        let user = user(instance, record);
        json!(user.and_then(|it| primary_contact(instance, &PHONE_NUMBER, "phone_number", it)))
    }),
    ("username", |instance, record| {
        text(instance, record, "username")
    }),
    ("first_name", |instance, record| {
        text(instance, record, "first_name")
    }),
    ("last_name", |instance, record| {
        text(instance, record, "last_name")
    }),
];

fn user<'i>(instance: &'i Instance, membership: &Record) -> Option<&'i Record> {
    instance.all(&USER).get(membership.str("user_id"))
}

fn text(instance: &Instance, membership: &Record, name: &str) -> Value {
    let user = user(instance, membership);
    user.and_then(|it| it.get(name))
        .cloned()
        .unwrap_or_default()
}

/// The filters of a query. An empty one selects every member.
pub(super) struct UserFilters {
    user_ids: Vec<String>,
    emails: Vec<String>,
    phones: Vec<String>,
    usernames: Vec<String>,
    wallets: Vec<String>,
    email_part: String,
    phone_part: String,
    username_part: String,
    name_part: String,
    active: Between,
    created: Between,
}

/// An open interval of times, in milliseconds since the Unix epoch.
#[derive(Default, PartialEq)]
struct Between {
    after: Option<i64>,
    before: Option<i64>,
}

impl Between {
    fn new(call: &Call<'_>, name: &str) -> Result<Self, ErrorResponse> {
        Ok(Self {
            after: parse_optional(call.request, &format!("{name}_after"))?,
            before: parse_optional(call.request, &format!("{name}_before"))?,
        })
    }

    fn contains(&self, time: Option<i64>) -> bool {
        let is_after = |limit| time.is_some_and(|it| it > limit);
        let is_before = |limit| time.is_some_and(|it| it < limit);
        self.after.is_none_or(is_after) && self.before.is_none_or(is_before)
    }
}

impl UserFilters {
    pub(super) fn new(call: &Call<'_>) -> Result<Self, ErrorResponse> {
        let values = |name| {
            let values = call.request.query_values(name);
            let values = values.iter().flat_map(|it| it.split(','));
            values.map(|it| it.trim().to_owned()).collect::<Vec<_>>()
        };
        let lowercase = |name| call.query(name).unwrap_or_default().to_lowercase();
        Ok(Self {
            user_ids: values("user_id"),
            emails: values("email_address"),
            // A plus sign that is not percent-encoded is a space, and begins each number.
            phones: values("phone_number"),
            usernames: values("username"),
            wallets: values("web3_wallet"),
            email_part: lowercase("email_address_query"),
            phone_part: lowercase("phone_number_query").trim().to_owned(),
            username_part: lowercase("username_query"),
            name_part: lowercase("name_query"),
            active: Between::new(call, "last_active_at")?,
            created: Between::new(call, "created_at")?,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        let lists = [
            &self.user_ids,
            &self.emails,
            &self.phones,
            &self.usernames,
            &self.wallets,
        ];
        let parts = [
            &self.email_part,
            &self.phone_part,
            &self.username_part,
            &self.name_part,
        ];
        lists.iter().all(|it| it.is_empty())
            && parts.iter().all(|it| it.is_empty())
            && [&self.active, &self.created]
                .iter()
                .all(|it| **it == Between::default())
    }

    pub(super) fn matches(&self, instance: &Instance, membership: &Record) -> bool {
        let Some(user) = user(instance, membership) else {
            return false;
        };
        let emails: Vec<&str> =
            contacts(instance, &EMAIL_ADDRESS, "email_address", &user.id).collect();
        let phones: Vec<&str> =
            contacts(instance, &PHONE_NUMBER, "phone_number", &user.id).collect();
        let username = [user.str("username")];
        let name = format!("{} {}", user.str("first_name"), user.str("last_name"));
        matches_signed(&self.user_ids, |id| *user.id == *id)
            && includes(&self.emails, &emails)
            && includes(&self.phones, &phones)
            && includes(&self.usernames, &username)
            && includes(&self.wallets, &[])
            && contains(&self.email_part, &emails)
            && contains(&self.phone_part, &phones)
            && contains(&self.username_part, &username)
            && contains(&self.name_part, &[&name])
            && self.active.contains(user.i64("last_active_at"))
            && self.created.contains(Some(user.created_at))
    }
}

/// Returns whether one of the values is wanted. No wanted value means any.
fn includes(wanted: &[String], values: &[&str]) -> bool {
    let is_wanted = |value: &&str| {
        let mut wanted = wanted.iter().map(|it| it.trim_start_matches('+'));
        wanted.any(|it| it.eq_ignore_ascii_case(value.trim_start_matches('+')))
    };
    wanted.is_empty() || values.iter().any(is_wanted)
}

/// Returns whether one of the values contains a text, without regard to case.
fn contains(part: &str, values: &[&str]) -> bool {
    part.is_empty() || values.iter().any(|it| it.to_lowercase().contains(part))
}
