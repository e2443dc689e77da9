//! `cargo xtask regen`: writes the generated files, or with `--check` shows what would change.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use codegen::Output;
use similar::TextDiff;

use crate::Outcome;
use crate::workspace::Workspace;
use crate::write::{self, Change};

#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Writes nothing: shows what differs, and exits with 1 where anything does.
    #[arg(long)]
    check: bool,
    /// Lists every operation, type and field that has no prose of ours yet.
    #[arg(long)]
    list_undocumented: bool,
    /// Lists them, and exits with 1 where there are any.
    #[arg(long)]
    documented: bool,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome> {
    let output = codegen::generate(&workspace.documents()?)?;
    let folders = workspace.generated();
    let files: BTreeMap<PathBuf, String> = output
        .files
        .iter()
        .map(|(path, text)| (workspace.path(path), text.clone()))
        .collect();
    let changes = write::changes(&files, &folders)?;
    if arguments.list_undocumented || arguments.documented {
        for item in &output.report.undocumented {
            println!("{item}");
        }
    }
    if arguments.check {
        let outcome = check(workspace, &files, &changes)?;
        return Ok(documented(arguments, &output).unwrap_or(outcome));
    }
    write::apply(&files, &changes, &folders)?;
    for change in &changes {
        match change {
            Change::Write(path) => println!("wrote {}", workspace.shown(path)),
            Change::Remove(path) => println!("removed {}", workspace.shown(path)),
        }
    }
    summarize(&output, changes.len());
    Ok(documented(arguments, &output).unwrap_or(Outcome::Done))
}

/// That prose is missing, where that matters.
fn documented(arguments: &Arguments, output: &Output) -> Option<Outcome> {
    let missing = output.report.undocumented.len();
    if missing == 0 || !arguments.documented {
        return None;
    }
    println!("{missing} items have no prose of ours: write it in `spec/overlay/`");
    Some(Outcome::Differs)
}

fn summarize(output: &Output, changed: usize) {
    let report = &output.report;
    println!(
        "{} operations, {} types, {} files ({changed} changed), {} items without prose of ours",
        report.operations,
        report.types,
        output.files.len(),
        report.undocumented.len(),
    );
}

fn check(
    workspace: &Workspace,
    files: &BTreeMap<PathBuf, String>,
    changes: &[Change],
) -> Result<Outcome> {
    for change in changes {
        let (path, new) = match change {
            Change::Write(path) => (path, files.get(path).map_or("", String::as_str)),
            Change::Remove(path) => (path, ""),
        };
        let old = write::read(path)?.unwrap_or_default();
        let old = String::from_utf8_lossy(&old);
        let name = workspace.shown(path);
        let diff = TextDiff::from_lines(&*old, new);
        print!(
            "{}",
            diff.unified_diff()
                .header(&format!("committed {name}"), &format!("generated {name}"))
        );
    }
    if changes.is_empty() {
        return Ok(Outcome::Done);
    }
    println!(
        "{} files differ: run `cargo xtask regen` and commit the result",
        changes.len()
    );
    Ok(Outcome::Differs)
}
