//! Lists of users: the filters, which lists of organization members have, too.

use serde_json::json;

use crate::http::query::{matches_signed, parse_optional};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::listing::{list_among, matches_search};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::contacts::{ContactType, EMAIL, PHONE, TYPES};
use crate::tables::organization_records::{member_ids, membership};
use crate::tables::user_accounts::{EXTERNAL_ACCOUNT, provider};
use crate::tables::users::{USER, full_name};

/// What lists of users can be sorted by.
const ORDERS: [&str; 10] = [
    "created_at",
    "updated_at",
    "last_active_at",
    "last_sign_in_at",
    "username",
    "first_name",
    "last_name",
    "email_address",
    "phone_number",
    "web3wallet",
];

/// The parameters that are exclusive bounds of times, and whether they are upper ones.
const BOUNDS: [(&str, &str, bool); 7] = [
    ("created_at_before", "created_at", true),
    ("created_at_after", "created_at", false),
    ("last_active_at_before", "last_active_at", true),
    ("last_active_at_after", "last_active_at", false),
    ("last_active_at_since", "last_active_at", false),
    ("last_sign_in_at_before", "last_sign_in_at", true),
    ("last_sign_in_at_after", "last_sign_in_at", false),
];

pub(super) fn list_users(call: &mut Call<'_>) -> CallResult {
    let filter = UserFilter::new(call)?;
    let order = call.query("order_by").unwrap_or_default();
    let order = order.trim().trim_start_matches(['+', '-']);
    let invalid = |name, message| {
        let code = "form_param_value_invalid";
        Err(ErrorResponse::param(code, name, message))
    };
    if !order.is_empty() && !ORDERS.contains(&order) {
        let message = format!("Users cannot be sorted by {order:?}.");
        return invalid("order_by", message);
    }
    let offset = call.query("offset").unwrap_or_default();
    if call.query("starting_after").is_some() && !matches!(offset.as_str(), "" | "0") {
        let message = "A list with a cursor must not have an offset.".to_owned();
        return invalid("starting_after", message);
    }
    let (call, ids) = (&*call, filter.candidates(call.instance));
    list_among(call, &USER, ids.as_deref(), |user| {
        filter.matches(call.instance, user)
    })
}

pub(super) fn count_users(call: &mut Call<'_>) -> CallResult {
    let filter = UserFilter::new(call)?;
    let users = call.instance.all(&USER);
    let is_match =
        |user: &&Record| filter.matches(call.instance, user) && matches_search(call, &USER, user);
    let total = match filter.candidates(call.instance) {
        _ if call.request.query_names().is_empty() => users.len(),
        Some(ids) => {
            let users = ids.iter().filter_map(|id| users.get(id));
            users.filter(is_match).count()
        }
        None => users.oldest_first().filter(is_match).count(),
    };
    Ok(json!({ "object": "total_count", "total_count": total }))
}

