//! An overview of an instance for people to look at.

use serde_json::{Map, Value, json};

use crate::resources::rendering::render_like;
use crate::resources::resource::Resource;
use crate::store::instance::Instance;
use crate::tables::organizations::ORGANIZATION;
use crate::tables::sessions::SESSION;
use crate::tables::users::USER;

/// Returns the newest users, organizations and sessions, at most `count` of each, and how many there are.
pub(crate) fn overview(instance: &Instance, count: usize) -> Map<String, Value> {
    let kinds: [(&str, &str, &Resource); 3] = [
        ("users", "GetUser", &USER),
        ("organizations", "GetOrganization", &ORGANIZATION),
        ("sessions", "GetSession", &SESSION),
    ];
    let parts = kinds.map(|(name, operation_id, resource)| {
        let records = instance.all(resource);
        let newest = records.newest_first().take(count);
        let data: Vec<Value> = newest
            .map(|it| render_like(instance, operation_id, resource, it))
            .collect();
        let part = json!({ "data": data, "total_count": records.len() });
        (name.to_owned(), part)
    });
    parts.into_iter().collect()
}
