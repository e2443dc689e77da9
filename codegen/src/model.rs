//! The model: what the emitters read, and nothing else. Every name in it is final, every list in
//! output order.

use std::collections::{BTreeMap, BTreeSet};

/// The whole API.
pub(crate) struct Api {
    pub(crate) version: String,
    pub(crate) server: String,
    /// Where errors point.
    pub(crate) path: String,
    pub(crate) resources: Vec<Resource>,
    pub(crate) types: Vec<TypeDef>,
    /// The types that each place of the document gave, by JSON pointer.
    pub(crate) places: Places,
}

/// Types by the JSON pointers of the schemas they are made of.
pub(crate) type Places = BTreeMap<String, BTreeSet<(Home, String)>>;

/// A module of operations.
pub(crate) struct Resource {
    pub(crate) module: String,
    pub(crate) docs: Option<String>,
    /// A few lines of Rust that use it.
    pub(crate) example: Option<String>,
    pub(crate) operations: Vec<Operation>,
    /// Types of `clerk_sdk::types` that the module exports again.
    pub(crate) exports: Vec<String>,
}

/// One method and one function.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Where in the document it stands.
    pub(crate) pointer: String,
    pub(crate) verb: Verb,
    pub(crate) path: String,
    pub(crate) path_params: Vec<PathParam>,
    pub(crate) input: Input,
    pub(crate) returns: Type,
    pub(crate) paging: Option<Paging>,
    pub(crate) needs_key: bool,
    pub(crate) deprecated: bool,
    /// What to do where it is deprecated.
    pub(crate) instead: Option<String>,
    pub(crate) docs: Option<String>,
    /// Where Clerk describes it.
    pub(crate) reference: Option<String>,
    /// The statuses of refusals that the document lists, with what each means here.
    pub(crate) refusals: Vec<(u16, Option<String>)>,
}

/// How a list is given page by page.
pub(crate) struct Paging {
    /// The most items that a page can have.
    pub(crate) largest: i64,
    /// Whether the total comes only where it is asked for.
    pub(crate) is_counted: bool,
    /// The parameter that names the last item of the page before.
    pub(crate) cursor: Option<String>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    /// As HTTP writes it.
    pub(crate) fn upper(self) -> &'static str {
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
    /// The name in the path's template.
    pub(crate) wire: String,
    pub(crate) ident: String,
    /// Words that would make the path another operation's.
    pub(crate) reserved: Vec<String>,
}

/// What an operation takes beside its path; each names its params struct.
pub(crate) enum Input {
    None,
    Query(String),
    Json(String),
    /// A body that is an array of the struct.
    JsonList(String),
    Form(String),
}

/// A struct or an enum of ours.
pub(crate) struct TypeDef {
    pub(crate) home: Home,
    pub(crate) name: String,
    pub(crate) docs: Option<String>,
    /// What the values of an enum mean.
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) deprecated: bool,
    pub(crate) shape: Shape,
    /// Where in the document it stands, for errors.
    pub(crate) pointer: String,
}

/// Where a type lives.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Home {
    /// `types/<module>.rs`, exported as `clerk_sdk::types::X`.
    Types(String),
    /// `<module>.rs`, beside the operations that take it.
    Module(String),
}

#[derive(Clone, PartialEq)]
pub(crate) enum Shape {
    Object(Object),
    /// The wire's values of an open enum.
    Strings(Vec<String>),
    Union(Vec<Member>),
}

impl Shape {
    /// The shape alone, to compare with another.
    pub(crate) fn without_prose(&self) -> Self {
        let mut shape = self.clone();
        match &mut shape {
            Self::Object(object) => {
                for field in &mut object.fields {
                    (field.docs, field.facts) = (None, None);
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
    /// The arguments of `new`, by wire name, for the params struct of an operation.
    pub(crate) arguments: Vec<String>,
}

/// What a struct is for, which decides how it is encoded.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Role {
    /// Part of an answer.
    Response,
    /// A JSON body, or part of one.
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
    pub(crate) secret: bool,
    /// A query's list that travels as one value.
    pub(crate) joined: bool,
    pub(crate) deprecated: bool,
    pub(crate) docs: Option<String>,
    /// Limits and defaults that the document states, as a sentence.
    pub(crate) facts: Option<String>,
}

/// One shape of a union.
#[derive(Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) variant: String,
    /// The type it holds, by name.
    pub(crate) ty: String,
    /// What that type is, in a sentence.
    pub(crate) docs: Option<String>,
    /// What must hold for an object to be this shape.
    pub(crate) tests: Vec<Test>,
}

#[derive(Clone, PartialEq)]
pub(crate) enum Test {
    /// The member has this text.
    Text(String, String),
    /// One of these members is there.
    AnyOf(Vec<String>),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Type {
    Unit,
    String,
    Bool,
    Integer,
    Number,
    Timestamp,
    DateTime,
    File,
    /// Any JSON.
    Json,
    /// Any JSON object.
    JsonObject,
    Named(Home, String),
    Array(Box<Type>),
    Map(Box<Type>),
    List(Box<Type>),
}

impl Type {
    /// The struct or enum that this type is made of, if any.
    pub(crate) fn named(&self) -> Option<(&Home, &str)> {
        match self {
            Self::Named(home, name) => Some((home, name)),
            Self::Array(inner) | Self::Map(inner) | Self::List(inner) => inner.named(),
            _ => None,
        }
    }
}
