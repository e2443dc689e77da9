//! The table of a resource: what its records are, without a line of code for what it has in common with others.

use std::ops::Deref;

use serde_json::Value;

use crate::store::instance::Instance;
use crate::store::kind::Kind;
use crate::store::record::Record;

/// A resource.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) kind: Kind,
    /// The name of the document's schema, for responses and events that contain several resources.
    pub(crate) schema: &'static str,
    /// Members that no two records may have in common, unless they are null or empty.
    pub(crate) unique: &'static [Unique],
    /// The members of new records whose defaults are not the emptiest values of the document.
    pub(crate) defaults: &'static [(&'static str, Literal)],
    /// Optional members that responses do not have.
    pub(crate) omitted: &'static [&'static str],
    /// Members that are lists of other records: those whose indexed member, the last value, has the id of the record.
    pub(crate) lists: &'static [(&'static str, &'static Resource, &'static str)],
    /// Members that are computed for each response.
    pub(crate) computed: &'static [(&'static str, Computed)],
    /// Members that lists can be sorted by, and that responses have only if the request asks for them.
    pub(crate) on_demand: &'static [(&'static str, Computed)],
    /// Parameters of lists that are members, too, but do not filter by them.
    pub(crate) not_filters: &'static [&'static str],
    /// The members that the parameter `query` searches.
    pub(crate) searched: &'static [&'static str],
    /// The order of lists, unless the document has one or the request asks for one.
    pub(crate) order: &'static str,
    /// The events of a creation, a change and a deletion.
    pub(crate) events: Events,
    /// The member that identifies a record in paths, besides the id.
    pub(crate) alternative_id: Option<&'static str>,
}

/// Computes a member of a record.
pub(crate) type Computed = fn(&Instance, &Record) -> Value;

/// A member that no two records may have in common.
#[derive(Debug)]
pub(crate) struct Unique {
    pub(crate) member: &'static str,
    pub(crate) status: u16,
    pub(crate) code: &'static str,
}

/// The events of a resource.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) created: Option<&'static str>,
    pub(crate) updated: Option<&'static str>,
    pub(crate) deleted: Option<&'static str>,
}

/// A value in a table.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Literal {
    Bool(bool),
    Int(i64),
    Text(&'static str),
    /// JSON as text, for arrays and objects.
    Json(&'static str),
}

impl Resource {
    /// A resource with nothing of its own, to be completed with `..`.
    pub(crate) const NEW: Self = Self {
        kind: Kind {
            name: "",
            prefix: "",
            has_hex_ids: false,
            indexed: &[],
        },
        schema: "",
        unique: &[],
        defaults: &[],
        omitted: &[],
        lists: &[],
        computed: &[],
        on_demand: &[],
        not_filters: &[],
        searched: &[],
        order: "-created_at",
        events: Events::NONE,
        alternative_id: None,
    };
}

impl Deref for Resource {
    type Target = Kind;

    fn deref(&self) -> &Kind {
        &self.kind
    }
}

impl Events {
    pub(crate) const NONE: Self = Self {
        created: None,
        updated: None,
        deleted: None,
    };
}

impl Literal {
    pub(crate) fn to_value(self) -> Value {
        match self {
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::from(value),
            Self::Text(text) => Value::from(text),
            Self::Json(text) => serde_json::from_str(text).expect("the tables contain JSON"),
        }
    }
}

/// Creates a [`Kind`].
pub(crate) const fn kind(
    name: &'static str,
    prefix: &'static str,
    indexed: &'static [&'static str],
) -> Kind {
    Kind {
        name,
        prefix,
        has_hex_ids: false,
        indexed,
    }
}

/// Creates a [`Kind`] whose ids have 32 hexadecimal digits.
pub(crate) const fn hex_kind(
    name: &'static str,
    prefix: &'static str,
    indexed: &'static [&'static str],
) -> Kind {
    Kind {
        has_hex_ids: true,
        ..kind(name, prefix, indexed)
    }
}

/// A member whose value another record has already is refused with status 422 and this code.
pub(crate) const fn unique(member: &'static str, code: &'static str) -> Unique {
    Unique {
        member,
        status: 422,
        code,
    }
}
