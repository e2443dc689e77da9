//! The enums and unions that a part of a document uses: the schemas with more than one kind of value to exercise.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::json_pointer::escape_segment;
use super::openapi_document::OpenApiDocument;

/// The JSON pointers of enums and unions.
#[derive(Default)]
pub(crate) struct EnumsAndUnions {
    pub(crate) enums: BTreeSet<String>,
    pub(crate) unions: BTreeSet<String>,
}

impl EnumsAndUnions {
    /// Finds every enum and every union that the part of a document uses, by visiting everything that it contains or
    /// refers to. Does not depend on the instance generator, which is checked against the result.
    pub(crate) fn used_by(pointer: &str, document: &OpenApiDocument) -> Self {
        let mut found = Self::default();
        found.collect(document, pointer, &mut BTreeSet::new());
        found
    }

    fn collect(
        &mut self,
        document: &OpenApiDocument,
        pointer: &str,
        visited: &mut BTreeSet<String>,
    ) {
        if !visited.insert(pointer.to_owned()) {
            return;
        }
        match document.at(pointer) {
            Value::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                    let target = target.strip_prefix('#').expect("a local reference");
                    return self.collect(document, target, visited);
                }
                if members.get("enum").is_some_and(Value::is_array) {
                    self.enums.insert(pointer.to_owned());
                }
                for keyword in ["oneOf", "anyOf"] {
                    let variants = members.get(keyword).and_then(Value::as_array);
                    if variants.is_some_and(|it| is_union(members, it)) {
                        self.unions.insert(pointer.to_owned());
                    }
                }
                for name in members.keys() {
                    let member = format!("{pointer}/{}", escape_segment(name));
                    self.collect(document, &member, visited);
                }
            }
            Value::Array(items) => {
                for index in 0..items.len() {
                    self.collect(document, &format!("{pointer}/{index}"), visited);
                }
            }
            _ => {}
        }
    }
}

/// Returns whether `oneOf` or `anyOf` offers a choice. A single variant without a discriminator is only a way to add
/// `nullable` to a reference, and variants that only list required properties describe one object.
fn is_union(schema: &Map<String, Value>, variants: &[Value]) -> bool {
    let is_single = variants.len() == 1 && !schema.contains_key("discriminator");
    !is_single && !variants.iter().all(only_lists_required)
}

/// Returns whether a variant of `anyOf` only lists required properties.
pub(crate) fn only_lists_required(schema: &Value) -> bool {
    let members = schema.as_object();
    members.is_some_and(|it| it.len() == 1 && it.contains_key("required"))
}
