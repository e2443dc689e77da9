//! What differs between two schemas.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::walk::Found;
use super::{Action, Class};
use crate::json_pointer::escape;

/// A place of the document, and where to look for the Rust items that stand for it.
#[derive(Clone)]
pub(crate) struct Spot {
    place: String,
    pub(crate) items: Vec<String>,
}

impl Spot {
    pub(crate) fn new(place: &str, items: Vec<String>) -> Self {
        Self {
            place: place.to_owned(),
            items,
        }
    }

    pub(crate) fn at(place: String) -> Self {
        Self {
            items: vec![place.clone()],
            place,
        }
    }

    pub(crate) fn below(&self, suffix: &str) -> Self {
        Self {
            place: format!("{}/{suffix}", self.place),
            items: self
                .items
                .iter()
                .map(|it| format!("{it}/{suffix}"))
                .collect(),
        }
    }
}

/// What was found so far.
#[derive(Default)]
pub(crate) struct Differences(pub(crate) Vec<Found>);

/// Keywords that change what a caller reads, and no type.
const LIMITS: [&str; 12] = [
    "default",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
    "readOnly",
    "uniqueItems",
];

impl Differences {
    fn push(
        &mut self,
        subject: &'static str,
        action: Action,
        spot: &Spot,
        detail: String,
        class: Class,
    ) {
        self.0.push(Found {
            subject,
            action,
            place: spot.place.clone(),
            item_places: spot.items.clone(),
            value: None,
            detail,
            class,
        });
    }

    pub(crate) fn added(&mut self, subject: &'static str, spot: &Spot, detail: String) {
        self.push(subject, Action::Added, spot, detail, Class::Additive);
    }

    pub(crate) fn removed(&mut self, subject: &'static str, spot: &Spot, detail: String) {
        self.push(subject, Action::Removed, spot, detail, Class::Wire);
    }

    pub(crate) fn changed(
        &mut self,
        subject: &'static str,
        spot: &Spot,
        detail: String,
        class: Class,
    ) {
        self.push(subject, Action::Changed, spot, detail, class);
    }

    pub(crate) fn added_class(
        &mut self,
        subject: &'static str,
        spot: &Spot,
        detail: &str,
        class: Class,
    ) {
        self.push(subject, Action::Added, spot, detail.to_owned(), class);
    }

    pub(crate) fn removed_class(
        &mut self,
        subject: &'static str,
        spot: &Spot,
        detail: &str,
        class: Class,
    ) {
        self.push(subject, Action::Removed, spot, detail.to_owned(), class);
    }

    pub(crate) fn deprecation(&mut self, old: &Value, new: &Value, spot: &Spot) {
        match (old["deprecated"] == true, new["deprecated"] == true) {
            (false, true) => self.added_class("deprecation", spot, "deprecated", Class::Docs),
            (true, false) => self.removed_class("deprecation", spot, "deprecated", Class::Docs),
            _ => {}
        }
    }

    /// Compares two schemas; what they refer to by name is compared elsewhere, once.
    pub(crate) fn schema(&mut self, old: &Value, new: &Value, spot: &Spot) {
        if old == new {
            return;
        }
        let (was, is) = (Core::of(old), Core::of(new));
        if was.nullable != is.nullable {
            let now = if is.nullable {
                "null is allowed"
            } else {
                "null is not allowed"
            };
            self.changed("null", spot, now.to_owned(), Class::Docs);
        }
        self.deprecation(old, new, spot);
        let (reference, other) = (was.schema["$ref"].as_str(), is.schema["$ref"].as_str());
        if reference.is_some() || other.is_some() {
            if reference != other {
                let detail = format!("{} → {}", summary(was.schema), summary(is.schema));
                self.changed("type", spot, detail, Class::Docs);
            }
            return;
        }
        let spot = &match is.part {
            Some(part) => spot.below(part),
            None => spot.clone(),
        };
        match (was.schema.as_object(), is.schema.as_object()) {
            (Some(was), Some(is)) => self.members(was, is, spot),
            _ => self.changed(
                "type",
                spot,
                "a schema appeared or went".to_owned(),
                Class::Docs,
            ),
        }
    }

    fn members(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, spot: &Spot) {
        let kind = |schema: &Map<String, Value>| summary(&Value::Object(schema.clone()));
        let is_enum = |schema: &Map<String, Value>| schema.contains_key("enum");
        if old.get("type") != new.get("type") || is_enum(old) != is_enum(new) {
            let detail = format!("{} → {}", kind(old), kind(new));
            self.changed("type", spot, detail, Class::Docs);
            return;
        }
        if old.get("format") != new.get("format") {
            let detail = format!("{} → {}", kind(old), kind(new));
            self.changed("format", spot, detail, Class::Docs);
        }
        for keyword in LIMITS {
            let (was, is) = (old.get(keyword), new.get(keyword));
            if was != is {
                let shown = |it: Option<&Value>| it.map_or("none".to_owned(), Value::to_string);
                let detail = format!("`{keyword}`: {} → {}", shown(was), shown(is));
                self.changed("limit", spot, detail, Class::Docs);
            }
        }
        self.values(old, new, spot);
        self.properties(old, new, spot);
        for keyword in ["items", "additionalProperties"] {
            let (was, is) = (old.get(keyword), new.get(keyword));
            match (was, is) {
                (Some(was), Some(is)) if was.is_object() && is.is_object() => {
                    self.schema(was, is, &spot.below(keyword));
                }
                _ if was.is_some_and(Value::is_object) || is.is_some_and(Value::is_object) => {
                    let detail = format!("`{keyword}` appeared or went");
                    self.changed("type", spot, detail, Class::Docs);
                }
                _ => {}
            }
        }
        for (keyword, subject) in [
            ("oneOf", "union member"),
            ("anyOf", "union member"),
            ("allOf", "part"),
        ] {
            self.shapes(keyword, subject, old, new, spot);
        }
        if old.get("discriminator") != new.get("discriminator") {
            let detail = "another member or another mapping decides".to_owned();
            self.changed("discriminator", spot, detail, Class::Docs);
        }
    }

