//! Values made from a schema: what the document says can be sent or answered.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::pattern;
use crate::spec::{Spec, escape, only_requires};

/// How much of what a schema allows is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fill {
    /// What is required.
    Required,
    /// Everything.
    Everything,
    /// Everything, with null wherever it is allowed.
    Nulls,
}

/// A value, and the places in it where another could stand.
#[derive(Clone)]
pub(crate) struct Instance {
    pub(crate) value: Value,
    pub(crate) sites: Vec<Site>,
}

/// A place in an instance.
#[derive(Clone)]
pub(crate) struct Site {
    /// A JSON pointer into the instance.
    pub(crate) place: String,
    /// The JSON pointer of the schema.
    pub(crate) schema: String,
    pub(crate) kind: Kind,
    /// Whether a union stands at this place or above it.
    pub(crate) in_union: bool,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Text,
    Enum(Vec<Value>),
    Integer,
    Number,
    Bool,
    Array,
    Object,
    /// An object with members of any name.
    Map,
    /// Any JSON.
    Any,
    /// Each shape that may stand here, and the property that tells them apart, if one does.
    Union(Vec<Instance>, Option<String>),
}

/// Why no instance can be made.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The schema at this pointer has a form that is not understood.
    Unknown(String),
    /// The schema contains itself.
    Recursive,
}

/// The keywords that are understood, or that say nothing about instances.
const KEYWORDS: [&str; 26] = [
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

/// Makes instances of one fill.
pub(crate) struct Maker<'s> {
    spec: &'s Spec,
    fill: Fill,
    /// The references under way.
    open: Vec<String>,
    /// What the next object must have beside what its schema requires.
    demanded: BTreeSet<String>,
}

impl<'s> Maker<'s> {
    pub(crate) fn new(spec: &'s Spec, fill: Fill) -> Self {
        Self {
            spec,
            fill,
            open: Vec::new(),
            demanded: BTreeSet::new(),
        }
    }

    /// Requires more of the next object than its schema does.
    pub(crate) fn demand(&mut self, properties: impl IntoIterator<Item = String>) {
        self.demanded.extend(properties);
    }

    /// Makes an instance of the schema at `pointer`. The texts in it are told apart by `name`.
    pub(crate) fn make(&mut self, pointer: &str, name: &str) -> Result<Instance, Refusal> {
        let spec = self.spec;
        let schema = spec.at(pointer);
        let Some(keywords) = schema.as_object() else {
            return unknown(pointer, "a schema is an object");
        };
        if let Some(target) = keywords.get("$ref").and_then(Value::as_str) {
            let target = target.strip_prefix('#').unwrap_or(target);
            return self.referenced(target, name);
        }
        let strange = |it: &&String| !KEYWORDS.contains(&it.as_str()) && !it.starts_with("x-");
        if let Some(keyword) = keywords.keys().find(strange) {
            return unknown(pointer, &format!("the keyword `{keyword}`"));
        }
        let shapes = |keyword: &str| keywords.get(keyword).and_then(Value::as_array);
        if let Some(all) = shapes("allOf") {
            return self.all_of(pointer, all.len(), keywords, name);
        }
        if let Some([_]) = shapes("oneOf").map(Vec::as_slice)
            && !keywords.contains_key("discriminator")
        {
            return self.make(&format!("{pointer}/oneOf/0"), name);
        }
        match (shapes("oneOf"), shapes("anyOf")) {
            (Some(shapes), None) => self.union(pointer, "oneOf", shapes.len(), keywords, name),
            (None, Some(shapes)) if shapes.iter().all(only_requires) => {
                self.object(pointer, keywords, name)
            }
            (None, Some(shapes)) => self.union(pointer, "anyOf", shapes.len(), keywords, name),
            (Some(_), Some(_)) => unknown(pointer, "`oneOf` beside `anyOf`"),
            (None, None) => self.typed(pointer, keywords, name),
        }
    }

