//! The instance generator: follows a schema's keywords, and builds a value with its nodes.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::generation_error::{GenerationError, unsupported};
use super::instance::{Instance, NodeKind};
use super::scalar_values::{generate_integer, generate_string, seed_from_name};
use crate::document::{OpenApiDocument, escape_segment, only_lists_required};

/// The properties that an instance has, out of those that its schema allows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FieldSelection {
    /// Only required properties.
    Required,
    /// All properties.
    All,
    /// All properties, with null for each property and each value of a map that is nullable, and for the first item of
    /// each array with nullable items.
    AllWithNulls,
}

/// The keywords that the generator supports, or that do not restrict instances.
const SUPPORTED_KEYWORDS: [&str; 26] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "deprecated",
    "discriminator",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "readOnly",
    "required",
    "type",
    "uniqueItems",
];

/// Generates instances of schemas, with one selection of fields.
pub(crate) struct InstanceGenerator<'d> {
    document: &'d OpenApiDocument,
    selection: FieldSelection,
    /// The references that are being followed, to detect recursion.
    open_references: Vec<String>,
    /// Properties that the next object must have in addition to those its schema requires.
    extra_required: BTreeSet<String>,
}

type Generated = Result<Instance, GenerationError>;

impl<'d> InstanceGenerator<'d> {
    pub(crate) fn new(document: &'d OpenApiDocument, selection: FieldSelection) -> Self {
        Self {
            document,
            selection,
            open_references: Vec::new(),
            extra_required: BTreeSet::new(),
        }
    }

    /// Requires more properties of the next object than its schema does.
    pub(crate) fn require(&mut self, properties: impl IntoIterator<Item = String>) {
        self.extra_required.extend(properties);
    }

    /// Generates an instance of the schema at `pointer`. The values in it depend on `name`, so that values under
    /// different names can be distinguished.
    pub(crate) fn generate(&mut self, pointer: &str, name: &str) -> Generated {
        let document = self.document;
        let schema = document.at(pointer);
        let Some(keywords) = schema.as_object() else {
            return unsupported(pointer, "a schema that is not an object");
        };
        if let Some(target) = keywords.get("$ref").and_then(Value::as_str) {
            let target = target.strip_prefix('#').unwrap_or(target);
            return self.reference(target, name);
        }
        let is_unsupported =
            |it: &&String| !SUPPORTED_KEYWORDS.contains(&it.as_str()) && !it.starts_with("x-");
        if let Some(keyword) = keywords.keys().find(is_unsupported) {
            return unsupported(pointer, &format!("the keyword `{keyword}`"));
        }
        let subschemas = |keyword: &str| keywords.get(keyword).and_then(Value::as_array);
        if let Some(all) = subschemas("allOf") {
            return self.all_of(pointer, all.len(), keywords, name);
        }
        if let Some([_]) = subschemas("oneOf").map(Vec::as_slice)
            && !keywords.contains_key("discriminator")
        {
            return self.generate(&format!("{pointer}/oneOf/0"), name);
        }
        match (subschemas("oneOf"), subschemas("anyOf")) {
            (Some(variants), None) => self.union(pointer, "oneOf", variants.len(), keywords, name),
            (None, Some(variants)) if variants.iter().all(only_lists_required) => {
                self.object(pointer, keywords, name)
            }
            (None, Some(variants)) => self.union(pointer, "anyOf", variants.len(), keywords, name),
            (Some(_), Some(_)) => unsupported(pointer, "`oneOf` beside `anyOf`"),
            (None, None) => self.typed(pointer, keywords, name),
        }
    }

    fn reference(&mut self, target: &str, name: &str) -> Generated {
        if self.open_references.iter().any(|open| open == target) {
            return Err(GenerationError::RecursiveSchema);
        }
        self.open_references.push(target.to_owned());
        let generated = self.generate(target, name);
        self.open_references.pop();
        generated
    }

