//! The calls of the conformance tests: one for each operation, with params built from JSON.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::doc_comments::inner_docs;
use super::imports::{import_lines, paths};
use super::syntax::{file, ident};
use crate::model::{
    Api, Field, Input, Namespace, Object, Operation, Resource, Role, Shape, Type, TypeDef,
};

/// The files, by path below the folder of calls.
pub(crate) fn emit_calls(api: &Api) -> BTreeMap<String, syn::File> {
    let mut files = BTreeMap::new();
    for resource in &api.resources {
        let path = format!("{}.rs", resource.module);
        files.insert(path, file(emit_module(api, resource)));
    }
    files.insert("mod.rs".to_owned(), file(emit_mod(api)));
    files
}

fn emit_module(api: &Api, resource: &Resource) -> TokenStream {
    let module_docs = inner_docs(&format!("The calls of `{}`.", resource.module));
    let calls = resource
        .operations
        .iter()
        .map(|operation| emit_call(&resource.module, operation));
    let namespace = Namespace::Module(resource.module.clone());
    let requests = api
        .types
        .iter()
        .filter(|ty| ty.namespace == namespace)
        .filter_map(|ty| match &ty.shape {
            Shape::Object(object) if object.role != Role::Response => {
                Some(emit_request(&spelled_name(&ty.namespace, &ty.name), object))
            }
            _ => None,
        });
    let body = quote! {
        pub(crate) const CALLS: &[Operation] = &[#(#calls),*];
        #(#requests)*
    };
    let imports = import_lines(paths(&body, IMPORTS));
    quote! { #module_docs #imports #body }
}

/// The import path of each name that these files use. Types of Clerk's API are written with their path.
const IMPORTS: &[(&str, &str)] = &[
    ("BTreeMap", "std::collections"),
    ("DateTime", "clerk_sdk"),
    ("File", "clerk_sdk"),
    ("FromGiven", "crate::given"),
    ("Given", "crate::given"),
    ("Map", "serde_json"),
    ("Nullable", "clerk_sdk"),
    ("Operation", "crate::operation"),
    ("Request", "crate::given"),
    ("Setter", "crate::given"),
    ("Timestamp", "clerk_sdk"),
    ("Value", "serde_json"),
    ("send", "crate::operation"),
];

fn emit_call(module: &str, operation: &Operation) -> TokenStream {
    let (id, function) = (&operation.id, format!("{module}::{}", operation.name));
    let (module, name) = (ident(module), ident(&operation.name));
    let path = operation.path_params.iter().map(|param| {
        let wire = &param.wire;
        quote! { with.path(#wire) }
    });
    let params = match operation.input {
        Input::None => None,
        Input::Query(_) => Some(quote! { &with.query() }),
        Input::Json(_) | Input::Form(_) => Some(quote! { &with.body() }),
        Input::JsonList(_) => Some(quote! { &with.bodies() }),
    };
    let arguments: Vec<TokenStream> = path.chain(params).collect();
    let with = ident(if arguments.is_empty() { "_" } else { "with" });
    quote! {
        Operation::new(#id, #function, |clerk, #with| {
            send(clerk.#module().#name(#(#arguments),*))
        })
    }
}

fn emit_request(name: &TokenStream, object: &Object) -> TokenStream {
    let find = |wire: &String| object.fields.iter().find(|field| field.wire == *wire);
    let arguments = object.arguments.iter().filter_map(find).map(|field| {
        let (wire, ty) = (&field.wire, taken(object.role, field));
        quote! { given.field::<#ty>(#wire) }
    });
    let setters = object
        .fields
        .iter()
        .filter(|field| !object.arguments.contains(&field.wire))
        .map(|field| {
            let (wire, setter, ty) = (&field.wire, ident(&field.ident), taken(object.role, field));
            quote! { (#wire, |params, given| params.#setter(given.to::<#ty>())) }
        });
    let given = match object.arguments.is_empty() {
        true => ident("_"),
        false => ident("given"),
    };
    quote! {
        impl Request for #name {
            const SETTERS: &[Setter<Self>] = &[#(#setters),*];

            fn start(#given: &Given<'_>) -> Self {
                Self::new(#(#arguments),*)
            }
        }
    }
}

/// The type of the argument of a constructor or setter.
fn taken(role: Role, field: &Field) -> TokenStream {
    let ty = spelled(&field.ty);
    match (role, field.required, field.nullable) {
        (Role::Request, false, true) => quote! { Nullable<#ty> },
        (_, true, true) => quote! { Option<#ty> },
        _ => ty,
    }
}

fn spelled(ty: &Type) -> TokenStream {
    match ty {
        Type::Unit => quote! { () },
        Type::String => quote! { String },
        Type::Bool => quote! { bool },
        Type::Integer => quote! { i64 },
        Type::Number => quote! { f64 },
        Type::Timestamp => quote! { Timestamp },
        Type::DateTime => quote! { DateTime },
        Type::File => quote! { File },
        Type::Json => quote! { Value },
        Type::JsonObject => quote! { Map<String, Value> },
        Type::Named(namespace, name) => spelled_name(namespace, name),
        Type::Array(items) | Type::List(items) => {
            let items = spelled(items);
            quote! { Vec<#items> }
        }
        Type::Map(values) => {
            let values = spelled(values);
            quote! { BTreeMap<String, #values> }
        }
    }
}

fn spelled_name(namespace: &Namespace, name: &str) -> TokenStream {
    let name = ident(name);
    match namespace {
        Namespace::Types(_) => quote! { clerk_sdk::types::#name },
        Namespace::Module(module) => {
            let module = ident(module);
            quote! { clerk_sdk::#module::#name }
        }
    }
}

/// Emits the modules, the table of all calls, and the decoding of the enums that requests take.
fn emit_mod(api: &Api) -> TokenStream {
    let modules = api.resources.iter().map(|resource| ident(&resource.module));
    let tables = modules.clone();
    let decoded = decoded(api);
    let body = quote! {
        /// Every operation's call, by module.
        pub(crate) const CALLS: &[&[Operation]] = &[#(#tables::CALLS),*];

        #(impl FromGiven for #decoded {
            fn from_given(given: &Given<'_>) -> Self {
                given.known()
            }
        })*
    };
    let imports = import_lines(paths(&body, IMPORTS));
    quote! {
        //! A call of every operation, with params made from JSON through their constructors and setters.

        #(mod #modules;)*

        #imports

        #body
    }
}

/// The types of request fields that are decoded from JSON like those of responses.
fn decoded(api: &Api) -> Vec<TokenStream> {
    let built: BTreeSet<(&Namespace, &str)> = requests(api)
        .map(|(ty, _)| (&ty.namespace, ty.name.as_str()))
        .collect();
    let named = requests(api).flat_map(|(_, object)| &object.fields);
    let used: BTreeSet<(&Namespace, &str)> = named.filter_map(|field| field.ty.named()).collect();
    used.difference(&built)
        .map(|(namespace, name)| spelled_name(namespace, name))
        .collect()
}

fn requests(api: &Api) -> impl Iterator<Item = (&TypeDef, &Object)> {
    api.types.iter().filter_map(|ty| match &ty.shape {
        Shape::Object(object) if object.role != Role::Response => Some((ty, object)),
        _ => None,
    })
}
