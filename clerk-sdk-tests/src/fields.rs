//! Which fields a JSON body may have: what is unknown, missing or of a wrong type is refused, as the
//! API refuses it. So a test sees what the SDK should not have sent.

use std::time::UNIX_EPOCH;

use serde_json::{Map, Value};

use crate::answer::Failure;

/// A field that a body may have.
pub(crate) struct Field {
    name: &'static str,
    kind: Kind,
    nullable: bool,
    required: bool,
}

enum Kind {
    Text,
    Texts,
    Flag,
    Integer,
    Object,
    /// A text such as `2026-05-12T08:00:00Z`.
    Instant,
}

pub(crate) const fn text(name: &'static str) -> Field {
    field(name, Kind::Text)
}

pub(crate) const fn texts(name: &'static str) -> Field {
    field(name, Kind::Texts)
}

pub(crate) const fn flag(name: &'static str) -> Field {
    field(name, Kind::Flag)
}

pub(crate) const fn integer(name: &'static str) -> Field {
    field(name, Kind::Integer)
}

pub(crate) const fn object(name: &'static str) -> Field {
    field(name, Kind::Object)
}

pub(crate) const fn instant(name: &'static str) -> Field {
    field(name, Kind::Instant)
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        nullable: false,
        required: false,
    }
}

impl Field {
    /// The field may be null.
    pub(crate) const fn or_null(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The field must be there.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    fn check(&self, value: &Value) -> Result<(), Failure> {
        let fits = match (&self.kind, value) {
            (_, Value::Null) => self.nullable,
            (Kind::Text, value) => value.is_string(),
            (Kind::Texts, Value::Array(items)) => items.iter().all(Value::is_string),
            (Kind::Texts, _) => false,
            (Kind::Flag, value) => value.is_boolean(),
            (Kind::Integer, value) => value.is_i64(),
            (Kind::Object, value) => value.is_object(),
            (Kind::Instant, value) => milliseconds(value).is_some(),
        };
        if fits {
            return Ok(());
        }
        let code = match self.kind {
            Kind::Instant if value.is_string() => "form_param_format_invalid",
            _ => "form_param_type_invalid",
        };
        Err(Failure::param(
            code,
            self.name,
            "this does not fit the field",
        ))
    }
}

/// Refuses a body that does not fit its fields.
pub(crate) fn check(body: &Map<String, Value>, fields: &[Field]) -> Result<(), Failure> {
    for name in body.keys() {
        if !fields.iter().any(|field| field.name == name) {
            let message = "there is no such field";
            return Err(Failure::param("form_param_unknown", name, message));
        }
    }
    for field in fields {
        match body.get(field.name) {
            Some(value) => field.check(value)?,
            None if field.required => {
                let message = "this field is needed";
                return Err(Failure::param("form_param_missing", field.name, message));
            }
            None => {}
        }
    }
    Ok(())
}

/// The texts of a list; none where there is no list.
pub(crate) fn strings<'b>(body: &'b Map<String, Value>, name: &str) -> Vec<&'b str> {
    let items = body.get(name).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Copies what `body` has of `names`; null clears.
pub(crate) fn copy(object: &mut Value, body: &Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(value) = body.get(*name) {
            object[*name] = value.clone();
        }
    }
}

/// Copies what `body` has of `names`; null leaves what was there, for the answer may not be null.
pub(crate) fn copy_values(object: &mut Value, body: &Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(value) = body.get(*name).filter(|value| !value.is_null()) {
            object[*name] = value.clone();
        }
    }
}

/// Copies instants, which are texts in requests and milliseconds in answers.
pub(crate) fn copy_instants(object: &mut Value, body: &Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(time) = body.get(*name).and_then(milliseconds) {
            object[*name] = time.into();
        }
    }
}

fn milliseconds(value: &Value) -> Option<i64> {
    let time = humantime::parse_rfc3339(value.as_str()?).ok()?;
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}
