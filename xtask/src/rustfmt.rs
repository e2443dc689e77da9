//! Formats generated files with rustfmt, so that they look like the handwritten ones.
//!
//! Contents are piped through it, and nothing is written to disk: a full disk must not matter until files are staged.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Formats the contents of Rust files, which are given by their paths, with the settings of the workspace in `root`.
pub(crate) fn format(
    files: BTreeMap<String, String>,
    root: &Path,
) -> Result<BTreeMap<String, String>> {
    let files = files.into_iter();
    files
        .map(|(path, content)| {
            let formatted = format_file(&content, root);
            let formatted = formatted.with_context(|| format!("{path} cannot be formatted"))?;
            Ok((path, formatted))
        })
        .collect()
}

fn format_file(content: &str, root: &Path) -> Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("rustfmt cannot be run: install it with `rustup component add rustfmt`")?;
    // rustfmt reads the whole input before it writes any output, so the pipes cannot block each other.
    let mut stdin = rustfmt.stdin.take().context("rustfmt has no input")?;
    let written = stdin.write_all(content.as_bytes());
    drop(stdin);
    let output = rustfmt.wait_with_output().context("rustfmt failed")?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("rustfmt failed:\n{}", errors.trim_end());
    }
    written.context("rustfmt did not read its input")?;
    String::from_utf8(output.stdout).context("the output of rustfmt is not UTF-8")
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
        assert_eq!(error, "c.rs cannot be formatted");
    }
}
