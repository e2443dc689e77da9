//! Fixtures for tests of drift: a document with its names and overlay, the code generated from them,
//! and what becomes of both if another document replaces it.

use std::collections::BTreeMap;

use codegen::drift::{DriftReport, detect_drift};
use codegen::{
    DocumentInput, Inputs, Problems, Root, Settings, Source, complete_names, generate, vendor_facts,
};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use serde_json::Value;

/// The folder of the code whose public items callers use.
const SDK: &str = "clerk-sdk/src/generated/";

/// The settings of the generator.
const SETTINGS: &str = r#"
[sdk]
api = "Clerk"
crate_name = "clerk_sdk"
folder = "clerk-sdk/src/generated"
conformance_calls = "clerk-sdk-tests/tests/conformance/calls"

[[documents]]
name = "api"
facts = "document.json"
roots = ["/paths"]
"#;

/// A vendored document with its names and its overlay.
pub(crate) struct Workspace {
    inputs: Inputs,
    /// The generated files of the SDK by path, or why there are none.
    pub(crate) generated: Result<BTreeMap<String, String>, Problems>,
}

impl Workspace {
    pub(crate) fn new(document: &str, overlay: &str, names: &str) -> Self {
        let facts = facts(document).to_string();
        let mut inputs = inputs(
            source("document.json", facts),
            source("names.toml", names.to_owned()),
            vec![source("overlay.yaml", overlay.to_owned())],
        );
        inputs.names.text = complete_names(&inputs).expect("the document is valid");
        let workspace = Self::generate(inputs);
        assert!(workspace.generated.is_ok(), "{:?}", workspace.generated);
        workspace
    }

    fn generate(inputs: Inputs) -> Self {
        let generated = generate(&inputs).map(|output| {
            assert_valid_rust(&output.files);
            let files = output.files.into_iter();
            files.filter(|(path, _)| path.starts_with(SDK)).collect()
        });
        Self { inputs, generated }
    }

    /// Detects the drift to another document, and adopts it.
    pub(crate) fn adopt(&self, facts: &Value) -> (DriftReport, Self) {
        let api = source("document.json", facts.to_string());
        let report =
            detect_drift(&self.inputs, "api", &api).expect("the vendored document is valid");
        let updated: BTreeMap<&str, &str> = report
            .overlays
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let overlays = self.inputs.overlays.iter().map(|overlay| {
            let text = updated.get(overlay.path.as_str());
            source(
                &overlay.path,
                text.map_or_else(|| overlay.text.clone(), |it| (*it).to_owned()),
            )
        });
        let overlays = overlays.collect();
        let inputs = Inputs {
            names: source("names.toml", report.names.clone()),
            overlays,
            ..self.inputs.with_document("api", &api)
        };
        (report, Self::generate(inputs))
    }
}

/// Checks what `xtask` has rustfmt check before it writes a file.
pub(crate) fn assert_valid_rust(files: &BTreeMap<String, String>) {
    for (path, text) in files {
        let parsed = syn::parse_file(text);
        assert!(
            parsed.is_ok(),
            "{path} is not valid Rust: {:?}\n{text}",
            parsed.err()
        );
    }
}

/// Returns inputs with one document.
pub(crate) fn inputs(facts: Source, names: Source, overlays: Vec<Source>) -> Inputs {
    let settings = Settings::parse(&source("generator.toml", SETTINGS.to_owned()));
    let Settings { sdk, documents } = settings.expect("the settings are valid");
    let documents = documents.into_iter().map(|settings| DocumentInput {
        settings,
        facts: facts.clone(),
    });
    let upstream = "[api]\nsource = \"\"\nsha256 = \"0\"\n";
    Inputs {
        sdk,
        documents: documents.collect(),
        names,
        overlays,
        upstream: source("upstream.toml", upstream.to_owned()),
    }
}

pub(crate) fn source(path: &str, text: String) -> Source {
    Source {
        path: path.to_owned(),
        text,
    }
}

/// Returns the facts of a document in JSON or YAML.
pub(crate) fn facts(document: &str) -> Value {
    let document = serde_saphyr::from_str(document).expect("the document is YAML");
    vendor_facts(document, &[Root::Operations], "document.yml").expect("the document is valid")
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
