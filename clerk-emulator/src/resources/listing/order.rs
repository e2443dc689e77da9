//! The order of a list.

use std::cmp::Reverse;

use serde_json::Value;

use crate::http::response::ErrorResponse;
use crate::resources::call::Call;
use crate::resources::rendering::member;
use crate::resources::resource::Resource;
use crate::store::record::Record;

/// The members that the lists of an operation can be sorted by. Lists of users have a check of their own, and those of SAML
/// connections are not documented.
const SORTABLE: [(&str, &[&str]); 13] = [
    (
        "InstanceGetOrganizationMemberships",
        &MEMBERS_OF_MEMBERSHIPS,
    ),
    ("ListAllOrganizationDomains", &["created_at", "name"]),
    (
        "ListInstanceOrganizationInvitations",
        &["created_at", "email_address"],
    ),
    (
        "ListInvitations",
        &["created_at", "email_address", "expires_at"],
    ),
    ("ListMachines", &["created_at", "name"]),
    ("ListOAuthApplications", &["created_at", "name"]),
    (
        "ListOrganizationInvitations",
        &["created_at", "email_address"],
    ),
    ("ListOrganizationMemberships", &MEMBERS_OF_MEMBERSHIPS),
    (
        "ListOrganizationPermissions",
        &["created_at", "key", "name"],
    ),
    ("ListOrganizationRoles", &["created_at", "key", "name"]),
    (
        "ListOrganizations",
        &["created_at", "members_count", "name"],
    ),
    ("ListRoleSets", &["created_at", "key", "name"]),
    (
        "ListWaitlistEntries",
        &["created_at", "email_address", "invited_at"],
    ),
];

const MEMBERS_OF_MEMBERSHIPS: [&str; 6] = [
    "created_at",
    "email_address",
    "first_name",
    "last_name",
    "phone_number",
    "username",
];

/// The order that a query asks for. By default, the newest records come first.
pub(super) struct Order {
    name: String,
    pub(super) is_descending: bool,
}

impl Order {
    pub(super) fn new(call: &Call<'_>, resource: &Resource) -> Result<Self, ErrorResponse> {
        let order_by = call.query("order_by").unwrap_or_default();
        // A plus sign that is not percent-encoded is a space.
        let order_by = match order_by.trim() {
            "" => default_order(call, resource),
            given => given,
        };
        let (name, is_descending) = match order_by.strip_prefix('-') {
            Some(name) => (name, true),
            None => (order_by.strip_prefix('+').unwrap_or(order_by), false),
        };
        check_sortable(call, name)?;
        if name != "created_at" && call.query("starting_after").is_some() {
            let message = "A list with a cursor must be sorted by created_at.";
            let code = "form_param_value_invalid";
            return Err(ErrorResponse::param(code, "starting_after", message));
        }
        Ok(Self {
            name: name.to_owned(),
            is_descending,
        })
    }

    /// Returns the member to sort by; nothing if it is the time of creation.
    pub(super) fn member(&self) -> Option<&str> {
        (self.name != "created_at").then_some(&self.name)
    }
}

fn check_sortable(call: &Call<'_>, name: &str) -> Result<(), ErrorResponse> {
    let known = SORTABLE.iter().find(|(id, _)| *id == call.operation.id);
    if known.is_none_or(|(_, names)| names.contains(&name)) {
        return Ok(());
    }
    let message = format!("The list cannot be sorted by {name:?}.");
    let code = "form_param_value_invalid";
    Err(ErrorResponse::param(code, "order_by", message))
}

/// Returns the order that the document gives a list by default.
fn default_order<'c>(call: &'c Call<'_>, resource: &Resource) -> &'c str {
    let mut parameters = call.operation.query.iter();
    let order_by = parameters.find(|it| it.name == "order_by");
    let default = order_by.and_then(|it| it.schema["default"].as_str());
    default.unwrap_or(resource.order)
}

/// Sorts records by a member. Equal ones keep their order.
pub(super) fn sort(
    call: &Call<'_>,
    resource: &Resource,
    records: &mut [&Record],
    name: &str,
    is_descending: bool,
) {
    let key = |record: &&Record| sort_key(&member(call.instance, resource, record, name));
    match is_descending {
        true => records.sort_by_cached_key(|it| Reverse(key(it))),
        false => records.sort_by_cached_key(key),
    }
}

/// Returns what values are sorted by: null first, then numbers, then strings without regard to case.
fn sort_key(value: &Value) -> (Option<i64>, Option<String>) {
    let text = value.as_str().map(str::to_lowercase);
    (value.as_i64(), text)
}
