//! Counts how much of the API the conformance tests cover, from the reports that they write.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The operations, enums and unions that the conformance tests cover, out of all that the document
/// has.
pub(crate) struct Coverage {
    /// All operations of the document.
    document: Report,
    /// The operations whose requests are tested.
    requests: Report,
    /// The operations whose responses are tested.
    responses: Report,
    /// All events of the document.
    events: Report,
    /// The events whose decoding is tested.
    decoded_events: Report,
}

/// The coverage of the events.
pub(crate) struct EventCoverage {
    pub(crate) events: Ratio,
    pub(crate) enums: Ratio,
    pub(crate) unions: Ratio,
}

/// The coverage of one resource, or of all of them.
pub(crate) struct ResourceCoverage {
    pub(crate) name: String,
    pub(crate) operations: usize,
    pub(crate) requests: Ratio,
    pub(crate) responses: Ratio,
    pub(crate) enums: Ratio,
    pub(crate) unions: Ratio,
}

/// A number of covered items, and the total number of items.
#[derive(Clone, Copy)]
pub(crate) struct Ratio {
    pub(crate) covered: usize,
    pub(crate) total: usize,
}

/// The report of one test: its operations by id, or its events by kind.
type Report = BTreeMap<String, ReportedItem>;

/// An operation or an event in a report, with the enums and unions that it contains.
#[derive(Default)]
struct ReportedItem {
    module: String,
    enums: BTreeSet<String>,
    unions: BTreeSet<String>,
}

impl Coverage {
    /// Reads the reports that the conformance tests wrote to `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        Ok(Self {
            document: read_report(folder, "document")?,
            requests: read_report(folder, "wire")?,
            responses: read_report(folder, "decode")?,
            events: read_report(folder, "events")?,
            decoded_events: read_report(folder, "decoded_events")?,
        })
    }

    /// Returns the coverage of each resource, followed by the total.
    pub(crate) fn by_resource(&self) -> Vec<ResourceCoverage> {
        let modules: BTreeSet<&str> = self.document.values().map(|it| &*it.module).collect();
        let modules = modules.into_iter();
        let resources = modules.map(|module| self.count(module, |it| it.module == module));
        resources.chain([self.total()]).collect()
    }

    pub(crate) fn is_complete(&self) -> bool {
        let total = self.total();
        let operations = [total.requests, total.responses, total.enums, total.unions];
        let events = self.events();
        let mut ratios = [events.events, events.enums, events.unions]
            .into_iter()
            .chain(operations);
        ratios.all(|ratio| ratio.covered == ratio.total)
    }

    pub(crate) fn events(&self) -> EventCoverage {
        let kinds: Vec<&String> = self.events.keys().collect();
        let covered = |types: Types| {
            let all = types_in(&self.events, &kinds, types);
            Ratio::of(&all, &types_in(&self.decoded_events, &kinds, types))
        };
        EventCoverage {
            events: covered_items(&kinds, &self.decoded_events),
            enums: covered(|event| &event.enums),
            unions: covered(|event| &event.unions),
        }
    }

    fn total(&self) -> ResourceCoverage {
        self.count("total", |_| true)
    }

    fn count(&self, name: &str, is_included: impl Fn(&ReportedItem) -> bool) -> ResourceCoverage {
        let operations = self.document.iter().filter(|(_, it)| is_included(it));
        let ids: Vec<&String> = operations.map(|(id, _)| id).collect();
        ResourceCoverage {
            name: name.to_owned(),
            operations: ids.len(),
            requests: covered_items(&ids, &self.requests),
            responses: covered_items(&ids, &self.responses),
            enums: self.covered_types(&ids, |operation| &operation.enums),
            unions: self.covered_types(&ids, |operation| &operation.unions),
        }
    }

    fn covered_types(&self, ids: &[&String], types: Types) -> Ratio {
        let covered =
            &types_in(&self.requests, ids, types) | &types_in(&self.responses, ids, types);
        Ratio::of(&types_in(&self.document, ids, types), &covered)
    }
}

/// The enums or the unions of an item.
type Types = fn(&ReportedItem) -> &BTreeSet<String>;

fn types_in(report: &Report, ids: &[&String], types: Types) -> BTreeSet<String> {
    let items = ids.iter().filter_map(|id| report.get(*id));
    items.flat_map(types).cloned().collect()
}

impl Ratio {
    fn of(all: &BTreeSet<String>, covered: &BTreeSet<String>) -> Self {
        Self {
            covered: all.intersection(covered).count(),
            total: all.len(),
        }
    }
}

fn covered_items(ids: &[&String], report: &Report) -> Ratio {
    let covered = ids.iter().filter(|id| report.contains_key(**id));
    Ratio {
        covered: covered.count(),
        total: ids.len(),
    }
}

fn read_report(folder: &Path, name: &str) -> Result<Report> {
    let path = folder.join(format!("{name}.jsonl"));
    let Ok(lines) = std::fs::read_to_string(path) else {
        bail!("the conformance tests wrote no report \"{name}\"");
    };
    lines.lines().map(parse_line).collect()
}

fn parse_line(line: &str) -> Result<(String, ReportedItem)> {
    let value: Value =
        serde_json::from_str(line).context("a report of the conformance tests is not JSON")?;
    let string = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let set = |name: &str| {
        let items = value[name].as_array().into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let item = ReportedItem {
        module: string("module"),
        enums: set("enums"),
        unions: set("unions"),
    };
    Ok((string("id"), item))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const WIRE: &str = r#"{"id":"GetZoo","module":"zoo","enums":["/b"],"unions":["/u"]}"#;

    /// Creates a folder with reports that cover a part of two resources.
    pub(crate) fn reports() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let document = concat!(
            r#"{"id":"GetPet","module":"pet","enums":["/a","/b"],"unions":[]}"#,
            "\n",
            r#"{"id":"GetZoo","module":"zoo","enums":["/b"],"unions":["/u"]}"#,
        );
        let decode = r#"{"id":"GetPet","module":"pet","enums":["/a"],"unions":[]}"#;
        let events = r#"{"id":"pet.born","module":null,"enums":["/a"],"unions":[]}"#;
        let reports = [
            ("document", document),
            ("wire", WIRE),
            ("decode", decode),
            ("events", events),
            ("decoded_events", ""),
        ];
        for (name, report) in reports {
            let path = folder.path().join(format!("{name}.jsonl"));
            std::fs::write(path, report).expect("the report is written");
        }
        folder
    }

    #[test]
    fn partial_coverage_is_not_complete() {
        let coverage = Coverage::read(reports().path()).expect("the reports exist");
        assert!(!coverage.is_complete());
    }

    #[test]
    fn missing_report_is_named_in_the_error() {
        let folder = reports();
        std::fs::remove_file(folder.path().join("wire.jsonl")).expect("the report exists");
        let error = Coverage::read(folder.path())
            .err()
            .expect("a report is missing");
        assert!(error.to_string().contains("\"wire\""), "{error}");
    }
}
