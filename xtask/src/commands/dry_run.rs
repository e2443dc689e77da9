//! `cargo xtask try`: a dry run of vendoring a document, in a temporary copy of the workspace.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::regen::{self, RegenArgs};
use super::vendor::{self, VendorArgs};
use crate::outcome::Outcome;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct DryRunArgs {
    /// The name of the document in `spec/generator.toml` that it replaces [default: the first one].
    #[arg(long = "document", value_name = "NAME")]
    name: Option<String>,
    /// The path or URL of the document, in YAML or JSON.
    #[arg(value_name = "PATH OR URL")]
    document: String,
}

/// The files and folders that the crates are built from.
const COPIED: [&str; 12] = [
    ".cargo",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "clerk-sdk",
    "clerk-emulator",
    "clerk-sdk-tests",
    "codegen",
    "examples",
    "spec",
    "xtask",
];

pub(crate) fn run(workspace: &Workspace, args: &DryRunArgs) -> Result<Outcome> {
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    for name in COPIED {
        copy(&workspace.path(name), &folder.path().join(name))?;
    }
    let copy = Workspace::new(Some(folder.path().to_owned()));
    vendor::run(
        &copy,
        &VendorArgs::accepting_removals(args.name.clone(), &args.document),
    )?;
    regen::run(&copy, &RegenArgs::default())?;
    compile(workspace, folder.path())?;
    println!("the SDK compiles with {}", args.document);
    Ok(Outcome::Success)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let context = || format!("{} cannot be copied", from.display());
    if from.is_dir() {
        fs::create_dir_all(to).with_context(context)?;
        for entry in fs::read_dir(from).with_context(context)? {
            let entry = entry.with_context(context)?;
            // Build artifacts are large, and the copy does not use them.
            if entry.file_name() != "target" {
                copy(&entry.path(), &to.join(entry.file_name()))?;
            }
        }
    } else if from.exists() {
        fs::copy(from, to).with_context(context)?;
    }
    Ok(())
}

/// Compiles the SDK in `folder`. Its dependencies are cached in the target folder of the workspace.
fn compile(workspace: &Workspace, folder: &Path) -> Result<()> {
    let target = workspace.target_folder("try")?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--quiet", "--package", "clerk-sdk"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .context("cargo cannot be run")?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("the code that is generated from this document does not compile");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::COPIED;

    #[test]
    fn every_member_of_the_workspace_is_copied() {
        let manifest = include_str!("../../../Cargo.toml");
        let manifest: toml_edit::DocumentMut = manifest.parse().expect("the manifest is TOML");
        let members = manifest["workspace"]["members"].as_array().expect("a list");
        for member in members.iter().filter_map(|it| it.as_str()) {
            let folder = member.split('/').next().unwrap_or(member);
            assert!(COPIED.contains(&folder), "{folder} is not copied");
        }
    }
}