    /// Generates an instance of a schema without combinators, by its `type`.
    fn typed(&mut self, pointer: &str, keywords: &Map<String, Value>, name: &str) -> Generated {
        let scalar = |value: Value, kind: NodeKind| Ok(Instance::single_node(value, pointer, kind));
        match keywords.get("type").and_then(Value::as_str) {
            Some("string" | "boolean") if keywords.contains_key("enum") => {
                match keywords.get("enum").and_then(Value::as_array) {
                    Some(values) if !values.is_empty() => {
                        let value = values[seed_from_name(name) as usize % values.len()].clone();
                        scalar(value, NodeKind::Enum(values.clone()))
                    }
                    _ => unsupported(pointer, "an enum without values"),
                }
            }
            Some("string") => {
                let string = generate_string(pointer, keywords, name)?;
                scalar(json!(string), NodeKind::String)
            }
            _ if keywords.contains_key("enum") => unsupported(pointer, "an enum of this type"),
            Some("integer") => scalar(json!(generate_integer(keywords, name)), NodeKind::Integer),
            Some("number") => {
                let integer = generate_integer(keywords, name);
                // The document also uses `number` for integers; only numbers with a format have a fraction.
                let value = match keywords.contains_key("format") {
                    true => json!(integer as f64 + 0.5),
                    false => json!(integer),
                };
                scalar(value, NodeKind::Number)
            }
            Some("boolean") => {
                let value = seed_from_name(name).is_multiple_of(2);
                scalar(json!(value), NodeKind::Boolean)
            }
            Some("array") => self.array(pointer, keywords, name),
            Some("object") => self.object(pointer, keywords, name),
            None if keywords.contains_key("properties") => self.object(pointer, keywords, name),
            None if keywords
                .keys()
                .all(|it| it == "nullable" || it.starts_with("x-")) =>
            {
                let value = json!({name: ["any", 1, {"json": null}]});
                scalar(value, NodeKind::AnyJson)
            }
            _ => unsupported(pointer, "this type"),
        }
    }

