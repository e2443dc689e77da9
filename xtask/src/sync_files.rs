//! Makes files on disk match a set of generated files. If the process fails or is killed, no file
//! is left partially written, and unless it happens during the final renames, no file is changed.
//!
//! Every file is first staged: written next to its target under a temporary name. Once all of them
//! are on disk, they are renamed to their targets, which is quick and needs no space.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The extension of a staged file. Nothing compiles or lists files with this extension.
const STAGED_EXTENSION: &str = "xtask-tmp";

/// A change to make to a file.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum FileChange {
    Write(PathBuf),
    Remove(PathBuf),
}

/// The context of an error that occurred when some changes may have been applied and others not.
#[derive(Debug)]
pub(crate) struct PartiallyApplied;

impl fmt::Display for PartiallyApplied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("only some of the files were updated")
    }
}

/// Returns the changes after which `files` have the given contents, and `folders` contain no other
/// files.
pub(crate) fn plan(
    files: &BTreeMap<PathBuf, String>,
    folders: &[PathBuf],
) -> Result<Vec<FileChange>> {
    // This comes first because it rejects symbolic links, which reading would follow, and pipes, on
    // which reading would block.
    let existing = list_files(folders)?;
    let mut changes = Vec::new();
    for (path, text) in files {
        if read(path)?.as_deref() != Some(text.as_bytes()) {
            changes.push(FileChange::Write(path.clone()));
        }
    }
    let leftover = existing
        .into_iter()
        .filter(|path| !files.contains_key(path) && !is_staged(path));
    changes.extend(leftover.map(FileChange::Remove));
    Ok(changes)
}

/// Reads a file. Returns `None` if it does not exist.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Lists all files in the folders and their subfolders. Anything else, such as a symbolic link, is
/// an error: files outside the folders would be removed through a link to a folder.
fn list_files(folders: &[PathBuf]) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut paths = folders.to_vec();
    while let Some(path) = paths.pop() {
        let context = || format!("{} cannot be read", path.display());
        let file_type = match fs::symlink_metadata(&path) {
            Ok(metadata) => metadata.file_type(),
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(context),
        };
        if file_type.is_dir() {
            for entry in fs::read_dir(&path).with_context(context)? {
                paths.push(entry.with_context(context)?.path());
            }
        } else if file_type.is_file() {
            files.insert(path);
        } else {
            let kind = if file_type.is_symlink() {
                "a symbolic link"
            } else {
                "not a regular file"
            };
            bail!(
                "{} is {kind}, but this folder is for generated files: remove it",
                path.display()
            );
        }
    }
    Ok(files)
}

fn is_staged(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == STAGED_EXTENSION)
}

/// Returns the path at which the new content of a file is staged.
fn staged_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(STAGED_EXTENSION);
    PathBuf::from(name)
}

/// Applies all changes, or none of them if staging fails. If renaming fails afterwards, the error
/// has the context [`PartiallyApplied`].
///
/// Removes the staged files that a killed run left next to `files` or anywhere in `folders`.
pub(crate) fn apply(
    files: &BTreeMap<PathBuf, String>,
    changes: &[FileChange],
    folders: &[PathBuf],
) -> Result<()> {
    remove_staged(files, folders)?;
    let result = stage_all(files, changes)
        .and_then(|()| commit(changes).map_err(|error| error.context(PartiallyApplied)));
    if result.is_err() {
        for path in written_paths(changes) {
            // An error here means that the file was not staged.
            let _ = fs::remove_file(staged_path(path));
        }
    }
    result
}

fn written_paths(changes: &[FileChange]) -> impl Iterator<Item = &PathBuf> {
    changes.iter().filter_map(|change| match change {
        FileChange::Write(path) => Some(path),
        FileChange::Remove(_) => None,
    })
}

fn remove_staged(files: &BTreeMap<PathBuf, String>, folders: &[PathBuf]) -> Result<()> {
    let existing = list_files(folders)?;
    let mut staged: BTreeSet<PathBuf> = files.keys().map(|path| staged_path(path)).collect();
    staged.extend(existing.into_iter().filter(|path| is_staged(path)));
    for path in staged {
        if fs::symlink_metadata(&path).is_ok() {
            remove(&path)?;
        }
    }
    Ok(())
}

fn stage_all(files: &BTreeMap<PathBuf, String>, changes: &[FileChange]) -> Result<()> {
    written_paths(changes)
        .try_for_each(|path| stage(path, files.get(path).map_or("", String::as_str)))
}

fn stage(path: &Path, text: &str) -> Result<()> {
    let context = || format!("{} cannot be written", path.display());
    if path.is_dir() {
        bail!("{} is a folder, but should be a file", path.display());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(context)?;
    }
    fs::write(staged_path(path), text).with_context(context)
}

/// Renames staged files to their targets, and removes files.
fn commit(changes: &[FileChange]) -> Result<()> {
    for path in written_paths(changes) {
        fs::rename(staged_path(path), path)
            .with_context(|| format!("{} cannot be replaced", path.display()))?;
    }
    for change in changes {
        if let FileChange::Remove(path) = change {
            remove(path)?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).with_context(|| format!("{} cannot be removed", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path, contents: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
        let contents = contents.iter();
        contents
            .map(|(name, text)| (folder.join(name), (*text).to_owned()))
            .collect()
    }

    fn content(path: &Path) -> String {
        fs::read_to_string(path).expect("the file exists")
    }

    #[test]
    fn writes_only_files_that_differ_and_removes_leftover_files() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = files(
            folder.path(),
            &[("a.rs", "a"), ("b/c.rs", "c"), ("d.rs", "d")],
        );
        let folders = [folder.path().to_owned()];
        let changes = plan(&first, &[]).expect("the files are readable");
        apply(&first, &changes, &[]).expect("the files are writable");
        let staged = folder.path().join("x.rs.xtask-tmp");
        fs::write(&staged, "from a killed run").expect("the file is writable");

        let second = files(folder.path(), &[("a.rs", "a"), ("b/c.rs", "changed")]);
        let changes = plan(&second, &folders).expect("the files are readable");
        let expected = [
            FileChange::Write(folder.path().join("b/c.rs")),
            FileChange::Remove(folder.path().join("d.rs")),
        ];
        assert_eq!(changes, expected);
        apply(&second, &changes, &folders).expect("the files are writable");
        assert!(!staged.exists());
        assert_eq!(content(&folder.path().join("b/c.rs")), "changed");
        assert!(!folder.path().join("d.rs").exists());
    }

    #[test]
    fn writes_no_file_if_one_cannot_be_written() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("a.rs"), "old").expect("the file is writable");
        fs::create_dir(folder.path().join("b.rs")).expect("the folder is created");
        let files = files(folder.path(), &[("a.rs", "new"), ("b.rs", "new")]);
        let changes: Vec<FileChange> = files.keys().cloned().map(FileChange::Write).collect();
        let error = apply(&files, &changes, &[])
            .expect_err("a folder has the name of a file")
            .to_string();
        assert!(error.contains("b.rs is a folder"), "{error}");
        assert_eq!(content(&folder.path().join("a.rs")), "old");
        assert!(!folder.path().join("a.rs.xtask-tmp").exists());
    }
}
