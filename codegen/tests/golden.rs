//! Golden tests: each folder of `golden/` has a small document and the code generated from it.
//!
//! `UPDATE_GOLDEN=1` rewrites the expected output; review the diff before you commit it.

use std::fs;
use std::path::{Path, PathBuf};

use codegen::{Documents, Source, generate, update_names};

/// Files that are omitted from the expected output, because they are almost the same in every case.
const IGNORED_FILES: [&str; 4] = [
    "clerk-sdk/src/generated/clerk.rs",
    "clerk-sdk/src/generated/constants.rs",
    "clerk-sdk/src/generated/mod.rs",
    "clerk-sdk/src/generated/types/mod.rs",
];

/// The content of `upstream.toml` in every case.
const UPSTREAM: &str = "source = \"spec.yml\"\nsha256 = \"0\"\n";

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
    let yaml = read("spec.yml").expect("a case has a document");
    let api: serde_json::Value = serde_saphyr::from_str(&yaml).expect("the document is YAML");
    let source = |path: &str, text: String| Source {
        path: path.to_owned(),
        text,
    };
    let api = source("spec.yml", api.to_string());
    let overlays: Vec<Source> = read("overlay.yaml")
        .map(|text| source("overlay.yaml", text))
        .into_iter()
        .collect();
    let is_problem = case
        .file_name()
        .is_some_and(|it| it.to_string_lossy().starts_with("problem_"));
    let names = match read("names.toml") {
        Some(text) if is_problem => Ok(text),
        text => update_names(
            &api,
            &source("names.toml", text.unwrap_or_default()),
            &overlays,
        ),
    };
    let names = match names {
        Ok(text) => source("names.toml", text),
        Err(problems) => return format!("{problems}\n"),
    };
    let documents = Documents {
        api,
        names,
        overlays,
        upstream: source("upstream.toml", UPSTREAM.to_owned()),
    };
    match generate(&documents) {
        Ok(output) => {
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
