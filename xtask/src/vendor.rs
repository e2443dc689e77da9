//! `cargo xtask vendor`: the facts of an upstream document into `spec/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use codegen::{Documents, Problems};
use toml_edit::{DocumentMut, value};

use crate::Outcome;
use crate::fetch::is_url;
use crate::upstream::{self, Upstream};
use crate::workspace::{FACTS, NAMES, UPSTREAM, Workspace};
use crate::{report, write};

const CHANGELOG: &str = "CHANGELOG.md";

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
    /// Takes the document although public items are gone with it; they go to CHANGELOG.md.
    #[arg(long)]
    accept_removals: bool,
}

impl Arguments {
    /// To take a document for a trial, whatever it removes.
    pub(crate) fn for_trial(from: &str) -> Self {
        Self {
            from: from.to_owned(),
            source: None,
            revision: None,
            date: None,
            accept_removals: true,
        }
    }
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome> {
    let upstream = upstream::read(&arguments.from)?;
    let taken = take(workspace, &upstream, arguments)?;
    let record = workspace.source_or_empty(UPSTREAM)?.text;
    let record = provenance(&record, arguments, &upstream)?;

    let texts = [
        (FACTS.to_owned(), upstream.text),
        (NAMES.to_owned(), taken.names),
        (UPSTREAM.to_owned(), record),
    ];
    let files: BTreeMap<PathBuf, String> = texts
        .into_iter()
        .chain(taken.others)
        .map(|(path, text)| (workspace.path(&path), text))
        .collect();
    let changes = write::changes(&files, &[])?;
    write::apply(&files, &changes, &[])?;
    for change in &changes {
        if let write::Change::Write(path) = change {
            println!("wrote {}", workspace.shown(path));
        }
    }
    println!(
        "{} files changed; the document is of version {}",
        changes.len(),
        upstream.version
    );
    Ok(Outcome::Done)
}

/// What a document brings beside its facts.
struct Taken {
    names: String,
    /// Other files that change with it.
    others: Vec<(String, String)>,
}

/// Compares the document with the one that is there, if one is, and says what it brings.
fn take(workspace: &Workspace, upstream: &Upstream, arguments: &Arguments) -> Result<Taken> {
    let api = upstream.source(FACTS);
    let names = workspace.source_or_empty(NAMES)?;
    let overlays = workspace.overlays()?;
    if !workspace.path(FACTS).exists() {
        let names = codegen::complete_names(&api, &names, &overlays)?;
        return Ok(Taken {
            names,
            others: Vec::new(),
        });
    }
    let documents = Documents {
        api: workspace.source(FACTS)?,
        names,
        overlays,
        upstream: workspace.source_or_empty(UPSTREAM)?,
    };
    let drift = codegen::drift::drift(&documents, &api)?;
    if !drift.obstacles.is_empty() {
        return Err(Problems(drift.obstacles).into());
    }
    if !drift.gone.is_empty() && !arguments.accept_removals {
        for item in &drift.gone {
            eprintln!("error: `{item}` would be gone");
        }
        bail!(
            "{} public items would be gone: keep their names in {NAMES}, or accept it with --accept-removals",
            drift.gone.len()
        );
    }
    for line in report::text(&drift) {
        println!("{line}");
    }
    for line in report::work(&drift) {
        println!("{line}");
    }
    let mut others = drift.overlays.clone();
    if !drift.gone.is_empty() {
        let text = workspace.source_or_empty(CHANGELOG)?.text;
        others.push((CHANGELOG.to_owned(), with_removals(&text, &drift.gone)));
    }
    Ok(Taken {
        names: drift.names,
        others,
    })
}

/// The changelog with the items that are gone, under what is not released yet.
fn with_removals(text: &str, gone: &[String]) -> String {
    const UNRELEASED: &str = "## Unreleased\n";
    const REMOVED: &str = "### Removed\n\n";
    let lines: String = gone
        .iter()
        .map(|item| format!("- `{item}`: the API has it no more.\n"))
        .collect();
    let Some((before, after)) = text.split_once(UNRELEASED) else {
        return format!("{text}\n{UNRELEASED}\n{REMOVED}{lines}");
    };
    let (own, released) = match after.find("\n## ") {
        Some(end) => after.split_at(end),
        None => (after, ""),
    };
    let own = match own.split_once(REMOVED) {
        Some((head, list)) => format!("{head}{REMOVED}{lines}{list}"),
        None => format!("{}\n\n{REMOVED}{lines}", own.trim_end()),
    };
    format!("{before}{UNRELEASED}{own}{released}")
}

/// The text of `upstream.toml`. What is not known anew stays while the document is the same.
fn provenance(old: &str, arguments: &Arguments, upstream: &Upstream) -> Result<String> {
    let old: DocumentMut = old
        .parse()
        .with_context(|| format!("{UPSTREAM} is not TOML"))?;
    let kept = |key: &str| {
        old.get(key)
            .and_then(|item| item.as_str())
            .map(str::to_owned)
    };
    let same = kept("sha256").as_deref() == Some(&upstream.sha256);
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
    record["version"] = value(&upstream.version);
    record["sha256"] = value(&upstream.sha256);
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

/// Today in UTC, as YYYY-MM-DD.
fn today() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let now = humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string();
    now.chars().take(10).collect()
}
