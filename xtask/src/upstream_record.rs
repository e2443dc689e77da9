//! `spec/upstream.toml`: the record of where the vendored documents come from.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use toml_edit::{DocumentMut, Item, Table, value};

use crate::workspace::UPSTREAM_RECORD;

const HEADER: &str = "# Where the documents come from; written by `cargo xtask vendor`.\n\n";

/// The origin of a document that is being vendored.
pub(crate) struct Provenance<'a> {
    /// The URL at which the document is published.
    pub(crate) url: Option<&'a str>,
    /// The name of the file that the document was read from.
    pub(crate) file_name: Option<String>,
    pub(crate) revision: Option<&'a str>,
    pub(crate) date: Option<&'a str>,
    pub(crate) version: &'a str,
    pub(crate) sha256: &'a str,
}

/// Returns the URL or the file name that a vendored document comes from.
pub(crate) fn source(record: &str, document: &str) -> Result<String> {
    string(&parse(record)?, document, "source").with_context(|| {
        format!(
            "{UPSTREAM_RECORD} has no `source` of `{document}`: pass the document to compare with as --upstream"
        )
    })
}

/// Returns the record with a newly vendored document. A revision and a date that are not given are
/// kept from the old record if that is about the same document.
pub(crate) fn update(old_record: &str, name: &str, document: Provenance<'_>) -> Result<String> {
    let records = parse(old_record)?;
    let old = |key: &str| string(&records, name, key);
    let is_same_document = old("sha256").as_deref() == Some(document.sha256);
    let old_if_same = |key: &str| old(key).filter(|_| is_same_document);

    let source = document.url.map(str::to_owned).or_else(|| old("source"));
    // A whole path would have no meaning on another machine.
    let source = source.or(document.file_name).unwrap_or_default();
    let revision = document.revision.map(str::to_owned);
    let date = document.date.map(str::to_owned);

    let mut record = Table::new();
    record["source"] = value(source);
    if let Some(revision) = revision.or_else(|| old_if_same("revision")) {
        record["revision"] = value(revision);
    }
    record["version"] = value(document.version);
    record["sha256"] = value(document.sha256);
    record["date"] = value(date.or_else(|| old_if_same("date")).unwrap_or_else(today));
    let mut records = records.clone();
    records.insert(name, Item::Table(record));
    let records = records.to_string();
    let records = records.trim_start_matches(|it| it != '[');
    Ok(format!("{HEADER}{records}"))
}

fn parse(record: &str) -> Result<DocumentMut> {
    let record = record.parse();
    record.with_context(|| format!("{UPSTREAM_RECORD} is not TOML"))
}

fn string(record: &DocumentMut, document: &str, key: &str) -> Option<String> {
    Some(record.get(document)?.get(key)?.as_str()?.to_owned())
}

/// Returns the current date in UTC, as `YYYY-MM-DD`.
fn today() -> String {
    // `humantime` panics on a time before the epoch, which a wrong clock may return.
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = UNIX_EPOCH + since_epoch.unwrap_or_default();
    let now = humantime::format_rfc3339_seconds(now).to_string();
    now.chars().take("YYYY-MM-DD".len()).collect()
}
