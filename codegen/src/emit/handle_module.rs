//! The client of all resources, such as `Clerk`.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc_comments::docs;
use super::syntax::ident;
use crate::model::{Api, Resource};
use crate::settings::SdkSettings;

pub(super) fn emit_handle(api: &Api, sdk: &SdkSettings) -> TokenStream {
    let (name, package) = (&sdk.api, &sdk.crate_name);
    let handle = ident(name);
    let example = docs(&format!(
        "```\nlet first = {package}::{name}::new({package}::ClientConfig::new(\"sk_live_first\"));\nlet second = first.with_key(\"sk_live_second\");\n# let _ = second;\n```"
    ));
    let accessors = api.resources.iter().map(emit_accessor);
    quote! {
        //! The client of all resources.

        use std::borrow::Cow;

        use http::Method;

        use crate::config::ClientHandle;
        use crate::{ClientConfig, RawRequest};

        /// A client of all resources, with one configuration and one connection pool.
        ///
        /// The default client uses the process-wide key, like the free functions.
        #[derive(Clone, Debug, Default)]
        pub struct #handle {
            handle: ClientHandle,
        }

        impl #handle {
            /// Creates a client from `config`.
            pub fn new(config: ClientConfig) -> Self {
                let handle = ClientHandle::new(config);
                Self { handle }
            }

            /// Returns a client with another secret key, which shares the connections of this one.
            ///
            #example
            pub fn with_key(&self, key: impl Into<String>) -> Self {
                let handle = self.handle.with_key(key);
                Self { handle }
            }

            /// Creates a request by method and path, for an operation that is newer than this version of the crate.
            ///
            /// The path is relative to the base URL and starts with a slash, such as `/users/{user_id}`; ids are best
            /// passed to [`RawRequest::path`], because errors and traces show the path with its placeholders.
            pub fn request(&self, method: Method, path: impl Into<Cow<'static, str>>) -> RawRequest {
                RawRequest::new(self.handle.clone(), method, path)
            }

            #(#accessors)*
        }
    }
}

fn emit_accessor(resource: &Resource) -> TokenStream {
    let module = ident(&resource.module);
    let about = docs(&format!(
        "Returns the client of [`{0}`](crate::{0}).",
        resource.module
    ));
    quote! {
        #about
        pub fn #module(&self) -> crate::#module::Client {
            crate::#module::Client::from_handle(self.handle.clone())
        }
    }
}