/// The filters of a query by the properties of users.
pub(in crate::rules) struct UserFilter {
    /// For each type of contact, those of which users must have one.
    contacts: Vec<(&'static ContactType, Vec<String>)>,
    usernames: Vec<String>,
    /// Ids, external ids and organizations to include or exclude.
    user_ids: Vec<String>,
    external_ids: Vec<String>,
    organization_ids: Vec<String>,
    /// The types of contact with a part of one.
    contact_parts: Vec<(&'static ContactType, String)>,
    username_part: Option<String>,
    name_part: Option<String>,
    is_banned: Option<bool>,
    /// The members that are times, whether the bound is an upper one, and the bound.
    times: Vec<(&'static str, bool, i64)>,
    provider: Option<String>,
    provider_user_ids: Vec<String>,
}

impl UserFilter {
    pub(in crate::rules) fn new(call: &Call<'_>) -> Result<Self, ErrorResponse> {
        let values = |name: &str| values(call, name);
        let part = |name: &str| {
            let part = call.query(name)?.to_lowercase();
            (!part.is_empty()).then_some(part)
        };
        let mut times = Vec::new();
        for (name, member, is_upper) in BOUNDS {
            if let Some(time) = parse_optional(call.request, name)? {
                times.push((member, is_upper, time));
            }
        }
        let provider_user_ids = values("provider_user_id");
        let provider = call.query("provider");
        if provider.is_none() && !provider_user_ids.is_empty() {
            let message = "\"provider_user_id\" needs \"provider\".";
            let code = "form_conditional_param_missing";
            return Err(ErrorResponse::param(code, "provider", message));
        }
        let contacts = TYPES.into_iter().map(|it| (it, values(it.member)));
        let contact_parts = [
            (&EMAIL, "email_address_query"),
            (&PHONE, "phone_number_query"),
        ];
        let contact_parts = contact_parts.into_iter();
        Ok(Self {
            contacts: contacts.filter(|(_, it)| !it.is_empty()).collect(),
            usernames: values("username"),
            user_ids: values("user_id"),
            external_ids: values("external_id"),
            organization_ids: values("organization_id"),
            contact_parts: contact_parts
                .filter_map(|(contact, name)| Some((contact, part(name)?)))
                .collect(),
            username_part: part("username_query"),
            name_part: part("name_query"),
            is_banned: parse_optional(call.request, "banned")?,
            times,
            provider,
            provider_user_ids,
        })
    }

    /// Returns whether the query has no filter, so that every user matches.
    pub(in crate::rules) fn is_empty(&self) -> bool {
        let lists = [
            &self.usernames,
            &self.user_ids,
            &self.external_ids,
            &self.organization_ids,
        ];
        let parts = [&self.username_part, &self.name_part, &self.provider];
        self.contacts.is_empty()
            && self.contact_parts.is_empty()
            && self.times.is_empty()
            && self.is_banned.is_none()
            && lists.iter().all(|it| it.is_empty())
            && parts.iter().all(|it| it.is_none())
    }

    /// Returns the only users who can match, if an index tells; they may not match all filters.
    pub(in crate::rules) fn candidates(&self, instance: &Instance) -> Option<Vec<String>> {
        let users = instance.all(&USER);
        let mut ids: Vec<String> = if let Some((contact, values)) = self.contacts.first() {
            let all = instance.all(contact.resource);
            let records = values.iter().flat_map(|it| all.with(contact.member, it));
            records.map(|it| it.str("user_id").to_owned()).collect()
        } else if let Some(ids) = included(&self.user_ids) {
            ids
        } else if let Some(values) = included(&self.external_ids) {
            let ids = values
                .iter()
                .flat_map(|it| users.ids_with("external_id", it));
            ids.collect()
        } else if let Some(values) = included(&self.usernames) {
            let ids = values.iter().flat_map(|it| users.ids_with("username", it));
            ids.collect()
        } else {
            let ids = included(&self.organization_ids)?;
            ids.iter().flat_map(|it| member_ids(instance, it)).collect()
        };
        // A user can have several of the contacts, or be a member of several of the organizations.
        ids.sort_unstable();
        ids.dedup();
        Some(ids)
    }

    /// Returns whether a user matches all filters.
    pub(in crate::rules) fn matches(&self, instance: &Instance, user: &Record) -> bool {
        let contains = |part: &Option<String>, text: &str| {
            let part = part.as_deref();
            part.is_none_or(|it| text.to_lowercase().contains(it))
        };
        self.matches_contacts(instance, user)
            && self.matches_ids(instance, user)
            && self.matches_provider(instance, user)
            && contains(&self.username_part, user.str("username"))
            && contains(&self.name_part, &full_name(user).unwrap_or_default())
            && self.is_banned.is_none_or(|it| it == user.is("banned"))
            && self.times.iter().all(|(member, is_upper, bound)| {
                let time = match *member {
                    "created_at" => Some(user.created_at),
                    name => user.i64(name),
                };
                time.is_some_and(|it| if *is_upper { it < *bound } else { it > *bound })
            })
    }

    fn matches_contacts(&self, instance: &Instance, user: &Record) -> bool {
        let has_contact = |contact: &ContactType, is_match: &dyn Fn(&str) -> bool| {
            let mut contacts = instance.all(contact.resource).with("user_id", &user.id);
            contacts.any(|it| is_match(it.str(contact.member)))
        };
        let mut exact = self.contacts.iter();
        let mut parts = self.contact_parts.iter();
        exact.all(|(contact, values)| {
            has_contact(contact, &|it| values.iter().any(|value| value == it))
        }) && parts.all(|(contact, part)| has_contact(contact, &|it| it.contains(part)))
    }

    fn matches_ids(&self, instance: &Instance, user: &Record) -> bool {
        let is_member = |it: &str| membership(instance, &user.id, it).is_some();
        let username = user.str("username");
        (self.usernames.is_empty() || self.usernames.iter().any(|it| it == username))
            && matches_signed(&self.user_ids, |it| it == &*user.id)
            && matches_signed(&self.external_ids, |it| it == user.str("external_id"))
            && matches_signed(&self.organization_ids, is_member)
    }

    fn matches_provider(&self, instance: &Instance, user: &Record) -> bool {
        let Some(wanted) = &self.provider else {
            return true;
        };
        let wanted = wanted.strip_prefix("oauth_").unwrap_or(wanted);
        let ids = &self.provider_user_ids;
        let mut accounts = instance.all(&EXTERNAL_ACCOUNT).with("user_id", &user.id);
        accounts.any(|it| {
            let id = it.str("provider_user_id");
            provider(it) == wanted && (ids.is_empty() || ids.iter().any(|known| known == id))
        })
    }
}

/// Returns the values to include, unless there are none.
fn included(values: &[String]) -> Option<Vec<String>> {
    let included = values.iter().filter(|it| !it.starts_with('-'));
    let included = included.map(|it| it.trim_start_matches('+').to_owned());
    let included: Vec<String> = included.collect();
    (!included.is_empty()).then_some(included)
}

/// Returns the values of a list in the query. A plus sign that is not percent-encoded is a space.
fn values(call: &Call<'_>, name: &str) -> Vec<String> {
    let values = call.request.query_values(name);
    let values = values.iter().flat_map(|it| it.split(','));
    let values = values.map(|it| match name {
        "email_address" | "web3_wallet" => it.trim().to_lowercase(),
        "phone_number" => format!("+{}", it.trim().trim_start_matches('+')),
        _ => it.trim().to_owned(),
    });
    values.filter(|it| !it.is_empty()).collect()
}
