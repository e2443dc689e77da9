//! Which records a list has: those that the path, the filters and the search select.

use serde_json::Value;

use crate::document::object_shape::ObjectShape;
use crate::http::query::matches_signed;
use crate::resources::call::Call;
use crate::resources::rendering::member;
use crate::resources::resource::Resource;
use crate::store::record::Record;

/// The parameters of lists that are not filters by a member.
const PAGING: [&str; 6] = [
    "limit",
    "offset",
    "order_by",
    "paginated",
    "query",
    "starting_after",
];

/// A filter by the values of a member.
pub(super) struct Filter {
    pub(super) member: &'static str,
    pub(super) values: Vec<String>,
}

/// Returns the filters of a query: its parameters that are members of the items, too.
pub(super) fn filters(call: &Call<'_>, resource: &Resource, item: &ObjectShape) -> Vec<Filter> {
    let parameters = call.operation.query.iter();
    let not_filters = |name| PAGING.contains(&name) || resource.not_filters.contains(&name);
    let parameters = parameters.filter(|it| !not_filters(it.name));
    let filters = parameters.filter_map(|parameter| {
        let member = item.member(parameter.name)?.name;
        let values = call.request.query_values(parameter.name);
        let values = values.iter().flat_map(|it| it.split(','));
        let values: Vec<String> = values.map(|it| it.trim().to_owned()).collect();
        (!values.is_empty()).then_some(Filter { member, values })
    });
    filters.collect()
}

impl Filter {
    pub(super) fn matches(&self, call: &Call<'_>, resource: &Resource, record: &Record) -> bool {
        let value = member(call.instance, resource, record, self.member);
        let text = match &value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        matches_signed(&self.values, |it| it == text)
    }
}

pub(super) fn matches_path(call: &Call<'_>, resource: &Resource, record: &Record) -> bool {
    let mut parents = call.path.iter();
    parents.all(|(name, value)| !resource.indexed.contains(name) || record.str(name) == value)
}

/// Returns whether a record has the text that the query asks for, in its id or in a searched member.
pub(crate) fn matches_search(call: &Call<'_>, resource: &Resource, record: &Record) -> bool {
    let Some(text) = call.query("query").filter(|it| !it.is_empty()) else {
        return true;
    };
    let text = text.to_lowercase();
    let mut searched = resource.searched.iter();
    *record.id == *text
        || record.id.eq_ignore_ascii_case(&text)
        || searched.any(|name| {
            let value = member(call.instance, resource, record, name);
            value
                .as_str()
                .is_some_and(|it| it.to_lowercase().contains(&text))
        })
}
