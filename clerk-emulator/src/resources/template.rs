//! Templates of responses: where each member of a shape comes from for the records of a resource, looked up once.

use std::collections::HashMap;
use std::ptr;
use std::sync::{LazyLock, PoisonError, RwLock};

use serde::Serialize;
use serde_json::{Map, Value};

use super::resource::{Computed, Literal, Resource};
use crate::document::api_document::ApiDocument;
use crate::document::object_shape::{MemberShape, ObjectShape};
use crate::store::instance::Instance;
use crate::store::record::Record;

/// The templates by the addresses of the shape and the resource, both of which live as long as the process:
/// every resource is a static.
static TEMPLATES: LazyLock<RwLock<HashMap<(usize, usize), &'static Template>>> =
    LazyLock::new(RwLock::default);

/// What the members of a shape are for the records of a resource.
#[derive(Debug)]
pub(super) struct Template {
    members: Vec<TemplateMember>,
}

#[derive(Debug)]
struct TemplateMember {
    shape: &'static MemberShape,
    source: Source,
    default: Fallback,
}

/// What a member is if no value is stored.
#[derive(Debug)]
enum Fallback {
    Absent,
    Resource(Literal),
    Document,
}

impl Template {
    /// Returns the template for the schema of a resource.
    fn of_resource(resource: &Resource) -> Option<&'static Self> {
        let shape = ApiDocument::embedded().object_shape(resource.schema)?;
        Some(Self::of(shape, resource))
    }

    pub(super) fn of(shape: &'static ObjectShape, resource: &Resource) -> &'static Self {
        let key = (ptr::from_ref(shape).addr(), ptr::from_ref(resource).addr());
        let known = TEMPLATES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(template) = known.get(&key) {
            return template;
        }
        drop(known);
        let members = shape.members.iter();
        let members = members.map(|it| TemplateMember::new(it, resource));
        let template = Self {
            members: members.collect(),
        };
        let mut known = TEMPLATES.write().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(key)
            .or_insert_with(|| Box::leak(Box::new(template)))
    }

    /// Renders a record.
    pub(super) fn value(&self, instance: &Instance, record: &Record) -> Value {
        // The members of a shape are sorted, from which a map is built in one go.
        let members = self.members.iter().filter_map(|member| {
            let value = member.value(instance, record)?;
            Some((member.shape.name.to_owned(), value.into_value()))
        });
        Value::Object(members.collect::<Map<_, _>>())
    }

    /// Renders a record as JSON, without a tree of its values.
    pub(super) fn write(&self, instance: &Instance, record: &Record, json: &mut Vec<u8>) {
        json.push(b'{');
        let mut separator: &[u8] = b"";
        for member in &self.members {
            if let Some(value) = member.value(instance, record) {
                json.extend_from_slice(separator);
                json.extend_from_slice(member.shape.key.as_bytes());
                value.write(json);
                separator = b",";
            }
        }
        json.push(b'}');
    }
}

impl TemplateMember {
    fn new(shape: &'static MemberShape, resource: &Resource) -> Self {
        let mut defaults = resource.defaults.iter();
        let default = match defaults.find(|(known, _)| *known == shape.name) {
            Some((_, literal)) => Fallback::Resource(*literal),
            None if resource.omitted.contains(&shape.name) => Fallback::Absent,
            None if shape.default.is_none() => Fallback::Absent,
            None => Fallback::Document,
        };
        Self {
            shape,
            source: Source::new(resource, shape.name),
            default,
        }
    }

    fn value<'r>(&self, instance: &'r Instance, record: &'r Record) -> Option<Member<'r>> {
        let value = self.source.value(instance, record, self.shape.name);
        value.or(match self.default {
            Fallback::Absent => None,
            Fallback::Resource(literal) => Some(Member::Literal(literal)),
            Fallback::Document => Some(Member::Default(self.shape)),
        })
    }
}

/// Where the value of a member comes from.
#[derive(Debug)]
pub(super) enum Source {
    Id,
    CreatedAt,
    UpdatedAt,
    Computed(Computed),
    /// A list of other records, whose member with this name has the id of the record.
    List(&'static Resource, &'static str),
    Stored,
}

/// The value of a member. It borrows what is stored.
pub(super) enum Member<'r> {
    Text(&'r str),
    Time(i64),
    Stored(&'r Value),
    Computed(Value),
    Records(&'r Instance, &'static Resource, Vec<&'r Record>),
    /// The default of the resource.
    Literal(Literal),
    /// The default of the document.
    Default(&'static MemberShape),
}

impl Source {
    pub(super) fn new(resource: &Resource, name: &str) -> Self {
        let mut computed = resource.computed.iter();
        let mut lists = resource.lists.iter();
        match name {
            "id" => Self::Id,
            "created_at" => Self::CreatedAt,
            "updated_at" => Self::UpdatedAt,
            _ => match computed.find(|(known, _)| *known == name) {
                Some((_, compute)) => Self::Computed(*compute),
                None => match lists.find(|(known, ..)| *known == name) {
                    Some((_, resource, owner)) => Self::List(resource, owner),
                    None => Self::Stored,
                },
            },
        }
    }

    /// Returns the value that the member with a name has; nothing if none is stored.
    pub(super) fn value<'r>(
        &self,
        instance: &'r Instance,
        record: &'r Record,
        name: &str,
    ) -> Option<Member<'r>> {
        Some(match self {
            Self::Id => Member::Text(&record.id),
            Self::CreatedAt => Member::Time(record.created_at),
            Self::UpdatedAt => Member::Time(record.updated_at),
            Self::Computed(compute) => Member::Computed(compute(instance, record)),
            Self::List(resource, owner) => {
                let records = instance.all(resource).with(owner, &record.id);
                Member::Records(instance, resource, records.collect())
            }
            Self::Stored => Member::Stored(record.get(name)?),
        })
    }
}

impl Member<'_> {
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Time(time) => time.into(),
            Self::Stored(value) => value.clone(),
            Self::Computed(value) => value,
            Self::Literal(literal) => literal.to_value(),
            Self::Default(shape) => shape.default.clone().unwrap_or_default(),
            Self::Records(instance, resource, records) => {
                let template = Template::of_resource(resource);
                let value = |it| template.map_or(Value::Null, |all| all.value(instance, it));
                records.into_iter().map(value).collect()
            }
        }
    }

    pub(super) fn write(&self, json: &mut Vec<u8>) {
        match self {
            Self::Text(text) => write(text, json),
            Self::Time(time) => write(time, json),
            Self::Stored(value) => write(value, json),
            Self::Computed(value) => write(value, json),
            Self::Literal(Literal::Bool(value)) => write(value, json),
            Self::Literal(Literal::Int(value)) => write(value, json),
            Self::Literal(Literal::Text(text)) => write(text, json),
            Self::Literal(Literal::Json(text)) => json.extend_from_slice(text.as_bytes()),
            Self::Default(shape) => json.extend_from_slice(shape.default_json.as_bytes()),
            Self::Records(_, _, records) if records.is_empty() => json.extend_from_slice(b"[]"),
            Self::Records(instance, resource, records) => {
                let template = Template::of_resource(resource);
                json.push(b'[');
                for (index, record) in records.iter().enumerate() {
                    if index > 0 {
                        json.push(b',');
                    }
                    match template {
                        Some(template) => template.write(instance, record, json),
                        None => json.extend_from_slice(b"null"),
                    }
                }
                json.push(b']');
            }
        }
    }
}

fn write(value: &(impl Serialize + ?Sized), json: &mut Vec<u8>) {
    serde_json::to_writer(json, value).expect("a vector accepts everything, and keys are strings");
}
