//! The public items of `clerk-sdk`, each with its members.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rustdoc_types::{Crate, FORMAT_VERSION, Id, Item, ItemEnum};
use serde_json::Value;

/// All public items, in the order of the `public-api` crate.
pub(crate) struct Surface {
    index: HashMap<Id, Item>,
    pub(super) items: Vec<PublicItem>,
}

/// An item that a program can import, such as a struct or a function.
pub(super) struct PublicItem {
    pub(super) id: Id,
    pub(super) path: String,
    pub(super) line: String,
    /// Fields, variants, implementations, and the items of implementations.
    pub(super) members: Vec<Member>,
}

pub(super) struct Member {
    pub(super) id: Id,
    /// The implementation or the trait that the member is in.
    parent: Option<Id>,
    pub(super) line: String,
}

impl Surface {
    /// Reads the JSON that rustdoc has written to `path`.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let context = || format!("{} cannot be read", path.display());
        let json = fs::read_to_string(path).with_context(context)?;
        check_format(&json)?;
        let documented: Crate = serde_json::from_str(&json).with_context(context)?;
        let api = public_api::Builder::from_rustdoc_json(path)
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .include_function_parameter_names(true)
            .build()
            .with_context(context)?;
        let mut surface = Self {
            index: documented.index,
            items: Vec::new(),
        };
        for item in api.items() {
            surface.push(item);
        }
        Ok(surface)
    }

    /// Adds an item. Members follow the item that they belong to.
    fn push(&mut self, item: &public_api::PublicItem) {
        let (id, parent, line) = (item.id(), item.parent_id(), item.to_string());
        let is_member = self.is_member(id, parent);
        match self.items.last_mut() {
            Some(owner) if is_member => owner.members.push(Member { id, parent, line }),
            _ => self.items.push(PublicItem {
                id,
                path: path_in(&line),
                line,
                members: Vec::new(),
            }),
        }
    }

    fn is_member(&self, id: Id, parent: Option<Id>) -> bool {
        match self.kind(id) {
            Some(ItemEnum::StructField(_) | ItemEnum::Variant(_) | ItemEnum::Impl(_)) => true,
            Some(
                ItemEnum::Function(_) | ItemEnum::AssocType { .. } | ItemEnum::AssocConst { .. },
            ) => {
                let parent = parent.and_then(|parent| self.kind(parent));
                matches!(parent, Some(ItemEnum::Impl(_) | ItemEnum::Trait(_)))
            }
            _ => false,
        }
    }

    pub(super) fn kind(&self, id: Id) -> Option<&ItemEnum> {
        self.index.get(&id).map(|item| &item.inner)
    }

    pub(super) fn name(&self, id: Id) -> Option<&str> {
        self.index.get(&id)?.name.as_deref()
    }

    pub(super) fn is_deprecated(&self, id: Id) -> bool {
        let item = self.index.get(&id);
        item.is_some_and(|item| item.deprecation.is_some())
    }

    /// Whether the member is in the implementation of a trait.
    pub(super) fn is_in_trait_impl(&self, member: &Member) -> bool {
        let parent = member.parent.and_then(|parent| self.kind(parent));
        matches!(parent, Some(ItemEnum::Impl(parent)) if parent.trait_.is_some())
    }
}

/// Fails if this toolchain's rustdoc writes another format than the one that xtask reads.
fn check_format(json: &str) -> Result<()> {
    let json: Value = serde_json::from_str(json).context("rustdoc has not written JSON")?;
    let version = &json["format_version"];
    ensure!(
        *version == FORMAT_VERSION,
        "this version of rustdoc writes JSON in format {version}, but xtask reads format {FORMAT_VERSION}: use the \
         version of Rust in `.github/workflows/ci.yml`"
    );
    Ok(())
}

/// Returns the path of the item that a line of the `public-api` crate describes.
fn path_in(line: &str) -> String {
    let start = line.find("clerk_sdk").unwrap_or_default();
    let is_path = |char: char| char.is_alphanumeric() || char == '_' || char == ':';
    let path = line[start..].split(|char| !is_path(char)).next();
    path.unwrap_or_default().trim_end_matches(':').to_owned()
}
