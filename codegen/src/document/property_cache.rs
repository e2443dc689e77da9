//! Finds the properties that overlay actions update.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use crate::json_pointer::{escape, visit};

/// The matches of queries such as `$..properties`, by what comes before `..properties`.
///
/// Hundreds of targets differ only in the property's name after that query. Searching the whole
/// document for each of them would dominate the run time.
#[derive(Default)]
pub(crate) struct PropertyCache(BTreeMap<String, PointersByName>);

/// The JSON pointers of properties by their names.
type PointersByName = BTreeMap<String, Vec<String>>;

impl PropertyCache {
    /// Returns the JSON pointers that the target of an action matches, which is also given as a `path`.
    pub(crate) fn locate(&mut self, api: &Value, target: &str, path: &JsonPath) -> Vec<String> {
        let Some((ancestors, name)) = split_property(target) else {
            return query(api, path);
        };
        if !self.0.contains_key(ancestors) {
            let properties = properties(api, ancestors);
            self.0.insert(ancestors.to_owned(), properties);
        }
        let pointers = self.0[ancestors].get(name);
        pointers.cloned().unwrap_or_default()
    }

    /// Forgets all matches, since the document has other properties by now.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Returns the members of all objects that are called `properties` and within what the path `ancestors` matches.
fn properties(api: &Value, ancestors: &str) -> PointersByName {
    let path = JsonPath::parse(ancestors).expect("it is the start of a valid path");
    let mut properties = PointersByName::new();
    for located in path.query_located(api).iter() {
        let ancestor = located.location().to_json_pointer();
        visit(located.node(), &mut |pointer, value| {
            let members = value
                .as_object()
                .filter(|_| pointer.ends_with("/properties"));
            for name in members.into_iter().flat_map(Map::keys) {
                let child = format!("{ancestor}{pointer}/{}", escape(name));
                properties.entry(name.clone()).or_default().push(child);
            }
        });
    }
    properties
}

/// Splits `$..properties.created_at` and `$..properties['created_at']` into `$` and `created_at`.
fn split_property(target: &str) -> Option<(&str, &str)> {
    let quoted = target
        .strip_suffix("']")
        .and_then(|it| it.rsplit_once("['"));
    let (parents, name) = quoted.or_else(|| target.rsplit_once('.'))?;
    let is_plain = |it: char| match quoted {
        Some(_) => !matches!(it, '\'' | '"' | '\\'),
        None => it.is_ascii_alphanumeric() || it == '_',
    };
    let ancestors = parents.strip_suffix("..properties")?;
    name.chars().all(is_plain).then_some((ancestors, name))
}

fn query(api: &Value, path: &JsonPath) -> Vec<String> {
    let matches = path.query_located(api);
    let pointers = matches.iter().map(|it| it.location().to_json_pointer());
    pointers.collect()
}
