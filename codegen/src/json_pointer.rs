//! JSON pointers (RFC 6901): escaping, and a traversal that reports the pointer of each value.

use std::borrow::Cow;

use serde_json::Value;

/// Escapes a name for use as one segment of a JSON pointer.
pub(crate) fn escape(name: &str) -> Cow<'_, str> {
    match name.contains(['~', '/']) {
        true => Cow::Owned(name.replace('~', "~0").replace('/', "~1")),
        false => Cow::Borrowed(name),
    }
}

/// Returns the name that a segment of a JSON pointer escapes.
pub(crate) fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// Calls `visitor` with every value below `root`, parents first, and the value's JSON pointer.
pub(crate) fn visit(root: &Value, visitor: &mut impl FnMut(&str, &Value)) {
    visit_at(root, &mut String::new(), visitor);
}

fn visit_at(value: &Value, pointer: &mut String, visitor: &mut impl FnMut(&str, &Value)) {
    visitor(pointer, value);
    let length = pointer.len();
    let mut descend = |name: &str, child: &Value| {
        pointer.push('/');
        pointer.push_str(&escape(name));
        visit_at(child, pointer, visitor);
        pointer.truncate(length);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(name, child)| descend(name, child)),
        Value::Array(list) => {
            for (index, child) in list.iter().enumerate() {
                descend(&index.to_string(), child);
            }
        }
        _ => {}
    }
}
