//! What changed upstream, for people, for pull requests, and for programs.

use std::collections::BTreeMap;

use codegen::drift::{Change, Class, Drift};
use serde_json::{Value, json};

/// The report as lines of text.
pub(crate) fn text(drift: &Drift) -> Vec<String> {
    let mut lines = Vec::new();
    for (resource, changes) in by_resource(drift) {
        lines.push(resource.to_owned());
        for change in changes {
            lines.push(format!("  {} [{}]", headline(change), change.class));
            if !change.items.is_empty() {
                lines.push(format!("      {}", change.items.join(", ")));
            }
            if !change.place.is_empty() {
                lines.push(format!("      {}", change.place));
            }
        }
        lines.push(String::new());
    }
    for obstacle in &drift.obstacles {
        lines.push(format!("in the way: {obstacle}"));
    }
    lines.push(summary(drift));
    lines
}

/// The report in Markdown.
pub(crate) fn markdown(drift: &Drift) -> Vec<String> {
    let mut lines = vec![summary(drift), String::new()];
    for (resource, changes) in by_resource(drift) {
        lines.push(format!("## {resource}"));
        lines.push(String::new());
        for change in changes {
            lines.push(format!("- **{}**: {}", change.class, headline(change)));
            if !change.items.is_empty() {
                let items: Vec<String> = change.items.iter().map(|it| format!("`{it}`")).collect();
                lines.push(format!("  touches {}", items.join(", ")));
            }
            if !change.place.is_empty() {
                lines.push(format!("  at `{}`", change.place));
            }
        }
        lines.push(String::new());
    }
    if !drift.obstacles.is_empty() {
        lines.push("## In the way".to_owned());
        lines.push(String::new());
        lines.extend(drift.obstacles.iter().map(|it| format!("- {it}")));
        lines.push(String::new());
    }
    lines
}

/// The report as JSON.
pub(crate) fn json(drift: &Drift) -> Value {
    let change = |change: &Change| {
        json!({
            "resource": change.resource,
            "subject": change.subject,
            "action": change.action.to_string(),
            "place": change.place,
            "detail": change.detail,
            "items": change.items,
            "class": change.class.to_string(),
        })
    };
    let obstacles = drift.obstacles.iter().map(ToString::to_string);
    json!({
        "semver": drift.bump().to_string(),
        "changes": drift.changes.iter().map(change).collect::<Vec<_>>(),
        "obstacles": obstacles.collect::<Vec<_>>(),
    })
}

/// What is left to do by hand once a document is taken.
pub(crate) fn work(drift: &Drift) -> Vec<String> {
    let mut lines = Vec::new();
    let mut list = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            lines.push(format!("{title}:"));
            lines.extend(items.iter().map(|item| format!("  {item}")));
            lines.push(String::new());
        }
    };
    let stale = drift.stale_actions.iter().map(ToString::to_string);
    list(
        "actions that match nothing: mend or drop them",
        stale.collect(),
    );
    list(
        "names chosen by rule: make them better before they are released",
        drift.new_names.clone(),
    );
    list("without prose of ours", drift.undocumented.clone());
    lines
}

fn by_resource(drift: &Drift) -> BTreeMap<&str, Vec<&Change>> {
    let mut resources: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    for change in &drift.changes {
        resources.entry(&change.resource).or_default().push(change);
    }
    resources
}

fn headline(change: &Change) -> String {
    format!("{} {}: {}", change.subject, change.action, change.detail)
}

fn summary(drift: &Drift) -> String {
    if drift.changes.is_empty() {
        return "no drift".to_owned();
    }
    let count = |class: Class| drift.changes.iter().filter(|it| it.class == class).count();
    let classes = [Class::Breaks, Class::Wire, Class::Additive, Class::Docs];
    let counts: Vec<String> = classes
        .into_iter()
        .map(|class| (class, count(class)))
        .filter(|(_, count)| *count > 0)
        .map(|(class, count)| format!("{count} {class}"))
        .collect();
    let changes = match drift.changes.len() {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    format!("{changes}: {}; semver: {}", counts.join(", "), drift.bump())
}
