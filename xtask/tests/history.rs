//! Adopts revisions of the Backend API's document in the order in which they were published: each
//! must vendor and regenerate without an edit by hand, and the report must name what changes.
//!
//! `history/` has the facts of the first revision, and a JSON merge patch (RFC 7396) from each
//! revision to the next. `<revision>.txt` is the expected report; `UPDATE_GOLDEN=1` rewrites it.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::ScratchWorkspace;

/// The date of each revision, with the patch that leads to it, in order.
const REVISIONS: [&str; 12] = [
    "2026-02-13",
    "2026-02-20",
    "2026-03-06",
    "2026-05-28",
    "2026-06-04",
    "2026-06-16",
    "2026-06-26",
    "2026-06-29",
    "2026-07-01",
    "2026-07-07",
    "2026-07-30",
    "2026-08-14",
];

/// What the documents need to be generated at all, and rules that concern many fields.
const OVERLAY: &str = "\
overlay: 1.0.0
info: { title: '', version: '' }
actions:
  # An older spelling of a parameter that the operation also has.
  - target: $.paths['/public/interstitial'].get.parameters[?@.name=='frontendApi']
    remove: true
  - target: $..properties.created_at
    update: { x-timestamp: ms, description: When it was created. }
  - target: $..properties.expires_at
    update: { x-timestamp: ms, description: 'When it expires; null if it does not.' }
";

#[test]
fn revisions_of_february_and_march_are_adopted() {
    adopt("2026-02-13", &["2026-02-20", "2026-03-06"]);
}

#[test]
fn revisions_of_may_and_early_june_are_adopted() {
    adopt("2026-05-28", &["2026-06-04"]);
}

#[test]
fn revisions_of_june_are_adopted() {
    adopt("2026-06-16", &["2026-06-26", "2026-06-29", "2026-07-01"]);
}

#[test]
fn revisions_of_july_and_august_are_adopted() {
    adopt("2026-07-07", &["2026-07-30", "2026-08-14"]);
}

/// Vendors `first`, and then adopts each of `revisions`.
fn adopt(first: &str, revisions: &[&str]) {
    let workspace = ScratchWorkspace::new();
    workspace.write("spec/overlay/corrections.yaml", OVERLAY);
    workspace.vendor(&document(first));
    workspace.regen();
    let mut items = public_items(&workspace);
    for revision in revisions {
        let path = workspace.write("new.json", &document(revision));
        // A removal has to be accepted, and nothing else.
        let (code, mut report, errors) = workspace.run(&["vendor", "--from", &path]);
        if code != 0 {
            assert!(errors.contains("--accept-removals"), "{revision}: {errors}");
            let accepted = workspace.run(&["vendor", "--from", &path, "--accept-removals"]);
            assert_eq!((accepted.0, &*accepted.2), (0, ""), "{revision}");
            report = format!("{errors}\n{}", accepted.1);
        }
        workspace.regen();
        let new_items = public_items(&workspace);
        for item in items.symmetric_difference(&new_items) {
            assert!(
                is_reported(item, &report),
                "{revision}: {item} is not in {report}"
            );
        }
        items = new_items;
        // The folder of the workspace is another one in each run.
        let folder = format!("{}/", workspace.root().display());
        check_report(revision, &report.replace(&folder, ""));
    }
}

/// Returns the document of a revision.
fn document(revision: &str) -> String {
    let mut document = Value::Null;
    for date in REVISIONS {
        let path = history_file(&format!("{date}.json"));
        let patch = fs::read_to_string(path).expect("each revision has a patch");
        let patch: Value = serde_json::from_str(&patch).expect("a patch is JSON");
        apply_merge_patch(&mut document, patch);
        if date == revision {
            return document.to_string();
        }
    }
    panic!("there is no revision of {revision}");
}

/// Applies a JSON merge patch: null removes a member, and an object is merged into what it replaces.
fn apply_merge_patch(target: &mut Value, patch: Value) {
    let Value::Object(members) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    for (name, patch) in members {
        match (target.as_object_mut(), patch.is_null()) {
            (Some(object), true) => drop(object.remove(&name)),
            _ => apply_merge_patch(&mut target[&name], patch),
        }
    }
}

fn history_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/history")
        .join(name)
}

fn check_report(revision: &str, report: &str) {
    let path = history_file(&format!("{revision}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        assert!(
            std::env::var_os("CI").is_none(),
            "UPDATE_GOLDEN makes this test pass whatever the code does, so it must not be set in CI"
        );
        fs::write(path, report).expect("the file is writable");
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(&*expected, report);
    assert!(expected == report, "{revision}\n{}", diff.unified_diff());
}

/// Returns the functions, types, fields and variants of the generated code.
fn public_items(workspace: &ScratchWorkspace) -> BTreeSet<String> {
    let mut items = BTreeSet::new();
    for (path, text) in workspace.files() {
        let path = path
            .strip_prefix(workspace.root())
            .expect("it is in the workspace");
        let Ok(module) = path.strip_prefix("clerk-sdk/src/generated") else {
            continue;
        };
        let module = match module.parent().is_some_and(|it| it.ends_with("types")) {
            true => "types".to_owned(),
            false => module
                .file_stem()
                .expect("a file")
                .to_string_lossy()
                .into_owned(),
        };
        if ["clerk", "constants", "mod"].contains(&&*module) {
            continue;
        }
        let text = String::from_utf8(text).expect("code is UTF-8");
        collect_items(&module, &text, &mut items);
    }
    assert!(items.len() > 1000, "most of the items are missing");
    items
}

/// Collects the items of a module, which is formatted, so that each is on a line of its own.
fn collect_items(module: &str, text: &str, items: &mut BTreeSet<String>) {
    let name = |text: &str| {
        let is_name = |it: char| it.is_alphanumeric() || it == '_';
        let end = text.find(|it| !is_name(it)).unwrap_or(text.len());
        text[..end].to_owned()
    };
    let mut parent = None;
    for line in text.lines() {
        let starts = ["pub struct ", "pub enum "];
        if let Some(ty) = starts.iter().find_map(|it| line.strip_prefix(it)) {
            let path = format!("{module}::{}", name(ty));
            parent = (!path.ends_with("::Client")).then(|| path.clone());
            items.extend(parent.clone());
        } else if let Some(function) = line.strip_prefix("pub fn ") {
            items.insert(format!("{module}::{}", name(function)));
        } else if line.starts_with('}') {
            parent = None;
        } else if let (Some(parent), Some(member)) = (&parent, line.strip_prefix("    ")) {
            let member = name(member.strip_prefix("pub ").unwrap_or(member));
            if !member.is_empty() {
                items.insert(format!("{parent}::{member}"));
            }
        }
    }
}

/// Returns whether a report names an item, or a type or module that it came or went with. Of a field
/// whose type is new, it names the type, and the field as upstream spells it.
fn is_reported(item: &str, report: &str) -> bool {
    let words: BTreeSet<&str> = report.split([' ', ',', '\n', '`']).collect();
    let (mut item, field) = (item, item.rsplit("::").next());
    if field.is_some_and(|it| words.contains(it.trim_end_matches('_'))) {
        return true;
    }
    loop {
        if words.contains(item) {
            return true;
        }
        match item.rsplit_once("::") {
            Some((parent, _)) => item = parent,
            None => return false,
        }
    }
}
