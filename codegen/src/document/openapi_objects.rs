//! The structure of an OpenAPI document: which kind of object is found where. A property that is called `schema` is
//! told apart from the keyword.

use std::borrow::Cow;

use serde_json::Value;

use crate::json_pointer::escape;

/// The kinds of objects that the generator reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ObjectKind {
    Document,
    Components,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Schema,
    Tag,
}

use ObjectKind::{
    Components, Document, Header, MediaType, Operation, Parameter, PathItem, RequestBody, Response,
    Schema, Tag,
};

/// How a member of an object contains further objects.
#[derive(Clone, Copy)]
enum Container {
    One,
    List,
    /// Objects by names that upstream chose.
    Map,
    /// A map that can also have extensions (`x-…`).
    ExtensibleMap,
}

use Container::{ExtensibleMap, List, Map, One};

/// The members of each kind of object that contain objects of another kind.
const MEMBERS: [(ObjectKind, &str, Container, ObjectKind); 34] = [
    (Document, "paths", ExtensibleMap, PathItem),
    (Document, "components", One, Components),
    (Document, "tags", List, Tag),
    (Components, "schemas", Map, Schema),
    (Components, "parameters", Map, Parameter),
    (Components, "requestBodies", Map, RequestBody),
    (Components, "responses", Map, Response),
    (Components, "headers", Map, Header),
    (PathItem, "parameters", List, Parameter),
    (PathItem, "delete", One, Operation),
    (PathItem, "get", One, Operation),
    (PathItem, "head", One, Operation),
    (PathItem, "options", One, Operation),
    (PathItem, "patch", One, Operation),
    (PathItem, "post", One, Operation),
    (PathItem, "put", One, Operation),
    (PathItem, "trace", One, Operation),
    (Operation, "parameters", List, Parameter),
    (Operation, "requestBody", One, RequestBody),
    (Operation, "responses", ExtensibleMap, Response),
    (Parameter, "schema", One, Schema),
    (Parameter, "content", Map, MediaType),
    (RequestBody, "content", Map, MediaType),
    (Response, "content", Map, MediaType),
    (Response, "headers", Map, Header),
    (Header, "schema", One, Schema),
    (MediaType, "schema", One, Schema),
    (Schema, "properties", Map, Schema),
    (Schema, "items", One, Schema),
    (Schema, "additionalProperties", One, Schema),
    (Schema, "not", One, Schema),
    (Schema, "allOf", List, Schema),
    (Schema, "anyOf", List, Schema),
    (Schema, "oneOf", List, Schema),
];

impl ObjectKind {
    /// Returns the section of `components` with the objects of this kind that references can point to.
    pub(super) fn component_section(self) -> Option<&'static str> {
        match self {
            Parameter => Some("parameters"),
            RequestBody => Some("requestBodies"),
            Response => Some("responses"),
            Header => Some("headers"),
            Schema => Some("schemas"),
            _ => None,
        }
    }

    /// Returns whether a member contains further objects.
    pub(super) fn is_container(self, member: &str) -> bool {
        members(self).any(|(name, ..)| name == member)
    }
}

fn members(kind: ObjectKind) -> impl Iterator<Item = (&'static str, Container, ObjectKind)> {
    let members = MEMBERS.iter().filter(move |(parent, ..)| *parent == kind);
    members.map(|(_, name, container, child)| (*name, *container, *child))
}

/// Calls `visitor` with every object of a document, parents first, and with the object's kind and JSON pointer.
pub(super) fn visit_objects(document: &Value, visitor: &mut impl FnMut(ObjectKind, &str, &Value)) {
    visit_at(Document, document, &mut String::new(), visitor);
}

fn visit_at(
    kind: ObjectKind,
    value: &Value,
    pointer: &mut String,
    visitor: &mut impl FnMut(ObjectKind, &str, &Value),
) {
    visitor(kind, pointer, value);
    for (name, container, child) in members(kind) {
        let Some(member) = value.get(name) else {
            continue;
        };
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(name);
        match (container, member) {
            // `additionalProperties` can also be a boolean.
            (One, Value::Bool(_)) => {}
            (One, member) => visit_at(child, member, pointer, visitor),
            (List, Value::Array(items)) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| (Cow::Owned(index.to_string()), item));
                visit_each(child, items, pointer, visitor);
            }
            (Map | ExtensibleMap, Value::Object(map)) => {
                let is_extensible = matches!(container, ExtensibleMap);
                let items = map.iter();
                let items = items.filter(|(name, _)| !(is_extensible && name.starts_with("x-")));
                let items = items.map(|(name, item)| (escape(name), item));
                visit_each(child, items, pointer, visitor);
            }
            _ => {}
        }
        pointer.truncate(length);
    }
}

fn visit_each<'v>(
    kind: ObjectKind,
    items: impl Iterator<Item = (Cow<'v, str>, &'v Value)>,
    pointer: &mut String,
    visitor: &mut impl FnMut(ObjectKind, &str, &Value),
) {
    let length = pointer.len();
    for (segment, item) in items {
        pointer.push('/');
        pointer.push_str(&segment);
        visit_at(kind, item, pointer, visitor);
        pointer.truncate(length);
    }
}
