//! `cargo xtask drift`: what upstream has that the vendored document has not, and the reverse.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use codegen::drift::Drift;
use serde_json::Value;
use toml_edit::DocumentMut;

use crate::upstream::{self, Upstream};
use crate::workspace::{UPSTREAM, Workspace};
use crate::{Outcome, report};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The document to compare with, if not the one that `spec/upstream.toml` names.
    #[arg(long, value_name = "PATH OR URL")]
    upstream: Option<String>,
    /// How to print the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome> {
    let from = match &arguments.upstream {
        Some(from) => from.clone(),
        None => source(workspace)?,
    };
    let upstream = upstream::read(&from)?;
    let documents = workspace.documents()?;
    check_same_api(&documents.api.text, &upstream, &from)?;
    let drift = if upstream.text == documents.api.text {
        // Most days: nothing to work out.
        Drift::default()
    } else {
        codegen::drift::drift(&documents, &upstream.source(&from))?
    };
    let lines = match arguments.format {
        Format::Text => report::text(&drift),
        Format::Markdown => report::markdown(&drift),
        Format::Json => vec![format!("{:#}", report::json(&drift))],
    };
    for line in lines {
        println!("{line}");
    }
    Ok(match drift.changes.is_empty() {
        true => Outcome::Done,
        false => Outcome::Differs,
    })
}

fn source(workspace: &Workspace) -> Result<String> {
    let record = workspace.source(UPSTREAM)?.text;
    let record: DocumentMut = record
        .parse()
        .with_context(|| format!("{UPSTREAM} is not TOML"))?;
    let source = record.get("source").and_then(|it| it.as_str());
    let source = source.with_context(|| {
        format!("{UPSTREAM} names no `source`: say with --upstream what to compare with")
    })?;
    Ok(source.to_owned())
}

/// Another API, or another version of it, differs in everything: that is no drift.
fn check_same_api(vendored: &str, upstream: &Upstream, from: &str) -> Result<()> {
    let parse = |text: &str| serde_json::from_str::<Value>(text).context("facts are JSON");
    let (old, new) = (parse(vendored)?, parse(&upstream.text)?);
    let version = old["info"]["version"].as_str().unwrap_or_default();
    if version != upstream.version {
        bail!(
            "{from} is of version {:?}, and the vendored document of {version:?}: to change over, try it with `cargo xtask try {from}`, then vendor it",
            upstream.version
        );
    }
    let (old, new) = (paths(&old), paths(&new));
    if old.intersection(&new).count() * 2 < old.len() {
        bail!(
            "{from} has less than half of the vendored paths: it is another API's document, or a part of one"
        );
    }
    Ok(())
}

fn paths(document: &Value) -> BTreeSet<&String> {
    let paths = document["paths"].as_object();
    paths.into_iter().flat_map(|it| it.keys()).collect()
}
