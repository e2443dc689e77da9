//! `cargo xtask vendor`: writes the facts of an upstream document to `spec/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use codegen::drift::{DriftReport, detect_drift};
use codegen::{DocumentInput, DocumentSettings, Inputs, Problems, Root, Source};

use crate::changelog::{CHANGELOG, with_removed_items};
use crate::fetch::is_url;
use crate::outcome::Outcome;
use crate::plural::count;
use crate::render_drift;
use crate::rustfmt;
use crate::sync_files::{self, FileChange};
use crate::upstream_document::UpstreamDocument;
use crate::upstream_record::{self, Provenance};
use crate::workspace::{NAME_TABLE, UPSTREAM_RECORD, Workspace};

#[derive(clap::Args)]
pub(crate) struct VendorArgs {
    /// The name of the document in `spec/generator.toml` [default: the first one].
    #[arg(long, value_name = "NAME")]
    document: Option<String>,
    /// The path or URL of the document, in YAML or JSON.
    #[arg(long, value_name = "PATH OR URL")]
    from: String,
    /// The URL at which the document is published, if `--from` is a local copy.
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    source: Option<String>,
    /// The revision of the document.
    #[arg(long)]
    revision: Option<String>,
    /// The date of the revision [default: today].
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    date: Option<String>,
    /// Vendors the document even if that removes public items, and lists those in CHANGELOG.md.
    #[arg(long)]
    accept_removals: bool,
}

impl VendorArgs {
    /// Returns the arguments for a command that accepts the removal of public items.
    pub(crate) fn accepting_removals(document: Option<String>, from: &str) -> Self {
        Self {
            document,
            from: from.to_owned(),
            source: None,
            revision: None,
            date: None,
            accept_removals: true,
        }
    }

    fn provenance<'a>(&'a self, upstream: &'a UpstreamDocument) -> Provenance<'a> {
        let from_url = is_url(&self.from).then_some(&*self.from);
        let file_name = Path::new(&self.from).file_name();
        Provenance {
            url: self.source.as_deref().or(from_url),
            file_name: file_name.map(|name| name.to_string_lossy().into_owned()),
            revision: self.revision.as_deref(),
            date: self.date.as_deref(),
            version: &upstream.version,
            sha256: &upstream.sha256,
        }
    }
}

/// Files to write: the relative path and the content of each.
type Files = Vec<(String, String)>;

pub(crate) fn run(workspace: &Workspace, args: &VendorArgs) -> Result<Outcome> {
    let document = workspace.document(args.document.as_deref())?;
    let upstream = UpstreamDocument::read(&args.from, &document.roots)?;
    vendor(workspace, &document, &upstream, args)?;
    Ok(Outcome::Success)
}

/// Vendors a document that was read before.
pub(crate) fn vendor(
    workspace: &Workspace,
    document: &DocumentSettings,
    upstream: &UpstreamDocument,
    args: &VendorArgs,
) -> Result<()> {
    let inputs = workspace.vendored_inputs()?;
    let new_inputs = with_upstream(&inputs, document, upstream.source(&args.from));
    let mut files = match inputs.documents.len() == new_inputs.documents.len() {
        true => update_files(workspace, &inputs, document, upstream, args)?,
        false => initial_files(&new_inputs)?,
    };
    let record = workspace.source_or_empty(UPSTREAM_RECORD)?.text;
    let record = upstream_record::update(&record, &document.name, args.provenance(upstream))?;
    files.push((UPSTREAM_RECORD.to_owned(), record));
    // The table can have names of documents that are not vendored yet.
    if new_inputs.documents.len() == workspace.settings()?.documents.len() {
        check_generation(workspace, new_inputs, &files)?;
    }
    files.push((document.facts.clone(), upstream.facts.clone()));

    let files = files.into_iter();
    let files: BTreeMap<PathBuf, String> = files
        .map(|(path, text)| (workspace.path(&path), text))
        .collect();
    let changes = sync_files::plan(&files, &[])?;
    sync_files::apply(&files, &changes, &[])?;
    for change in &changes {
        if let FileChange::Write(path) = change {
            println!("wrote {}", workspace.display(path));
        }
    }
    println!(
        "{} changed; API version {}",
        count(changes.len(), "file"),
        upstream.version
    );
    Ok(())
}

