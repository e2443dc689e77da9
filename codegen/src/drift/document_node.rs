//! An element of a document with its JSON pointer, for traversals that follow references.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::json_pointer::escape;

/// References that refer to references are followed up to this depth, as they can form a cycle.
const MAX_REFERENCES: usize = 16;

/// The components that are traversed on their own, because the model refers to their schemas by
/// their own pointers.
const COMPONENT_KINDS: [&str; 2] = ["schemas", "responses"];

/// An element of a document.
#[derive(Clone)]
pub(super) struct DocumentNode<'d> {
    document: &'d Value,
    pub(super) value: &'d Value,
    pub(super) pointer: String,
    /// The pointer by which the model refers to the element. It has no steps into `allOf`, names
    /// parameters instead of counting them, and does not follow references to parameters and bodies.
    pub(super) model_pointer: String,
}

impl<'d> DocumentNode<'d> {
    pub(super) fn at(document: &'d Value, pointer: String) -> Option<Self> {
        Some(Self {
            document,
            value: document.pointer(&pointer)?,
            model_pointer: pointer.clone(),
            pointer,
        })
    }

    /// Returns the schemas and responses that are components.
    pub(super) fn components(document: &'d Value) -> Vec<Self> {
        let mut components = Vec::new();
        for kind in COMPONENT_KINDS {
            let members = document["components"][kind].as_object();
            for name in members.into_iter().flat_map(|it| it.keys()) {
                let pointer = format!("/components/{kind}/{}", escape(name));
                components.extend(Self::at(document, pointer));
            }
        }
        components
    }

    /// Returns every element of the operations and components, without following references.
    pub(super) fn descendants(document: &'d Value) -> Vec<Self> {
        let operations = super::json_document::operations(document).into_iter();
        let operations = operations.filter_map(|it| Self::at(document, it.pointer));
        let mut pending: Vec<Self> = operations.chain(Self::components(document)).collect();
        let mut nodes = Vec::new();
        let mut visited = BTreeSet::new();
        while let Some(node) = pending.pop() {
            if node.value.get("$ref").is_none() && visited.insert(node.pointer.clone()) {
                pending.extend(node.children().into_iter().map(|(_, child)| child));
                nodes.push(node);
            }
        }
        nodes
    }

    fn child(&self, steps: &str, value: &'d Value) -> Self {
        Self {
            document: self.document,
            value,
            pointer: format!("{}/{steps}", self.pointer),
            model_pointer: format!("{}/{steps}", self.model_pointer),
        }
    }

    /// Follows references, and removes an `allOf` or a `oneOf` around one schema, which usually
    /// wraps a reference.
    pub(super) fn resolved(mut self) -> Self {
        for _ in 0..MAX_REFERENCES {
            if let Some(target) = self.reference() {
                self = target;
            } else if let Some((wrapper, single)) = single_subschema(self.value) {
                self.value = single;
                self.pointer = format!("{}/{wrapper}/0", self.pointer);
            } else {
                break;
            }
        }
        self
    }

    fn reference(&self) -> Option<Self> {
        let pointer = self.value.get("$ref")?.as_str()?.strip_prefix('#')?;
        let mut target = Self::at(self.document, pointer.to_owned())?;
        let has_own_pointer = |kind: &&str| pointer.starts_with(&format!("/components/{kind}/"));
        if !COMPONENT_KINDS.iter().any(has_own_pointer) {
            target.model_pointer.clone_from(&self.model_pointer);
        }
        Some(target)
    }

    /// Returns the members of the element, each with its role, which identifies it in another
    /// version of the element.
    pub(super) fn children(&self) -> Vec<(String, Self)> {
        let mut children = Vec::new();
        for (name, value) in self.value.as_object().into_iter().flatten() {
            match name.as_str() {
                "properties" | "allOf" | "parameters" => {}
                "oneOf" | "anyOf" => children.extend(self.members(name)),
                // The model refers to a parameter's schema as the parameter.
                "schema" if self.value.get("in").is_some() => {
                    let mut child = self.child(name, value);
                    child.model_pointer.clone_from(&self.model_pointer);
                    children.push((name.clone(), child));
                }
                _ if value.is_object() => {
                    children.push((name.clone(), self.child(&escape(name), value)));
                }
                _ => {}
            }
        }
        self.collect_properties(&mut children, &mut BTreeSet::new());
        children.extend(self.parameters());
        children
    }

    /// Collects the properties of an object, including those that `allOf` adds. `visited` are the
    /// objects that are collected already.
    fn collect_properties(
        &self,
        properties: &mut Vec<(String, Self)>,
        visited: &mut BTreeSet<String>,
    ) {
        if !visited.insert(self.pointer.clone()) {
            return;
        }
        for (name, value) in self.value["properties"].as_object().into_iter().flatten() {
            let child = self.child(&format!("properties/{}", escape(name)), value);
            properties.push((format!("properties/{name}"), child));
        }
        for (index, part) in self.value["allOf"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
        {
            let mut part = self.child(&format!("allOf/{index}"), part);
            part.model_pointer.clone_from(&self.model_pointer);
            let mut part = part.resolved();
            // The model has the properties of every part in the object that they are merged into.
            part.model_pointer.clone_from(&self.model_pointer);
            part.collect_properties(properties, visited);
        }
    }

    /// Returns the members of a union: references are identified by what they refer to.
    fn members(&self, keyword: &str) -> Vec<(String, Self)> {
        let members = self.value[keyword].as_array().into_iter().flatten();
        let members = members.enumerate().map(|(index, member)| {
            let mut child = self.child(&format!("{keyword}/{index}"), member);
            child.model_pointer = format!("{}/oneOf/{index}", self.model_pointer);
            let role = match member["$ref"].as_str() {
                Some(reference) => format!("member {reference}"),
                None => format!("member {index}"),
            };
            (role, child)
        });
        members.collect()
    }

    /// Returns the schemas of the parameters of an operation.
    fn parameters(&self) -> Vec<(String, Self)> {
        let mut parameters = Vec::new();
        let path = self.pointer.rsplit_once('/').map_or("", |(path, _)| path);
        let lists = match self.value.get("operationId") {
            Some(_) => vec![path, self.pointer.as_str()],
            None => Vec::new(),
        };
        for list in lists {
            let list = format!("{list}/parameters");
            let items = self.document.pointer(&list).and_then(Value::as_array);
            for index in 0..items.map_or(0, Vec::len) {
                let Some(parameter) = Self::at(self.document, format!("{list}/{index}")) else {
                    continue;
                };
                let mut parameter = parameter.resolved();
                let name = parameter.value["name"].as_str().unwrap_or_default();
                let role = format!("parameter {} {name}", parameter.value["in"]);
                parameter.model_pointer = format!("{}/parameters/{name}", self.model_pointer);
                parameters.push((role, parameter));
            }
        }
        parameters
    }
}

/// Returns the only member of an `allOf` or a `oneOf` that wraps a schema, with the keyword.
pub(super) fn single_subschema(schema: &Value) -> Option<(&'static str, &Value)> {
    let is_wrapper = schema.get("properties").is_none() && schema.get("discriminator").is_none();
    ["allOf", "oneOf"]
        .into_iter()
        .filter(|_| is_wrapper)
        .find_map(
            |keyword| match schema[keyword].as_array().map(Vec::as_slice) {
                Some([single]) => Some((keyword, single)),
                _ => None,
            },
        )
}
