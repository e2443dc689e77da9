//! `cargo xtask update`: adopts everything that changed upstream, and writes a report for a pull request. It is made to run
//! unattended: what goes wrong with one document is in the report, and does not keep the others from being updated.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use codegen::DocumentSettings;
use codegen::drift::SemverBump;

use super::drift;
use super::public_api::{self, PublicApiArgs};
use super::regen::{self, RegenArgs};
use super::vendor::{self, VendorArgs};
use crate::outcome::Outcome;
use crate::upstream_document::UpstreamDocument;
use crate::workspace::Workspace;
use crate::{render_drift, upstream_record};

#[derive(clap::Args)]
pub(crate) struct UpdateArgs {
    /// The file to write the report to, in Markdown.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// The file to append `changed=true` or `changed=false` and `semver=…` to, as GitHub Actions reads outputs.
    #[arg(long, value_name = "FILE")]
    outputs: Option<PathBuf>,
}

/// What the report says, and what the outputs are.
struct Report {
    lines: Vec<String>,
    semver: SemverBump,
    /// Whether any document was vendored.
    changed: bool,
    /// The documents that could not be read or compared.
    unread: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, args: &UpdateArgs) -> Result<Outcome> {
    let mut report = Report {
        lines: Vec::new(),
        semver: SemverBump::None,
        changed: false,
        unread: Vec::new(),
    };
    for document in workspace.settings()?.documents {
        if let Err(error) = update_document(workspace, &document, &mut report) {
            report.failure(
                &format!("`{}` could not be compared", document.name),
                &error,
            );
            report.unread.push(document.name);
        }
    }
    if report.changed {
        generate(workspace, &mut report);
    }
    report.write(&args.report)?;
    if let Some(outputs) = &args.outputs {
        report.append_outputs(outputs)?;
    }
    match &*report.unread {
        [] => Ok(Outcome::Success),
        unread => bail!(
            "could not be compared: {}; the report has the reasons",
            unread.join(", ")
        ),
    }
}

/// Vendors a document if it changed upstream.
fn update_document(
    workspace: &Workspace,
    document: &DocumentSettings,
    report: &mut Report,
) -> Result<()> {
    let inputs = workspace.inputs()?;
    let source = upstream_record::source(&inputs.upstream.text, &document.name)?;
    // Read once, so that the report is about the document that is vendored.
    let upstream = UpstreamDocument::read(&source, &document.roots)?;
    let drift = drift::compare(&inputs, document, &upstream, &source)?;
    if drift.changes.is_empty() && drift.blockers.is_empty() {
        return Ok(());
    }
    report.lines.push(format!("# {}\n", document.name));
    report.lines.extend(render_drift::as_markdown(&drift));
    report.semver = report.semver.max(drift.required_bump());
    if !drift.blockers.is_empty() {
        return Ok(());
    }
    // Merging the pull request accepts what is removed.
    let args = VendorArgs::accepting_removals(Some(document.name.clone()), &source);
    match vendor::vendor(workspace, document, &upstream, &args) {
        Ok(()) => {
            report.changed = true;
            report.section(
                "Work that is left",
                &render_drift::remaining_work(&drift).join("\n"),
            );
        }
        Err(error) => report.failure("The document could not be vendored", &error),
    }
    Ok(())
}

/// Generates the SDK, and lists its public items.
fn generate(workspace: &Workspace, report: &mut Report) {
    if let Err(error) = regen::run(workspace, &RegenArgs::default()) {
        report.failure("The SDK could not be generated", &error);
        return;
    }
    // The items are listed by compiling the SDK, which is more than its generated folder.
    if workspace.path("Cargo.toml").exists()
        && let Err(error) = public_api::run(workspace, &PublicApiArgs::default())
    {
        report.failure("The public API could not be listed", &error);
    }
}

impl Report {
    /// Adds text that is not Markdown, unless it is empty.
    fn section(&mut self, title: &str, text: &str) {
        if !text.trim().is_empty() {
            let text = text.trim_end();
            self.lines.push(format!("## {title}\n\n```\n{text}\n```\n"));
        }
    }

    /// Adds what went wrong. The class of the update is not known then.
    fn failure(&mut self, title: &str, error: &anyhow::Error) {
        self.section(title, &format!("{error:#}"));
        self.semver = SemverBump::Unknown;
    }

    fn write(&self, path: &Path) -> Result<()> {
        let text = match &*self.lines {
            [] => "No drift.\n".to_owned(),
            lines => lines.join("\n"),
        };
        fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
    }

    fn append_outputs(&self, path: &Path) -> Result<()> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let written = file.and_then(|mut file| {
            writeln!(file, "changed={}\nsemver={}", self.changed, self.semver)
        });
        written.with_context(|| format!("{} cannot be written", path.display()))
    }
}
