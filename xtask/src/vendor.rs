//! `cargo xtask vendor`: the facts of an upstream document into `spec/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use codegen::{Problem, Problems, Source};
use serde_json::Value;
use sha2::{Digest, Sha256};
use toml_edit::{DocumentMut, value};

use crate::Outcome;
use crate::fetch::{fetch, is_url};
use crate::workspace::Workspace;
use crate::write;

const FACTS: &str = "spec/backend-api.json";
const NAMES: &str = "spec/names.toml";
const UPSTREAM: &str = "spec/upstream.toml";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The document: a path or a URL, YAML or JSON.
    #[arg(long, value_name = "PATH OR URL")]
    from: String,
    /// Where the document is published, if `--from` is a copy of it.
    #[arg(long, value_name = "URL", value_parser = url)]
    source: Option<String>,
    /// The revision of the document, if known.
    #[arg(long)]
    revision: Option<String>,
    /// The day of the revision, if not today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<String>,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome> {
    let bytes = fetch(&arguments.from)?;
    let document = parse(&bytes, &arguments.from)?;
    let facts = codegen::facts::facts(document, &arguments.from)?;
    let version = facts["info"]["version"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let text = serde_json::to_string_pretty(&facts).context("facts are JSON")? + "\n";

    let api = Source {
        path: FACTS.to_owned(),
        text: text.clone(),
    };
    let names = workspace.source_or_empty(NAMES)?;
    let names = codegen::complete_names(&api, &names, &workspace.overlays()?)?;
    let record = workspace.source_or_empty(UPSTREAM)?.text;
    let record = provenance(&record, arguments, &hex_digest(&bytes), &version)?;

    let files: BTreeMap<PathBuf, String> = [(FACTS, text), (NAMES, names), (UPSTREAM, record)]
        .into_iter()
        .map(|(path, text)| (workspace.path(path), text))
        .collect();
    let changes = write::changes(&files, &[])?;
    write::apply(&files, &changes, &[])?;
    for change in &changes {
        if let write::Change::Write(path) = change {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            println!("wrote spec/{name}");
        }
    }
    println!(
        "{} files changed; the document is of version {version}",
        changes.len()
    );
    Ok(Outcome::Done)
}

fn parse(bytes: &[u8], from: &str) -> Result<Value, Problems> {
    let wrong = |message: String| {
        Problems(vec![Problem {
            file: from.to_owned(),
            pointer: String::new(),
            message,
        }])
    };
    let text =
        std::str::from_utf8(bytes).map_err(|error| wrong(format!("this is not text: {error}")))?;
    if text.trim().is_empty() {
        return Err(wrong("this is empty".to_owned()));
    }
    if text.trim_start().starts_with('<') {
        return Err(wrong(
            "this is a web page, not a document: mend the address".to_owned(),
        ));
    }
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text)
            .map_err(|error| wrong(format!("this is not JSON: {error}")));
    }
    serde_saphyr::from_str(text).map_err(|error| {
        // The rest of the message draws the place; one line says it.
        let error = error.to_string();
        let first = error.lines().next().unwrap_or_default();
        wrong(format!("this is not YAML, or it is cut off: {first}"))
    })
}

/// The text of `upstream.toml`. What is not known anew stays while the document is the same.
fn provenance(old: &str, arguments: &Arguments, sha256: &str, version: &str) -> Result<String> {
    let old: DocumentMut = old
        .parse()
        .with_context(|| format!("{UPSTREAM} is not TOML"))?;
    let kept = |key: &str| {
        old.get(key)
            .and_then(|item| item.as_str())
            .map(str::to_owned)
    };
    let same = kept("sha256").as_deref() == Some(sha256);
    let while_same = |key: &str| kept(key).filter(|_| same);

    let from_url = is_url(&arguments.from).then(|| arguments.from.clone());
    let source = arguments
        .source
        .clone()
        .or(from_url)
        .or_else(|| kept("source"));
    // A path would be one of this machine: the name is enough.
    let file_name = || {
        Path::new(&arguments.from)
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let source = source.or_else(file_name).unwrap_or_default();
    let revision = arguments
        .revision
        .clone()
        .or_else(|| while_same("revision"));
    let date = arguments
        .date
        .clone()
        .or_else(|| while_same("date"))
        .unwrap_or_else(today);

    let mut record = DocumentMut::new();
    record["source"] = value(source);
    if let Some(revision) = revision {
        record["revision"] = value(revision);
    }
    record["version"] = value(version);
    record["sha256"] = value(sha256);
    record["date"] = value(date);
    let head = "# Where spec/backend-api.json comes from; written by `cargo xtask vendor`.\n";
    Ok(format!("{head}{record}"))
}

/// The value of `--source`: it is committed, so it must not be a path of this machine.
fn url(text: &str) -> Result<String, &'static str> {
    let text = is_url(text).then(|| text.to_owned());
    text.ok_or("give the address at which it is published, with https://")
}

/// The value of `--date`.
fn day(text: &str) -> Result<String, &'static str> {
    let midnight = humantime::parse_rfc3339(&format!("{text}T00:00:00Z"));
    let text = midnight.is_ok().then(|| text.to_owned());
    text.ok_or("give a day as YYYY-MM-DD")
}

fn hex_digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Today in UTC, as YYYY-MM-DD.
fn today() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let now = humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string();
    now.chars().take(10).collect()
}
