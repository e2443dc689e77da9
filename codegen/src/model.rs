//! The model of the API that the emitters read. Every name in it is final and every list is in
//! output order.

use std::collections::{BTreeMap, BTreeSet};

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

/// The definition of a generated struct or enum.
pub(crate) struct TypeDef {
    pub(crate) namespace: Namespace,
    pub(crate) name: String,
    pub(crate) docs: Option<String>,
    /// The documentation of the values of an enum.
    pub(crate) value_docs: BTreeMap<String, String>,
    pub(crate) deprecated: bool,
    /// Whether this is an enum of fields to sort by.
    pub(crate) is_sort_field: bool,
    pub(crate) shape: Shape,
    /// The members that every variant of a union has, sorted by wire name.
    pub(crate) shared_members: Vec<SharedMember>,
    /// The document that describes the type, for errors.
    pub(crate) file: String,
    /// The JSON pointer of the schema, for errors.
    pub(crate) pointer: String,
}

/// The module that a type is defined in.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Namespace {
    /// `types/<module>.rs`, exported as `types::X`.
    Types(String),
    /// `<module>.rs`, next to the operations that take it.
    Module(String),
}

#[derive(Clone, PartialEq)]
pub(crate) enum Shape {
    Object(Object),
    /// An open enum, by its wire values.
    Strings(Vec<String>),
    Union(Vec<UnionMember>),
}

impl Shape {
    /// Returns the shape without documentation, for comparisons.
    pub(crate) fn without_prose(&self) -> Self {
        let mut shape = self.clone();
        match &mut shape {
            Self::Object(object) => {
                for field in &mut object.fields {
                    (field.docs, field.constraints) = (None, None);
                }
            }
            Self::Union(members) => members.iter_mut().for_each(|member| member.docs = None),
            Self::Strings(_) => {}
        }
        shape
    }
}

#[derive(Clone, PartialEq)]
pub(crate) struct Object {
    pub(crate) role: Role,
    pub(crate) fields: Vec<Field>,
    /// The arguments of a params struct's `new` function, by wire name.
    pub(crate) arguments: Vec<String>,
}

/// The role of a struct, which decides its encoding.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Role {
    /// A response, or part of one.
    Response,
    /// A JSON request body, or part of one.
    Request,
    Query,
    Form,
}

#[derive(Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) wire: String,
    pub(crate) ident: String,
    pub(crate) ty: Type,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
    /// The only value that the field has, if responses borrow it instead of storing it.
    pub(crate) constant: Option<String>,
    /// Whether responses may lack the field although it is required.
    pub(crate) may_be_missing: bool,
    /// Whether `Debug` redacts the value.
    pub(crate) secret: bool,
    /// Whether a list in a query is encoded as one comma-separated value.
    pub(crate) joined: bool,
    /// Whether the value is a field to sort by, with an optional sign for the direction.
    pub(crate) is_sort_field: bool,
    pub(crate) deprecated: bool,
    pub(crate) docs: Option<String>,
    /// The limits and the default that the document states, as sentences.
    pub(crate) constraints: Option<String>,
}

/// A member of a union.
#[derive(Clone, PartialEq)]
pub(crate) struct UnionMember {
    pub(crate) variant: String,
    /// The name of the type that the variant holds.
    pub(crate) ty: String,
    /// The first paragraph of that type's documentation.
    pub(crate) docs: Option<String>,
    /// The conditions that identify this member. All of them must hold.
    pub(crate) discriminators: Vec<Discriminator>,
    /// What identifies this member if its discriminator is missing.
    pub(crate) hint: Option<DiscriminatorHint>,
}

/// A member that every variant of a union has.
pub(crate) struct SharedMember {
    pub(crate) wire: String,
    pub(crate) ident: String,
    pub(crate) ty: Type,
    pub(crate) docs: Option<String>,
}

/// The strings that a property has in only one member of a union.
#[derive(Clone, PartialEq)]
pub(crate) struct DiscriminatorHint {
    pub(crate) property: String,
    /// The strings. A `*` at the end stands for any string.
    pub(crate) values: Vec<String>,
}

/// A condition on a JSON object that distinguishes one member of a union from the others.
#[derive(Clone, PartialEq)]
pub(crate) enum Discriminator {
    /// The property has this value.
    Constant(String, String),
    /// At least one of these properties is present.
    AnyOf(Vec<String>),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Type {
    Unit,
    String,
    Bool,
    Integer,
    Number,
    /// Milliseconds since the Unix epoch.
    Timestamp,
    /// An RFC 3339 string.
    DateTime,
    File,
    /// JSON objects that users define.
    Metadata,
    /// Any JSON value.
    Json,
    /// Any JSON object.
    JsonObject,
    Named(Namespace, String),
    Array(Box<Type>),
    Map(Box<Type>),
    /// An item of an array or a value of a map, which can be null.
    Nullable(Box<Type>),
    /// A page of a list: an array, or an object that adds the total count.
    List(Box<Type>),
}

impl Type {
    /// Returns the struct or enum that this type is or contains, if any.
    pub(crate) fn named(&self) -> Option<(&Namespace, &str)> {
        match self {
            Self::Named(namespace, name) => Some((namespace, name)),
            Self::Array(inner) | Self::Map(inner) | Self::Nullable(inner) | Self::List(inner) => {
                inner.named()
            }
            _ => None,
        }
    }

    /// Returns the type of the module `types` that this type is or contains, if any.
    pub(crate) fn shared(&self) -> Option<&str> {
        match self.named() {
            Some((Namespace::Types(_), name)) => Some(name),
            _ => None,
        }
    }
}
