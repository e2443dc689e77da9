//! What changed upstream, and what that means for the SDK's users.
//!
//! Two questions, asked apart: `walk` and `schema` say what differs between the documents, and
//! `surface` says which public items that gives. A change breaks callers' code where the items it
//! touches are other items after it.

mod rename;
mod schema;
mod surface;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::document::{self, escape};
use crate::model::{Api, Home, Shape};
use crate::names::Names;
use crate::{Documents, Problem, Problems, Source, docs, lower};
use rename::Renames;
use surface::Surface;
use walk::Found;

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
        changes: renames_as_changes(&renames, &old),
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
        drift.changes.extend(change(found, &old.surface, surface));
    }
    let new_modules = new.as_ref().map(|new| new.modules.clone());
    if let Some(new) = new {
        for change in unexplained(&drift.changes, &old, &new) {
            with_its_operation(&mut drift.changes, change, &old.modules);
        }
        drift.gone = gone(&old.surface, &new.surface);
        drift.undocumented = new_only(&old.undocumented, &new.undocumented);
        drift.stale_actions = new.stale;
        drift.new_names = new.names.added_lines();
        drift.names = renames.in_names(new.names);
    }
    for change in &mut drift.changes {
        let modules = new_modules.iter().chain([&old.modules]);
        change.resource = resource(&change.items, modules);
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

/// A document as far as it can be lowered, with its surface.
struct Lowered {
    surface: Surface,
    names: Names,
    stale: Vec<Problem>,
    undocumented: Vec<String>,
    /// Types by their names, to tell whether one is another's heir.
    shapes: BTreeMap<(bool, String, String), Shape>,
    modules: BTreeMap<String, String>,
}

impl Lowered {
    fn of(api: &Source, names: &Source, overlays: &[Source]) -> Result<Self, Problems> {
        let mut table = Names::completing(names)?;
        let (document, stale) = document::parse_as_far(api, overlays)?;
        let api = lower::lower(&document, &mut table)?;
        Ok(Self {
            surface: Surface::of(&api),
            names: table,
            stale,
            undocumented: docs::undocumented(&api),
            shapes: shapes(&api),
            modules: modules(&api),
        })
    }

    /// Lowers the new document; what has moved and kept its shape keeps its name.
    fn keeping_names(old: &Self, api: &Source, documents: &Documents) -> Result<Self, Problems> {
        let new = Self::of(api, &documents.names, &documents.overlays)?;
        let heirs = new.names.heirs(|gone, added| {
            let find = |shapes: &BTreeMap<_, Shape>, name: &crate::names::TypeName, is_answer| {
                let key = (is_answer, name.module.clone(), name.name.clone());
                shapes.get(&key).map(Shape::without_prose)
            };
            [true, false].into_iter().any(|is_answer| {
                let was = find(&old.shapes, gone, is_answer);
                was.is_some() && was == find(&new.shapes, added, is_answer)
            })
        });
        if heirs.is_empty() {
            return Ok(new);
        }
        let names = Source {
            path: documents.names.path.clone(),
            text: Names::with_lines(&documents.names, &heirs)?,
        };
        Self::of(api, &names, &documents.overlays)
    }
}

fn shapes(api: &Api) -> BTreeMap<(bool, String, String), Shape> {
    let types = api.types.iter().map(|ty| {
        let (is_answer, module) = match &ty.home {
            Home::Types(module) => (true, module),
            Home::Module(module) => (false, module),
        };
        (
            (is_answer, module.clone(), ty.name.clone()),
            ty.shape.clone(),
        )
    });
    types.collect()
}

/// The module of each type of answers.
fn modules(api: &Api) -> BTreeMap<String, String> {
    let types = api.types.iter().filter_map(|ty| match &ty.home {
        Home::Types(module) => Some((ty.name.clone(), module.clone())),
        Home::Module(_) => None,
    });
    types.collect()
}

/// What was found, with the items it touches and what it means; `None` for a component that is no
/// type of ours.
fn change(found: Found, old: &Surface, new: &Surface) -> Option<Change> {
    let mut items = BTreeSet::new();
    let surfaces = match found.action {
        Action::Added => [new, old],
        _ => [old, new],
    };
    for place in &found.item_places {
        for surface in surfaces {
            let at = match &found.value {
                Some(value) => surface.variants(place, value),
                None => surface.at(place),
            };
            items.extend(at);
            if !items.is_empty() {
                break;
            }
        }
        if items.is_empty() && found.value.is_some() {
            items.extend(new.at(place));
        }
    }
    if found.subject == "type" && found.action != Action::Changed && items.is_empty() {
        return None;
    }
    let is_shape = matches!(found.subject, "union member" | "type" | "null" | "required");
    let within = |item: &String| children(old, new, item);
    let mut touched: BTreeSet<String> = items.iter().cloned().collect();
    if is_shape {
        touched.extend(items.iter().flat_map(within));
    }
    let breaks = touched.iter().any(|item| old.breaks(new, item));
    let is_new = |item: &String| new.items.contains_key(item) && !old.items.contains_key(item);
    let class = if breaks {
        Class::Breaks
    } else if touched.iter().any(is_new) {
        Class::Additive
    } else if found.class == Class::Additive {
        // Something is new upstream, and nothing here.
        Class::Docs
    } else {
        found.class
    };
    let items: Vec<String> = items.into_iter().collect();
    Some(Change {
        resource: String::new(),
        subject: found.subject,
        action: found.action,
        place: found.place,
        detail: found.detail,
        items,
        class,
    })
}

/// The variants of an enum that are in one surface and not in the other.
fn children(old: &Surface, new: &Surface, item: &str) -> Vec<String> {
    let is_enum = |surface: &Surface| surface.items.get(item).is_some_and(|it| it == "enum");
    if !is_enum(old) || !is_enum(new) {
        return Vec::new();
    }
    let start = format!("{item}::");
    let of = |surface: &Surface| -> BTreeSet<String> {
        let items = surface.items.keys().filter(|it| it.starts_with(&start));
        items.cloned().collect()
    };
    of(old).symmetric_difference(&of(new)).cloned().collect()
}

/// The module that the first of the items belongs to.
fn resource<'m>(
    items: &[String],
    mut modules: impl Iterator<Item = &'m BTreeMap<String, String>>,
) -> String {
    let Some(item) = items.first() else {
        return "document".to_owned();
    };
    let mut parts = item.split("::");
    match (parts.next(), parts.next()) {
        (Some("types"), Some(name)) => {
            let module = modules.find_map(|modules| modules.get(name));
            module.cloned().unwrap_or_else(|| "types".to_owned())
        }
        (Some(module), _) => module.to_owned(),
        _ => "document".to_owned(),
    }
}

