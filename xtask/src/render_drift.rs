//! Renders a drift report: as text for a terminal, as Markdown for a pull request, and as JSON for
//! scripts.

use std::collections::BTreeMap;

use codegen::Problem;
use codegen::drift::{Change, DriftReport, Severity};
use serde_json::{Value, json};

use crate::plural::count;

/// Renders the report as lines of text.
pub(crate) fn as_text(drift: &DriftReport) -> Vec<String> {
    let mut lines = Vec::new();
    for (resource, changes) in by_resource(drift) {
        lines.push(resource.to_owned());
        for change in changes {
            lines.push(format!("  {} [{}]", headline(change), change.severity));
            if !change.items.is_empty() {
                lines.push(format!("      {}", change.items.join(", ")));
            }
            if !change.pointer.is_empty() {
                lines.push(format!("      {}", change.pointer));
            }
        }
        lines.push(String::new());
    }
    let stale = drift.stale_actions.iter();
    lines.extend(stale.map(|action| format!("stale overlay action: {action}")));
    let notes = drift.notes.iter();
    lines.extend(notes.map(|note| format!("note: {note}")));
    let blockers = drift.blockers.iter();
    lines.extend(blockers.map(|blocker| format!("blocked by: {blocker}")));
    lines.push(summary(drift));
    lines
}

/// Renders the report as lines of Markdown.
pub(crate) fn as_markdown(drift: &DriftReport) -> Vec<String> {
    let mut lines = vec![summary(drift), String::new()];
    for (resource, changes) in by_resource(drift) {
        lines.push(format!("## {resource}"));
        lines.push(String::new());
        for change in changes {
            lines.push(format!("- **{}**: {}", change.severity, headline(change)));
            if !change.items.is_empty() {
                let items: Vec<String> = change.items.iter().map(|it| format!("`{it}`")).collect();
                lines.push(format!("  affects {}", items.join(", ")));
            }
            if !change.pointer.is_empty() {
                lines.push(format!("  at `{}`", change.pointer));
            }
        }
        lines.push(String::new());
    }
    let mut list = |heading: &str, problems: &[Problem]| {
        if !problems.is_empty() {
            lines.push(format!("## {heading}"));
            lines.push(String::new());
            lines.extend(problems.iter().map(|it| format!("- {it}")));
            lines.push(String::new());
        }
    };
    list("Stale overlay actions", &drift.stale_actions);
    list("Notes", &drift.notes);
    list("Problems that prevent generation", &drift.blockers);
    lines
}

/// Renders the report as JSON. Scripts depend on the names of the members.
pub(crate) fn as_json(drift: &DriftReport) -> Value {
    let change = |change: &Change| {
        json!({
            "resource": change.resource,
            "subject": change.subject,
            "action": change.kind.to_string(),
            "place": change.pointer,
            "detail": change.detail,
            "items": change.items,
            "class": change.severity.to_string(),
        })
    };
    let strings = |problems: &[Problem]| -> Vec<String> {
        problems.iter().map(ToString::to_string).collect()
    };
    json!({
        "semver": drift.required_bump().to_string(),
        "changes": drift.changes.iter().map(change).collect::<Vec<_>>(),
        "stale_actions": strings(&drift.stale_actions),
        "notes": strings(&drift.notes),
        "obstacles": strings(&drift.blockers),
    })
}

/// Renders what is left to do by hand once the document is vendored.
pub(crate) fn remaining_work(drift: &DriftReport) -> Vec<String> {
    let mut lines = Vec::new();
    let mut list = |heading: &str, items: &[String]| {
        if !items.is_empty() {
            lines.push(format!("{heading}:"));
            lines.extend(items.iter().map(|item| format!("  {item}")));
            lines.push(String::new());
        }
    };
    list(
        "new names (review them before they are released)",
        &drift.new_names,
    );
    list(
        "undocumented items (document them in `spec/overlay/`)",
        &drift.undocumented,
    );
    lines
}

fn by_resource(drift: &DriftReport) -> BTreeMap<&str, Vec<&Change>> {
    let mut resources: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    for change in &drift.changes {
        resources.entry(&change.resource).or_default().push(change);
    }
    resources
}

fn headline(change: &Change) -> String {
    format!("{} {}: {}", change.subject, change.kind, change.detail)
}

fn summary(drift: &DriftReport) -> String {
    if drift.changes.is_empty() {
        return "no drift".to_owned();
    }
    let severities = [
        Severity::Unknown,
        Severity::Breaking,
        Severity::WireLevel,
        Severity::Additive,
        Severity::DocsOnly,
    ];
    let counts = severities.into_iter().filter_map(|severity| {
        let changes = drift.changes.iter();
        let count = changes.filter(|it| it.severity == severity).count();
        (count > 0).then(|| format!("{count} {severity}"))
    });
    let counts: Vec<String> = counts.collect();
    format!(
        "{}: {}; semver: {}",
        count(drift.changes.len(), "change"),
        counts.join(", "),
        drift.required_bump()
    )
}
