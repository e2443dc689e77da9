//! Where the schemas of a document are in another one: a schema that was inline can become a
//! component, and the reverse.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::detect_renames::is_similar;
use super::document_node::DocumentNode;
use super::json_document::operations;
use crate::names::NamesByPointer;

/// The pairs of schemas, one of each document, that have the same role: both describe the same
/// property of the same response, for example.
#[derive(Default)]
pub(super) struct SchemaPlaces {
    /// The JSON pointers of both schemas, for each schema of the old document.
    pointers: BTreeMap<String, BTreeSet<String>>,
    /// The same for the pointers by which the model refers to schemas.
    model_pointers: BTreeMap<String, BTreeSet<String>>,
    /// The pairs whose members are similar enough to be the same type, by model pointer.
    similar: BTreeSet<(String, String)>,
}

/// Compares two documents in which the same components and operations have the same names.
/// `named` are the model pointers of the schemas of the old document that have a public name.
pub(super) fn schema_places(old: &Value, new: &Value, named: &NamesByPointer) -> SchemaPlaces {
    let mut places = SchemaPlaces::default();
    for (old, new) in roots(old, new) {
        places.add_pair(old, new, named);
    }
    places.add_equal_schemas(old, new, named);
    places
}

/// Returns the operations and components that both documents have.
fn roots<'d>(old: &'d Value, new: &'d Value) -> Vec<(DocumentNode<'d>, DocumentNode<'d>)> {
    let mut roots = Vec::new();
    let new_operations = operations(new);
    for operation in operations(old) {
        let mut candidates = new_operations.iter();
        if let Some(other) = candidates.find(|it| it.id == operation.id) {
            let node = |document, pointer: &str| DocumentNode::at(document, pointer.to_owned());
            roots.extend(node(old, &operation.pointer).zip(node(new, &other.pointer)));
        }
    }
    for node in DocumentNode::components(old) {
        let other = DocumentNode::at(new, node.pointer.clone());
        roots.extend(other.map(|other| (node, other)));
    }
    roots
}

impl SchemaPlaces {
    fn add_pair(&mut self, old: DocumentNode<'_>, new: DocumentNode<'_>, named: &NamesByPointer) {
        let (old, new) = (old.resolved(), new.resolved());
        let known = self.pointers.entry(old.pointer.clone()).or_default();
        let is_new_pointer = known.insert(new.pointer.clone());
        let known = self.model_pointers.entry(old.model_pointer.clone());
        let is_new_model = known.or_default().insert(new.model_pointer.clone());
        if !is_new_pointer && !is_new_model {
            return;
        }
        let pair = (old.model_pointer.clone(), new.model_pointer.clone());
        let has_moved_name = pair.0 != pair.1 && named.contains_key(&pair.0);
        if has_moved_name && is_similar(Some(old.value), Some(new.value)) {
            self.similar.insert(pair);
        }
        let mut others = new.children();
        let mut removed = Vec::new();
        for (role, child) in old.children() {
            match others.iter().position(|(it, _)| *it == role) {
                Some(index) => self.add_pair(child, others.remove(index).1, named),
                None => removed.push(child),
            }
        }
        // A property that has another name, and is otherwise the same.
        for child in removed {
            let is_same = |(_, other): &&(String, DocumentNode<'_>)| other.value == child.value;
            let mut matches = others.iter().filter(is_same);
            if let (Some((_, other)), None) = (matches.next(), matches.next()) {
                self.add_pair(child, other.clone(), named);
            }
        }
    }

    /// Adds the pairs of equal schemas that are not in a pair yet, and occur only once.
    fn add_equal_schemas(&mut self, old: &Value, new: &Value, named: &NamesByPointer) {
        let is_gone = |node: &DocumentNode<'_>| {
            let pointer = &node.model_pointer;
            named.contains_key(pointer) && !self.model_pointers.contains_key(pointer)
        };
        let mut old = DocumentNode::descendants(old);
        old.retain(is_gone);
        if old.is_empty() {
            return;
        }
        let paired: BTreeSet<&String> = self.model_pointers.values().flatten().collect();
        let mut new = DocumentNode::descendants(new);
        new.retain(|node| !paired.contains(&node.model_pointer));
        for gone in &old {
            let is_same = |other: &&DocumentNode<'_>| other.value == gone.value;
            let mut rivals = old.iter().filter(is_same);
            let mut matches = new.iter().filter(is_same);
            if let (Some(_), None, Some(found), None) =
                (rivals.next(), rivals.next(), matches.next(), matches.next())
            {
                self.add_pair(gone.clone(), found.clone(), named);
            }
        }
    }

    /// Returns whether every schema is where it was.
    pub(super) fn are_unchanged(&self) -> bool {
        let mut pointers = self.pointers.iter();
        pointers.all(|(old, new)| new.iter().all(|new| new == old))
    }

    /// Translates a pointer into the old document to pointers into the new one, which may not have
    /// the element there.
    pub(super) fn new_pointers(&self, old: &str) -> Vec<String> {
        let mut prefix = old;
        loop {
            if let Some(new) = self.pointers.get(prefix) {
                let rest = &old[prefix.len()..];
                return new.iter().map(|new| format!("{new}{rest}")).collect();
            }
            match prefix.rsplit_once('/') {
                Some((parent, _)) => prefix = parent,
                None => return Vec::new(),
            }
        }
    }

    /// Returns the names that types should keep, by the pointers of their schemas in the new
    /// document.
    ///
    /// A new schema that takes the place of several old ones gets the name of one that is gone.
    pub(super) fn kept_names(&self, old: &NamesByPointer) -> NamesByPointer {
        let mut candidates: BTreeMap<&String, (bool, &String)> = BTreeMap::new();
        for (pointer, places) in &self.model_pointers {
            if !old.contains_key(pointer) {
                continue;
            }
            let still_exists = places.contains(pointer);
            for place in places.iter().filter(|it| *it != pointer) {
                if self.similar.contains(&(pointer.clone(), place.clone())) {
                    let candidate = (still_exists, pointer);
                    let best = candidates.entry(place).or_insert(candidate);
                    *best = candidate.min(*best);
                }
            }
        }
        let kept = candidates.into_iter();
        kept.map(|(place, (_, pointer))| (place.clone(), old[pointer].clone()))
            .collect()
    }
}
