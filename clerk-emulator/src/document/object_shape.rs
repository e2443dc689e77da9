//! The shapes of responses: which members an object has, and what they are unless something else is stored.

use serde_json::{Map, Value, json};

use super::schema::{is_nullable, is_required, parts, properties, required, resolve, type_of};

/// The shape of a response.
#[derive(Debug)]
pub(crate) enum ResponseShape {
    Object(ObjectShape),
    /// A list of objects. `total` is whether it is in an object with the number of all of them, and `member` the name of
    /// the list in it.
    List {
        item: ObjectShape,
        member: Option<&'static str>,
    },
}

/// The members of an object.
#[derive(Debug)]
pub(crate) struct ObjectShape {
    pub(crate) members: Vec<MemberShape>,
}

/// A member of an object.
#[derive(Debug)]
pub(crate) struct MemberShape {
    pub(crate) name: &'static str,
    /// The name as it is written in an object, with quotes and a colon.
    pub(crate) key: String,
    /// The value unless something else is stored; nothing if the member is absent then.
    pub(crate) default: Option<Value>,
    /// The default as JSON; empty if there is none.
    pub(crate) default_json: String,
    pub(crate) is_nullable: bool,
    pub(crate) kind: MemberKind,
}

/// The type of a member, as far as stored values depend on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum MemberKind {
    Integer,
    Text,
    Boolean,
    Other,
}

/// Nested objects of a default are at most this deep. Deeper optional ones are absent.
const MAX_DEPTH: usize = 4;

impl ResponseShape {
    pub(crate) fn new(root: &'static Value, schema: &'static Value) -> Option<Self> {
        if type_of(root, schema) == Some("array") {
            let item = &resolve(root, schema)["items"];
            let item = ObjectShape::new(root, item);
            return Some(Self::List { item, member: None });
        }
        let members = properties(root, schema);
        let has_total = members.iter().any(|(name, _)| *name == "total_count");
        let list = members
            .iter()
            .find(|(_, it)| type_of(root, it) == Some("array"));
        if let Some((name, list)) = list.filter(|_| has_total) {
            let item = ObjectShape::new(root, &resolve(root, list)["items"]);
            return Some(Self::List {
                item,
                member: Some(name),
            });
        }
        (!members.is_empty()).then(|| Self::Object(ObjectShape::new(root, schema)))
    }
}

impl ObjectShape {
    pub(crate) fn new(root: &'static Value, schema: &'static Value) -> Self {
        let members = properties(root, schema).into_iter();
        let members = members.map(|(name, member)| MemberShape {
            is_nullable: is_nullable(root, member),
            kind: match type_of(root, member) {
                Some("integer" | "number") => MemberKind::Integer,
                Some("string") => MemberKind::Text,
                Some("boolean") => MemberKind::Boolean,
                _ => MemberKind::Other,
            },
            ..MemberShape::new(name, member_default(root, schema, name, member, 0))
        });
        let mut members: Vec<MemberShape> = members.collect();
        // A few schemas require members that they do not describe. Their values are up to the tables of resources.
        for name in required(root, schema) {
            if members.iter().all(|it| it.name != name) {
                members.push(MemberShape::new(name, None));
            }
        }
        Self { members }
    }

    pub(crate) fn member(&self, name: &str) -> Option<&MemberShape> {
        self.members.iter().find(|it| it.name == name)
    }
}

impl MemberShape {
    fn new(name: &'static str, default: Option<Value>) -> Self {
        Self {
            name,
            key: format!("{}:", Value::from(name)),
            default_json: default.as_ref().map_or_else(String::new, Value::to_string),
            default,
            is_nullable: false,
            kind: MemberKind::Other,
        }
    }
}

fn member_default(
    root: &'static Value,
    object: &'static Value,
    name: &str,
    schema: &'static Value,
    depth: usize,
) -> Option<Value> {
    if is_nullable(root, schema) {
        return Some(Value::Null);
    }
    let is_optional = !is_required(root, object, name);
    let is_object = matches!(type_of(root, schema), None | Some("object"));
    let has_members = !properties(root, schema).is_empty();
    // No date is empty.
    if is_optional && resolve(root, schema)["format"] == "date" {
        return None;
    }
    if is_optional && (depth > MAX_DEPTH || (is_object && has_members)) {
        return None;
    }
    Some(default_value(root, schema, depth))
}

/// Returns the emptiest value of a schema.
fn default_value(root: &'static Value, schema: &'static Value, depth: usize) -> Value {
    // Only an object that requires one of its own kind is deeper, which no value can be.
    if depth > 4 * MAX_DEPTH {
        return Value::Null;
    }
    let schema = resolve(root, schema);
    if let Some(default) = schema.get("default") {
        return default.clone();
    }
    for keyword in ["oneOf", "anyOf"] {
        if let Some(variant) = schema[keyword].get(0)
            && schema["properties"].is_null()
        {
            return default_value(root, variant, depth);
        }
    }
    let values = parts(root, schema).into_iter().rev();
    if let Some(first) = values.filter_map(|it| it["enum"].get(0)).next() {
        return first.clone();
    }
    match type_of(root, schema) {
        Some("string") => json!(""),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(0)),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        _ => {
            let members = properties(root, schema).into_iter();
            let members = members.filter_map(|(name, member)| {
                let default = member_default(root, schema, name, member, depth + 1)?;
                Some((name.to_owned(), default))
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}
