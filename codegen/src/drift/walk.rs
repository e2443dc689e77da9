//! What differs between two documents, operation by operation and component by component.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::schema::{Differences, Spot};
use super::{Action, Class, Operation, operations};
use crate::json_pointer::escape;

/// One difference, before it is known what it means to callers.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) subject: &'static str,
    pub(crate) action: Action,
    /// The JSON pointer, in the new document unless it was removed.
    pub(crate) place: String,
    /// Where to look for the Rust items it touches.
    pub(crate) item_places: Vec<String>,
    /// The value of an enum that it is about.
    pub(crate) value: Option<String>,
    pub(crate) detail: String,
    /// What it is where callers' code stays the same.
    pub(crate) class: Class,
}

/// Compares two documents of the same names.
pub(crate) fn differences(old: &Value, new: &Value) -> Vec<Found> {
    let mut walk = Walk {
        old,
        new,
        found: Differences::default(),
        users: BTreeMap::new(),
    };
    walk.document();
    walk.operations();
    walk.parameters();
    walk.components();
    walk.found.0
}

struct Walk<'d> {
    old: &'d Value,
    new: &'d Value,
    found: Differences,
    /// Parameters that are components, with the places in operations that use them.
    users: BTreeMap<String, Vec<String>>,
}

/// A parameter of an operation.
struct Parameter<'d> {
    value: &'d Value,
    /// The component it is, if it is one.
    component: Option<String>,
}

impl Walk<'_> {
    fn document(&mut self) {
        for (subject, pointer) in [
            ("API version", "/info/version"),
            ("server", "/servers"),
            ("authentication", "/security"),
        ] {
            let (old, new) = (self.old.pointer(pointer), self.new.pointer(pointer));
            if old != new {
                let detail = format!("{} → {}", shown(old), shown(new));
                let spot = Spot::new(pointer, Vec::new());
                self.found.changed(subject, &spot, detail, Class::Wire);
            }
        }
    }

    fn operations(&mut self) {
        let (old, new) = (operations(self.old), operations(self.new));
        let olds: BTreeMap<&str, &Operation<'_>> = old.iter().map(|it| (it.id, it)).collect();
        let news: BTreeMap<&str, &Operation<'_>> = new.iter().map(|it| (it.id, it)).collect();
        for (id, operation) in &olds {
            match news.get(id) {
                Some(heir) => self.operation(operation, heir),
                None => self
                    .found
                    .removed("operation", &operation.spot(), operation.place.clone()),
            }
        }
        for (id, operation) in &news {
            if !olds.contains_key(id) {
                self.found
                    .added("operation", &operation.spot(), operation.place.clone());
            }
        }
    }

    fn operation(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        let spot = new.spot();
        if old.place != new.place {
            let detail = format!("{} → {}", old.place, new.place);
            self.found.changed("route", &spot, detail, Class::Wire);
        }
        let (was, is) = (&old.value["security"], &new.value["security"]);
        if was != is {
            let detail = format!("{} → {}", schemes(was), schemes(is));
            self.found
                .changed("authentication", &spot, detail, Class::Wire);
        }
        self.found.deprecation(old.value, new.value, &spot);
        self.operation_parameters(old, new);
        self.body(old, new);
        self.responses(old, new);
    }

    fn operation_parameters(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        let (olds, news) = (parameters(self.old, old), parameters(self.new, new));
        let names: BTreeSet<&(String, String)> = olds.keys().chain(news.keys()).collect();
        for key in names {
            let (place, name) = key;
            let in_operation = format!("{}/parameters/{}", new.pointer, escape(name));
            // An argument of the function, not a field of its params.
            let item = match place.as_str() {
                "path" => new.pointer.clone(),
                _ => in_operation.clone(),
            };
            let spot = Spot::new(&in_operation, vec![item]);
            let detail = || format!("`{name}` in the {place}");
            match (olds.get(key), news.get(key)) {
                (Some(old), Some(new))
                    if old.component.is_some() && old.component == new.component =>
                {
                    let component = new.component.clone().unwrap_or_default();
                    self.users.entry(component).or_default().extend(spot.items);
                }
                (Some(old), Some(new)) => self.parameter(old.value, new.value, &spot),
                (Some(_), None) => self.found.removed("parameter", &spot, detail()),
                (None, Some(_)) => self.found.added("parameter", &spot, detail()),
                (None, None) => {}
            }
        }
    }

    /// The parameters that operations share, each once.
    fn parameters(&mut self) {
        for (component, users) in std::mem::take(&mut self.users) {
            let pointer = format!("/components/{component}");
            let (old, new) = (self.old.pointer(&pointer), self.new.pointer(&pointer));
            if let (Some(old), Some(new)) = (old, new) {
                self.parameter(old, new, &Spot::new(&pointer, users));
            }
        }
    }

    fn parameter(&mut self, old: &Value, new: &Value, spot: &Spot) {
        if (old["required"] == true) != (new["required"] == true) {
            let now = if new["required"] == true {
                "required"
            } else {
                "optional"
            };
            let detail = format!("now {now}");
            self.found.changed("required", spot, detail, Class::Docs);
        }
        for keyword in ["style", "explode", "allowReserved", "name"] {
            if old.get(keyword) != new.get(keyword) {
                let (was, is) = (shown(old.get(keyword)), shown(new.get(keyword)));
                let detail = format!("`{keyword}`: {was} → {is}");
                self.found.changed("encoding", spot, detail, Class::Wire);
            }
        }
        self.found.deprecation(old, new, spot);
        self.found.schema(&old["schema"], &new["schema"], spot);
    }

    fn body(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        let spot = Spot::at(format!("{}/requestBody", new.pointer));
        let body = |document, operation: &Operation<'_>| {
            resolved(document, operation.value.get("requestBody")).cloned()
        };
        match (body(self.old, old), body(self.new, new)) {
            (Some(old), Some(new)) => self.content(&old, &new, &spot),
            (Some(_), None) => self.found.removed("body", &spot, "all of it".to_owned()),
            (None, Some(_)) => self.found.added("body", &spot, "all of it".to_owned()),
            (None, None) => {}
        }
    }

    fn responses(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        let (olds, news) = (&old.value["responses"], &new.value["responses"]);
        let (mut was, mut is) = (statuses(olds), statuses(news));
        let success =
            |statuses: &BTreeSet<String>| statuses.iter().find(|it| it.starts_with('2')).cloned();
        let pointer = format!("{}/responses", new.pointer);
        let spot = Spot::at(pointer.clone());
        if let (Some(one), Some(other)) = (success(&was), success(&is))
            && one != other
            && !is.contains(&one)
        {
            let detail = format!("{one} → {other}");
            self.found.changed("status", &spot, detail, Class::Docs);
            self.response(&olds[&one], &news[&other], &format!("{pointer}/{other}"));
            was.remove(&one);
            is.remove(&other);
        }
        for status in was.union(&is) {
            match (was.contains(status), is.contains(status)) {
                (true, true) => {
                    self.response(&olds[status], &news[status], &format!("{pointer}/{status}"));
                }
                (was, _) => {
                    let spot = spot.below(status);
                    match was {
                        true => self
                            .found
                            .removed_class("status", &spot, status, Class::Docs),
                        false => self.found.added_class("status", &spot, status, Class::Docs),
                    }
                }
            }
        }
    }

    fn response(&mut self, old: &Value, new: &Value, pointer: &str) {
        if old.get("$ref").is_some() && old.get("$ref") == new.get("$ref") {
            // Compared once, as a component.
            return;
        }
        let spot = Spot::at(pointer.to_owned());
        let old = resolved(self.old, Some(old)).cloned().unwrap_or_default();
        let new = resolved(self.new, Some(new)).cloned().unwrap_or_default();
        self.content(&old, &new, &spot);
    }

    /// What a body or an answer holds, by content type.
    fn content(&mut self, old: &Value, new: &Value, spot: &Spot) {
        let types = |value: &Value| -> Vec<String> {
            let content = value["content"].as_object();
            content
                .into_iter()
                .flat_map(|it| it.keys().cloned())
                .collect()
        };
        let (was, is) = (types(old), types(new));
        if was != is {
            let detail = format!("{} → {}", listed(&was), listed(&is));
            self.found
                .changed("content type", spot, detail, Class::Wire);
        }
        if let (Some(one), Some(other)) = (was.first(), is.first()) {
            let spot = spot.below(&format!("content/{}/schema", escape(other)));
            let (old, new) = (
                &old["content"][one]["schema"],
                &new["content"][other]["schema"],
            );
            self.found.schema(old, new, &spot);
        }
    }

    fn components(&mut self) {
        let names = |document: &Value, kind: &str| -> BTreeSet<String> {
            let components = document["components"][kind].as_object();
            components
                .into_iter()
                .flat_map(|it| it.keys().cloned())
                .collect()
        };
        for kind in ["schemas", "responses"] {
            let (old, new) = (self.old, self.new);
            for name in names(old, kind).union(&names(new, kind)) {
                let spot = Spot::at(format!("/components/{kind}/{}", escape(name)));
                let one = old["components"][kind].get(name);
                let other = new["components"][kind].get(name);
                match (one, other, kind) {
                    (Some(one), Some(other), "schemas") => self.found.schema(one, other, &spot),
                    (Some(one), Some(other), _) => self.content(one, other, &spot),
                    (Some(_), None, "schemas") => {
                        self.found.removed("type", &spot, format!("`{name}`"));
                    }
                    (None, Some(_), "schemas") => {
                        self.found.added("type", &spot, format!("`{name}`"));
                    }
                    _ => {}
                }
            }
        }
    }
}

