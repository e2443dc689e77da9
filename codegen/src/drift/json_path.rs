//! JSONPaths of elements, for the targets of overlays.

use serde_json::Value;

use crate::json_pointer::unescape;

/// Returns the JSONPath of the element at a pointer. Items of a list that have a name are identified
/// by it, because their order can change.
pub(super) fn json_path(document: &Value, pointer: &str) -> String {
    let mut path = "$".to_owned();
    let mut value = document;
    for segment in pointer.split('/').skip(1).map(unescape) {
        let quoted = |name: &str| format!("'{}'", name.replace('\\', "\\\\").replace('\'', "\\'"));
        let is_plain = |name: &str| {
            name.chars()
                .all(|it| it.is_ascii_alphanumeric() || it == '_')
                && !name.starts_with(|first: char| first.is_ascii_digit())
        };
        let child = match value.as_array() {
            Some(items) => segment
                .parse()
                .ok()
                .and_then(|index: usize| items.get(index)),
            None => value.get(&segment),
        };
        let name = child.and_then(|child| child["name"].as_str());
        match name {
            Some(name) if value.is_array() => path += &format!("[?@.name=={}]", quoted(name)),
            _ if value.is_array() => path += &format!("[{segment}]"),
            _ if is_plain(&segment) => path += &format!(".{segment}"),
            _ => path += &format!("[{}]", quoted(&segment)),
        }
        value = child.unwrap_or(&Value::Null);
    }
    path
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Action, PropertyCache};

    #[test]
    fn a_path_finds_what_the_pointer_points_to() {
        let document = json!({"a-b": {"200": [{"name": "it's"}, {"x": 1}]}, "/c": {"d": 2}});
        for (pointer, path) in [
            ("/a-b/200/0/name", "$['a-b']['200'][?@.name=='it\\'s'].name"),
            ("/a-b/200/1/x", "$['a-b']['200'][1].x"),
            ("/~1c/d", "$['/c'].d"),
        ] {
            assert_eq!(json_path(&document, pointer), path);
            let action = Action::parse(&json!({"target": path, "remove": true}));
            let action = action.expect("it is complete").expect("the path is valid");
            let found = PropertyCache::default().locate(&document, path, &action.path);
            assert_eq!(found, [pointer]);
        }
    }
}
