//! A document, such as the one that is part of this crate, and the routes of its operations.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

use serde_json::Value;

use super::object_shape::ObjectShape;
use super::operation::{Operation, PathParams};
#[cfg(feature = "validation")]
use super::validation::Validators;
use crate::http::api_version::ApiVersion;
use crate::http::response::ErrorResponse;

/// The document that is used unless another one is given, which is read once for each process.
static EMBEDDED: LazyLock<ApiDocument> = LazyLock::new(|| {
    let json = include_str!("backend-api.json");
    ApiDocument::new(serde_json::from_str(json).expect("the embedded document is JSON"))
});

const METHODS: [&str; 5] = ["delete", "get", "patch", "post", "put"];

/// An OpenAPI document.
#[derive(Debug)]
pub(crate) struct ApiDocument {
    pub(crate) json: &'static Value,
    /// The version of the API that the document describes.
    pub(crate) version: ApiVersion,
    pub(crate) operations: Vec<Operation>,
    /// The indexes of the operations by the number of segments of their paths and the first of these. Those with the
    /// fewest parameters are first.
    by_start: HashMap<(usize, &'static str), Vec<usize>>,
    /// The named schemas, whose shapes are read when they are used first.
    shapes: BTreeMap<&'static str, OnceLock<ObjectShape>>,
    by_id: HashMap<&'static str, usize>,
    #[cfg(feature = "validation")]
    validators: Validators,
}

/// What a request's method and path lead to.
pub(crate) enum Route {
    Operation(&'static Operation, PathParams),
    /// The path belongs to operations with other methods.
    OtherMethod,
    Unknown,
}

impl ApiDocument {
    pub(crate) fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads a document. It is never freed: a process reads one or two of them.
    pub(crate) fn new(json: Value) -> Self {
        let json: &'static Value = Box::leak(Box::new(json));
        let paths = json["paths"].as_object().into_iter().flatten();
        let operations: Vec<Operation> = paths
            .flat_map(|(path, item)| {
                let methods = METHODS.into_iter().filter(|it| item.get(*it).is_some());
                methods.map(move |method| Operation::new(json, path, method, item))
            })
            .collect();
        let mut by_start: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, operation) in operations.iter().enumerate() {
            by_start.entry(operation.start()).or_default().push(index);
        }
        for indexes in by_start.values_mut() {
            indexes.sort_by_key(|index| operations[*index].path.matches('{').count());
        }
        let schemas = json["components"]["schemas"].as_object();
        let names = schemas.into_iter().flat_map(|it| it.keys());
        let ids = operations.iter().enumerate();
        let by_id = ids
            .map(|(index, operation)| (operation.id, index))
            .collect();
        let version = json["info"]["version"].as_str().unwrap_or_default();
        Self {
            json,
            version: ApiVersion::of_document(version),
            by_id,
            operations,
            by_start,
            shapes: names.map(|it| (it.as_str(), OnceLock::new())).collect(),
            #[cfg(feature = "validation")]
            validators: Validators::new(json),
        }
    }

    /// Builds what is otherwise built when a request needs it first, or says what is wrong with the document.
    pub(super) fn prepare(&self) -> Result<(), String> {
        #[cfg(feature = "validation")]
        for operation in &self.operations {
            let query = operation.query.iter().map(|it| &it.pointer);
            let body = operation.body.iter().filter(|it| !it.is_multipart);
            for pointer in query.chain(body.map(|it| &it.pointer)) {
                let checked = self.validators.prepare(pointer);
                checked.map_err(|error| {
                    let (method, path) = (&operation.method, operation.path);
                    format!("{method} {path}: a schema of its parameters is invalid: {error}")
                })?;
            }
        }
        for operation in &self.operations {
            operation.shape();
        }
        Ok(())
    }

    /// Returns the operation with an id.
    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.get(*self.by_id.get(id)?)
    }

    /// Checks a value against the schema at `pointer`. `param` names the query parameter that has the value.
    #[cfg(feature = "validation")]
    pub(crate) fn check(
        &self,
        pointer: &str,
        value: &Value,
        param: Option<&str>,
    ) -> Result<(), ErrorResponse> {
        self.validators.check(pointer, value, param)
    }

    /// Checks nothing: the feature `validation` is disabled.
    #[cfg(not(feature = "validation"))]
    #[expect(
        clippy::unused_self,
        reason = "the signature does not depend on the feature"
    )]
    pub(crate) fn check(
        &self,
        _pointer: &str,
        _value: &Value,
        _param: Option<&str>,
    ) -> Result<(), ErrorResponse> {
        Ok(())
    }

    /// Returns the shape of the objects that a named schema describes.
    pub(crate) fn object_shape(&self, schema: &str) -> Option<&ObjectShape> {
        let shape = self.shapes.get(schema)?;
        Some(shape.get_or_init(|| {
            let schema = &self.json["components"]["schemas"][schema];
            ObjectShape::new(self.json, schema)
        }))
    }

    pub(crate) fn route(&'static self, method: &str, path: &[String]) -> Route {
        let start = path.first().map(|first| (path.len(), first.as_str()));
        let indexes = start.and_then(|start| self.by_start.get(&start));
        let indexes = indexes.into_iter().flatten();
        let mut known_path = false;
        for operation in indexes.map(|index| &self.operations[*index]) {
            if operation.has_path(path) {
                if operation.method == method {
                    return Route::Operation(operation, operation.path_params(path));
                }
                known_path = true;
            }
        }
        match known_path {
            true => Route::OtherMethod,
            false => Route::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_segments_take_precedence() {
        let id = |method: &str, path: &str| {
            let path: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
            match ApiDocument::embedded().route(method, &path) {
                Route::Operation(operation, _) => operation.id,
                Route::OtherMethod => "other method",
                Route::Unknown => "unknown",
            }
        };
        assert_eq!(id("GET", "/users/count"), "GetUsersCount");
        assert_eq!(id("GET", "/users/user_1"), "GetUser");
        assert_eq!(id("PATCH", "/users/count"), "UpdateUser");
        assert_eq!(id("PUT", "/users/user_1"), "other method");
        assert_eq!(id("GET", "/nothing"), "unknown");
    }

    #[test]
    fn the_document_has_249_operations() {
        assert_eq!(ApiDocument::embedded().operations.len(), 249);
    }
}
