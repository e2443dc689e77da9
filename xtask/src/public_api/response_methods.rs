//! Finds methods of `Response` that have the name of a field of a value: `i.status()` beside `i.status` would mislead,
//! because a response derefs to its value.

use std::collections::{BTreeMap, HashMap};

use rustdoc_types::ItemEnum;

use super::surface::{Member, PublicItem, Surface};

const RESPONSE: &str = "clerk_sdk::Response";
const TYPES: &str = "clerk_sdk::types::";

/// Returns each method of `Response` that has the name of a public field in `clerk_sdk::types`, with the first such
/// type.
pub(crate) fn ambiguous_names(surface: &Surface) -> BTreeMap<&str, &str> {
    let mut fields = HashMap::new();
    for item in &surface.items {
        if item.path.starts_with(TYPES) {
            for field in field_names(surface, item) {
                fields.entry(field).or_insert(item.path.as_str());
            }
        }
    }
    let responses = surface.items.iter().filter(|item| item.path == RESPONSE);
    responses
        .flat_map(|response| method_names(surface, response))
        .filter_map(|method| Some((method, *fields.get(method)?)))
        .collect()
}

fn field_names<'s>(surface: &'s Surface, item: &'s PublicItem) -> impl Iterator<Item = &'s str> {
    let is_field = |member: &&Member| {
        let kind = surface.kind(member.id);
        matches!(kind, Some(ItemEnum::StructField(_)))
    };
    let fields = item.members.iter().filter(is_field);
    fields.filter_map(|field| surface.name(field.id))
}

fn method_names<'s>(surface: &'s Surface, item: &'s PublicItem) -> impl Iterator<Item = &'s str> {
    let methods = item.members.iter().filter(|member| {
        let Some(ItemEnum::Function(function)) = surface.kind(member.id) else {
            return false;
        };
        let first = function.sig.inputs.first();
        first.is_some_and(|(name, _)| name == "self")
    });
    methods.filter_map(|method| surface.name(method.id))
}
