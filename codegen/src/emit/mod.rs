//! Stage 4: the model as Rust, one file for each resource and one for each resource's types.

mod calls;
mod operation;
mod params;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};

use crate::model::{Api, Field, Home, Resource, Shape, Type, TypeDef};
use crate::origin::Origin;
use crate::schema::{RustType, RustTypes};

/// Where the modules of the SDK stand, from the workspace's root.
pub(crate) const SDK: &str = "clerk-sdk/src/generated";

/// Where the calls stand that the conformance tests make.
pub(crate) const CALLS: &str = "clerk-sdk-tests/tests/conformance/calls";

/// The files, by path from the workspace's root.
pub(crate) fn emit(api: &Api, types: &RustTypes, origin: &Origin) -> BTreeMap<String, syn::File> {
    let below = |folder: &'static str, files: BTreeMap<String, syn::File>| {
        files
            .into_iter()
            .map(move |(path, file)| (format!("{folder}/{path}"), file))
    };
    let sdk = below(SDK, emit_sdk(api, types, origin));
    sdk.chain(below(CALLS, calls::emit_calls(api))).collect()
}

fn emit_sdk(api: &Api, types: &RustTypes, origin: &Origin) -> BTreeMap<String, syn::File> {
    let mut files = BTreeMap::new();
    for resource in &api.resources {
        let path = format!("{}.rs", resource.module);
        files.insert(path, file(emit_resource(api, types, resource)));
    }
    let homes: BTreeSet<&str> = api.types.iter().filter_map(types_home).collect();
    for home in &homes {
        let path = format!("types/{home}.rs");
        files.insert(path, file(emit_types(api, types, home)));
    }
    files.insert("types/mod.rs".to_owned(), file(emit_types_mod(&homes)));
    files.insert("clerk.rs".to_owned(), file(emit_handle(api)));
    files.insert("mod.rs".to_owned(), file(emit_mod(api, origin)));
    files
}

fn file(tokens: TokenStream) -> syn::File {
    syn::parse2(tokens).expect("the templates are Rust")
}

pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// `///` lines, with the line breaks of the prose.
pub(crate) fn docs(text: &str) -> TokenStream {
    let lines = text.trim().lines().map(|line| match line {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote! { #(#[doc = #lines])* }
}

fn inner_docs(text: &str) -> TokenStream {
    let lines = text.trim().lines().map(|line| match line {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote! { #(#![doc = #lines])* }
}

fn types_home(ty: &TypeDef) -> Option<&str> {
    match &ty.home {
        Home::Types(home) => Some(home),
        Home::Module(_) => None,
    }
}

fn emit_resource(api: &Api, types: &RustTypes, resource: &Resource) -> TokenStream {
    let title = resource.module.replace('_', " ");
    let about = resource
        .docs
        .clone()
        .unwrap_or_else(|| format!("Calls about the resource `{title}`."));
    let example = resource.example.as_deref().map(run).unwrap_or_default();
    let module_docs = inner_docs(&format!(
        "{}{example}\n\nThe functions use the process's key ([`crate::set_key`]); a [`Client`] brings its own.",
        about.trim(),
    ));
    let client = operation::emit_client(&title);
    let methods = resource.operations.iter().map(operation::emit_method);
    let functions = resource.operations.iter().map(operation::emit_function);
    let own = api
        .types
        .iter()
        .zip(types)
        .filter(|(ty, _)| ty.home == Home::Module(resource.module.clone()));
    let own = own.map(|(ty, made)| types::emit_type(ty, made));
    let body = quote! {
        #client

        impl Client {
            /// Creates a client from `config`.
            pub fn new(config: ClientConfig) -> Self {
                let transport = Transport::new(config);
                Self { transport }
            }

            pub(crate) fn over(transport: Transport) -> Self {
                Self { transport }
            }

            #(#methods)*
        }

        #(#functions)*
        #(#own)*
    };
    let exports: Vec<&str> = resource.exports.iter().map(String::as_str).collect();
    let returned = resource
        .operations
        .iter()
        .filter_map(|it| shared(&it.returns));
    let own = api
        .types
        .iter()
        .filter(|ty| ty.home == Home::Module(resource.module.clone()));
    let used: BTreeSet<&str> = returned.chain(own.flat_map(named)).collect();
    let imports = imports(&body, &used, &exports);
    let exports = export(&exports);
    quote! { #module_docs #imports #exports #body }
}

/// An example that runs, against the emulator: what that takes is hidden.
fn run(example: &str) -> String {
    let lines = [
        "```",
        "# tokio::runtime::Runtime::new()?.block_on(async {",
        "# let clerk = clerk_sdk_tests::Emulator::start().await?;",
        "# clerk_sdk::set_config(clerk_sdk::ClientConfig::new(clerk.key()).base_url(clerk.url()));",
        example,
        "# Ok::<(), Box<dyn std::error::Error>>(())",
        "# })?;",
        "# Ok::<(), Box<dyn std::error::Error>>(())",
        "```",
    ];
    format!("\n\n{}", lines.join("\n"))
}

fn export(names: &[&str]) -> TokenStream {
    if names.is_empty() {
        return TokenStream::new();
    }
    let names = names.iter().map(|name| ident(name));
    quote! { pub use crate::types::{#(#names),*}; }
}

fn emit_types(api: &Api, types: &RustTypes, home: &str) -> TokenStream {
    let own = || {
        api.types
            .iter()
            .zip(types)
            .filter(|(ty, _)| types_home(ty) == Some(home))
    };
    let defined: Vec<&str> = own().map(|(ty, _)| ty.name.as_str()).collect();
    let body: TokenStream = own().map(|(ty, made)| types::emit_type(ty, made)).collect();
    let module_docs = inner_docs(&format!(
        "Types of the resource `{}`.",
        home.replace('_', " ")
    ));
    let used: BTreeSet<&str> = own().flat_map(|(ty, _)| named(ty)).collect();
    let imports = imports(&body, &used, &defined);
    quote! { #module_docs #imports #body }
}

fn emit_types_mod(homes: &BTreeSet<&str>) -> TokenStream {
    let modules: Vec<Ident> = homes.iter().map(|home| ident(home)).collect();
    quote! {
        //! Every type that the API answers with. The module of each resource has its own of them too.
        //!
        //! All of them can be made from JSON, and written as JSON, as the API has it:
        //!
        //! ```
        //! use clerk_sdk::types::{User, VerificationStatus};
        //!
        //! let user: User = serde_json::from_str(r#"{"id":"user_1","first_name":"Ada"}"#)?;
        //! assert_eq!(user.first_name.as_deref(), Some("Ada"));
        //!
        //! // A value that is newer than this crate is kept.
        //! let status = VerificationStatus::from("half_done");
        //! assert_eq!(status, VerificationStatus::Unknown("half_done".to_owned()));
        //! # Ok::<(), serde_json::Error>(())
        //! ```

        #(mod #modules;)*

        #(pub use #modules::*;)*
    }
}

fn emit_handle(api: &Api) -> TokenStream {
    let accessors = api.resources.iter().map(|resource| {
        let module = ident(&resource.module);
        let about = docs(&format!(
            "The client of [`{0}`](crate::{0}).",
            resource.module
        ));
        quote! {
            #about
            pub fn #module(&self) -> crate::#module::Client {
                crate::#module::Client::over(self.transport.clone())
            }
        }
    });
    quote! {
        //! One handle for all resources.

        use crate::ClientConfig;
        use crate::call::Transport;

        /// One handle for all resources: one configuration, one pool of connections.
        ///
        /// The default one uses the key of the process, as the free functions do.
        #[derive(Clone, Debug, Default)]
        pub struct Clerk {
            transport: Transport,
        }

        impl Clerk {
            /// Creates a handle from `config`.
            pub fn new(config: ClientConfig) -> Self {
                let transport = Transport::new(config);
                Self { transport }
            }

            #(#accessors)*
        }
    }
}

fn emit_mod(api: &Api, origin: &Origin) -> TokenStream {
    let modules = api.resources.iter().map(|resource| ident(&resource.module));
    let Api {
        version, server, ..
    } = api;
    let Origin {
        source,
        revision,
        sha256,
    } = origin;
    let published = match source.starts_with("https://") {
        true => format!("Published at <{source}>, with the SHA-256 `{sha256}`."),
        false => format!("Its SHA-256 is `{sha256}`."),
    };
    let about = docs(&format!(
        "The revision of the API's document that this crate was made from; its SHA-256 where it has none.\n\n{published}"
    ));
    let revision = revision.as_ref().unwrap_or(sha256);
    quote! {
        //! What `cargo xtask regen` makes of the API's document.

        mod clerk;
        #(pub mod #modules;)*
        pub mod types;

        pub use clerk::Clerk;

        /// The version of the API that this crate was made for, sent with every call.
        pub const API_VERSION: &str = #version;

        #about
        pub const SPEC_REVISION: &str = #revision;

        /// Where calls go unless [`ClientConfig::base_url`](crate::ClientConfig::base_url) says otherwise.
        pub const DEFAULT_BASE_URL: &str = #server;
    }
}

/// Where the names live that templates and types use.
const IMPORTS: &[(&str, &str)] = &[
    ("BTreeMap", "std::collections"),
    ("Call", "crate"),
    ("ClientConfig", "crate"),
    ("DateTime", "crate"),
    ("File", "crate"),
    ("List", "crate"),
    ("Map", "serde_json"),
    ("Nullable", "crate"),
    ("Paging", "crate::paging"),
    ("Request", "crate::request"),
    ("Timestamp", "crate"),
    ("Transport", "crate::call"),
    ("Value", "serde_json"),
    ("form_object", "crate::multipart"),
    ("open_enum", "crate::wire"),
    ("open_union", "crate::wire"),
    ("query_object", "crate::request"),
    ("request_object", "crate::wire"),
    ("response_object", "crate::wire"),
    ("tagged_union", "crate::wire"),
];

/// The types of answers that `ty` is made of.
fn named(ty: &TypeDef) -> Vec<&str> {
    match &ty.shape {
        Shape::Object(object) => object
            .fields
            .iter()
            .filter_map(|it| shared(&it.ty))
            .collect(),
        Shape::Union(members) => members.iter().map(|member| &*member.ty).collect(),
        Shape::Strings(_) => Vec::new(),
    }
}

fn shared(ty: &Type) -> Option<&str> {
    match ty.named() {
        Some((Home::Types(_), name)) => Some(name),
        _ => None,
    }
}

/// The imports that `body` needs, with the types it has `used` but are not `defined` in its file.
fn imports(body: &TokenStream, used: &BTreeSet<&str>, defined: &[&str]) -> TokenStream {
    let mut paths = paths(body, IMPORTS);
    for name in used.iter().filter(|name| !defined.contains(name)) {
        paths.entry("crate::types").or_default().insert(name);
    }
    import_lines(paths)
}

/// The names of `table` that `body` uses, by path.
fn paths<'t>(
    body: &TokenStream,
    table: &'t [(&str, &str)],
) -> BTreeMap<&'t str, BTreeSet<&'t str>> {
    let mut idents = BTreeSet::new();
    collect_idents(body.clone(), &mut idents);
    let mut paths: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, path) in table {
        if idents.contains(*name) {
            paths.entry(path).or_default().insert(name);
        }
    }
    paths
}

fn import_lines(paths: BTreeMap<&str, BTreeSet<&str>>) -> TokenStream {
    // Std first, then crates, then our own.
    let rank = |path: &str| {
        ["crate", "serde_json", "clerk_sdk", "std"]
            .iter()
            .rposition(|root| path.starts_with(root))
    };
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.sort_by_key(|(path, _)| (std::cmp::Reverse(rank(path)), *path));
    let lines = paths.into_iter().map(|(path, names)| {
        let path: syn::Path = syn::parse_str(path).expect("the table has paths");
        let names: Vec<Ident> = names.into_iter().map(ident).collect();
        match &*names {
            [name] => quote! { use #path::#name; },
            _ => quote! { use #path::{#(#names),*}; },
        }
    });
    quote! { #(#lines)* }
}

fn collect_idents(tokens: TokenStream, into: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                into.insert(ident.to_string());
            }
            TokenTree::Group(group) => collect_idents(group.stream(), into),
            _ => {}
        }
    }
}

/// The catch-all of an open enum or union, named apart from the known variants.
pub(crate) fn unknown_variant<'v>(known: impl Iterator<Item = &'v str>) -> Ident {
    let known: BTreeSet<&str> = known.collect();
    let free = ["Unknown", "Unrecognized"]
        .into_iter()
        .find(|name| !known.contains(name));
    format_ident!("{}", free.unwrap_or("UnknownValue"))
}

impl RustType {
    /// What progenitor made of a field.
    pub(crate) fn field(&self, field: &Field) -> (Ident, &syn::Type) {
        match self {
            Self::Fields(types) => {
                let ty = types
                    .get(&field.wire)
                    .expect("progenitor keeps every field");
                (ident(&field.ident), ty)
            }
            _ => unreachable!("only objects have fields"),
        }
    }
}
