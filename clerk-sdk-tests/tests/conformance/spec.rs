//! The document as it is vendored, read on its own: nothing here knows the generator.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// The vendored document.
pub(crate) static SPEC: LazyLock<Spec> = LazyLock::new(Spec::read);

pub(crate) struct Spec {
    pub(crate) document: Value,
    pub(crate) operations: Vec<Described>,
}

/// An operation as the document describes it. Schemas are given by their JSON pointers.
pub(crate) struct Described {
    pub(crate) id: String,
    pub(crate) pointer: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) needs_key: bool,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    /// The status of success, and the schema of its body.
    pub(crate) success: (u16, Option<String>),
    /// The statuses of refusals, and the schemas of their bodies.
    pub(crate) refusals: Vec<(u16, String)>,
}

pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) required: bool,
    /// Whether the items of a list travel as pairs of their own.
    pub(crate) explode: bool,
    pub(crate) schema: String,
}

pub(crate) struct Body {
    pub(crate) content_type: String,
    pub(crate) schema: String,
}

impl Spec {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/backend-api.json");
        let text = std::fs::read_to_string(path).expect("the document is there");
        let document: Value = serde_json::from_str(&text).expect("the document is JSON");
        let mut spec = Self {
            document,
            operations: Vec::new(),
        };
        let paths = spec.members("/paths");
        for (path, item) in &paths {
            for (method, operation) in item.as_object().expect("a path has operations") {
                let pointer = format!("/paths/{}/{method}", escape(path));
                let described = spec.describe(path, method, operation, pointer);
                spec.operations.push(described);
            }
        }
        spec
    }

    fn members(&self, pointer: &str) -> Map<String, Value> {
        let found = self.document.pointer(pointer).and_then(Value::as_object);
        found.cloned().unwrap_or_default()
    }

    fn describe(&self, path: &str, method: &str, operation: &Value, pointer: String) -> Described {
        let count = operation["parameters"].as_array().map_or(0, Vec::len);
        let parameters = (0..count)
            .map(|index| self.parameter(format!("{pointer}/parameters/{index}")))
            .collect();
        let mut success = None;
        let mut refusals = Vec::new();
        for (status, _) in self.members(&format!("{pointer}/responses")) {
            let schema = self.content(&format!("{pointer}/responses/{status}"));
            let schema = schema.map(|body| body.schema);
            let status: u16 = status.parse().expect("a status is a number");
            match (status, schema) {
                (200..=299, schema) => success = success.or(Some((status, schema))),
                (_, Some(schema)) => refusals.push((status, schema)),
                _ => {}
            }
        }
        let security = operation
            .get("security")
            .unwrap_or(&self.document["security"]);
        Described {
            id: operation["operationId"].as_str().expect("an id").to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            needs_key: security.as_array().is_some_and(|list| !list.is_empty()),
            parameters,
            body: self.content(&format!("{pointer}/requestBody")),
            success: success.expect("an operation can succeed"),
            refusals,
            pointer,
        }
    }

    fn parameter(&self, pointer: String) -> Parameter {
        let pointer = self.resolve(&pointer);
        let parameter = self.at(&pointer);
        Parameter {
            name: parameter["name"].as_str().expect("a name").to_owned(),
            place: parameter["in"].as_str().expect("a place").to_owned(),
            required: parameter["required"] == true,
            explode: parameter["explode"] != false,
            schema: format!("{pointer}/schema"),
        }
    }

    /// The content of a request or an answer, if it has any.
    fn content(&self, pointer: &str) -> Option<Body> {
        self.document.pointer(pointer)?;
        let pointer = self.resolve(pointer);
        let content = self.members(&format!("{pointer}/content"));
        assert!(
            content.len() < 2,
            "{pointer}: content of several types is not understood"
        );
        let content_type = content.keys().next()?;
        Some(Body {
            schema: format!("{pointer}/content/{}/schema", escape(content_type)),
            content_type: content_type.clone(),
        })
    }

    pub(crate) fn at(&self, pointer: &str) -> &Value {
        let found = self.document.pointer(pointer);
        found.unwrap_or_else(|| panic!("the document has nothing at {pointer}"))
    }

    /// Follows a reference to the place it names.
    pub(crate) fn resolve(&self, pointer: &str) -> String {
        match self.at(pointer).get("$ref").and_then(Value::as_str) {
            Some(target) => self.resolve(target.strip_prefix('#').expect("a local reference")),
            None => pointer.to_owned(),
        }
    }

    /// Every enum and every union that an operation uses, found by walking the document blindly.
    pub(crate) fn choices(&self, operation: &Described) -> Choices {
        let mut choices = Choices::default();
        self.collect(&operation.pointer, &mut BTreeSet::new(), &mut choices);
        choices
    }

    fn collect(&self, pointer: &str, seen: &mut BTreeSet<String>, choices: &mut Choices) {
        if !seen.insert(pointer.to_owned()) {
            return;
        }
        match self.at(pointer) {
            Value::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                    let target = target.strip_prefix('#').expect("a local reference");
                    return self.collect(target, seen, choices);
                }
                if members.get("enum").is_some_and(Value::is_array) {
                    choices.enums.insert(pointer.to_owned());
                }
                for keyword in ["oneOf", "anyOf"] {
                    let shapes = members.get(keyword).and_then(Value::as_array);
                    if shapes.is_some_and(|it| is_union(members, it)) {
                        choices.unions.insert(pointer.to_owned());
                    }
                }
                for name in members.keys() {
                    self.collect(&format!("{pointer}/{}", escape(name)), seen, choices);
                }
            }
            Value::Array(items) => {
                for index in 0..items.len() {
                    self.collect(&format!("{pointer}/{index}"), seen, choices);
                }
            }
            _ => {}
        }
    }
}

/// The pointers of enums and unions.
#[derive(Default)]
pub(crate) struct Choices {
    pub(crate) enums: BTreeSet<String>,
    pub(crate) unions: BTreeSet<String>,
}

/// Whether `oneOf` or `anyOf` gives a choice. One shape that nothing tells from others is written so
/// only to stand beside `nullable`; and shapes that only require members are one shape.
pub(crate) fn is_union(schema: &Map<String, Value>, shapes: &[Value]) -> bool {
    let is_single = shapes.len() == 1 && !schema.contains_key("discriminator");
    !is_single && !shapes.iter().all(only_requires)
}

/// Whether a member of `anyOf` says only which properties must be there.
pub(crate) fn only_requires(schema: &Value) -> bool {
    let members = schema.as_object();
    members.is_some_and(|it| it.len() == 1 && it.contains_key("required"))
}

/// A name as one segment of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
