//! Formats generated files with rustfmt, so that they look like the handwritten ones.
//!
//! They are formatted in a temporary folder, so nothing is written to the workspace before all of them are formatted.
//! One process formats them all: starting one for each file would take most of the time of `regen`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// The settings of rustfmt, which it looks for in the folder of a file and in those above.
const SETTINGS: &str = "rustfmt.toml";

/// Formats the contents of Rust files, which are given by their paths, with the settings of the workspace.
pub(crate) fn format(
    files: BTreeMap<String, String>,
    workspace: &Workspace,
) -> Result<BTreeMap<String, String>> {
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let folder = folder.path();
    // Even without settings there is a file, so that rustfmt does not read those of the user.
    let settings = workspace.source_or_empty(SETTINGS)?;
    write(folder, SETTINGS, &settings.text)?;
    for (path, content) in &files {
        write(folder, path, content)?;
    }
    run_rustfmt(undeclared(&files), folder, workspace)?;
    let paths = files.into_keys();
    paths
        .map(|path| {
            let formatted = fs::read_to_string(folder.join(&path));
            let formatted = formatted.with_context(|| format!("{path} cannot be read"))?;
            Ok((path, formatted))
        })
        .collect()
}

fn write(folder: &Path, path: &str, content: &str) -> Result<()> {
    let target = folder.join(path);
    let parent = target.parent().map_or(Ok(()), fs::create_dir_all);
    parent
        .and_then(|()| fs::write(&target, content))
        .with_context(|| format!("{} cannot be written", target.display()))
}

/// Returns the files that no other file declares as a module. rustfmt also formats the modules that a file declares, so it
/// would format those twice if it was given their paths.
fn undeclared(files: &BTreeMap<String, String>) -> impl Iterator<Item = &str> {
    let paths = files.keys().map(String::as_str);
    paths.filter(|path| !is_declared(path, files))
}

fn is_declared(path: &str, files: &BTreeMap<String, String>) -> bool {
    let module = path
        .strip_suffix("/mod.rs")
        .or_else(|| path.strip_suffix(".rs"))
        .unwrap_or(path);
    let Some((parent, name)) = module.rsplit_once('/') else {
        return false;
    };
    let declaration = format!("mod {name};");
    let declaring = [format!("{parent}/mod.rs"), format!("{parent}.rs")];
    let contents = declaring.iter().filter_map(|it| files.get(it));
    contents
        .flat_map(|it| it.lines())
        .any(|line| line.ends_with(&declaration) && !line.starts_with("//"))
}

/// Formats the files in `folder`.
fn run_rustfmt<'f>(
    files: impl Iterator<Item = &'f str>,
    folder: &Path,
    workspace: &Workspace,
) -> Result<()> {
    let output = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .args(files.map(|path| folder.join(path)))
        // rustup chooses the toolchain by the current folder.
        .current_dir(workspace.path(""))
        .output()
        .context("rustfmt cannot be run: install it with `rustup component add rustfmt`")?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let errors = errors.replace(&folder.join("").display().to_string(), "");
        bail!(
            "the generated files cannot be formatted:\n{}",
            errors.trim_end()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::format;
    use crate::workspace::Workspace;

    fn files<const N: usize>(files: [(&str, &str); N]) -> BTreeMap<String, String> {
        BTreeMap::from(files.map(|(path, content)| (path.to_owned(), content.to_owned())))
    }

    fn workspace(root: &Path) -> Workspace {
        Workspace::new(Some(root.to_owned()))
    }

    #[test]
    fn modules_and_files_that_no_file_declares_are_formatted() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let unformatted = files([
            ("a/b.rs", "mod  d;\n"),
            ("a/b/d.rs", "fn  d( ){}\n"),
            ("a/b/e/mod.rs", "fn  e( ){}\n"),
            ("a/mod.rs", "pub mod b;\n"),
            ("c.rs", "fn  c( ){}\n"),
        ]);
        let formatted = format(unformatted, &workspace(root.path())).expect("valid Rust");
        let expected = files([
            ("a/b.rs", "mod d;\n"),
            ("a/b/d.rs", "fn d() {}\n"),
            ("a/b/e/mod.rs", "fn e() {}\n"),
            ("a/mod.rs", "pub mod b;\n"),
            ("c.rs", "fn c() {}\n"),
        ]);
        assert_eq!(formatted, expected);
        let written = fs::read_dir(root.path()).expect("the folder is readable");
        assert_eq!(written.count(), 0);
    }

    #[test]
    fn settings_of_the_workspace_apply() {
        let root = tempfile::tempdir().expect("a temporary folder");
        fs::write(root.path().join("rustfmt.toml"), "tab_spaces = 2\n").expect("it is writable");
        let unformatted = files([("a.rs", "fn a() { b() }\n")]);
        let formatted = format(unformatted, &workspace(root.path())).expect("valid Rust");
        assert_eq!(formatted["a.rs"], "fn a() {\n  b()\n}\n");
    }

    #[test]
    fn file_that_does_not_parse_is_reported_by_its_path_in_the_workspace() {
        let broken = files([("a.rs", "fn a() {}\n"), ("b/c.rs", "fn {")]);
        let error = format(broken, &workspace(Path::new("."))).expect_err("invalid Rust");
        let error = error.to_string();
        assert!(error.contains("--> b/c.rs:1:"), "{error}");
    }
}
