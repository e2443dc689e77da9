//! `cargo xtask drift`: reports what changed upstream since the document was vendored.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use codegen::drift::{DriftReport, detect_drift};
use codegen::{DocumentSettings, Inputs};
use serde_json::Value;

use crate::outcome::Outcome;
use crate::upstream_document::UpstreamDocument;
use crate::workspace::Workspace;
use crate::{render_drift, upstream_record};

#[derive(clap::Args)]
pub(crate) struct DriftArgs {
    /// The name of the document in `spec/generator.toml` [default: all of them, or the first one with --upstream].
    #[arg(long, value_name = "NAME")]
    document: Option<String>,
    /// The document to compare with [default: its `source` in `spec/upstream.toml`].
    #[arg(long, value_name = "PATH OR URL")]
    upstream: Option<String>,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

pub(crate) fn run(workspace: &Workspace, args: &DriftArgs) -> Result<Outcome> {
    let documents = match (&args.document, &args.upstream) {
        (None, None) => workspace.settings()?.documents,
        (name, _) => vec![workspace.document(name.as_deref())?],
    };
    let inputs = workspace.inputs()?;
    let mut outcome = Outcome::Success;
    for document in &documents {
        let location = match &args.upstream {
            Some(location) => location.clone(),
            None => upstream_record::source(&inputs.upstream.text, &document.name)?,
        };
        let drift = detect(&inputs, document, &location)?;
        if documents.len() > 1 {
            print_heading(args.format, &document.name);
        }
        print(args.format, &drift);
        if !drift.changes.is_empty() {
            outcome = Outcome::DifferencesFound;
        }
    }
    Ok(outcome)
}

/// Compares a document with the one at `location`.
fn detect(inputs: &Inputs, document: &DocumentSettings, location: &str) -> Result<DriftReport> {
    let upstream = UpstreamDocument::read(location, &document.roots)?;
    compare(inputs, document, &upstream, location)
}

/// Compares a document with one that was read from `location`.
pub(crate) fn compare(
    inputs: &Inputs,
    document: &DocumentSettings,
    upstream: &UpstreamDocument,
    location: &str,
) -> Result<DriftReport> {
    let vendored = inputs
        .documents
        .iter()
        .find(|it| it.settings.name == document.name);
    let vendored = vendored.map_or("", |it| &it.facts.text);
    check_same_api(document, vendored, upstream, location)?;
    if upstream.facts == vendored {
        // By far the most common case, and the comparison takes a while.
        return Ok(DriftReport::default());
    }
    Ok(detect_drift(
        inputs,
        &document.name,
        &upstream.source(location),
    )?)
}

/// Prints the name of the document that the following lines are about. Each report in JSON is an object of its own.
fn print_heading(format: Format, document: &str) {
    match format {
        Format::Text => println!("document {document}:"),
        Format::Markdown => println!("# {document}\n"),
        Format::Json => {}
    }
}

fn print(format: Format, drift: &DriftReport) {
    let lines = match format {
        Format::Text => render_drift::as_text(drift),
        Format::Markdown => render_drift::as_markdown(drift),
        Format::Json => vec![format!("{:#}", render_drift::as_json(drift))],
    };
    for line in lines {
        println!("{line}");
    }
}

/// Checks that the documents describe the same version of the same API: otherwise nearly everything
/// would be reported as a change.
fn check_same_api(
    document: &DocumentSettings,
    vendored: &str,
    upstream: &UpstreamDocument,
    location: &str,
) -> Result<()> {
    let parse = |facts: &str| {
        serde_json::from_str::<Value>(facts).context("the vendored facts are not valid JSON")
    };
    let (old, new) = (parse(vendored)?, parse(&upstream.facts)?);
    let version = old["info"]["version"].as_str().unwrap_or_default();
    if version != upstream.version {
        bail!(
            "{location} has API version {:?}, but the vendored document has {version:?}: to switch versions, run `cargo xtask try {location}`, then `cargo xtask vendor --from {location}`",
            upstream.version
        );
    }
    for root in &document.roots {
        let pointer = root.pointer();
        let (old, new) = (members(&old, &pointer), members(&new, &pointer));
        if old.intersection(&new).count() * 2 < old.len() {
            bail!(
                "{location} has less than half of what the vendored document has at {pointer}: it describes another API, or is incomplete"
            );
        }
    }
    Ok(())
}

fn members<'v>(document: &'v Value, pointer: &str) -> BTreeSet<&'v String> {
    let members = document.pointer(pointer).and_then(Value::as_object);
    members.into_iter().flat_map(|it| it.keys()).collect()
}
