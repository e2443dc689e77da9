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

/// The report of one test: its operations by id.
type Report = BTreeMap<String, ReportedOperation>;

/// An operation in a report, with the enums and unions that its request and its response contain.
#[derive(Default)]
struct ReportedOperation {
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
        let ratios = [total.requests, total.responses, total.enums, total.unions];
        ratios.iter().all(|ratio| ratio.covered == ratio.total)
    }

    fn total(&self) -> ResourceCoverage {
        self.count("total", |_| true)
    }

    fn count(
        &self,
        name: &str,
        is_included: impl Fn(&ReportedOperation) -> bool,
    ) -> ResourceCoverage {
        let operations = self.document.iter().filter(|(_, it)| is_included(it));
        let ids: Vec<&String> = operations.map(|(id, _)| id).collect();
        ResourceCoverage {
            name: name.to_owned(),
            operations: ids.len(),
            requests: covered_operations(&ids, &self.requests),
            responses: covered_operations(&ids, &self.responses),
            enums: self.covered_types(&ids, |operation| &operation.enums),
            unions: self.covered_types(&ids, |operation| &operation.unions),
        }
    }

    fn covered_types(
        &self,
        ids: &[&String],
        types: fn(&ReportedOperation) -> &BTreeSet<String>,
    ) -> Ratio {
        let of_report = |report: &Report| -> BTreeSet<String> {
            let operations = ids.iter().filter_map(|id| report.get(*id));
            operations.flat_map(types).cloned().collect()
        };
        let all = of_report(&self.document);
        let covered = &of_report(&self.requests) | &of_report(&self.responses);
        Ratio {
            covered: all.intersection(&covered).count(),
            total: all.len(),
        }
    }
}

fn covered_operations(ids: &[&String], report: &Report) -> Ratio {
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

fn parse_line(line: &str) -> Result<(String, ReportedOperation)> {
    let value: Value =
        serde_json::from_str(line).context("a report of the conformance tests is not JSON")?;
    let string = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let set = |name: &str| {
        let items = value[name].as_array().into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let operation = ReportedOperation {
        module: string("module"),
        enums: set("enums"),
        unions: set("unions"),
    };
    Ok((string("operation"), operation))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const WIRE: &str = r#"{"operation":"GetZoo","module":"zoo","enums":["/b"],"unions":["/u"]}"#;

    /// Creates a folder with reports that cover a part of two resources.
    pub(crate) fn reports() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let document = concat!(
            r#"{"operation":"GetPet","module":"pet","enums":["/a","/b"],"unions":[]}"#,
            "\n",
            r#"{"operation":"GetZoo","module":"zoo","enums":["/b"],"unions":["/u"]}"#,
        );
        let decode = r#"{"operation":"GetPet","module":"pet","enums":["/a"],"unions":[]}"#;
        for (name, report) in [("document", document), ("wire", WIRE), ("decode", decode)] {
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