    fn referenced(&mut self, target: &str, name: &str) -> Result<Instance, Refusal> {
        if self.open.iter().any(|open| open == target) {
            return Err(Refusal::Recursive);
        }
        self.open.push(target.to_owned());
        let made = self.make(target, name);
        self.open.pop();
        made
    }

    fn typed(
        &mut self,
        pointer: &str,
        keywords: &Map<String, Value>,
        name: &str,
    ) -> Result<Instance, Refusal> {
        let leaf = |value: Value, kind: Kind| Ok(Instance::leaf(value, pointer, kind));
        match keywords.get("type").and_then(Value::as_str) {
            Some("string" | "boolean") if keywords.contains_key("enum") => {
                match keywords.get("enum").and_then(Value::as_array) {
                    Some(values) if !values.is_empty() => {
                        let value = values[salt(name) as usize % values.len()].clone();
                        leaf(value, Kind::Enum(values.clone()))
                    }
                    _ => unknown(pointer, "an enum without values"),
                }
            }
            Some("string") => leaf(json!(text(pointer, keywords, name)?), Kind::Text),
            _ if keywords.contains_key("enum") => unknown(pointer, "an enum of this type"),
            Some("integer") => leaf(json!(integer(keywords, name)), Kind::Integer),
            // Without a format, it is a whole number of a service whose language has no other kind.
            Some("number") => match keywords.contains_key("format") {
                true => leaf(json!(integer(keywords, name) as f64 + 0.5), Kind::Number),
                false => leaf(json!(integer(keywords, name)), Kind::Number),
            },
            Some("boolean") => leaf(json!(salt(name).is_multiple_of(2)), Kind::Bool),
            Some("array") => self.array(pointer, keywords, name),
            Some("object") => self.object(pointer, keywords, name),
            None if keywords.contains_key("properties") => self.object(pointer, keywords, name),
            None if keywords
                .keys()
                .all(|it| it == "nullable" || it.starts_with("x-")) =>
            {
                leaf(json!({name: ["any", 1, {"json": null}]}), Kind::Any)
            }
            _ => unknown(pointer, "this type"),
        }
    }

