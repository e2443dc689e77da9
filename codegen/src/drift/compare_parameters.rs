//! Compares the parameters of operations. A parameter that is a component is compared once, however
//! many operations use it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::compare_schemas::{compare_deprecation, compare_required, compare_schemas};
use super::difference::{Differences, Location};
use super::json_document::{DocumentOperation, DocumentPair, display_value, resolve};
use crate::json_pointer::escape;

/// Compares the parameters of two documents, one operation at a time.
pub(super) struct ParameterComparison<'d> {
    documents: DocumentPair<'d>,
    /// Components that both documents use as the same parameter, each with the item pointers of the
    /// operations that use it.
    shared: BTreeMap<String, Vec<String>>,
}

/// A parameter of an operation.
struct Parameter<'d> {
    value: &'d Value,
    /// The component that the operation refers to, such as `parameters/Limit`.
    component: Option<String>,
}

/// Where a parameter is sent, such as `query`, and its name.
type ParameterKey = (String, String);

impl<'d> ParameterComparison<'d> {
    pub(super) fn new(documents: DocumentPair<'d>) -> Self {
        Self {
            documents,
            shared: BTreeMap::new(),
        }
    }

    pub(super) fn compare_operation(
        &mut self,
        old: &DocumentOperation<'_>,
        new: &DocumentOperation<'_>,
        differences: &mut Differences,
    ) {
        let old_parameters = parameters(self.documents.old, old);
        let new_parameters = parameters(self.documents.new, new);
        let keys: BTreeSet<&ParameterKey> =
            old_parameters.keys().chain(new_parameters.keys()).collect();
        for key in keys {
            let location = location(key, new);
            let detail = || format!("`{}` in the {}", key.1, key.0);
            match (old_parameters.get(key), new_parameters.get(key)) {
                (Some(old), Some(new)) => match &new.component {
                    Some(component) if old.component == new.component => {
                        let users = self.shared.entry(component.clone()).or_default();
                        users.extend(location.item_pointers);
                    }
                    _ => compare_parameter(old.value, new.value, &location, differences),
                },
                (Some(_), None) => differences.removed("parameter", &location, detail()),
                (None, Some(_)) => differences.added("parameter", &location, detail()),
                (None, None) => {}
            }
        }
    }

    /// Compares the components that the operations compared so far use as parameters.
    pub(super) fn compare_shared(self, differences: &mut Differences) {
        for (component, users) in self.shared {
            let pointer = format!("/components/{component}");
            let old = self.documents.old.pointer(&pointer);
            let new = self.documents.new.pointer(&pointer);
            if let (Some(old), Some(new)) = (old, new) {
                compare_parameter(old, new, &Location::new(&pointer, users), differences);
            }
        }
    }
}

fn location((sent_in, name): &ParameterKey, operation: &DocumentOperation<'_>) -> Location {
    let pointer = format!("{}/parameters/{}", operation.pointer, escape(name));
    // A path parameter is an argument of the function; others are fields of its params struct.
    let item_pointer = match sent_in.as_str() {
        "path" => operation.pointer.clone(),
        _ => pointer.clone(),
    };
    Location::new(&pointer, vec![item_pointer])
}

fn compare_parameter(old: &Value, new: &Value, location: &Location, differences: &mut Differences) {
    let (was, is) = (old["required"] == true, new["required"] == true);
    compare_required(was, is, location, differences);
    for keyword in ["style", "explode", "allowReserved", "name"] {
        let (was, is) = (old.get(keyword), new.get(keyword));
        if was != is {
            let detail = format!(
                "`{keyword}`: {} → {}",
                display_value(was),
                display_value(is)
            );
            differences.changed("encoding", location, detail);
        }
    }
    compare_deprecation(old, new, location, differences);
    compare_schemas(&old["schema"], &new["schema"], location, differences);
}

fn parameters<'d>(
    document: &'d Value,
    operation: &DocumentOperation<'d>,
) -> BTreeMap<ParameterKey, Parameter<'d>> {
    let own = operation.value["parameters"].as_array();
    let shared = operation.path_parameters.as_array();
    // An operation's own parameters come last, so that they override those of its path.
    let all = shared.into_iter().chain(own).flatten();
    let all = all.filter_map(|parameter| {
        let reference = parameter["$ref"].as_str();
        let component = reference.and_then(|it| it.strip_prefix("#/components/"));
        let value = resolve(document, Some(parameter))?;
        let string = |key: &str| value[key].as_str().map(str::to_owned);
        let parameter = Parameter {
            value,
            component: component.map(str::to_owned),
        };
        Some(((string("in")?, string("name")?), parameter))
    });
    all.collect()
}
