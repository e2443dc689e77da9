//! A generated JSON value, with the schema of each part of it.

use serde_json::{Value, json};

use crate::document::escape_segment;

/// A generated value, with the nodes in it that have a schema. Tests replace the values of nodes by other values.
#[derive(Clone)]
pub(crate) struct Instance {
    pub(crate) value: Value,
    pub(crate) nodes: Vec<InstanceNode>,
}

/// A part of an instance that a schema describes.
#[derive(Clone)]
pub(crate) struct InstanceNode {
    /// The JSON pointer of the value in the instance.
    pub(crate) pointer: String,
    /// The JSON pointer of the schema in the document.
    pub(crate) schema: String,
    pub(crate) kind: NodeKind,
    /// Whether this node or a node above it is a union.
    pub(crate) in_union: bool,
}

/// The kind of value that a schema describes.
#[derive(Clone)]
pub(crate) enum NodeKind {
    String,
    /// An enum, with its values.
    Enum(Vec<Value>),
    Integer,
    Number,
    Boolean,
    Array,
    /// An object with named properties.
    Object,
    /// An object with arbitrary member names.
    Map,
    /// Any JSON value.
    AnyJson,
    Union {
        /// An instance of each variant.
        variants: Vec<Instance>,
        /// The property that distinguishes the variants, if the document names one.
        discriminator: Option<String>,
    },
}

impl Instance {
    /// Creates an instance with a single node, which is the whole value.
    pub(super) fn single_node(value: Value, schema: &str, kind: NodeKind) -> Self {
        let node = InstanceNode {
            pointer: String::new(),
            schema: schema.to_owned(),
            kind,
            in_union: false,
        };
        Self {
            value,
            nodes: vec![node],
        }
    }

    /// Creates an empty object that no schema describes.
    pub(crate) fn empty_object() -> Self {
        Self::without_schema(json!({}))
    }

    pub(super) fn null() -> Self {
        Self::without_schema(Value::Null)
    }

    /// Generates arbitrary JSON, for a value that the document does not describe.
    pub(super) fn arbitrary_json(name: &str) -> Self {
        Self::without_schema(json!([name, 1.5, {"deep": [true, null]}]))
    }

    fn without_schema(value: Value) -> Self {
        Self {
            value,
            nodes: Vec::new(),
        }
    }

    pub(super) fn without_nodes(self) -> Self {
        Self {
            nodes: Vec::new(),
            ..self
        }
    }

    /// Adds a member to an instance that is an object.
    pub(crate) fn insert(&mut self, name: &str, member: Instance) {
        self.add_nodes(member.nodes, &escape_segment(name));
        let members = self.value.as_object_mut().expect("the value is an object");
        members.insert(name.to_owned(), member.value);
    }

    /// Appends an item to an instance that is an array.
    pub(super) fn push(&mut self, item: Instance) {
        let index = self.value.as_array().map_or(0, Vec::len);
        self.add_nodes(item.nodes, &index.to_string());
        let items = self.value.as_array_mut().expect("the value is an array");
        items.push(item.value);
    }

    fn add_nodes(&mut self, nodes: Vec<InstanceNode>, segment: &str) {
        self.nodes
            .extend(nodes.into_iter().map(|node| InstanceNode {
                pointer: format!("/{segment}{}", node.pointer),
                ..node
            }));
    }

    /// Returns the value at a node's pointer.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        let value = self.value.pointer(pointer);
        value.expect("a node points into its instance")
    }

    /// Returns the whole value with the value at a node's pointer replaced.
    pub(crate) fn replace_at(&self, pointer: &str, value: Value) -> Value {
        let mut whole = self.value.clone();
        let replaced = whole.pointer_mut(pointer);
        *replaced.expect("a node points into its instance") = value;
        whole
    }
}
