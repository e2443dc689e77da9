//! Writing a set of files so that a failure, or a kill, leaves whole files and as far as possible all
//! of them as they were.
//!
//! Everything is first written beside its target. Only when all of it is on disk is it renamed into
//! place, which takes a moment and no space.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
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

/// What must change for `files` to stand as given, and for nothing else to stand in `owned`.
pub(crate) fn changes(
    files: &BTreeMap<PathBuf, String>,
    owned: Option<&Path>,
) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for (path, text) in files {
        if read(path)?.as_deref() != Some(text.as_bytes()) {
            changes.push(Change::Write(path.clone()));
        }
    }
    let standing = owned.map(list).transpose()?.unwrap_or_default();
    let leftover = standing
        .into_iter()
        .filter(|path| !files.contains_key(path));
    changes.extend(leftover.map(Change::Remove));
    Ok(changes)
}

/// The content of a file, or `None` where there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Every file below a folder, without what an earlier run left staged.
fn list(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        let shown = folder.display().to_string();
        for entry in fs::read_dir(&folder).with_context(|| format!("{shown} cannot be read"))? {
            let entry = entry.with_context(|| format!("{shown} cannot be read"))?;
            let kind = entry
                .file_type()
                .with_context(|| format!("{shown} cannot be read"))?;
            let path = entry.path();
            if kind.is_symlink() {
                bail!(
                    "{} is a link, and generated files are not: remove it",
                    path.display()
                );
            } else if kind.is_dir() {
                folders.push(path);
            } else if !is_staged(&path) {
                files.insert(path);
            }
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
pub(crate) fn apply(files: &BTreeMap<PathBuf, String>, changes: &[Change]) -> Result<()> {
    let writes = || {
        changes.iter().filter_map(|change| match change {
            Change::Write(path) => Some(path),
            Change::Remove(_) => None,
        })
    };
    for path in writes() {
        let text = files.get(path).map_or("", String::as_str);
        if let Err(error) = stage(path, text) {
            for path in writes() {
                // What is not there needs no removing.
                let _ = fs::remove_file(staged(path));
            }
            return Err(error);
        }
    }
    for path in writes() {
        fs::rename(staged(path), path).with_context(|| {
            format!("{} cannot be put in place; run this again", path.display())
        })?;
    }
    for change in changes {
        if let Change::Remove(path) = change {
            fs::remove_file(path)
                .with_context(|| format!("{} cannot be removed; run this again", path.display()))?;
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
        apply(&first, &changes(&first, None).expect("they are readable"))
            .expect("they are written");
        fs::write(folder.path().join("x.rs.xtask-tmp"), "of a killed run").expect("it is written");

        let second = files(folder.path(), &[("a.rs", "a"), ("b/c.rs", "changed")]);
        let changes = changes(&second, Some(folder.path())).expect("they are readable");
        let expected = [
            Change::Write(folder.path().join("b/c.rs")),
            Change::Remove(folder.path().join("d.rs")),
        ];
        assert_eq!(changes, expected);
        apply(&second, &changes).expect("they are written");
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
        let error = apply(&files, &changes)
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
