//! The generated types: structs, enums and unions.

use std::collections::BTreeMap;

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
