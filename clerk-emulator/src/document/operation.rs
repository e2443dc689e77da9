//! An operation of the document.

use std::sync::OnceLock;

use serde_json::Value;

use super::object_shape::ResponseShape;
use super::schema::resolve;

/// The names of a path's parameters with their values, in order.
pub(crate) type PathParams = Vec<(&'static str, String)>;

/// An operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    /// In capitals, such as `GET`.
    pub(crate) method: String,
    /// The path with its parameters in braces.
    pub(crate) path: &'static str,
    pub(crate) query: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    /// The status of a successful response.
    pub(crate) status: u16,
    pub(crate) requires_key: bool,
    /// Whether errors have neither the parameter's name nor a trace id, as those of API keys and machines.
    pub(crate) has_plain_errors: bool,
    segments: Vec<Segment>,
    root: &'static Value,
    response: Option<&'static Value>,
    shape: OnceLock<Option<ResponseShape>>,
}

/// A segment of a path.
#[derive(Debug)]
enum Segment {
    Fixed(&'static str),
    /// A parameter with this name.
    Param(&'static str),
}

impl Segment {
    fn new(text: &'static str) -> Self {
        let name = text.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        name.map_or(Self::Fixed(text), Self::Param)
    }
}

/// A parameter of the query.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) is_required: bool,
    pub(crate) schema: &'static Value,
    /// The JSON pointer of the schema.
    pub(crate) pointer: String,
}

/// The body of a request.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) is_multipart: bool,
    /// The JSON pointer of the schema.
    pub(crate) pointer: String,
    pub(crate) schema: &'static Value,
}

impl Operation {
    /// Reads the operation at `path` of the document.
    pub(crate) fn new(
        root: &'static Value,
        path: &'static str,
        method: &str,
        item: &'static Value,
    ) -> Self {
        let operation = &item[method];
        let pointer = format!(
            "/paths/{}/{method}",
            path.replace('~', "~0").replace('/', "~1")
        );
        let (status, response) = success(root, operation);
        let no_key = operation["security"].as_array().is_some_and(Vec::is_empty);
        Self {
            id: operation["operationId"].as_str().unwrap_or_default(),
            method: method.to_uppercase(),
            path,
            query: query(root, operation, &pointer),
            body: body(root, operation, &pointer),
            status,
            requires_key: !no_key,
            has_plain_errors: has_plain_errors(operation),
            segments: path.split('/').skip(1).map(Segment::new).collect(),
            root,
            response,
            shape: OnceLock::new(),
        }
    }

    /// Returns the shape of a successful response; nothing if it is not an object or a list of objects.
    pub(crate) fn shape(&self) -> Option<&ResponseShape> {
        let shape = || ResponseShape::new(self.root, self.response?);
        self.shape.get_or_init(shape).as_ref()
    }

    /// Returns the names of the path's parameters.
    #[cfg(feature = "seeds")]
    pub(crate) fn path_param_names(&self) -> impl Iterator<Item = &'static str> {
        let names = self.segments.iter().map(|it| match it {
            Segment::Param(name) => Some(*name),
            Segment::Fixed(_) => None,
        });
        names.flatten()
    }

    /// Returns the number of segments of the path, and the first of them, which is never a parameter.
    pub(crate) fn start(&self) -> (usize, &'static str) {
        let first = self.path.split('/').nth(1);
        (self.segments.len(), first.unwrap_or_default())
    }

    /// Returns whether a path is one of the operation.
    pub(crate) fn has_path(&self, path: &[String]) -> bool {
        let is_match = |(known, segment): (&Segment, &String)| match known {
            Segment::Fixed(text) => text == segment,
            Segment::Param(_) => true,
        };
        self.segments.len() == path.len() && self.segments.iter().zip(path).all(is_match)
    }

    /// Returns the names of the path's parameters with their values, for a path of the operation.
    pub(crate) fn path_params(&self, path: &[String]) -> PathParams {
        let segments = self.segments.iter().zip(path);
        let params = segments.filter_map(|(known, segment)| match known {
            Segment::Param(name) => Some((*name, segment.clone())),
            Segment::Fixed(_) => None,
        });
        params.collect()
    }
}

/// Returns whether the document describes the errors of an operation by themselves, and not as those of all others.
fn has_plain_errors(operation: &Value) -> bool {
    let schema = operation.pointer("/responses/400/content/application~1json/schema");
    schema.is_some_and(|it| it["properties"].is_object())
}

fn success(root: &'static Value, operation: &'static Value) -> (u16, Option<&'static Value>) {
    let responses = operation["responses"].as_object();
    let mut responses = responses.into_iter().flatten();
    let Some((status, response)) = responses.find(|(status, _)| status.starts_with('2')) else {
        return (200, None);
    };
    let content = resolve(root, response)["content"].as_object();
    let content = content.and_then(|it| it.values().next());
    (
        status.parse().unwrap_or(200),
        content.map(|it| &it["schema"]),
    )
}

fn query(root: &'static Value, operation: &'static Value, pointer: &str) -> Vec<Parameter> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.enumerate().filter_map(|(index, parameter)| {
        let resolved = resolve(root, parameter);
        let pointer = match parameter["$ref"].as_str() {
            Some(reference) => reference.trim_start_matches('#').to_owned(),
            None => format!("{pointer}/parameters/{index}"),
        };
        (resolved["in"] == "query").then(|| Parameter {
            name: resolved["name"].as_str().unwrap_or_default(),
            is_required: resolved["required"] == true,
            schema: resolve(root, &resolved["schema"]),
            pointer: format!("{pointer}/schema"),
        })
    });
    parameters.collect()
}

fn body(root: &'static Value, operation: &'static Value, pointer: &str) -> Option<Body> {
    let body = operation.get("requestBody")?;
    let at = match body["$ref"].as_str() {
        Some(reference) => reference.trim_start_matches('#').to_owned(),
        None => format!("{pointer}/requestBody"),
    };
    let content = resolve(root, body)["content"].as_object()?;
    let (media_type, content) = content.iter().next()?;
    Some(Body {
        is_multipart: media_type.starts_with("multipart/"),
        pointer: format!("{at}/content/{}/schema", media_type.replace('/', "~1")),
        schema: resolve(root, &content["schema"]),
    })
}