    fn array(&mut self, pointer: &str, keywords: &Map<String, Value>, name: &str) -> Generated {
        let mut array = Instance::single_node(json!([]), pointer, NodeKind::Array);
        if !keywords.contains_key("items") {
            array.push(Instance::arbitrary_json(name));
            return Ok(array);
        }
        let limit = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64);
        let preferred = match self.selection {
            FieldSelection::Required => 1,
            FieldSelection::All | FieldSelection::AllWithNulls => 2,
        };
        let min = limit("minItems").unwrap_or_default();
        let max = limit("maxItems").unwrap_or(u64::MAX);
        for index in 0..preferred.max(min).min(max) {
            let schema = format!("{pointer}/items");
            if index == 0 && self.prefers_null(&schema) {
                array.push(Instance::null());
                continue;
            }
            let item = self.generate(&schema, &format!("{name} {index}"));
            match item {
                // All items have the same schema, so tests need to vary only the first.
                Ok(item) if index > 0 => array.push(item.without_nodes()),
                Ok(item) => array.push(item),
                Err(GenerationError::RecursiveSchema) => return Ok(array),
                Err(error) => return Err(error),
            }
        }
        Ok(array)
    }

    fn object(&mut self, pointer: &str, keywords: &Map<String, Value>, name: &str) -> Generated {
        let mut required = required_properties(keywords);
        required.append(&mut self.extra_required);
        let properties = keywords.get("properties").and_then(Value::as_object);
        let Some(properties) = properties.filter(|it| !it.is_empty()) else {
            return self.map(pointer, keywords, name);
        };
        if keywords
            .get("additionalProperties")
            .is_some_and(Value::is_object)
        {
            return unsupported(pointer, "`properties` beside a schema of additional ones");
        }
        let mut object = Instance::single_node(json!({}), pointer, NodeKind::Object);
        for property in properties.keys() {
            let is_required = required.contains(property);
            if self.selection == FieldSelection::Required && !is_required {
                continue;
            }
            let schema = format!("{pointer}/properties/{}", escape_segment(property));
            if self.prefers_null(&schema) {
                object.insert(property, Instance::null());
                continue;
            }
            match self.generate(&schema, &format!("{name} {property}")) {
                Ok(value) => object.insert(property, value),
                Err(GenerationError::RecursiveSchema) if !is_required => {}
                Err(GenerationError::RecursiveSchema) if self.is_nullable(&schema) => {
                    object.insert(property, Instance::null());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(object)
    }

    fn map(&mut self, pointer: &str, keywords: &Map<String, Value>, name: &str) -> Generated {
        let mut map = Instance::single_node(json!({}), pointer, NodeKind::Map);
        if self.selection == FieldSelection::Required {
            return Ok(map);
        }
        let has_schema = keywords
            .get("additionalProperties")
            .is_some_and(|it| it.as_object().is_some_and(|it| !it.is_empty()));
        let schema = format!("{pointer}/additionalProperties");
        let value = match has_schema {
            true if self.prefers_null(&schema) => Instance::null(),
            true => self.generate(&schema, name)?,
            false => Instance::arbitrary_json(name),
        };
        map.insert("some key", value);
        Ok(map)
    }

    fn all_of(
        &mut self,
        pointer: &str,
        count: usize,
        keywords: &Map<String, Value>,
        name: &str,
    ) -> Generated {
        let mut parts = Vec::new();
        for index in 0..count {
            self.require(required_properties(keywords));
            parts.push(self.generate(&format!("{pointer}/allOf/{index}"), name)?);
        }
        self.extra_required.clear();
        if keywords.contains_key("properties") {
            parts.push(self.object(pointer, keywords, name)?);
        }
        if let [_] = &*parts {
            return Ok(parts.remove(0));
        }
        let mut merged = Instance::single_node(json!({}), pointer, NodeKind::Object);
        for part in parts {
            let Value::Object(members) = part.value else {
                return unsupported(pointer, "`allOf` of schemas other than objects");
            };
            let into = merged.value.as_object_mut();
            into.expect("the instance is an object").extend(members);
            let below_root = part.nodes.into_iter().filter(|it| !it.pointer.is_empty());
            merged.nodes.extend(below_root);
        }
        Ok(merged)
    }

    /// Generates the first variant of a union, with a node that has all of them.
    fn union(
        &mut self,
        pointer: &str,
        keyword: &str,
        count: usize,
        keywords: &Map<String, Value>,
        name: &str,
    ) -> Generated {
        if keywords.contains_key("properties") {
            return unsupported(pointer, "a union beside `properties`");
        }
        let mut variants = Vec::new();
        for index in 0..count {
            variants.push(self.generate(&format!("{pointer}/{keyword}/{index}"), name)?);
        }
        let Some(first) = variants.first().cloned() else {
            return unsupported(pointer, "a union without variants");
        };
        let discriminator = keywords
            .get("discriminator")
            .and_then(|it| it["propertyName"].as_str())
            .map(str::to_owned);
        let kind = NodeKind::Union {
            variants,
            discriminator,
        };
        let mut union = Instance::single_node(first.value, pointer, kind);
        union.nodes.extend(first.nodes);
        for node in &mut union.nodes {
            node.in_union = true;
        }
        Ok(union)
    }

    /// Returns whether the value of the schema at `pointer` is null in this selection.
    fn prefers_null(&self, pointer: &str) -> bool {
        self.selection == FieldSelection::AllWithNulls && self.is_nullable(pointer)
    }

    /// Returns whether the schema at `pointer`, the schema that it refers to, or a member of its union is nullable.
    fn is_nullable(&self, pointer: &str) -> bool {
        let pointer = self.document.resolve(pointer);
        let schema = self.document.at(&pointer);
        let has_nullable_member = |keyword: &str| {
            let count = schema[keyword].as_array().map_or(0, Vec::len);
            (0..count).any(|index| self.is_nullable(&format!("{pointer}/{keyword}/{index}")))
        };
        schema["nullable"] == true || ["oneOf", "anyOf"].into_iter().any(has_nullable_member)
    }
}

/// Returns the required properties of an object, including those of the first variant of an `anyOf`.
fn required_properties(keywords: &Map<String, Value>) -> BTreeSet<String> {
    let any_of = keywords
        .get("anyOf")
        .and_then(|it| it.get(0)?.get("required"));
    let own = keywords.get("required");
    let lists = own.into_iter().chain(any_of).filter_map(Value::as_array);
    let names = lists.flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}
