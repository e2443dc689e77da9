//! The module of a resource: its client, the free functions, and the types of its requests.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::client_methods::{emit_client, emit_function, emit_method};
use super::doc_comments::inner_docs;
use super::imports::{emit_exports, emit_imports, foreign_types, referenced_types};
use super::type_items::emit_type;
use crate::model::{Api, Namespace, Resource, TypeDef};
use crate::settings::SdkSettings;
use crate::types::{FieldTypes, RustTypes};

pub(super) fn emit_resource(
    api: &Api,
    types: &RustTypes,
    resource: &Resource,
    sdk: &SdkSettings,
) -> TokenStream {
    let namespace = Namespace::Module(resource.module.clone());
    let types = api.types.iter().zip(types);
    let own: Vec<(&TypeDef, &FieldTypes)> =
        types.filter(|(ty, _)| ty.namespace == namespace).collect();

    let module_docs = module_docs(resource, sdk);
    let body = emit_body(resource, &own, sdk);
    let exports: Vec<&str> = resource.exports.iter().map(String::as_str).collect();
    let operations = resource.operations.iter();
    let returned = operations.filter_map(|it| it.returns.shared());
    let referenced = own.iter().flat_map(|(ty, _)| referenced_types(ty));
    let used: BTreeSet<&str> = returned.chain(referenced).collect();
    let foreign: Vec<_> = own.iter().flat_map(|(ty, _)| foreign_types(ty)).collect();
    let imports = emit_imports(&body, &used, &exports, &foreign);
    let exports = emit_exports(&exports);
    quote! { #module_docs #imports #exports #body }
}

fn emit_body(
    resource: &Resource,
    own: &[(&TypeDef, &FieldTypes)],
    sdk: &SdkSettings,
) -> TokenStream {
    let client = emit_client(&title(resource));
    let methods = resource.operations.iter().map(|it| emit_method(it, sdk));
    let functions = resource.operations.iter().map(|it| emit_function(it, sdk));
    let types = own
        .iter()
        .map(|(ty, field_types)| emit_type(ty, field_types));
    quote! {
        #client

        impl Client {
            /// Creates a client from `config`.
            pub fn new(config: ClientConfig) -> Self {
                let handle = ClientHandle::new(config);
                Self { handle }
            }

            pub(crate) fn from_handle(handle: ClientHandle) -> Self {
                Self { handle }
            }

            #(#methods)*
        }

        #(#functions)*
        #(#types)*
    }
}

fn title(resource: &Resource) -> String {
    resource.module.replace('_', " ")
}

fn module_docs(resource: &Resource, sdk: &SdkSettings) -> TokenStream {
    let about = match &resource.docs {
        Some(docs) => docs.trim().to_owned(),
        None => format!("Operations on the resource `{}`.", title(resource)),
    };
    let example = resource.example.as_deref().map(|it| doc_test(it, sdk));
    let example = example.unwrap_or_default();
    inner_docs(&format!(
        "{about}{example}\n\nThe functions in this module use the process-wide key (see [`crate::set_key`]). A [`Client`] has its own configuration."
    ))
}

/// Returns a documentation test of an example. Its setup is hidden.
fn doc_test(example: &str, sdk: &SdkSettings) -> String {
    let setup = sdk.example_setup.trim().lines();
    let setup: Vec<String> = setup.map(|line| format!("# {line}")).collect();
    let setup = setup.join("\n");
    let lines = [
        "```",
        "# tokio::runtime::Runtime::new()?.block_on(async {",
        &setup,
        example,
        "# Ok::<(), Box<dyn std::error::Error>>(())",
        "# })?;",
        "# Ok::<(), Box<dyn std::error::Error>>(())",
        "```",
    ];
    format!("\n\n{}", lines.join("\n"))
}
