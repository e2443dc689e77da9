//! Formats generated files with rustfmt, so that they look like the handwritten ones.
//!
//! All files are formatted by one process, in copies, because starting rustfmt takes longer than formatting a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The files that can contain the settings of rustfmt, which it does not look for around the copies.
const CONFIG_FILES: [&str; 2] = ["rustfmt.toml", ".rustfmt.toml"];

/// Formats the contents of Rust files, which are given by their paths, with the settings of the workspace in `root`.
pub(crate) fn format(
    files: BTreeMap<String, String>,
    root: &Path,
) -> Result<BTreeMap<String, String>> {
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    for (path, content) in &files {
        let copy = folder.path().join(path);
        let parent = copy.parent().unwrap_or(folder.path());
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&copy, content))
            .with_context(|| format!("{} cannot be written", copy.display()))?;
    }
    let root = std::path::absolute(root).context("the workspace has no absolute path")?;
    let settings = CONFIG_FILES.map(|it| root.join(it)).into_iter();
    let settings = settings.filter(|it| it.exists()).take(1);
    let output = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .args(settings.flat_map(|it| ["--config-path".into(), it.into_os_string()]))
        .args(
            files
                .keys()
                .filter(|path| !is_module_of_another(path, &files)),
        )
        .current_dir(&folder)
        .output()
        .context("rustfmt cannot be run: install it with `rustup component add rustfmt`")?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("rustfmt failed:\n{}", errors.trim_end());
    }
    let formatted = files.into_keys().map(|path| {
        let content = fs::read_to_string(folder.path().join(&path));
        let content = content.with_context(|| format!("the copy of {path} cannot be read"))?;
        Ok((path, content))
    });
    formatted.collect()
}

/// Returns whether a `mod.rs` declares the file as a module, which rustfmt formats with it.
fn is_module_of_another(path: &str, files: &BTreeMap<String, String>) -> bool {
    let path = Path::new(path);
    let folder = match path.ends_with("mod.rs") {
        true => path.parent().and_then(Path::parent),
        false => path.parent(),
    };
    let declaring: Option<PathBuf> = folder.map(|it| it.join("mod.rs"));
    declaring.is_some_and(|it| files.contains_key(&*it.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::format;

    #[test]
    fn files_are_formatted_and_a_file_that_does_not_parse_is_reported() {
        let files = [("a/mod.rs", "mod  b;\n"), ("a/b.rs", "fn  b( ){}\n")];
        let files = files.map(|(path, content)| (path.to_owned(), content.to_owned()));
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let formatted = format(BTreeMap::from(files), root).expect("valid Rust");
        assert_eq!(formatted["a/mod.rs"], "mod b;\n");
        assert_eq!(formatted["a/b.rs"], "fn b() {}\n");

        let broken = BTreeMap::from([("c.rs".to_owned(), "fn {".to_owned())]);
        let error = format(broken, root).expect_err("invalid Rust").to_string();
        assert!(error.contains("c.rs"), "{error}");
    }
}