    fn values(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, spot: &Spot) {
        let values = |schema: &Map<String, Value>| -> BTreeSet<String> {
            let values = schema.get("enum").and_then(Value::as_array);
            let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
            values.into_iter().flatten().map(text).collect()
        };
        let (was, is) = (values(old), values(new));
        for value in was.symmetric_difference(&is) {
            let detail = format!("`{value}`");
            match is.contains(value) {
                true => self.added_class("enum value", spot, &detail, Class::Docs),
                false => self.removed_class("enum value", spot, &detail, Class::Docs),
            }
            if let Some(last) = self.0.last_mut() {
                last.value = Some(value.clone());
            }
        }
    }

    fn properties(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, spot: &Spot) {
        let required = |schema: &Map<String, Value>, name: &String| {
            let names = schema.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|it| it == name))
        };
        let none = Map::new();
        let members = |schema| properties_of(schema).unwrap_or(&none);
        let (was, is) = (members(old), members(new));
        let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for name in names {
            let spot = spot.below(&format!("properties/{}", escape(name)));
            match (was.get(name), is.get(name)) {
                (Some(one), Some(other)) => {
                    let (was, is) = (required(old, name), required(new, name));
                    if was != is {
                        let now = if is { "now required" } else { "now optional" };
                        self.changed("required", &spot, now.to_owned(), Class::Docs);
                    }
                    self.schema(one, other, &spot);
                }
                (Some(one), None) => {
                    self.removed("field", &spot, format!("`{name}`, {}", summary(one)));
                }
                (None, Some(other)) => {
                    let required = if required(new, name) {
                        ", required"
                    } else {
                        ""
                    };
                    let detail = format!("`{name}`, {}{required}", summary(other));
                    self.added("field", &spot, detail);
                }
                (None, None) => {}
            }
        }
    }

    /// Shapes that stand in a list: those that are references go by name, others by their order.
    fn shapes(
        &mut self,
        keyword: &str,
        subject: &'static str,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
        spot: &Spot,
    ) {
        let list = |schema: &Map<String, Value>| {
            let shapes = schema.get(keyword).and_then(Value::as_array);
            shapes.cloned().unwrap_or_default()
        };
        let (was, is) = (list(old), list(new));
        let named = |shapes: &[Value]| -> BTreeSet<String> {
            shapes
                .iter()
                .filter(|it| it["$ref"].is_string())
                .map(summary)
                .collect()
        };
        let (one, other) = (named(&was), named(&is));
        for name in one.symmetric_difference(&other) {
            match other.contains(name) {
                true => self.added_class(subject, spot, name, Class::Docs),
                false => self.removed_class(subject, spot, name, Class::Docs),
            }
        }
        let inline = |shapes: &[Value]| -> Vec<(usize, Value)> {
            let shapes = shapes.iter().cloned().enumerate();
            shapes.filter(|(_, it)| !it["$ref"].is_string()).collect()
        };
        let (was, is) = (inline(&was), inline(&is));
        for ((_, one), (index, other)) in was.iter().zip(&is) {
            self.schema(one, other, &spot.below(&format!("{keyword}/{index}")));
        }
        for (index, _) in is.iter().skip(was.len()) {
            self.added_class(subject, spot, &format!("the one at {index}"), Class::Docs);
        }
        for (index, _) in was.iter().skip(is.len()) {
            self.removed_class(subject, spot, &format!("the one at {index}"), Class::Docs);
        }
    }
}

fn properties_of(schema: &Map<String, Value>) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object)
}

/// A schema without the wrapping that stands for "or null".
struct Core<'s> {
    schema: &'s Value,
    nullable: bool,
    /// The step into the wrapping.
    part: Option<&'static str>,
}

impl<'s> Core<'s> {
    fn of(schema: &'s Value) -> Self {
        let nullable = schema["nullable"] == true;
        for (keyword, part) in [("allOf", "allOf/0"), ("oneOf", "oneOf/0")] {
            if let Some([single]) = schema[keyword].as_array().map(Vec::as_slice)
                && schema.get("properties").is_none()
                && schema.get("discriminator").is_none()
            {
                let within = Self::of(single);
                return Self {
                    schema: within.schema,
                    nullable: nullable || within.nullable,
                    part: Some(part),
                };
            }
        }
        Self {
            schema,
            nullable,
            part: None,
        }
    }
}

/// A schema in a word or two.
fn summary(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or(target);
        return format!("`{name}`");
    }
    for (keyword, word) in [
        ("oneOf", "a union"),
        ("anyOf", "a union"),
        ("allOf", "an object"),
    ] {
        if schema.get(keyword).is_some() {
            return word.to_owned();
        }
    }
    let ty = schema["type"].as_str().unwrap_or("anything");
    let of = match ty {
        "array" => format!(" of {}", summary(&schema["items"])),
        _ if schema.get("enum").is_some() => " of an enum".to_owned(),
        _ => schema["format"]
            .as_str()
            .map(|it| format!(" ({it})"))
            .unwrap_or_default(),
    };
    format!("{ty}{of}")
}
