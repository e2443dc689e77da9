//! Fixtures for tests of drift: a document with its names and overlay, the code generated from them,
//! and what becomes of both if another document replaces it.

use std::collections::BTreeMap;

use codegen::drift::{DriftReport, detect_drift};
use codegen::{Documents, Problems, Source, complete_names, generate, vendor_facts};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use serde_json::Value;

/// The folder of the code whose public items callers use.
const SDK: &str = "clerk-sdk/src/generated/";

/// A vendored document with its names and its overlay.
pub(crate) struct Workspace {
    documents: Documents,
    /// The generated files of the SDK by path, or why there are none.
    pub(crate) generated: Result<BTreeMap<String, String>, Problems>,
}

impl Workspace {
    pub(crate) fn new(document: &str, overlay: &str, names: &str) -> Self {
        let api = source("document.json", facts(document).to_string());
        let names = source("names.toml", names.to_owned());
        let overlays = vec![source("overlay.yaml", overlay.to_owned())];
        let names = complete_names(&api, &names, &overlays).expect("the document is valid");
        let documents = Documents {
            api,
            names: source("names.toml", names),
            overlays,
            upstream: source(
                "upstream.toml",
                "source = \"\"\nsha256 = \"0\"\n".to_owned(),
            ),
        };
        let workspace = Self::generate(documents);
        assert!(workspace.generated.is_ok(), "{:?}", workspace.generated);
        workspace
    }

    fn generate(documents: Documents) -> Self {
        let generated = generate(&documents).map(|output| {
            let files = output.files.into_iter();
            files.filter(|(path, _)| path.starts_with(SDK)).collect()
        });
        Self {
            documents,
            generated,
        }
    }

    /// Detects the drift to another document, and adopts it.
    pub(crate) fn adopt(&self, facts: &Value) -> (DriftReport, Self) {
        let api = source("document.json", facts.to_string());
        let report = detect_drift(&self.documents, &api).expect("the vendored document is valid");
        let updated: BTreeMap<&str, &str> = report
            .overlays
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let overlays = self.documents.overlays.iter().map(|overlay| {
            let text = updated.get(overlay.path.as_str());
            source(
                &overlay.path,
                text.map_or_else(|| overlay.text.clone(), |it| (*it).to_owned()),
            )
        });
        let documents = Documents {
            api,
            names: source("names.toml", report.names.clone()),
            overlays: overlays.collect(),
            upstream: self.documents.upstream.clone(),
        };
        (report, Self::generate(documents))
    }
}

fn source(path: &str, text: String) -> Source {
    Source {
        path: path.to_owned(),
        text,
    }
}

/// Returns the facts of a document in JSON or YAML.
pub(crate) fn facts(document: &str) -> Value {
    let document = serde_saphyr::from_str(document).expect("the document is YAML");
    vendor_facts(document, "document.yml").expect("the document is valid")
}

/// Returns the generated code without documentation and deprecation, which do not decide whether
/// callers' code compiles or what it sends.
pub(crate) fn code_without_docs(workspace: &Workspace) -> Option<String> {
    let files = workspace.generated.as_ref().ok()?;
    let mut code = String::new();
    for (path, text) in files {
        let tokens: TokenStream = text.parse().expect("the generated code is valid Rust");
        code += &format!("{path}\n{}\n", without_docs(tokens));
    }
    Some(code)
}

fn without_docs(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let TokenTree::Group(group) = token else {
            kept.push(token);
            continue;
        };
        if is_documentation(&group) {
            while kept
                .pop_if(|it| matches!(it, TokenTree::Punct(it) if "#!".contains(it.as_char())))
                .is_some()
            {}
        } else {
            let content = without_docs(group.stream());
            kept.push(Group::new(group.delimiter(), content).into());
        }
    }
    kept.into_iter().collect()
}

/// Returns whether a group is the content of an attribute that the compiled code does not depend on.
fn is_documentation(group: &Group) -> bool {
    let name = group.stream().into_iter().next().map(|it| it.to_string());
    group.delimiter() == Delimiter::Bracket
        && ["doc", "deprecated", "allow"].contains(&name.unwrap_or_default().as_str())
}
