//! Golden tests: each folder of `golden/` has a small document and the code generated from it.
//!
//! `UPDATE_GOLDEN=1` rewrites the expected output; review the diff before you commit it.

use std::fs;
use std::path::{Path, PathBuf};

use codegen::{DocumentInput, Inputs, Settings, Source, complete_names, generate, parse_yaml};

use crate::support::assert_valid_rust;

/// Files that are omitted from the expected output, because they are almost the same in every case.
const IGNORED_FILES: [&str; 4] = [
    "clerk-sdk/src/generated/clerk.rs",
    "clerk-sdk/src/generated/constants.rs",
    "clerk-sdk/src/generated/mod.rs",
    "clerk-sdk/src/generated/types/mod.rs",
];

/// The content of `upstream.toml` in every case.
const UPSTREAM: &str = "[spec]\nsource = \"spec.yml\"\nsha256 = \"0\"\n";

/// The settings of every case. A case may lack the second document.
const SETTINGS: &str = r#"
[sdk]
api = "Clerk"
crate_name = "clerk_sdk"
folder = "clerk-sdk/src/generated"
conformance_calls = "clerk-sdk-tests/conformance/tests/conformance/calls"
reference_url = "https://example.com/reference"

[[documents]]
name = "spec"
facts = "spec.yml"
roots = ["/paths"]

[[documents]]
name = "events"
facts = "events.yml"
roots = ["/x-webhooks"]
module = "webhook"
feature = "webhooks"
payload = "data"
"#;

#[test]
fn each_case_generates_its_expected_output() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    assert!(
        !update || std::env::var_os("CI").is_none(),
        "UPDATE_GOLDEN is not allowed under CI: this test would always pass"
    );
    let mut stale = Vec::new();
    let cases = cases();
    assert!(cases.len() > 20, "most of the cases are missing");
    for case in cases {
        let path = case.join("expected.rs");
        let actual = run(&case);
        let name = case
            .file_name()
            .expect("a case has a name")
            .to_string_lossy();
        assert_eq!(
            name.starts_with("problem_"),
            !actual.starts_with("// ----"),
            "{name}: only the cases named problem_* may have problems, and each of them must:\n{actual}"
        );
        if fs::read_to_string(&path).ok().as_deref() == Some(&actual) {
            continue;
        }
        if update {
            fs::write(&path, actual).expect("the folder is writable");
        } else {
            let expected = fs::read_to_string(&path).unwrap_or_default();
            let diff = similar::TextDiff::from_lines(&expected, &actual);
            stale.push(format!("{}\n{}", path.display(), diff.unified_diff()));
        }
    }
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = fs::read_dir(folder).expect("the folder of cases exists");
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder is readable").path())
        .collect();
    cases.sort();
    cases
}

/// Returns the files generated for a case, concatenated, or the problems found.
fn run(case: &Path) -> String {
    let read = |name: &str| fs::read_to_string(case.join(name)).ok();
    let source = |path: &str, text: String| Source {
        path: path.to_owned(),
        text,
    };
    let settings = Settings::parse(&source("generator.toml", SETTINGS.to_owned()));
    let Settings { sdk, documents } = settings.expect("the settings are valid");
    let documents = documents.into_iter().filter_map(|settings| {
        let yaml = read(&settings.facts)?;
        let facts = parse_yaml(&yaml).expect("a document is YAML");
        let facts = source(&settings.facts, facts.to_string());
        Some(DocumentInput { settings, facts })
    });
    let overlays: Vec<Source> = read("overlay.yaml")
        .map(|text| source("overlay.yaml", text))
        .into_iter()
        .collect();
    let mut inputs = Inputs {
        sdk,
        documents: documents.collect(),
        names: source("names.toml", read("names.toml").unwrap_or_default()),
        overlays,
        upstream: source("upstream.toml", UPSTREAM.to_owned()),
    };
    match complete_names(&inputs) {
        Ok(text) => inputs.names.text = text,
        Err(problems) if inputs.names.text.is_empty() => return format!("{problems}\n"),
        // Generation reports these problems, and those that only a table which must fit has.
        Err(_) => {}
    }
    match generate(&inputs) {
        Ok(output) => {
            assert_valid_rust(&output.files);
            let files = output.files.iter();
            let files = files.filter(|(path, _)| !IGNORED_FILES.contains(&path.as_str()));
            let files = files.map(|(path, text)| format!("// ---- {path}\n{text}"));
            let notes = output.report.notes.iter();
            let notes = notes.map(|note| format!("// note: {note}\n"));
            files.chain(notes).collect()
        }
        Err(problems) => format!("{problems}\n"),
    }
}
