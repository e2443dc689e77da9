//! `cargo xtask try`: the whole way of a new document, in a copy of the workspace.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::Workspace;
use crate::{Outcome, regen, vendor};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The document: a path or a URL, YAML or JSON.
    #[arg(value_name = "PATH OR URL")]
    document: String,
}

/// What the crates are made of; the rest of a checkout is not needed.
const COPIED: [&str; 9] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "clerk-sdk",
    "clerk-sdk-tests",
    "codegen",
    "spec",
    "xtask",
];

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome> {
    let folder = tempfile::tempdir().context("there is no folder for the trial")?;
    for name in COPIED {
        copy(&workspace.path(name), &folder.path().join(name))?;
    }
    let trial = Workspace::new(Some(folder.path().to_owned()));
    vendor::run(&trial, &vendor::Arguments::for_trial(&arguments.document))?;
    drop_stale_actions(&trial)?;
    regen::run(&trial, &regen::Arguments::default())?;
    check(workspace, folder.path())?;
    println!("the SDK compiles with {}", arguments.document);
    Ok(Outcome::Done)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let cannot = || format!("{} cannot be copied", from.display());
    if from.is_dir() {
        fs::create_dir_all(to).with_context(cannot)?;
        for entry in fs::read_dir(from).with_context(cannot)? {
            let entry = entry.with_context(cannot)?;
            // What is built elsewhere is no part of the sources.
            if entry.file_name() != "target" {
                copy(&entry.path(), &to.join(entry.file_name()))?;
            }
        }
    } else if from.exists() {
        fs::copy(from, to).with_context(cannot)?;
    }
    Ok(())
}

/// Leaves the actions out of the copy's overlays that the new document has no place for: the report
/// lists them, and generating would stop at them.
fn drop_stale_actions(trial: &Workspace) -> Result<()> {
    let documents = trial.documents()?;
    for overlay in &documents.overlays {
        let stale = codegen::stale_actions(&documents.api, overlay)?;
        if stale.is_empty() {
            continue;
        }
        let mut value: Value = serde_saphyr::from_str(&overlay.text)
            .with_context(|| format!("{} is not YAML", overlay.path))?;
        if let Some(actions) = value["actions"].as_array_mut() {
            let mut index = 0;
            actions.retain(|_| {
                index += 1;
                !stale.contains(&(index - 1))
            });
        }
        fs::write(trial.path(&overlay.path), value.to_string())
            .with_context(|| format!("{} cannot be written", overlay.path))?;
    }
    Ok(())
}

/// Has cargo check the SDK of the trial, with what was built for the workspace.
fn check(workspace: &Workspace, folder: &Path) -> Result<()> {
    let own = std::env::var_os("CARGO_TARGET_DIR");
    let target = own
        .map_or_else(|| workspace.path("target"), Into::into)
        .join("try");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--quiet", "--package", "clerk-sdk"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .context("cargo cannot be run")?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("what is generated from this document does not compile");
    }
    Ok(())
}
