//! Stage 1: the facts, corrected by the overlays, as an [`OpenAPI`] that lost nothing on the way.

use openapiv3::{Components, OpenAPI};
use serde_json::{Map, Value};

use crate::{Problem, Problems, Source, overlay};

/// The corrected document.
pub(crate) struct Document {
    /// The path errors name.
    pub(crate) path: String,
    pub(crate) openapi: OpenAPI,
}

impl Document {
    pub(crate) fn components(&self) -> &Components {
        self.openapi
            .components
            .as_ref()
            .expect("parsing made sure of it")
    }
}

pub(crate) fn parse(api: &Source, overlays: &[Source]) -> Result<Document, Problems> {
    let (document, stale) = parse_as_far(api, overlays)?;
    Problems::check(stale, document)
}

/// As [`parse`], but gives the actions of overlays that match nothing instead of stopping at them.
pub(crate) fn parse_as_far(
    api: &Source,
    overlays: &[Source],
) -> Result<(Document, Vec<Problem>), Problems> {
    let wrong = |pointer: &str, message: String| Problem::new(&api.path, pointer, message);
    let mut value: Value = serde_json::from_str(&api.text)
        .map_err(|error| wrong("", format!("this is not JSON: {error}")))?;
    let version = value["openapi"].as_str().unwrap_or_default();
    if !version.starts_with("3.0.") {
        let message = format!("this is not an OpenAPI 3.0 document (`openapi` is {version:?})");
        return Err(wrong("/openapi", message).into());
    }
    let stale = overlay::apply(&mut value, overlays);
    wrap_annotated_references(&mut value);
    check_references(&value, &api.path)?;

    let openapi: OpenAPI = serde_json::from_value(value.clone())
        .map_err(|error| wrong("", format!("this is not an OpenAPI 3.0 document: {error}")))?;
    check_lossless(&value, &openapi, &api.path)?;
    let components = openapi.components.unwrap_or_default();
    let document = Document {
        path: api.path.clone(),
        openapi: OpenAPI {
            components: Some(components),
            ..openapi
        },
    };
    Ok((document, stale))
}

/// Rewrites a reference with siblings, such as our prose, to `allOf` of that reference: OpenAPI 3.0
/// gives siblings no meaning, and parsers drop them.
fn wrap_annotated_references(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for child in map.values_mut() {
                wrap_annotated_references(child);
            }
            if map.len() > 1 && map.get("$ref").is_some_and(Value::is_string) {
                let reference = map.remove("$ref").expect("it was there a line ago");
                let reference = Map::from_iter([("$ref".to_owned(), reference)]);
                map.insert(
                    "allOf".to_owned(),
                    Value::Array(vec![Value::Object(reference)]),
                );
            }
        }
        Value::Array(list) => list.iter_mut().for_each(wrap_annotated_references),
        _ => {}
    }
}

pub(crate) fn check_references(root: &Value, file: &str) -> Result<(), Problems> {
    let mut problems = Vec::new();
    visit(root, &mut String::new(), &mut |pointer, value| {
        let Some(Value::String(target)) = value.get("$ref") else {
            return;
        };
        let found = target
            .strip_prefix('#')
            .and_then(|target| root.pointer(target));
        if found.is_none() {
            let message = format!(
                "`$ref: {target}` resolves to nothing in this document: mend the reference or add what it names"
            );
            problems.push(Problem::new(file, pointer, message));
        }
    });
    Problems::check(problems, ())
}

/// Calls `see` with every value and its JSON pointer.
fn visit(value: &Value, pointer: &mut String, see: &mut impl FnMut(&str, &Value)) {
    see(pointer, value);
    let length = pointer.len();
    let mut step = |name: &str, child: &Value| {
        pointer.push('/');
        pointer.push_str(&escape(name));
        visit(child, pointer, see);
        pointer.truncate(length);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(name, child)| step(name, child)),
        Value::Array(list) => {
            for (index, child) in list.iter().enumerate() {
                step(&index.to_string(), child);
            }
        }
        _ => {}
    }
}

/// A name as one segment of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Reports every fact that the parser did not take in: it would be missing from the SDK unnoticed.
fn check_lossless(value: &Value, openapi: &OpenAPI, file: &str) -> Result<(), Problems> {
    let kept = serde_json::to_value(openapi).expect("a parsed document serialises");
    let mut problems = Vec::new();
    visit(value, &mut String::new(), &mut |pointer, value| {
        let lost = kept.pointer(pointer).is_none();
        // Where the parent is lost too, that is the place to report.
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        if lost && kept.pointer(parent).is_some() && !is_default(pointer, value) {
            let message = "this form of schema is not understood: describe it in another way with an overlay, or teach the generator";
            problems.push(Problem::new(file, pointer, message));
        }
    });
    Problems::check(problems, ())
}

/// Values that say what their absence says; serialising drops them.
fn is_default(pointer: &str, value: &Value) -> bool {
    let empty = match value {
        Value::Bool(set) => !set,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    // An empty list of security requirements means "no key", so it must not get lost.
    empty && !pointer.ends_with("/security")
}
