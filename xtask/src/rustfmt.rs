//! Formats generated files with rustfmt, so that they look like the handwritten ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The options for generated files. A file of options in the user's home folder does not apply to them.
const OPTIONS: &str = "edition = \"2024\"\n";

/// Formats the contents of Rust files, which are given by their relative paths.
pub(crate) fn format(files: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let options = folder.path().join("rustfmt.toml");
    fs::write(&options, OPTIONS).context("cannot write the options of rustfmt")?;
    for (path, content) in &files {
        write(&folder.path().join(path), content)?;
    }
    let mut command = Command::new("rustfmt");
    command.arg("--config-path").arg(&options);
    command.args(files.keys()).current_dir(folder.path());
    let output = command
        .output()
        .context("rustfmt cannot be run: install it with `rustup component add rustfmt`")?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!(
            "rustfmt cannot format the generated files:\n{}",
            errors.trim_end()
        );
    }
    files
        .into_keys()
        .map(|path| {
            let formatted = fs::read_to_string(folder.path().join(&path));
            let formatted =
                formatted.with_context(|| format!("cannot read the formatted {path}"))?;
            Ok((path, formatted))
        })
        .collect()
}

fn write(path: &Path, content: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).context("cannot create a temporary folder")?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::format;

    #[test]
    fn files_are_formatted_and_a_file_that_does_not_parse_is_reported() {
        let files = [("a/mod.rs", "mod b;\n"), ("a/b.rs", "fn  b( ){}\n")];
        let files = files.map(|(path, content)| (path.to_owned(), content.to_owned()));
        let formatted = format(BTreeMap::from(files)).expect("valid Rust");
        assert_eq!(formatted["a/mod.rs"], "mod b;\n");
        assert_eq!(formatted["a/b.rs"], "fn b() {}\n");

        let broken = BTreeMap::from([("c.rs".to_owned(), "fn {".to_owned())]);
        let error = format(broken).expect_err("invalid Rust").to_string();
        assert!(error.contains("c.rs"), "{error}");
    }
}