    fn array(
        &mut self,
        pointer: &str,
        keywords: &Map<String, Value>,
        name: &str,
    ) -> Result<Instance, Refusal> {
        let mut array = Instance::leaf(json!([]), pointer, Kind::Array);
        if !keywords.contains_key("items") {
            array.push(Instance::any(name));
            return Ok(array);
        }
        let limit = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64);
        let wanted = if self.fill == Fill::Required { 1 } else { 2 };
        let most = limit("maxItems").unwrap_or(u64::MAX);
        let count = wanted.max(limit("minItems").unwrap_or_default()).min(most);
        for index in 0..count {
            let item = self.make(&format!("{pointer}/items"), &format!("{name} {index}"));
            match item {
                // The items are of one schema: what varies in the first need not in the others.
                Ok(item) if index > 0 => array.push(item.without_sites()),
                Ok(item) => array.push(item),
                Err(Refusal::Recursive) => return Ok(array),
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(array)
    }

    fn object(
        &mut self,
        pointer: &str,
        keywords: &Map<String, Value>,
        name: &str,
    ) -> Result<Instance, Refusal> {
        let mut required = required(keywords);
        required.append(&mut self.demanded);
        let properties = keywords.get("properties").and_then(Value::as_object);
        let Some(properties) = properties.filter(|it| !it.is_empty()) else {
            return self.map(pointer, keywords, name);
        };
        if keywords
            .get("additionalProperties")
            .is_some_and(Value::is_object)
        {
            return unknown(pointer, "`properties` beside a schema of further ones");
        }
        let mut object = Instance::leaf(json!({}), pointer, Kind::Object);
        for property in properties.keys() {
            let is_required = required.contains(property);
            if self.fill == Fill::Required && !is_required {
                continue;
            }
            let at = format!("{pointer}/properties/{}", escape(property));
            if self.fill == Fill::Nulls && self.is_nullable(&at) {
                object.insert(property, Instance::null());
                continue;
            }
            match self.make(&at, &format!("{name} {property}")) {
                Ok(made) => object.insert(property, made),
                Err(Refusal::Recursive) if !is_required => {}
                Err(Refusal::Recursive) if self.is_nullable(&at) => {
                    object.insert(property, Instance::null());
                }
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(object)
    }

    fn map(
        &mut self,
        pointer: &str,
        keywords: &Map<String, Value>,
        name: &str,
    ) -> Result<Instance, Refusal> {
        let mut map = Instance::leaf(json!({}), pointer, Kind::Map);
        if self.fill == Fill::Required {
            return Ok(map);
        }
        let has_schema = keywords
            .get("additionalProperties")
            .is_some_and(|it| it.as_object().is_some_and(|it| !it.is_empty()));
        let value = match has_schema {
            true => self.make(&format!("{pointer}/additionalProperties"), name)?,
            false => Instance::any(name),
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
    ) -> Result<Instance, Refusal> {
        let mut parts = Vec::new();
        for index in 0..count {
            self.demand(required(keywords));
            parts.push(self.make(&format!("{pointer}/allOf/{index}"), name)?);
        }
        self.demanded.clear();
        if keywords.contains_key("properties") {
            parts.push(self.object(pointer, keywords, name)?);
        }
        if let [_] = &*parts {
            return Ok(parts.remove(0));
        }
        let mut whole = Instance::leaf(json!({}), pointer, Kind::Object);
        for part in parts {
            let Value::Object(members) = part.value else {
                return unknown(pointer, "`allOf` of other than objects");
            };
            let into = whole.value.as_object_mut().expect("it was made one");
            into.extend(members);
            let inner = part.sites.into_iter().filter(|site| !site.place.is_empty());
            whole.sites.extend(inner);
        }
        Ok(whole)
    }

    fn union(
        &mut self,
        pointer: &str,
        keyword: &str,
        count: usize,
        keywords: &Map<String, Value>,
        name: &str,
    ) -> Result<Instance, Refusal> {
        if keywords.contains_key("properties") {
            return unknown(pointer, "a union beside `properties`");
        }
        let mut shapes = Vec::new();
        for index in 0..count {
            shapes.push(self.make(&format!("{pointer}/{keyword}/{index}"), name)?);
        }
        let Some(first) = shapes.first().cloned() else {
            return unknown(pointer, "a union without members");
        };
        let tag = keywords
            .get("discriminator")
            .and_then(|it| it["propertyName"].as_str());
        let mut union = Instance {
            value: first.value,
            sites: vec![Site {
                place: String::new(),
                schema: pointer.to_owned(),
                kind: Kind::Union(shapes, tag.map(str::to_owned)),
                in_union: true,
            }],
        };
        let inner = first.sites.into_iter().map(|site| Site {
            in_union: true,
            ..site
        });
        union.sites.extend(inner);
        Ok(union)
    }

    /// Whether the schema at `pointer`, or what it refers to, says that null may stand there.
    fn is_nullable(&self, pointer: &str) -> bool {
        self.spec.at(&self.spec.resolve(pointer))["nullable"] == true
    }
}

impl Instance {
    fn leaf(value: Value, schema: &str, kind: Kind) -> Self {
        let site = Site {
            place: String::new(),
            schema: schema.to_owned(),
            kind,
            in_union: false,
        };
        Self {
            value,
            sites: vec![site],
        }
    }

    /// An object with nothing in it.
    pub(crate) fn empty() -> Self {
        Self {
            value: json!({}),
            sites: Vec::new(),
        }
    }

    fn null() -> Self {
        Self {
            value: Value::Null,
            sites: Vec::new(),
        }
    }

    /// Some JSON for where any may stand.
    fn any(name: &str) -> Self {
        Self {
            value: json!([name, 1.5, {"deep": [true, null]}]),
            sites: Vec::new(),
        }
    }

    fn without_sites(self) -> Self {
        Self {
            sites: Vec::new(),
            ..self
        }
    }

    pub(crate) fn insert(&mut self, name: &str, member: Instance) {
        self.adopt(member.sites, &escape(name));
        let into = self.value.as_object_mut().expect("it is an object");
        into.insert(name.to_owned(), member.value);
    }

    fn push(&mut self, item: Instance) {
        let into = self.value.as_array().map_or(0, Vec::len);
        self.adopt(item.sites, &into.to_string());
        let into = self.value.as_array_mut().expect("it is an array");
        into.push(item.value);
    }

    fn adopt(&mut self, sites: Vec<Site>, segment: &str) {
        self.sites.extend(sites.into_iter().map(|site| Site {
            place: format!("/{segment}{}", site.place),
            ..site
        }));
    }

    /// The value at `place`.
    pub(crate) fn at(&self, place: &str) -> &Value {
        self.value
            .pointer(place)
            .expect("a site is in its instance")
    }

    /// The value with another at `place`.
    pub(crate) fn with(&self, place: &str, value: Value) -> Value {
        let mut whole = self.value.clone();
        *whole.pointer_mut(place).expect("a site is in its instance") = value;
        whole
    }
}

fn unknown<T>(pointer: &str, what: &str) -> Result<T, Refusal> {
    Err(Refusal::Unknown(format!(
        "{pointer}: {what} is not understood: teach the instance maker"
    )))
}

/// The properties an object must have, with those of the first way to satisfy an `anyOf`.
fn required(keywords: &Map<String, Value>) -> BTreeSet<String> {
    let any_of = keywords
        .get("anyOf")
        .and_then(|it| it.get(0)?.get("required"));
    let own = keywords.get("required");
    let lists = own.into_iter().chain(any_of).filter_map(Value::as_array);
    let names = lists.flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

fn integer(keywords: &Map<String, Value>, name: &str) -> i64 {
    let limit = |keyword: &str| keywords.get(keyword).and_then(Value::as_f64);
    let exclusive = |keyword: &str| i64::from(keywords.get(keyword) == Some(&json!(true)));
    let lowest = limit("minimum").map_or(0, |it| it.ceil() as i64) + exclusive("exclusiveMinimum");
    match limit("maximum") {
        Some(highest) => {
            let span = highest as i64 - exclusive("exclusiveMaximum") - lowest + 1;
            lowest + (salt(name) % span.max(1) as u64) as i64
        }
        None if keywords.get("format") == Some(&json!("int32")) => {
            lowest + (salt(name) % 1_000_000) as i64
        }
        // Beyond 32 bits, as instants are.
        None => lowest + 1_700_000_000_000 + (salt(name) % 1_000_000) as i64,
    }
}

/// A text of the schema, with characters that every encoding has to take care of.
fn text(pointer: &str, keywords: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    let limit = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64);
    let plain = match keywords.get("format").and_then(Value::as_str) {
        Some("date-time") => format!("2026-01-02T03:04:{:02}.000Z", salt(name) % 60),
        Some("date") => format!("2026-01-{:02}", salt(name) % 28 + 1),
        Some("email") => format!("ada{}@example.com", salt(name) % 1000),
        Some("uri" | "url") => format!("https://example.com/{}?a=b&c=%20", salt(name) % 1000),
        Some("uuid") => format!("00000000-0000-4000-8000-{:012}", salt(name) % 1000),
        None | Some("binary" | "password" | "decimal") => {
            format!("{name} +&=%/?#\"\u{e4}\u{1f980}")
        }
        Some(format) => return unknown(pointer, &format!("the format `{format}`")),
    };
    let most = limit("maxLength").map_or(usize::MAX, |it| it as usize);
    let skipped = plain.chars().count().saturating_sub(most);
    let plain: String = plain.chars().skip(skipped).collect();
    let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) else {
        return Ok(plain);
    };
    pattern::matching(pattern, &plain, salt(name)).or_else(|error| unknown(pointer, &error))
}

/// A number for a name, always the same: it tells the values of two fields apart.
fn salt(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }) >> 8
}