fn renames_as_changes(renames: &Renames, old: &Lowered) -> Vec<Change> {
    let components = renames.components.iter().map(|(new, gone)| {
        // What else is made of it keeps its own name.
        let named = gone.strip_prefix("schemas/");
        let named = named.and_then(|name| old.names.known_type(name));
        let item = named.map(|name| format!("types::{}", name.name));
        Change {
            resource: String::new(),
            subject: "component",
            action: Action::Renamed,
            // Given under the new name with all others.
            place: rename::pointer(gone),
            detail: format!("`{gone}` → `{new}`"),
            items: item.into_iter().collect(),
            class: Class::Docs,
        }
    });
    let operations = renames.operations.iter().map(|(new, old_id)| {
        let detail = format!("`{old_id}` → `{new}`");
        let item = old.names.operation_path(old_id).unwrap_or_default();
        Change {
            resource: String::new(),
            subject: "operation id",
            action: Action::Renamed,
            place: String::new(),
            detail,
            items: vec![item],
            class: Class::Docs,
        }
    });
    components.chain(operations).collect()
}

/// Public items that are gone or others, and that no change accounts for: what a change brings with it.
fn unexplained(changes: &[Change], old: &Lowered, new: &Lowered) -> Vec<Change> {
    let named: BTreeSet<&String> = changes.iter().flat_map(|it| &it.items).collect();
    let is_named = |item: &String| {
        let owner = item
            .rsplit_once("::")
            .map_or("", |(owner, _)| owner)
            .to_owned();
        let is_constructor = item.ends_with("::new");
        let of_owner = |it: &&String| it.starts_with(&format!("{owner}::"));
        let gone_with = !new.surface.items.contains_key(&owner) && owner.contains("::");
        named.contains(item)
            || gone_with
            || is_constructor && named.iter().any(of_owner)
            || named.contains(&owner)
                && old.surface.items.get(&owner).is_some_and(|it| it == "enum")
    };
    let items = old.surface.items.iter().filter(|(item, signature)| {
        new.surface.items.get(*item) != Some(signature) && !is_named(item)
    });
    let changes = items.map(|(item, was)| {
        let (action, detail) = match new.surface.items.get(item) {
            Some(is) => (Action::Changed, format!("`{was}` → `{is}`")),
            None => (Action::Removed, "nothing leads to it any more".to_owned()),
        };
        Change {
            resource: String::new(),
            subject: "public item",
            action,
            place: String::new(),
            detail,
            items: vec![item.clone()],
            class: Class::Breaks,
        }
    });
    changes.collect()
}

/// Adds a change, or, of an item that is gone with an operation of its module, the item to that.
fn with_its_operation(
    changes: &mut Vec<Change>,
    change: Change,
    modules: &BTreeMap<String, String>,
) {
    let module = |items: &[String]| resource(items, [modules].into_iter());
    let operation = changes.iter_mut().find(|it| {
        (it.subject, it.action) == ("operation", Action::Removed)
            && module(&it.items) == module(&change.items)
    });
    match operation {
        Some(operation) if change.action == Action::Removed => operation.items.extend(change.items),
        _ => changes.push(change),
    }
}

/// Items that are gone, without those that are gone with what they belong to.
fn gone(old: &Surface, new: &Surface) -> Vec<String> {
    let is_gone = |item: &str| old.items.contains_key(item) && !new.items.contains_key(item);
    let gone = old.items.keys().filter(|item| {
        let owner = item.rsplit_once("::").map_or("", |(owner, _)| owner);
        is_gone(item) && !is_gone(owner)
    });
    gone.cloned().collect()
}

fn new_only(old: &[String], new: &[String]) -> Vec<String> {
    let old: BTreeSet<&String> = old.iter().collect();
    new.iter()
        .filter(|item| !old.contains(item))
        .cloned()
        .collect()
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
