//! Renames components in the targets of overlays.

use serde_json::Value;

use super::apply_renames::{Renames, component_pointer};
use crate::Source;
use crate::document::{OverlayText, Overlays, ParsedOverlay, edit_targets};

/// Returns the overlays with the new names in their targets. `others` are the documents in which
/// nothing is renamed: an action about a component that they have too is about both names.
pub(super) fn rename_targets(
    overlays: &Overlays,
    renames: &Renames,
    others: &[Value],
) -> Vec<Source> {
    let is_shared = |old: &str| {
        let pointer = component_pointer(old);
        others.iter().any(|it| it.pointer(&pointer).is_some())
    };
    let components = renames.components.iter();
    let (shared, own): (Vec<_>, Vec<_>) = components
        .map(|(new, old)| (new.as_str(), old.as_str()))
        .partition(|(_, old)| is_shared(old));
    let overlays = overlays.0.iter().map(|overlay| {
        let source = overlay.source.clone();
        let text = edit_targets(&source.text, |line| renamed(line, &own));
        if text == source.text && shared.is_empty() {
            return source;
        }
        let path = source.path;
        with_both_names(&Source { path, text }, &shared)
    });
    overlays.collect()
}

/// Repeats the actions about some components for their new names, and removes actions that are the
/// same now, because the last document has followed the others.
fn with_both_names(overlay: &Source, components: &[(&str, &str)]) -> Source {
    let actions = ParsedOverlay::parse(overlay).values;
    let mut text = OverlayText::new(overlay, actions.clone());
    for (index, action) in actions.iter().enumerate() {
        if actions[..index].contains(action) {
            text.replace(index, &[]);
            continue;
        }
        let target = action["target"].as_str().unwrap_or_default();
        // A name that is not quoted ends with the line.
        let new = renamed(&format!("{target}\n"), components);
        let new = new.trim_end();
        if new != target {
            text.retarget(index, &[target.to_owned(), new.to_owned()]);
        }
    }
    text.into_source()
}

/// Returns a line of a target with the new names of components, which are given with their old ones.
fn renamed(line: &str, components: &[(&str, &str)]) -> String {
    let mut line = line.to_owned();
    for (new, old) in components {
        let (Some((kind, new)), Some((_, old))) = (new.split_once('/'), old.split_once('/')) else {
            continue;
        };
        // Most lines are about other components.
        if !line.contains(old) {
            continue;
        }
        let before = match kind {
            // A list of schemas can continue on lines of its own.
            "schemas" => "'".to_owned(),
            _ => format!("components.{kind}['"),
        };
        line = line.replace(&format!("{before}{old}'"), &format!("{before}{new}'"));
        for end in ['.', '[', ' ', '\n'] {
            let unquoted = format!("components.{kind}.{old}{end}");
            let quoted = format!("components.{kind}['{new}']{end}");
            line = line.replace(&unquoted, &quoted);
        }
    }
    line
}
