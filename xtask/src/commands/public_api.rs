//! `cargo xtask public-api`: lists the public items of `clerk-sdk`, or shows with `--check` which of them have changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use similar::{ChangeTag, TextDiff};

use crate::outcome::Outcome;
use crate::plural::count;
use crate::public_api::{self, Surface};
use crate::sync_files::{self, FileChange};
use crate::workspace::Workspace;

#[derive(clap::Args, Default)]
pub(crate) struct PublicApiArgs {
    /// Writes nothing. Prints the items that have changed, and exits with 1 if there are any.
    #[arg(long)]
    check: bool,
}

/// The folder of the lists.
const FOLDER: &str = "clerk-sdk/public-api";

pub(crate) fn run(workspace: &Workspace, args: &PublicApiArgs) -> Result<Outcome> {
    let surface = Surface::read(&public_api::document(workspace)?)?;
    let names = public_api::ambiguous_names(&surface);
    for (method, path) in &names {
        println!("`Response::{method}` has the name of a field of `{path}`: rename the method");
    }
    let folders = [workspace.path(FOLDER)];
    let files: BTreeMap<PathBuf, String> = public_api::files(&surface)
        .into_iter()
        .map(|(name, text)| (folders[0].join(name), text))
        .collect();
    let changes = sync_files::plan(&files, &folders)?;
    if args.check {
        check(workspace, &files, &changes)?;
    } else {
        sync_files::apply(&files, &changes, &folders)?;
        println!("{} changed", count(changes.len(), "file"));
    }
    let is_current = changes.is_empty() || !args.check;
    Ok(if is_current && names.is_empty() {
        Outcome::Success
    } else {
        Outcome::DifferencesFound
    })
}

/// Prints the differences between the lists on disk and the public API.
fn check(
    workspace: &Workspace,
    files: &BTreeMap<PathBuf, String>,
    changes: &[FileChange],
) -> Result<()> {
    for change in changes {
        let (path, new) = match change {
            FileChange::Write(path) => (path, files.get(path).map_or("", String::as_str)),
            FileChange::Remove(path) => (path, ""),
        };
        print_difference(workspace, path, new)?;
    }
    if !changes.is_empty() {
        println!(
            "the public API has changed in {}: if that is intended, run `cargo xtask public-api`, commit the result, \
             and describe the change in `CHANGELOG.md`",
            count(changes.len(), "module")
        );
    }
    Ok(())
}

/// Prints the lines that differ, without context: each line contains the whole path of its item.
fn print_difference(workspace: &Workspace, path: &Path, new: &str) -> Result<()> {
    let old = sync_files::read(path)?.unwrap_or_default();
    let old = String::from_utf8_lossy(&old);
    println!("{}", workspace.display(path));
    for change in TextDiff::from_lines(&*old, new).iter_all_changes() {
        if change.tag() != ChangeTag::Equal {
            print!("{}{change}", change.tag());
        }
    }
    Ok(())
}
