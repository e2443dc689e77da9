//! Removes documentation from overlays that nothing has any more.

use serde_json::{Value, json};

use super::update_overlays::UpdatedOverlays;
use crate::Problem;
use crate::document::OverlayText;
use crate::json_pointer::unescape;

/// Removes the documentation of enum values and statuses that nothing has any more. Each of the
/// `stale` problems is in an action, or in the place of such documentation within it.
pub(super) fn remove_stale_documentation(
    updated: UpdatedOverlays,
    stale: &[Problem],
) -> UpdatedOverlays {
    let sources = updated.overlays.0.iter().map(|overlay| {
        let (source, actions) = (&overlay.source, overlay.values.clone());
        let mut text = OverlayText::new(source, actions.clone());
        for (index, mut action) in actions.into_iter().enumerate() {
            let place = format!("/actions/{index}/");
            let here = stale.iter().filter(|it| it.file == source.path);
            let members: Vec<&str> = here
                .filter_map(|it| it.pointer.strip_prefix(&place))
                .collect();
            if members.is_empty() {
                continue;
            }
            for member in members {
                remove_with_empty_parents(&mut action, member);
            }
            let rest = action.get("update").map(|_| action.clone());
            text.replace(index, rest.as_slice());
        }
        text.into_source()
    });
    let sources: Vec<_> = sources.collect();
    UpdatedOverlays {
        overlays: updated.overlays.updated(&sources),
        stale: [updated.stale, stale.to_vec()].concat(),
    }
}

/// Removes the member at a path, and the objects that are empty without it.
fn remove_with_empty_parents(value: &mut Value, path: &str) {
    let Value::Object(members) = value else {
        return;
    };
    let (name, rest) = path.split_once('/').unwrap_or((path, ""));
    let name = unescape(name);
    let Some(member) = members.get_mut(&name) else {
        return;
    };
    if !rest.is_empty() {
        remove_with_empty_parents(member, rest);
    }
    if rest.is_empty() || *member == json!({}) {
        members.remove(&name);
    }
}
