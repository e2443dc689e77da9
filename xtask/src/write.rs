//! Writing a set of files so that a failure, or a kill, leaves whole files and as far as possible all
//! of them as they were.
//!
//! Everything is first written beside its target. Only when all of it is on disk is it renamed into
//! place, which takes a moment and no space.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The ending of a file that is not in its place yet. Nothing compiles or lists such a file.
const STAGED: &str = "xtask-tmp";

/// A change of one file.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Change {
    Write(PathBuf),
    Remove(PathBuf),
}

/// Some files may be in their place and others not: what failed came after the last safe moment.
#[derive(Debug)]
pub(crate) struct Partly;

impl fmt::Display for Partly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not every file is in its place")
    }
}

/// What must change for `files` to stand as given, and for nothing else to stand in the folders `owned`.
pub(crate) fn changes(files: &BTreeMap<PathBuf, String>, owned: &[PathBuf]) -> Result<Vec<Change>> {
    // First, as it refuses links and pipes, which reading would follow or wait for.
    let standing = list(owned)?;
    let mut changes = Vec::new();
    for (path, text) in files {
        if read(path)?.as_deref() != Some(text.as_bytes()) {
            changes.push(Change::Write(path.clone()));
        }
    }
    let leftover = standing
        .into_iter()
        .filter(|path| !files.contains_key(path) && !is_staged(path));
    changes.extend(leftover.map(Change::Remove));
    Ok(changes)
}

/// The content of a file, or `None` where there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Every file below the folders, which hold files and folders only and are themselves no links:
/// through one, files of somebody else would be removed as left over.
fn list(folders: &[PathBuf]) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut paths = folders.to_vec();
    while let Some(path) = paths.pop() {
        let cannot = || format!("{} cannot be read", path.display());
        let kind = match fs::symlink_metadata(&path) {
            Ok(found) => found.file_type(),
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(cannot),
        };
        if kind.is_dir() {
            for entry in fs::read_dir(&path).with_context(cannot)? {
                paths.push(entry.with_context(cannot)?.path());
            }
        } else if kind.is_file() {
            files.insert(path);
        } else {
            let kind = if kind.is_symlink() {
                "a link"
            } else {
                "no file"
            };
            bail!(
                "{} is {kind}, and only files are generated: remove it",
                path.display()
            );
        }
    }
    Ok(files)
}

fn is_staged(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == STAGED)
}

fn staged(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(STAGED);
    PathBuf::from(name)
}

/// Makes the changes: all of them, or on a failure before the last moment none.
///
/// What a killed run left staged, beside `files` or anywhere in the folders `owned`, goes first.
pub(crate) fn apply(
    files: &BTreeMap<PathBuf, String>,
    changes: &[Change],
    owned: &[PathBuf],
) -> Result<()> {
    sweep(files, owned)?;
    let result = stage_all(files, changes)
        .and_then(|()| place_all(changes).map_err(|error| error.context(Partly)));
    if result.is_err() {
        for path in writes(changes) {
            // What is not there needs no removing.
            let _ = fs::remove_file(staged(path));
        }
    }
    result
}

fn writes(changes: &[Change]) -> impl Iterator<Item = &PathBuf> {
    changes.iter().filter_map(|change| match change {
        Change::Write(path) => Some(path),
        Change::Remove(_) => None,
    })
}

fn sweep(files: &BTreeMap<PathBuf, String>, owned: &[PathBuf]) -> Result<()> {
    let standing = list(owned)?;
    let mut stale: BTreeSet<PathBuf> = files.keys().map(|path| staged(path)).collect();
    stale.extend(standing.into_iter().filter(|path| is_staged(path)));
    for path in stale {
        if fs::symlink_metadata(&path).is_ok() {
            fs::remove_file(&path)
                .with_context(|| format!("{} cannot be removed", path.display()))?;
        }
    }
    Ok(())
}

fn stage_all(files: &BTreeMap<PathBuf, String>, changes: &[Change]) -> Result<()> {
    writes(changes).try_for_each(|path| stage(path, files.get(path).map_or("", String::as_str)))
}

fn place_all(changes: &[Change]) -> Result<()> {
    for path in writes(changes) {
        fs::rename(staged(path), path)
            .with_context(|| format!("{} cannot be put in place", path.display()))?;
    }
    for change in changes {
        if let Change::Remove(path) = change {
            fs::remove_file(path)
                .with_context(|| format!("{} cannot be removed", path.display()))?;
        }
    }
    Ok(())
}

fn stage(path: &Path, text: &str) -> Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    if path.is_dir() {
        bail!("{} is a folder where a file should be", path.display());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(cannot)?;
    }
    fs::write(staged(path), text).with_context(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path, texts: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
        let path = |name: &str| folder.join(name);
        texts
            .iter()
            .map(|(name, text)| (path(name), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn only_what_differs_changes_and_what_is_left_over_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = files(
            folder.path(),
            &[("a.rs", "a"), ("b/c.rs", "c"), ("d.rs", "d")],
        );
        let owned = [folder.path().to_owned()];
        let new = changes(&first, &[]).expect("they are readable");
        apply(&first, &new, &[]).expect("they are written");
        fs::write(folder.path().join("x.rs.xtask-tmp"), "of a killed run").expect("it is written");

        let second = files(folder.path(), &[("a.rs", "a"), ("b/c.rs", "changed")]);
        let changes = changes(&second, &owned).expect("they are readable");
        let expected = [
            Change::Write(folder.path().join("b/c.rs")),
            Change::Remove(folder.path().join("d.rs")),
        ];
        assert_eq!(changes, expected);
        apply(&second, &changes, &owned).expect("they are written");
        assert!(!folder.path().join("x.rs.xtask-tmp").exists());
        assert_eq!(
            fs::read_to_string(folder.path().join("b/c.rs")).expect("it is there"),
            "changed"
        );
        assert!(!folder.path().join("d.rs").exists());
    }

    #[test]
    fn when_one_file_cannot_be_written_none_is() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a.rs"), "old").expect("it is written");
        fs::create_dir(folder.path().join("b.rs")).expect("it is made");
        let files = files(folder.path(), &[("a.rs", "new"), ("b.rs", "new")]);
        let changes: Vec<Change> = files.keys().cloned().map(Change::Write).collect();
        let error = apply(&files, &changes, &[])
            .expect_err("a folder is in the way")
            .to_string();
        assert!(error.contains("b.rs is a folder"), "{error}");
        assert_eq!(
            fs::read_to_string(folder.path().join("a.rs")).expect("it is there"),
            "old"
        );
        assert!(!folder.path().join("a.rs.xtask-tmp").exists());
    }
}
