//! `cargo xtask regen`: writes the generated files, or shows with `--check` what would change.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use codegen::{Output, Report};
use similar::TextDiff;

use crate::outcome::Outcome;
use crate::plural::count;
use crate::rustfmt;
use crate::sync_files::{self, FileChange};
use crate::workspace::Workspace;

#[derive(clap::Args, Default)]
pub(crate) struct RegenArgs {
    /// Writes nothing. Prints what differs, and exits with 1 if anything does.
    #[arg(long)]
    check: bool,
    /// Lists every operation, type and field that has no documentation.
    #[arg(long)]
    list_undocumented: bool,
    /// Lists every operation, type and field that has no documentation, and exits with 1 if there
    /// are any.
    #[arg(long)]
    documented: bool,
}

pub(crate) fn run(workspace: &Workspace, args: &RegenArgs) -> Result<Outcome> {
    let inputs = workspace.inputs()?;
    let Output { files, report } = codegen::generate(&inputs)?;
    let folders = inputs.sdk.generated_folders();
    let folders = folders.map(|folder| workspace.path(folder));
    let files = rustfmt::format(files, workspace)?.into_iter();
    let copies = inputs.documents.iter().flat_map(|document| {
        let paths = document.settings.copies.iter().cloned();
        paths.map(|path| (path, document.facts.text.clone()))
    });
    let files: BTreeMap<PathBuf, String> = files
        .chain(copies)
        .map(|(path, content)| (workspace.path(&path), content))
        .collect();
    let changes = sync_files::plan(&files, &folders)?;
    if args.list_undocumented || args.documented {
        for item in &report.undocumented {
            println!("{item}");
        }
    }
    let outcome = if args.check {
        check(workspace, &files, &changes)?
    } else {
        sync_files::apply(&files, &changes, &folders)?;
        for change in &changes {
            match change {
                FileChange::Write(path) => println!("wrote {}", workspace.display(path)),
                FileChange::Remove(path) => println!("removed {}", workspace.display(path)),
            }
        }
        for note in &report.notes {
            println!("note: {note}");
        }
        print_summary(&report, files.len(), changes.len());
        Outcome::Success
    };
    let undocumented = report.undocumented.len();
    if args.documented && undocumented > 0 {
        let items = count(undocumented, "undocumented item");
        println!("{items}: document them in `spec/overlay/`");
        return Ok(Outcome::DifferencesFound);
    }
    Ok(outcome)
}

fn print_summary(report: &Report, files: usize, changed: usize) {
    println!(
        "{}, {}, {}, {} ({changed} changed), {}",
        count(report.operations, "operation"),
        count(report.events, "event"),
        count(report.types, "type"),
        count(files, "file"),
        count(report.undocumented.len(), "undocumented item"),
    );
    let differing = report.shared_types.iter().filter(|it| it.differs);
    let differing: Vec<&str> = differing.map(|it| it.name.as_str()).collect();
    if !report.shared_types.is_empty() {
        println!(
            "{} in several documents, {} of them different: {}",
            count(report.shared_types.len(), "type"),
            differing.len(),
            differing.join(", ")
        );
    }
}

/// Prints the difference between the files on disk and the generated ones.
fn check(
    workspace: &Workspace,
    files: &BTreeMap<PathBuf, String>,
    changes: &[FileChange],
) -> Result<Outcome> {
    for change in changes {
        let (path, new) = match change {
            FileChange::Write(path) => (path, files.get(path).map_or("", String::as_str)),
            FileChange::Remove(path) => (path, ""),
        };
        let old = sync_files::read(path)?.unwrap_or_default();
        let old = String::from_utf8_lossy(&old);
        let name = workspace.display(path);
        let diff = TextDiff::from_lines(&*old, new);
        print!(
            "{}",
            diff.unified_diff()
                .header(&format!("committed {name}"), &format!("generated {name}"))
        );
    }
    if changes.is_empty() {
        return Ok(Outcome::Success);
    }
    let verb = if changes.len() == 1 {
        "differs"
    } else {
        "differ"
    };
    println!(
        "{} {verb}: run `cargo xtask regen` and commit the result",
        count(changes.len(), "file")
    );
    Ok(Outcome::DifferencesFound)
}
