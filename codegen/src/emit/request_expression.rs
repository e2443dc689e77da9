//! The expression that builds an operation's request: method, path, query or body, and pagination.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::syntax::ident;
use crate::model::{HttpMethod, Input, Operation, Pagination, Type};

pub(super) fn emit_request(operation: &Operation) -> TokenStream {
    let method = ident(match operation.method {
        HttpMethod::Get => "get",
        HttpMethod::Post => "post",
        HttpMethod::Put => "put",
        HttpMethod::Patch => "patch",
        HttpMethod::Delete => "delete",
    });
    let path = &operation.path;
    let path_params = operation.path_params.iter().map(|param| {
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
    let paging = operation.pagination.as_ref().map(|pagination| {
        let paging = emit_paging(pagination, &operation.returns);
        quote! { .paged(#paging) }
    });
    quote! { Request::#method(#path) #(#path_params)* #input #key #paging }
}

fn emit_paging(pagination: &Pagination, returns: &Type) -> TokenStream {
    let largest = Literal::i64_unsuffixed(pagination.max_page_size);
    let counted = pagination.total_on_request.then(|| quote! { .counted() });
    let after = pagination.cursor.as_ref().map(|cursor| {
        let (_, item) = returns
            .named()
            .expect("the items of a list with a cursor are structs");
        let item = ident(item);
        quote! { .after(#cursor, |item: &#item| &item.id) }
    });
    quote! { Paging::new(#largest) #counted #after }
}