/// Returns the inputs with the upstream document, which can replace a vendored one.
fn with_upstream(inputs: &Inputs, document: &DocumentSettings, facts: Source) -> Inputs {
    let mut inputs = inputs.with_document(&document.name, &facts);
    let is_vendored = |it: &DocumentInput| it.settings.name == document.name;
    if !inputs.documents.iter().any(is_vendored) {
        inputs.documents.push(DocumentInput {
            settings: document.clone(),
            facts,
        });
        // As in the settings, the document with the operations is the first.
        let has_operations = |it: &DocumentInput| it.settings.roots.contains(&Root::Operations);
        inputs.documents.sort_by_key(|it| !has_operations(it));
    }
    inputs
}

/// Returns the files to write, other than the document and its record, if the document is not vendored
/// yet.
fn initial_files(inputs: &Inputs) -> Result<Files> {
    let names = codegen::complete_names(inputs)?;
    Ok(vec![(NAME_TABLE.to_owned(), names)])
}

/// Returns the files to write, other than the document and its record, if the upstream document
/// replaces the vendored one. Prints what changed, and what is left to do.
fn update_files(
    workspace: &Workspace,
    inputs: &Inputs,
    document: &DocumentSettings,
    upstream: &UpstreamDocument,
    args: &VendorArgs,
) -> Result<Files> {
    let drift = detect_drift(inputs, &document.name, &upstream.source(&args.from))?;
    if !drift.blockers.is_empty() {
        return Err(Problems(drift.blockers).into());
    }
    if !args.accept_removals {
        check_for_removals(&drift)?;
    }
    for line in render_drift::as_text(&drift) {
        println!("{line}");
    }
    for line in render_drift::remaining_work(&drift) {
        println!("{line}");
    }
    let mut files = drift.overlays;
    files.push((NAME_TABLE.to_owned(), drift.names));
    if !drift.removed_items.is_empty() {
        let Source { text, .. } = workspace.source_or_empty(CHANGELOG)?;
        let changelog = with_removed_items(&text, &drift.removed_items);
        files.push((CHANGELOG.to_owned(), changelog));
    }
    Ok(files)
}

/// Checks that `regen` succeeds with these files: does what it does before it writes one.
fn check_generation(workspace: &Workspace, mut inputs: Inputs, files: &Files) -> Result<()> {
    let sources = [&mut inputs.names, &mut inputs.upstream];
    for source in sources.into_iter().chain(&mut inputs.overlays) {
        let mut files = files.iter();
        if let Some((_, text)) = files.find(|(path, _)| *path == source.path) {
            source.text.clone_from(text);
        }
    }
    let output = codegen::generate(&inputs)?;
    rustfmt::format(output.files, workspace)?;
    Ok(())
}

fn check_for_removals(drift: &DriftReport) -> Result<()> {
    if drift.removed_items.is_empty() {
        return Ok(());
    }
    for item in &drift.removed_items {
        eprintln!("error: `{item}` would be removed");
    }
    bail!(
        "{} would be removed: keep the names in {NAME_TABLE}, or accept the removals with --accept-removals",
        count(drift.removed_items.len(), "public item")
    );
}

/// Parses the value of `--source`, which is committed and so must not be a local path.
fn parse_url(value: &str) -> Result<String, &'static str> {
    let url = is_url(value).then(|| value.to_owned());
    url.ok_or("expected the URL at which the document is published, with https://")
}

/// Parses the value of `--date`.
fn parse_date(value: &str) -> Result<String, &'static str> {
    let midnight = humantime::parse_rfc3339(&format!("{value}T00:00:00Z"));
    let date = midnight.is_ok().then(|| value.to_owned());
    date.ok_or("expected a date in the form YYYY-MM-DD")
}
