//! An operation as a method of the client, and as a free function of the same name.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::doc_comments::docs;
use super::field_types::model_type;
use super::request_expression::emit_request;
use super::syntax::ident;
use crate::model::{Input, Operation, Type};
use crate::settings::{CommonError, SdkSettings};

pub(super) fn emit_client(title: &str) -> TokenStream {
    let about = docs(&format!(
        "A client of the resource `{title}`, with its own configuration."
    ));
    quote! {
        #about
        #[derive(Clone, Debug, Default)]
        pub struct Client {
            handle: ClientHandle,
        }
    }
}

pub(super) fn emit_method(operation: &Operation, sdk: &SdkSettings) -> TokenStream {
    let name = ident(&operation.name);
    let arguments = arguments(operation);
    let returns = emit_return_type(&operation.returns);
    let about = operation_docs(operation, sdk);
    let deprecated = emit_deprecated(operation);
    let request = emit_request(operation);
    quote! {
        #about
        #deprecated
        pub fn #name(&self, #arguments) -> Call<#returns> {
            let request = #request;
            Call::new(&self.handle, request)
        }
    }
}

pub(super) fn emit_function(operation: &Operation, sdk: &SdkSettings) -> TokenStream {
    let name = ident(&operation.name);
    let arguments = arguments(operation);
    let path_params = operation.path_params.iter().map(|it| ident(&it.ident));
    let params = operation.input.params().map(|_| ident("params"));
    let passed = path_params.chain(params);
    let returns = emit_return_type(&operation.returns);
    let about = operation_docs(operation, sdk);
    let deprecated = emit_deprecated(operation);
    let allow = operation
        .deprecated
        .then(|| quote! { #[allow(deprecated)] });
    quote! {
        #about
        #deprecated
        #allow
        pub fn #name(#arguments) -> Call<#returns> {
            Client::default().#name(#(#passed),*)
        }
    }
}

fn operation_docs(operation: &Operation, sdk: &SdkSettings) -> TokenStream {
    let mut route = format!("`{} {}`", operation.method.as_str(), operation.path);
    if let (Some(base), Some(path)) = (&sdk.reference_url, &operation.reference_path) {
        route += &format!("\n([{}'s reference]({base}/{path}))", sdk.api);
    }
    let pagination = operation.pagination.as_ref().map(|_| {
        "Returns one page of the list. [`Call::items`] iterates over the items of all pages.\n\n"
    });
    let pagination = pagination.unwrap_or_default();
    let errors = errors_section(operation, &sdk.common_errors);
    match &operation.docs {
        Some(prose) => docs(&format!("{}\n\n{pagination}{route}{errors}", prose.trim())),
        None => docs(&format!("{pagination}Calls {route}{errors}")),
    }
}

/// Returns the section on error responses: those of every operation, and those that are specific to this one.
fn errors_section(operation: &Operation, common: &[CommonError]) -> String {
    let common = common.iter().map(|it| (it.status, &*it.meaning));
    let mut meanings: BTreeMap<u16, &str> = common.collect();
    let specific = operation.error_statuses.iter();
    meanings.extend(specific.filter_map(|(status, it)| Some((*status, it.as_deref()?))));
    let lines = meanings.iter();
    let lines: Vec<String> = lines
        .map(|(status, meaning)| format!("- {status}: {meaning}"))
        .collect();
    match &*lines {
        [] => String::new(),
        lines => format!("\n\n# Errors\n\n{}", lines.join("\n")),
    }
}

fn emit_deprecated(operation: &Operation) -> TokenStream {
    if !operation.deprecated {
        return TokenStream::new();
    }
    let mut note = "the API may remove this operation".to_owned();
    if let Some(replacement) = &operation.replacement {
        note += &format!("; {replacement}");
    }
    quote! { #[deprecated(note = #note)] }
}

fn arguments(operation: &Operation) -> TokenStream {
    let path = operation.path_params.iter().map(|param| {
        let name = ident(&param.ident);
        quote! { #name: &str }
    });
    let params = operation.input.params().map(|params| {
        let params = ident(params);
        match operation.input {
            Input::JsonList(_) => quote! { params: &[#params] },
            _ => quote! { params: &#params },
        }
    });
    let all = path.chain(params);
    quote! { #(#all),* }
}

/// Emits the type of a response. At the top level, an array is a list: the API may return either form.
fn emit_return_type(ty: &Type) -> TokenStream {
    match ty {
        Type::Array(items) | Type::List(items) => {
            let items = model_type(items);
            quote! { List<#items> }
        }
        ty => model_type(ty),
    }
}