impl Operation<'_> {
    fn spot(&self) -> Spot {
        Spot::at(self.pointer.clone())
    }
}

/// The parameters of an operation, by where they are and what they are called.
fn parameters<'d>(
    document: &'d Value,
    operation: &Operation<'d>,
) -> BTreeMap<(String, String), Parameter<'d>> {
    let own = operation.value["parameters"].as_array();
    let shared = operation.shared.as_array();
    let all = shared.into_iter().chain(own).flatten();
    let all = all.filter_map(|parameter| {
        let component = parameter["$ref"]
            .as_str()
            .and_then(|it| it.strip_prefix("#/components/"));
        let value = resolved(document, Some(parameter))?;
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let parameter = Parameter {
            value,
            component: component.map(str::to_owned),
        };
        Some(((text("in")?, text("name")?), parameter))
    });
    all.collect()
}

fn resolved<'d>(document: &'d Value, value: Option<&'d Value>) -> Option<&'d Value> {
    let value = value?;
    match value["$ref"].as_str() {
        Some(target) => document.pointer(target.strip_prefix('#')?),
        None => Some(value),
    }
}

fn statuses(responses: &Value) -> BTreeSet<String> {
    let responses = responses.as_object();
    responses
        .into_iter()
        .flat_map(|it| it.keys().cloned())
        .collect()
}

fn listed(types: &[String]) -> String {
    match types {
        [] => "nothing".to_owned(),
        types => types.join(", "),
    }
}

/// What an operation says of authentication.
fn schemes(security: &Value) -> String {
    match security.as_array().map(Vec::as_slice) {
        None => "as everywhere".to_owned(),
        Some([]) => "none".to_owned(),
        Some(_) => security.to_string(),
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(value) => value.to_string(),
    }
}
