//! Each folder of `golden/` shows one thing: a small document, and what is generated from it.
//!
//! `UPDATE_GOLDEN=1` writes the expectations anew; look at the diff before committing it.

use std::fs;
use std::path::{Path, PathBuf};

use codegen::{Documents, Source, complete_names, generate};

/// What is left out of the expectations, as every case has the same.
const SAME_EVERYWHERE: [&str; 3] = [
    "clerk-sdk/src/generated/clerk.rs",
    "clerk-sdk/src/generated/mod.rs",
    "clerk-sdk/src/generated/types/mod.rs",
];

/// Where the documents are said to come from.
const UPSTREAM: &str = "source = \"spec.yml\"\nsha256 = \"0\"\n";

#[test]
fn each_document_generates_what_stands_beside_it() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    assert!(
        !update || std::env::var_os("CI").is_none(),
        "UPDATE_GOLDEN would make this test pass whatever the code does, so not under CI"
    );
    let mut stale = Vec::new();
    let cases = cases();
    assert!(cases.len() > 20, "the cases are not where they should be");
    for case in cases {
        let path = case.join("expected.rs");
        let made = run(&case);
        let name = case
            .file_name()
            .expect("a case has a name")
            .to_string_lossy();
        assert_eq!(
            name.starts_with("problem_"),
            !made.starts_with("// ----"),
            "{name}: only the cases of problems have them:\n{made}"
        );
        if fs::read_to_string(&path).ok().as_deref() == Some(&made) {
            continue;
        }
        if update {
            fs::write(&path, made).expect("the folder is writable");
        } else {
            let expected = fs::read_to_string(&path).unwrap_or_default();
            let diff = similar::TextDiff::from_lines(&expected, &made);
            stale.push(format!("{}\n{}", path.display(), diff.unified_diff()));
        }
    }
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = fs::read_dir(folder).expect("the folder of cases is there");
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it is readable").path())
        .collect();
    cases.sort();
    cases
}

/// The files generated for a case, one after the other, or the problems found.
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
    let names = source("names.toml", read("names.toml").unwrap_or_default());
    let names = match complete_names(&api, &names, &overlays) {
        Ok(text) => source("names.toml", text),
        Err(problems) => return format!("{problems}\n"),
    };
    match generate(&Documents {
        api,
        names,
        overlays,
        upstream: source("upstream.toml", UPSTREAM.to_owned()),
    }) {
        Ok(output) => output
            .files
            .iter()
            .filter(|(path, _)| !SAME_EVERYWHERE.contains(&path.as_str()))
            .map(|(path, text)| format!("// ---- {path}\n{text}"))
            .collect(),
        Err(problems) => format!("{problems}\n"),
    }
}
