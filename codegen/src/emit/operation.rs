//! One operation: a method of the client, and a free function of the same name.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{docs, ident};
use crate::model::{Home, Input, Operation, Paging, Type, Verb};

pub(crate) fn emit_client(title: &str) -> TokenStream {
    let about = docs(&format!(
        "Makes the calls about the resource `{title}` with its own configuration."
    ));
    quote! {
        #about
        #[derive(Clone, Debug, Default)]
        pub struct Client {
            handle: ClientHandle,
        }
    }
}

pub(crate) fn emit_method(operation: &Operation) -> TokenStream {
    let name = ident(&operation.name);
    let arguments = arguments(operation);
    let returns = emit_returned(&operation.returns);
    let mut route = format!("`{} {}`", operation.verb.upper(), operation.path);
    if operation.paging.is_some() {
        route =
            "The answer is one page; [`Call::items`] walks all of them.\n\n".to_owned() + &route;
    }
    if let Some(reference) = &operation.reference {
        route += &format!("\n([Clerk's reference]({reference}))");
    }
    let refusals = refusals(operation);
    let about = match &operation.docs {
        Some(prose) => docs(&format!("{}\n\n{route}{refusals}", prose.trim())),
        None => docs(&format!("Calls {route}{refusals}")),
    };
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

/// The section on what the API refuses, beside what it refuses of any call.
fn refusals(operation: &Operation) -> String {
    let told = operation.refusals.iter();
    let lines: Vec<String> = told
        .filter_map(|(status, text)| Some(format!("- {status}: {}", text.as_ref()?)))
        .collect();
    match &*lines {
        [] => String::new(),
        lines => format!("\n\n# Errors\n\n{}", lines.join("\n")),
    }
}

pub(crate) fn emit_function(operation: &Operation) -> TokenStream {
    let name = ident(&operation.name);
    let arguments = arguments(operation);
    let passed = operation.path_params.iter().map(|it| ident(&it.ident));
    let params = operation.input.params().map(|_| ident("params"));
    let returns = emit_returned(&operation.returns);
    let route = format!("Calls `{} {}`.", operation.verb.upper(), operation.path);
    let prose = operation.docs.as_deref().unwrap_or(&route);
    let first = prose.trim().split("\n\n").next().unwrap_or_default();
    let about = docs(&format!("{first}\n\nSee [`Client::{}`].", operation.name));
    let deprecated = emit_deprecated(operation);
    let allow = operation
        .deprecated
        .then(|| quote! { #[allow(deprecated)] });
    let passed = passed.chain(params);
    quote! {
        #about
        #deprecated
        #allow
        pub fn #name(#arguments) -> Call<#returns> {
            Client::default().#name(#(#passed),*)
        }
    }
}

fn emit_deprecated(operation: &Operation) -> TokenStream {
    if !operation.deprecated {
        return TokenStream::new();
    }
    let mut note = "the API may drop this operation".to_owned();
    if let Some(instead) = &operation.instead {
        note += &format!("; {instead}");
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

fn emit_request(operation: &Operation) -> TokenStream {
    let verb = ident(match operation.verb {
        Verb::Get => "get",
        Verb::Post => "post",
        Verb::Put => "put",
        Verb::Patch => "patch",
        Verb::Delete => "delete",
    });
    let path = &operation.path;
    let segments = operation.path_params.iter().map(|param| {
        let (wire, name, reserved) = (&param.wire, ident(&param.ident), &param.reserved);
        if reserved.is_empty() {
            quote! { .path(#wire, #name) }
        } else {
            quote! { .path_except(#wire, #name, &[#(#reserved),*]) }
        }
    });
    let input = match &operation.input {
        Input::None => TokenStream::new(),
        Input::Query(_) => quote! { .query(params) },
        Input::Json(_) | Input::JsonList(_) => quote! { .json(params) },
        Input::Form(_) => quote! { .multipart(params) },
    };
    let key = if operation.needs_key {
        TokenStream::new()
    } else {
        quote! { .without_key() }
    };
    let paging = operation.paging.as_ref().map(|paging| {
        let paging = emit_paging(paging, &operation.returns);
        quote! { .paged(#paging) }
    });
    quote! { Request::#verb(#path) #(#segments)* #input #key #paging }
}

fn emit_paging(paging: &Paging, returns: &Type) -> TokenStream {
    let largest = Literal::i64_unsuffixed(paging.largest);
    let counted = paging.is_counted.then(|| quote! { .counted() });
    let after = paging.cursor.as_ref().map(|cursor| {
        let item = ident(
            returns
                .named()
                .expect("a list that is followed has structs")
                .1,
        );
        quote! { .after(#cursor, |item: &#item| &item.id) }
    });
    quote! { Paging::new(#largest) #counted #after }
}

/// The type of an answer, from the model: it is a handful of forms.
fn emit_returned(ty: &Type) -> TokenStream {
    match ty {
        Type::Unit => quote! { () },
        Type::String => quote! { String },
        Type::Bool => quote! { bool },
        Type::Integer => quote! { i64 },
        Type::Number => quote! { f64 },
        Type::Timestamp => quote! { Timestamp },
        Type::DateTime => quote! { DateTime },
        Type::File | Type::Json => quote! { Value },
        Type::JsonObject => quote! { Map<String, Value> },
        Type::Named(Home::Types(_) | Home::Module(_), name) => {
            let name = ident(name);
            quote! { #name }
        }
        // At the top of an answer, an array is a list: the API may send either form.
        Type::Array(items) | Type::List(items) => {
            let items = emit_returned(items);
            quote! { List<#items> }
        }
        Type::Map(values) => {
            let values = emit_returned(values);
            quote! { BTreeMap<String, #values> }
        }
    }
}
