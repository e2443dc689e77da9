//! The files of a workspace: their paths, and reading those that the SDK is generated from.

use std::fs;
use std::path::{self, Path, PathBuf};

use anyhow::{Context, Result, bail};
use codegen::{DocumentInput, DocumentSettings, Inputs, Settings, Source};

/// The settings of the generator.
pub(crate) const SETTINGS: &str = "spec/generator.toml";
/// The public names.
pub(crate) const NAME_TABLE: &str = "spec/names.toml";
/// The record of where the vendored documents come from.
pub(crate) const UPSTREAM_RECORD: &str = "spec/upstream.toml";
const OVERLAYS: &str = "spec/overlay";

/// A checkout of this repository, or a folder with the same `spec/` and `clerk-sdk/`.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Opens the workspace at `root`, or by default the one that this program was built in.
    pub(crate) fn new(root: Option<PathBuf>) -> Self {
        let default_root = || Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        Self {
            root: root.unwrap_or_else(default_root),
        }
    }

    /// Returns the path of a file in the workspace.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Returns the absolute path of a subfolder of the target folder.
    pub(crate) fn target_folder(&self, name: &str) -> Result<PathBuf> {
        let target = std::env::var_os("CARGO_TARGET_DIR");
        let target = target.map_or_else(|| self.path("target"), PathBuf::from);
        path::absolute(target.join(name)).context("the current folder is unknown")
    }

    /// Displays a path relative to the root of the workspace.
    pub(crate) fn display<'p>(&self, path: &'p Path) -> std::path::Display<'p> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }

    /// Reads the settings of the generator.
    pub(crate) fn settings(&self) -> Result<Settings> {
        Ok(Settings::parse(&self.source(SETTINGS)?)?)
    }

    /// Returns the settings of the document of this name, or of the first one.
    pub(crate) fn document(&self, name: Option<&str>) -> Result<DocumentSettings> {
        let documents = self.settings()?.documents;
        let names: Vec<&str> = documents.iter().map(|it| it.name.as_str()).collect();
        let Some(name) = name.or(names.first().copied()) else {
            bail!("{SETTINGS} lists no document");
        };
        let document = documents.iter().find(|it| it.name == name);
        let document = document.with_context(|| {
            format!("there is no document `{name}`: {SETTINGS} has {}", names.join(", "))
        })?;
        Ok(document.clone())
    }

    /// Reads everything that the SDK is generated from.
    pub(crate) fn inputs(&self) -> Result<Inputs> {
        self.inputs_of(self.settings()?)
    }

    /// Reads everything that the SDK is generated from, except for documents that are not vendored yet.
    pub(crate) fn vendored_inputs(&self) -> Result<Inputs> {
        let mut settings = self.settings()?;
        settings.documents.retain(|it| self.path(&it.facts).exists());
        self.inputs_of(settings)
    }

    fn inputs_of(&self, settings: Settings) -> Result<Inputs> {
        let Settings { sdk, documents } = settings;
        let documents = documents.into_iter().map(|settings| {
            let facts = self.source(&settings.facts)?;
            Ok(DocumentInput { settings, facts })
        });
        Ok(Inputs {
            sdk,
            documents: documents.collect::<Result<_>>()?,
            names: self.source_or_empty(NAME_TABLE)?,
            overlays: self.overlays()?,
            upstream: self.source_or_empty(UPSTREAM_RECORD)?,
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

    /// Reads a file of the workspace. A file that does not exist is read as an empty one.
    pub(crate) fn source_or_empty(&self, relative: &str) -> Result<Source> {
        if self.path(relative).exists() {
            return self.source(relative);
        }
        Ok(Source {
            path: relative.to_owned(),
            text: String::new(),
        })
    }

    /// Reads the overlays, in the order of their names.
    pub(crate) fn overlays(&self) -> Result<Vec<Source>> {
        let folder = self.path(OVERLAYS);
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let context = || format!("{OVERLAYS} cannot be read");
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).with_context(context)? {
            let name = entry.with_context(context)?.file_name();
            let name = name.to_string_lossy().into_owned();
            if name.ends_with(".yaml") {
                names.push(name);
            } else if is_misnamed_overlay(&name) {
                bail!(
                    "{OVERLAYS}/{name} is ignored, because only files called `*.yaml` are overlays: rename it"
                );
            }
        }
        names.sort();
        names
            .iter()
            .map(|name| self.source(&format!("{OVERLAYS}/{name}")))
            .collect()
    }
}

/// Returns whether a file looks like an overlay, but has another extension.
fn is_misnamed_overlay(name: &str) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default();
    ["json", "yaml", "yml"]
        .iter()
        .any(|it| extension.eq_ignore_ascii_case(it))
}
