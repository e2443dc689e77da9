//! `cargo xtask coverage`: what of the API the conformance tests exercise, resource by resource.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::Outcome;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Prints the table in Markdown.
    #[arg(long)]
    markdown: bool,
}

/// The environment variable by which the tests are told where to report.
const FOLDER: &str = "CONFORMANCE_REPORT";

const COLUMNS: [&str; 6] = [
    "resource",
    "operations",
    "on the wire",
    "decoded",
    "enums",
    "unions",
];

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome> {
    let folder = tempfile::tempdir().context("there is no folder for the tests' report")?;
    let passed = run_tests(workspace, folder.path())?;
    let coverage = Coverage::read(folder.path())?;
    let rows = coverage.rows();
    let lines = if arguments.markdown {
        markdown(&rows)
    } else {
        plain(&rows)
    };
    for line in lines {
        println!("{line}");
    }
    if !passed {
        println!("\nthe conformance tests fail: run `{TESTS}`");
    }
    Ok(if passed && coverage.is_whole() {
        Outcome::Done
    } else {
        Outcome::Differs
    })
}

const TESTS: &str = "cargo test -p clerk-sdk-tests --test conformance";

/// Runs the conformance tests, and says whether they pass. What they print goes to standard error.
fn run_tests(workspace: &Workspace, folder: &Path) -> Result<bool> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(TESTS.split(' ').skip(1))
        .current_dir(workspace.path(""))
        .env(FOLDER, folder)
        .output()
        .with_context(|| format!("`{TESTS}` cannot be run"))?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        eprint!("{}", String::from_utf8_lossy(&output.stdout));
    }
    Ok(output.status.success())
}

/// The report of one test: for each operation its module, enums and unions.
type Report = BTreeMap<String, Exercised>;

#[derive(Default)]
struct Exercised {
    module: String,
    enums: BTreeSet<String>,
    unions: BTreeSet<String>,
}

struct Coverage {
    document: Report,
    wire: Report,
    decode: Report,
}

/// Counts of what is exercised, each with how many there are.
struct Row {
    name: String,
    operations: usize,
    counts: [(usize, usize); 4],
}

impl Coverage {
    fn read(folder: &Path) -> Result<Self> {
        let report = |name: &str| {
            let path = folder.join(format!("{name}.jsonl"));
            let Ok(text) = std::fs::read_to_string(path) else {
                bail!("the conformance tests reported nothing of \"{name}\": run `{TESTS}`");
            };
            text.lines().map(line).collect::<Result<Report>>()
        };
        Ok(Self {
            document: report("document")?,
            wire: report("wire")?,
            decode: report("decode")?,
        })
    }

    /// A row for each resource, and one for all of them.
    fn rows(&self) -> Vec<Row> {
        let modules: BTreeSet<&str> = self.document.values().map(|it| &*it.module).collect();
        let mut rows: Vec<Row> = modules
            .iter()
            .map(|module| self.row(module, &|it| it.module == **module))
            .collect();
        rows.push(self.row("total", &|_| true));
        rows
    }

    fn row(&self, name: &str, is_in: &dyn Fn(&Exercised) -> bool) -> Row {
        let operations: Vec<&String> = self
            .document
            .iter()
            .filter(|(_, it)| is_in(it))
            .map(|(id, _)| id)
            .collect();
        let done = |report: &Report| {
            let done = operations.iter().filter(|id| report.contains_key(**id));
            (done.count(), operations.len())
        };
        let exercised = |of: fn(&Exercised) -> &BTreeSet<String>| {
            let all = |report: &Report| -> BTreeSet<String> {
                let found = operations.iter().filter_map(|id| report.get(*id));
                found.flat_map(of).cloned().collect()
            };
            let due = all(&self.document);
            let done = &all(&self.wire) | &all(&self.decode);
            (due.intersection(&done).count(), due.len())
        };
        Row {
            name: name.to_owned(),
            operations: operations.len(),
            counts: [
                done(&self.wire),
                done(&self.decode),
                exercised(|it| &it.enums),
                exercised(|it| &it.unions),
            ],
        }
    }

    fn is_whole(&self) -> bool {
        let total = self.row("total", &|_| true);
        total.counts.iter().all(|(done, due)| done == due)
    }
}

fn line(line: &str) -> Result<(String, Exercised)> {
    let value: Value = serde_json::from_str(line).context("the tests' report is not JSON")?;
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let set = |name: &str| {
        let items = value[name].as_array().into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let exercised = Exercised {
        module: text("module"),
        enums: set("enums"),
        unions: set("unions"),
    };
    Ok((text("operation"), exercised))
}

fn cells(row: &Row) -> Vec<String> {
    let counts = row.counts.iter().map(|(done, due)| match due {
        0 => "–".to_owned(),
        _ => format!("{done}/{due}"),
    });
    [row.name.clone(), row.operations.to_string()]
        .into_iter()
        .chain(counts)
        .collect()
}

fn markdown(rows: &[Row]) -> Vec<String> {
    let mut lines = vec![
        format!("| {} |", COLUMNS.join(" | ")),
        "|---|--:|--:|--:|--:|--:|".to_owned(),
    ];
    lines.extend(
        rows.iter()
            .map(|row| format!("| {} |", cells(row).join(" | "))),
    );
    lines
}

fn plain(rows: &[Row]) -> Vec<String> {
    let header = COLUMNS.map(str::to_owned).to_vec();
    let table: Vec<Vec<String>> = [header].into_iter().chain(rows.iter().map(cells)).collect();
    let width = |column: usize| {
        let widths = table.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells =
            row.iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, width))| match column {
                    0 => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                });
        cells.collect::<Vec<_>>().join("  ")
    };
    table.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(wire: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let document = concat!(
            r#"{"operation":"GetPet","module":"pet","enums":["/a","/b"],"unions":[]}"#,
            "\n",
            r#"{"operation":"GetZoo","module":"zoo","enums":["/b"],"unions":["/u"]}"#,
        );
        let decode = r#"{"operation":"GetPet","module":"pet","enums":["/a"],"unions":[]}"#;
        for (name, text) in [("document", document), ("wire", wire), ("decode", decode)] {
            let path = folder.path().join(format!("{name}.jsonl"));
            std::fs::write(path, text).expect("it is written");
        }
        folder
    }

    #[test]
    fn what_was_not_exercised_is_missing_from_the_counts() {
        let wire = r#"{"operation":"GetZoo","module":"zoo","enums":["/b"],"unions":["/u"]}"#;
        let folder = folder(wire);
        let coverage = Coverage::read(folder.path()).expect("the reports are there");
        let expected = [
            "resource  operations  on the wire  decoded  enums  unions",
            "pet                1          0/1      1/1    1/2       –",
            "zoo                1          1/1      0/1    1/1     1/1",
            "total              2          1/2      1/2    2/2     1/1",
        ];
        assert_eq!(plain(&coverage.rows()), expected);
        assert_eq!(
            markdown(&coverage.rows())[2],
            "| pet | 1 | 0/1 | 1/1 | 1/2 | – |"
        );
        assert!(!coverage.is_whole());
    }

    #[test]
    fn a_report_that_is_missing_is_named() {
        let folder = folder("");
        std::fs::remove_file(folder.path().join("wire.jsonl")).expect("it was there");
        let error = Coverage::read(folder.path()).err().expect("it is missing");
        assert!(error.to_string().contains("\"wire\""), "{error}");
    }
}
