//! `cargo xtask drift`: reports what changed upstream since the document was vendored.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use codegen::drift::{DriftReport, detect_drift};
use serde_json::Value;

use crate::outcome::Outcome;
use crate::upstream_document::UpstreamDocument;
use crate::workspace::{UPSTREAM_RECORD, Workspace};
use crate::{render_drift, upstream_record};

#[derive(clap::Args)]
pub(crate) struct DriftArgs {
    /// The document to compare with [default: the `source` in `spec/upstream.toml`].
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
    let location = match &args.upstream {
        Some(location) => location.clone(),
        None => upstream_record::source(&workspace.source(UPSTREAM_RECORD)?.text)?,
    };
    let upstream = UpstreamDocument::read(&location)?;
    let documents = workspace.documents()?;
    check_same_api(&documents.api.text, &upstream, &location)?;
    let drift = if upstream.facts == documents.api.text {
        // By far the most common case, and the comparison takes a while.
        DriftReport::default()
    } else {
        detect_drift(&documents, &upstream.source(&location))?
    };
    let lines = match args.format {
        Format::Text => render_drift::as_text(&drift),
        Format::Markdown => render_drift::as_markdown(&drift),
        Format::Json => vec![format!("{:#}", render_drift::as_json(&drift))],
    };
    for line in lines {
        println!("{line}");
    }
    Ok(match drift.changes.is_empty() {
        true => Outcome::Success,
        false => Outcome::DifferencesFound,
    })
}

/// Checks that the documents describe the same version of the same API: otherwise nearly everything
/// would be reported as a change.
fn check_same_api(vendored: &str, upstream: &UpstreamDocument, location: &str) -> Result<()> {
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
    let (old, new) = (paths(&old), paths(&new));
    if old.intersection(&new).count() * 2 < old.len() {
        bail!(
            "{location} has less than half of the vendored paths: it describes another API, or is incomplete"
        );
    }
    Ok(())
}

fn paths(document: &Value) -> BTreeSet<&String> {
    let paths = document["paths"].as_object();
    paths.into_iter().flat_map(|it| it.keys()).collect()
}
