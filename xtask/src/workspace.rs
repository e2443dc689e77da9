//! Where things stand in a workspace.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use codegen::{Documents, Source};

pub(crate) const FACTS: &str = "spec/backend-api.json";
pub(crate) const NAMES: &str = "spec/names.toml";
pub(crate) const UPSTREAM: &str = "spec/upstream.toml";

/// A checkout of this project, or a folder with the same `spec/` and `clerk-sdk/`.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    pub(crate) fn new(root: Option<PathBuf>) -> Self {
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        Self {
            root: root.unwrap_or_else(own),
        }
    }

    /// A path below the root.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path of this workspace as a person names it, from the root.
    pub(crate) fn shown<'p>(&self, path: &'p Path) -> std::path::Display<'p> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }

    /// The folders of generated files.
    pub(crate) fn generated(&self) -> Vec<PathBuf> {
        codegen::GENERATED_FOLDERS
            .map(|folder| self.path(folder))
            .into()
    }

    /// What the SDK is generated from.
    pub(crate) fn documents(&self) -> Result<Documents> {
        Ok(Documents {
            api: self.source(FACTS)?,
            names: self.source(NAMES)?,
            overlays: self.overlays()?,
            upstream: self.source(UPSTREAM)?,
        })
    }

    /// Reads a file of the workspace.
    pub(crate) fn source(&self, relative: &str) -> Result<Source> {
        let text = fs::read_to_string(self.path(relative))
            .with_context(|| format!("{relative} cannot be read"))?;
        Ok(Source {
            path: relative.to_owned(),
            text,
        })
    }

    /// Reads a file that may not be there yet; then it is empty.
    pub(crate) fn source_or_empty(&self, relative: &str) -> Result<Source> {
        if self.path(relative).exists() {
            return self.source(relative);
        }
        Ok(Source {
            path: relative.to_owned(),
            text: String::new(),
        })
    }

    /// The overlays, by name.
    pub(crate) fn overlays(&self) -> Result<Vec<Source>> {
        let folder = self.path("spec/overlay");
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).context("spec/overlay cannot be read")? {
            let name = entry.context("spec/overlay cannot be read")?.file_name();
            let name = name.to_string_lossy().into_owned();
            if name.ends_with(".yaml") {
                names.push(name);
            }
        }
        names.sort();
        names
            .iter()
            .map(|name| self.source(&format!("spec/overlay/{name}")))
            .collect()
    }
}
