//! Compares the content of a request body or a response: its content type and its schema.

use serde_json::Value;

use super::compare_schemas::compare_schemas;
use super::difference::{Differences, Location};
use super::json_document::member_names;
use crate::json_pointer::escape;

pub(super) fn compare_content(
    old: &Value,
    new: &Value,
    location: &Location,
    differences: &mut Differences,
) {
    let content_types =
        |value: &Value| -> Vec<String> { member_names(&value["content"]).cloned().collect() };
    let (was, is) = (content_types(old), content_types(new));
    if was != is {
        let detail = format!("{} → {}", listed(&was), listed(&is));
        differences.changed("content type", location, detail);
    }
    if let (Some(old_type), Some(new_type)) = (was.first(), is.first()) {
        let location = location.child(&format!("content/{}/schema", escape(new_type)));
        let old = &old["content"][old_type]["schema"];
        let new = &new["content"][new_type]["schema"];
        compare_schemas(old, new, &location, differences);
    }
}

fn listed(content_types: &[String]) -> String {
    if content_types.is_empty() {
        return "no content".to_owned();
    }
    content_types.join(", ")
}
