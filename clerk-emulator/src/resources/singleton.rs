//! Singletons: objects of which an instance has exactly one, such as its restrictions.

use serde_json::{Map, Value, json};

use super::call::{Call, CallResult};
use super::resource::Literal;
use crate::document::object_shape::ResponseShape;
use crate::store::instance::Instance;

/// An object of which an instance has exactly one.
#[derive(Debug)]
pub(crate) struct Singleton {
    pub(crate) name: &'static str,
    /// The members whose defaults are not the emptiest values of the document.
    pub(crate) defaults: &'static [(&'static str, Literal)],
}

impl Singleton {
    /// Returns a member; null if it has neither been set nor a default.
    pub(crate) fn get(&self, instance: &Instance, name: &str) -> Value {
        let settings = instance.settings.get(self.name);
        let stored = settings.and_then(|it| it.get(name)).cloned();
        let default = || {
            let default = self.defaults.iter().find(|(known, _)| *known == name);
            default.map(|(_, value)| value.to_value())
        };
        stored.or_else(default).unwrap_or_default()
    }

    pub(crate) fn is(&self, instance: &Instance, name: &str) -> bool {
        self.get(instance, name) == Value::Bool(true)
    }

    /// Returns a member that is a string; empty if it is something else.
    pub(crate) fn text(&self, instance: &Instance, name: &str) -> String {
        let value = self.get(instance, name);
        value.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn set(&self, instance: &mut Instance, name: &str, value: impl Into<Value>) {
        let settings = instance.settings.entry(self.name).or_default();
        settings.insert(name.to_owned(), value.into());
    }
}

/// Returns a singleton as the response of the operation.
pub(crate) fn render(call: &Call<'_>, singleton: &Singleton) -> Value {
    let Some(ResponseShape::Object(shape)) = call.operation.shape() else {
        return Value::Null;
    };
    let members = shape.members.iter().filter_map(|member| {
        let value = match member.name {
            "id" => json!(call.instance.id),
            name => singleton.get(call.instance, name),
        };
        let value = match value {
            Value::Null if !member.is_nullable => member.default.clone()?,
            value => value,
        };
        Some((member.name.to_owned(), value))
    });
    Value::Object(members.collect::<Map<_, _>>())
}

/// Stores the members of the body, and returns the singleton. Null keeps a member that cannot be null.
pub(crate) fn update(call: &mut Call<'_>, singleton: &Singleton) -> CallResult {
    for (name, value) in call.body() {
        if !value.is_null() || is_nullable(call, &name) {
            singleton.set(call.instance, &name, value);
        }
    }
    Ok(render(call, singleton))
}

fn is_nullable(call: &Call<'_>, name: &str) -> bool {
    match call.operation.shape() {
        Some(ResponseShape::Object(shape)) => shape.member(name).is_some_and(|it| it.is_nullable),
        _ => false,
    }
}
