//! The keys of `names.toml`: an operation id, a kind of event, or the place of a schema.

use std::fmt;

use crate::json_pointer::{escape, unescape};

/// The key of an entry in `names.toml`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum NameKey {
    /// An operation id, in `[operations]`.
    Operation(String),
    /// A kind of event, in `[events]`.
    Event(String),
    /// The place of a schema, in `[types]`.
    Type(TypeKey),
}

/// A section of `names.toml`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Section {
    Operations,
    Events,
    Types,
}

impl Section {
    pub(super) const ALL: [Self; 3] = [Self::Operations, Self::Events, Self::Types];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Events => "events",
            Self::Types => "types",
        }
    }

    pub(super) fn parse_key(self, key: &str) -> NameKey {
        match self {
            Self::Operations => NameKey::Operation(key.to_owned()),
            Self::Events => NameKey::Event(key.to_owned()),
            Self::Types => NameKey::Type(TypeKey::parse(key)),
        }
    }
}

impl NameKey {
    pub(super) fn section(&self) -> Section {
        match self {
            Self::Operation(_) => Section::Operations,
            Self::Event(_) => Section::Events,
            Self::Type(_) => Section::Types,
        }
    }
}

impl fmt::Display for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(id) => f.write_str(id),
            Self::Event(kind) => f.write_str(kind),
            Self::Type(key) => key.fmt(f),
        }
    }
}

/// The place of a schema: `User/verification`, `responses/User.Deleted` or `createApiKey.200`.
///
/// The steps below the root are property names, `[]` for the items of an array, `{}` for the values
/// of a map, and the index of a union's member.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct TypeKey {
    root: TypeKeyRoot,
    steps: Vec<String>,
}

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum TypeKeyRoot {
    Schema(String),
    Response(String),
    /// The `body`, the `query` or the response with a status of an operation.
    Operation {
        id: String,
        part: String,
    },
}

const RESPONSES: &str = "responses";

impl TypeKey {
    fn new(root: TypeKeyRoot) -> Self {
        Self {
            root,
            steps: Vec::new(),
        }
    }

    /// Returns the key of a schema component.
    pub(crate) fn schema(name: &str) -> Self {
        Self::new(TypeKeyRoot::Schema(name.to_owned()))
    }

    /// Returns the key of the content of a response component.
    pub(crate) fn response(name: &str) -> Self {
        Self::new(TypeKeyRoot::Response(name.to_owned()))
    }

    /// Returns the key of an event, which is spelt like that of a component.
    pub(crate) fn event(kind: &str) -> Self {
        Self::schema(kind)
    }

    /// Returns the key of a part of an operation: `body`, `query`, or the status of a response.
    pub(crate) fn operation(id: &str, part: &str) -> Self {
        Self::new(TypeKeyRoot::Operation {
            id: id.to_owned(),
            part: part.to_owned(),
        })
    }

    /// Returns the key of a schema within this one.
    pub(crate) fn child(&self, step: &str) -> Self {
        let mut key = self.clone();
        key.steps.push(step.to_owned());
        key
    }

    /// Parses a key as `names.toml` spells it.
    fn parse(key: &str) -> Self {
        let mut segments = key.split('/').map(unescape);
        let first = segments.next().unwrap_or_default();
        let mut steps: Vec<String> = segments.collect();
        let root = match first.rsplit_once('.') {
            Some((id, part)) if is_operation_part(part) => TypeKeyRoot::Operation {
                id: id.to_owned(),
                part: part.to_owned(),
            },
            _ if first == RESPONSES && !steps.is_empty() => TypeKeyRoot::Response(steps.remove(0)),
            _ => TypeKeyRoot::Schema(first),
        };
        Self { root, steps }
    }

    /// Returns the key after a rename of the component or the operation that it begins with.
    /// `component` returns the new name of a component such as `schemas/User`, and `operation` the
    /// new id of an operation.
    pub(crate) fn renamed(
        &self,
        component: impl Fn(&str) -> Option<String>,
        operation: impl Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let renamed = |kind: &str, name: &str| {
            let new = component(&format!("{kind}/{name}"))?;
            Some(new.strip_prefix(&format!("{kind}/"))?.to_owned())
        };
        let root = match &self.root {
            TypeKeyRoot::Schema(name) => TypeKeyRoot::Schema(renamed("schemas", name)?),
            TypeKeyRoot::Response(name) => TypeKeyRoot::Response(renamed(RESPONSES, name)?),
            TypeKeyRoot::Operation { id, part } => TypeKeyRoot::Operation {
                id: operation(id)?,
                part: part.clone(),
            },
        };
        let steps = self.steps.clone();
        Some(Self { root, steps })
    }
}

fn is_operation_part(part: &str) -> bool {
    let is_status = part.len() == 3 && part.starts_with(|first: char| first.is_ascii_digit());
    is_status || ["body", "query", "default"].contains(&part)
}

impl fmt::Display for TypeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            TypeKeyRoot::Schema(name) => f.write_str(&escape(name)),
            TypeKeyRoot::Response(name) => write!(f, "{RESPONSES}/{}", escape(name)),
            TypeKeyRoot::Operation { id, part } => write!(f, "{}.{part}", escape(id)),
        }?;
        self.steps
            .iter()
            .try_for_each(|step| write!(f, "/{}", escape(step)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_parsed_as_it_is_built() {
        for (key, expected) in [
            (TypeKey::schema("User"), "User"),
            (
                TypeKey::schema("User").child("a/b").child("[]"),
                "User/a~1b/[]",
            ),
            (TypeKey::response("User.Deleted"), "responses/User.Deleted"),
            (TypeKey::schema("responses"), "responses"),
            (
                TypeKey::operation("users/list", "200").child("data"),
                "users~1list.200/data",
            ),
            (
                TypeKey::operation("list.users", "query").child("x"),
                "list.users.query/x",
            ),
        ] {
            assert_eq!(key.to_string(), expected);
            assert_eq!(TypeKey::parse(expected), key, "{expected}");
        }
    }

    #[test]
    fn a_rename_replaces_the_root() {
        let component = |name: &str| (name == "schemas/Old").then(|| "schemas/New".to_owned());
        let operation = |id: &str| (id == "old").then(|| "new".to_owned());
        for (old, new) in [
            ("Old/a", Some("New/a")),
            ("Older/a", None),
            ("responses/Old", None),
            ("old.query/a", Some("new.query/a")),
        ] {
            let renamed = TypeKey::parse(old).renamed(component, operation);
            assert_eq!(renamed.map(|it| it.to_string()).as_deref(), new);
        }
    }
}
