//! What changed upstream, and what that means for the SDK's users.
//!
//! Two questions, asked apart: `walk` and `schema` say what differs between the documents, and
//! `surface` says which public items that gives. A change breaks callers' code where the items it
//! touches are other items after it.

mod judge;
mod lowered;
mod rename;
mod rest;
mod schema;
mod surface;
mod walk;

use std::fmt;

use serde_json::Value;

use crate::json_pointer::escape;
use crate::{Documents, Problem, Problems, Source};
use lowered::Lowered;
use rename::Renames;

/// What differs between the vendored document and another, and what taking that one would mean.
#[derive(Debug, Default)]
pub struct Drift {
    /// Every change, by resource and place.
    pub changes: Vec<Change>,
    /// Actions of overlays that match nothing in the other document.
    pub stale_actions: Vec<Problem>,
    /// What keeps the SDK from being generated from the other document.
    pub obstacles: Vec<Problem>,
    /// `names.toml` for the other document.
    pub names: String,
    /// Overlays that name a renamed component, under its new name, by path.
    pub overlays: Vec<(String, String)>,
    /// The lines of `names.toml` that were added by rule, as `key = "name"`.
    pub new_names: Vec<String>,
    /// Items that are new and have no prose of ours.
    pub undocumented: Vec<String>,
    /// Public items that would be gone.
    pub gone: Vec<String>,
}

/// One change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The module it belongs to, or `document`.
    pub resource: String,
    /// What changed: `operation`, `parameter`, `field`, `type`, `enum value`, …
    pub subject: &'static str,
    /// How.
    pub action: Action,
    /// Where it stands: a JSON pointer, in the old document if it was removed.
    pub place: String,
    /// In words.
    pub detail: String,
    /// The Rust items it touches, as `user::UpdateParams::locale`.
    pub items: Vec<String>,
    /// What it means.
    pub class: Class,
}

/// How something changed.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Action {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
    /// It has another name.
    Renamed,
}

/// What a change means to the SDK's users.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Class {
    /// Only what the documentation says changes.
    Docs,
    /// The same code sends or reads something else.
    Wire,
    /// There is more than before.
    Additive,
    /// Code that compiled may not compile any more.
    Breaks,
}

/// The part of the version that a release with these changes raises.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Bump {
    /// Nothing changed.
    None,
    /// Fixes.
    Patch,
    /// Additions.
    Minor,
    /// Breaks.
    Major,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
        })
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Docs => "docs only",
            Self::Wire => "changes the wire",
            Self::Additive => "additive",
            Self::Breaks => "breaks callers' code",
        })
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

impl Drift {
    /// The part of the version that taking the other document raises.
    pub fn bump(&self) -> Bump {
        let worst = self.changes.iter().map(|change| change.class).max();
        match worst {
            None => Bump::None,
            Some(Class::Docs | Class::Wire) => Bump::Patch,
            Some(Class::Additive) => Bump::Minor,
            Some(Class::Breaks) => Bump::Major,
        }
    }
}

/// Compares the vendored document with the facts of another.
///
/// # Errors
///
/// What is wrong with the vendored documents themselves. What is wrong with the other one is among
/// the [obstacles](Drift::obstacles).
pub fn drift(documents: &Documents, upstream: &Source) -> Result<Drift, Problems> {
    let old_value = parse(&documents.api)?;
    let new_value = parse(upstream)?;
    let renames = Renames::find(&old_value, &new_value);
    let under_old_names = renames.applied(&new_value);

    let old = Lowered::of(&documents.api, &documents.names, &documents.overlays)?;
    let renamed = Source {
        path: upstream.path.clone(),
        text: under_old_names.to_string(),
    };
    let mut drift = Drift {
        changes: judge::renames_as_changes(&renames, &old),
        names: documents.names.text.clone(),
        overlays: renames.in_overlays(&documents.overlays),
        ..Drift::default()
    };
    let new = match Lowered::keeping_names(&old, &renamed, documents) {
        Ok(new) => Some(new),
        Err(problems) => {
            drift.obstacles = problems.0;
            None
        }
    };
    let found = walk::differences(&old_value, &under_old_names);
    let surface = new.as_ref().map_or(&old.surface, |new| &new.surface);
    for found in found {
        drift
            .changes
            .extend(judge::change(found, &old.surface, surface));
    }
    let new_modules = new.as_ref().map(|new| new.modules.clone());
    if let Some(new) = new {
        for change in judge::unexplained(&drift.changes, &old, &new) {
            judge::with_its_operation(&mut drift.changes, change, &old.modules);
        }
        drift.gone = judge::gone(&old.surface, &new.surface);
        drift.undocumented = judge::new_only(&old.undocumented, &new.undocumented);
        drift.stale_actions = new.stale;
        drift.new_names = new.names.added_lines();
        drift.names = renames.in_names(new.names);
    }
    let rest = rest::differences(&old_value, &under_old_names, &drift.changes);
    drift.changes.extend(rest);
    for change in &mut drift.changes {
        let modules = new_modules.iter().chain([&old.modules]);
        change.resource = judge::resource(&change.items, modules);
        if change.action != Action::Removed {
            change.place = renames.place(&change.place);
        }
    }
    drift.changes.sort_by(|one, other| {
        let key = |it: &Change| (it.resource.clone(), it.place.clone(), it.detail.clone());
        key(one).cmp(&key(other))
    });
    Ok(drift)
}

fn parse(source: &Source) -> Result<Value, Problems> {
    serde_json::from_str(&source.text).map_err(|error| {
        Problem::new(&source.path, "", format!("this is not JSON: {error}")).into()
    })
}

/// An operation of a raw document.
struct Operation<'d> {
    id: &'d str,
    /// As `GET /users/{user_id}`.
    place: String,
    pointer: String,
    value: &'d Value,
    /// The parameters of its path.
    shared: &'d Value,
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, value) in item.as_object().into_iter().flatten() {
            if let Some(id) = value["operationId"].as_str() {
                operations.push(Operation {
                    id,
                    place: format!("{} {path}", method.to_uppercase()),
                    pointer: format!("/paths/{}/{method}", escape(path)),
                    value,
                    shared: &item["parameters"],
                });
            }
        }
    }
    operations
}
