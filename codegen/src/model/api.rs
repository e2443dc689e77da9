//! The API: its operations and events.

use std::collections::{BTreeMap, BTreeSet};

use super::types::{Namespace, Type, TypeDef};
use crate::problem::Problem;

/// The whole API: what all documents describe together.
pub(crate) struct Api {
    pub(crate) version: String,
    /// The default base URL.
    pub(crate) server: String,
    pub(crate) resources: Vec<Resource>,
    pub(crate) events: Vec<Event>,
    /// The types of all documents. One that several documents describe is one type.
    pub(crate) types: Vec<TypeDef>,
    /// The module of the types that only events need, and the feature of the crate that it requires.
    pub(crate) event_module: Option<(String, Option<String>)>,
    /// The types by the schema that each was generated from, for each document.
    pub(crate) types_by_pointer: Vec<TypesByPointer>,
    pub(crate) shared_types: Vec<SharedType>,
    /// Annotations of the overlays that do not fit a schema, and were not applied to it.
    pub(crate) notes: Vec<Problem>,
}

/// A kind of event.
pub(crate) struct Event {
    /// The name that the API gives it: `user.created`.
    pub(crate) kind: String,
    /// The name of its variant.
    pub(crate) variant: String,
    pub(crate) docs: Option<String>,
    pub(crate) payload: Type,
}

/// A type that several documents describe.
pub(crate) struct SharedType {
    pub(crate) name: String,
    /// Whether the documents describe it differently.
    pub(crate) differs: bool,
}

/// The types that were generated from each schema, by the schema's JSON pointer.
pub(crate) type TypesByPointer = BTreeMap<String, BTreeSet<(Namespace, String)>>;

/// A resource: a module of operations.
pub(crate) struct Resource {
    pub(crate) module: String,
    pub(crate) docs: Option<String>,
    /// A few lines of Rust that use the resource.
    pub(crate) example: Option<String>,
    pub(crate) operations: Vec<Operation>,
    /// Types of the module `types` that the module re-exports.
    pub(crate) exports: Vec<String>,
}

/// An operation: a method of the client and a free function.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The JSON pointer of the operation.
    pub(crate) pointer: String,
    pub(crate) method: HttpMethod,
    pub(crate) path: String,
    pub(crate) path_params: Vec<PathParam>,
    pub(crate) input: Input,
    pub(crate) returns: Type,
    pub(crate) pagination: Option<Pagination>,
    pub(crate) needs_key: bool,
    pub(crate) deprecated: bool,
    /// The replacement of a deprecated operation, as in `` use `user::list` ``.
    pub(crate) replacement: Option<String>,
    pub(crate) docs: Option<String>,
    /// The path and fragment of the operation in the API's reference.
    pub(crate) reference_path: Option<String>,
    /// The statuses of the documented error responses, and what each means for this operation.
    pub(crate) error_statuses: Vec<(u16, Option<String>)>,
}

/// How a list is paginated.
pub(crate) struct Pagination {
    /// The maximum number of items on a page.
    pub(crate) max_page_size: i64,
    /// Whether the response includes the total count only on request.
    pub(crate) total_on_request: bool,
    /// The parameter that takes the id of the last item of the previous page.
    pub(crate) cursor: Option<String>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum HttpMethod {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl HttpMethod {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

pub(crate) struct PathParam {
    /// The name in the path template.
    pub(crate) wire: String,
    pub(crate) ident: String,
    /// Values with which the path would match another operation.
    pub(crate) reserved: Vec<String>,
}

/// The input of an operation besides its path parameters. Each variant names the params struct.
pub(crate) enum Input {
    None,
    Query(String),
    Json(String),
    /// A body that is an array of the struct.
    JsonList(String),
    Form(String),
}

impl Input {
    /// Returns the name of the params struct, if there is one.
    pub(crate) fn params(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Query(name) | Self::Json(name) | Self::JsonList(name) | Self::Form(name) => {
                Some(name)
            }
        }
    }
}
