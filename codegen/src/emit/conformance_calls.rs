//! Emits the calls of the conformance tests: one for each operation, with params structs built from JSON.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::doc_comments::inner_docs;
use super::field_types::model_type_with;
use super::imports::{import_lines, paths};
use super::syntax::{file, ident};
use crate::model::{
    Api, Field, Input, Namespace, Object, Operation, Resource, Role, Shape, Type, TypeDef,
};

/// Emits the files, by path relative to the folder of calls.
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
    let module_docs = inner_docs(&format!("Calls every operation of `{}`.", resource.module));
    let calls = resource
        .operations
        .iter()
        .map(|operation| emit_call(&resource.module, operation));
    let namespace = Namespace::Module(resource.module.clone());
    let params_structs = api
        .types
        .iter()
        .filter(|ty| ty.namespace == namespace)
        .filter_map(|ty| match &ty.shape {
            Shape::Object(object) if object.role != Role::Response => Some(emit_params_struct(
                &emit_type_path(&ty.namespace, &ty.name),
                object,
            )),
            _ => None,
        });
    let body = quote! {
        pub(crate) const CALLS: &[OperationCall] = &[#(#calls),*];
        #(#params_structs)*
    };
    let imports = import_lines(paths(&body, IMPORTS));
    quote! { #module_docs #imports #body }
}

/// The names that the files import, with their modules. Types of the API are written with their paths instead.
const IMPORTS: &[(&str, &str)] = &[
    ("BTreeMap", "std::collections"),
    ("DateTime", "crate::sdk"),
    ("FieldSetter", "crate::dynamic_calls"),
    ("File", "crate::sdk"),
    ("FromJson", "crate::dynamic_calls"),
    ("JsonArgument", "crate::dynamic_calls"),
    ("Map", "serde_json"),
    ("Metadata", "crate::sdk"),
    ("Nullable", "crate::sdk"),
    ("OperationCall", "crate::dynamic_calls"),
    ("ParamsStruct", "crate::dynamic_calls"),
    ("Timestamp", "crate::sdk"),
    ("Value", "serde_json"),
    ("send", "crate::dynamic_calls"),
];

fn emit_call(module: &str, operation: &Operation) -> TokenStream {
    let (id, function) = (&operation.id, format!("{module}::{}", operation.name));
    let (module, name) = (ident(module), ident(&operation.name));
    let path_arguments = operation.path_params.iter().map(|param| {
        let wire = &param.wire;
        quote! { arguments.path(#wire) }
    });
    let params = match operation.input {
        Input::None => None,
        Input::Query(_) => Some(quote! { &arguments.query() }),
        Input::Json(_) | Input::Form(_) => Some(quote! { &arguments.body() }),
        Input::JsonList(_) => Some(quote! { &arguments.body_list() }),
    };
    let passed: Vec<TokenStream> = path_arguments.chain(params).collect();
    let arguments = ident(if passed.is_empty() { "_" } else { "arguments" });
    quote! {
        OperationCall::new(#id, #function, |client, #arguments| {
            send(client.#module().#name(#(#passed),*))
        })
    }
}

fn emit_params_struct(name: &TokenStream, object: &Object) -> TokenStream {
    let find = |wire: &String| object.fields.iter().find(|field| field.wire == *wire);
    let constructor_arguments = object.arguments.iter().filter_map(find).map(|field| {
        let (wire, ty) = (&field.wire, emit_argument_type(object.role, field));
        quote! { json.required_member::<#ty>(#wire) }
    });
    let setters = object
        .fields
        .iter()
        .filter(|field| !object.arguments.contains(&field.wire))
        .map(|field| {
            let (wire, setter, ty) = (
                &field.wire,
                ident(&field.ident),
                emit_argument_type(object.role, field),
            );
            quote! { (#wire, |params, json| params.#setter(json.convert::<#ty>())) }
        });
    let json = match object.arguments.is_empty() {
        true => ident("_"),
        false => ident("json"),
    };
    quote! {
        impl ParamsStruct for #name {
            const SETTERS: &[FieldSetter<Self>] = &[#(#setters),*];

            fn construct(#json: &JsonArgument<'_>) -> Self {
                Self::new(#(#constructor_arguments),*)
            }
        }
    }
}

/// Emits the type that a constructor or a setter takes.
fn emit_argument_type(role: Role, field: &Field) -> TokenStream {
    // An order is converted from the string that is sent.
    let ty = match field.is_sort_field {
        true => quote! { String },
        false => emit_type(&field.ty),
    };
    match (role, field.required, field.nullable) {
        (Role::Request, false, true) => quote! { Nullable<#ty> },
        (_, true, true) => quote! { Option<#ty> },
        _ => ty,
    }
}

/// Emits the type of an argument: uploads are files, and lists are arrays.
fn emit_type(ty: &Type) -> TokenStream {
    match ty {
        Type::File => quote! { File },
        Type::Array(items) | Type::List(items) => {
            let items = emit_type(items);
            quote! { Vec<#items> }
        }
        ty => model_type_with(ty, emit_type_path),
    }
}

fn emit_type_path(namespace: &Namespace, name: &str) -> TokenStream {
    let name = ident(name);
    match namespace {
        Namespace::Types(_) => quote! { crate::sdk::types::#name },
        Namespace::Module(module) => {
            let module = ident(module);
            quote! { crate::sdk::#module::#name }
        }
    }
}

/// Emits the modules, the table of all calls, and the conversions of request enums from JSON.
fn emit_mod(api: &Api) -> TokenStream {
    let modules = api.resources.iter().map(|resource| ident(&resource.module));
    let tables = modules.clone();
    let deserialized = deserialized_types(api);
    let body = quote! {
        /// The calls of every operation, by module.
        pub(crate) const CALLS: &[&[OperationCall]] = &[#(#tables::CALLS),*];

        #(impl FromJson for #deserialized {
            fn from_json(json: &JsonArgument<'_>) -> Self {
                json.deserialize_known()
            }
        })*
    };
    let imports = import_lines(paths(&body, IMPORTS));
    quote! {
        //! Calls every operation, with params structs built from JSON through their constructors and setters.

        #(mod #modules;)*

        #imports

        #body
    }
}

/// Returns the types in requests that have no constructor and are deserialized from JSON: enums.
fn deserialized_types(api: &Api) -> Vec<TokenStream> {
    let constructed: BTreeSet<(&Namespace, &str)> = request_objects(api)
        .map(|(ty, _)| (&ty.namespace, ty.name.as_str()))
        .collect();
    let fields = request_objects(api).flat_map(|(_, object)| &object.fields);
    let used: BTreeSet<(&Namespace, &str)> = fields
        .filter(|field| !field.is_sort_field)
        .filter_map(|field| field.ty.named())
        .collect();
    used.difference(&constructed)
        .map(|(namespace, name)| emit_type_path(namespace, name))
        .collect()
}

fn request_objects(api: &Api) -> impl Iterator<Item = (&TypeDef, &Object)> {
    api.types.iter().filter_map(|ty| match &ty.shape {
        Shape::Object(object) if object.role != Role::Response => Some((ty, object)),
        _ => None,
    })
}
