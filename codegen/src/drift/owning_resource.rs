//! Decides under which resource of the report a change is listed.

use std::collections::BTreeMap;

/// Returns the module of the first item, or `document` if there are no items.
///
/// A type in `clerk_sdk::types` belongs to the module that `type_modules` lists for it. If several
/// of the maps list the type, the first one takes precedence.
pub(super) fn owning_resource(
    items: &[String],
    type_modules: &[&BTreeMap<String, String>],
) -> String {
    let Some(item) = items.first() else {
        return "document".to_owned();
    };
    let mut segments = item.split("::");
    match (segments.next(), segments.next()) {
        (Some("types"), Some(name)) => {
            let module = type_modules.iter().find_map(|modules| modules.get(name));
            module.map_or("types", String::as_str).to_owned()
        }
        (Some(module), _) => module.to_owned(),
        _ => "document".to_owned(),
    }
}
