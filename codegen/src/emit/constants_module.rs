//! `generated/constants.rs`: constants about the API description. The core uses them, so they are in a module that
//! imports nothing.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc_comments::docs;
use crate::model::Api;
use crate::source_revision::SourceRevision;

pub(super) fn emit_constants(api: &Api, revision: &SourceRevision) -> TokenStream {
    let Api {
        version, server, ..
    } = api;
    let revision_docs = revision_docs(revision);
    let revision = revision.revision.as_ref().unwrap_or(&revision.sha256);
    quote! {
        //! Constants about the API that this crate was generated for.

        /// The version of the API that this crate was generated for. It is sent with every call.
        pub const API_VERSION: &str = #version;

        #revision_docs
        pub const SPEC_REVISION: &str = #revision;

        /// The base URL of the API, used unless [`ClientConfig::base_url`](crate::ClientConfig::base_url) sets another.
        pub const DEFAULT_BASE_URL: &str = #server;
    }
}

fn revision_docs(revision: &SourceRevision) -> TokenStream {
    let SourceRevision { source, sha256, .. } = revision;
    let source = match source.starts_with("https://") {
        true => format!("The document is published at <{source}>. Its SHA-256 is `{sha256}`."),
        false => format!("The document's SHA-256 is `{sha256}`."),
    };
    docs(&format!(
        "The revision of the OpenAPI document that this crate was generated from, or the document's SHA-256 if it has no revision.\n\n{source}"
    ))
}
