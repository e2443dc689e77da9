//! The enum of all kinds of events.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::doc_comments::docs;
use super::field_types::model_type;
use super::imports::emit_imports;
use super::syntax::ident;
use crate::model::{Event, Type};

/// Emits the module of the events.
pub(super) fn emit_events(events: &[Event]) -> TokenStream {
    let variants = events.iter().map(|event| {
        let about = docs(&match &event.docs {
            Some(prose) => format!("`{}`: {}", event.kind, prose.trim()),
            None => format!("`{}`", event.kind),
        });
        let (variant, payload) = (ident(&event.variant), model_type(&event.payload));
        quote! { #about #variant(Box<#payload>) }
    });
    let entries = events.iter().map(|event| {
        let (variant, payload, kind) = (
            ident(&event.variant),
            model_type(&event.payload),
            &event.kind,
        );
        quote! { #variant(#payload) = #kind }
    });
    let about = docs(&format!(
        "What has happened, and to whom.\n\nA later release may add kinds of events.\n\n{}",
        table(events)
    ));
    let body = quote! {
        #about
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum EventData {
            #(#variants,)*
            /// A kind of event that this version of the crate does not know. It gets a variant of its own in a later
            /// release, so compare [`kind()`](Self::kind) if you depend on it.
            #[non_exhaustive]
            Unknown {
                /// The kind of event.
                kind: String,
                /// The data; null if a value in it cannot be represented, such as a number beyond the range of a
                /// float. [`Event::raw_json`](crate::webhook::Event::raw_json) has all of it.
                data: UnknownVariant,
            },
            /// Data that does not have the form of its kind of event: null, an object without the id that every object of
            /// its type has, or a member of another JSON type.
            #[non_exhaustive]
            Malformed {
                /// The kind of event.
                kind: String,
                /// The data, as in [`Unknown`](Self::Unknown).
                data: UnknownVariant,
                /// What is wrong, and where.
                error: DataError,
            },
        }

        event_data!(EventData { #(#entries),* });
    };
    let used: BTreeSet<&str> = events
        .iter()
        .filter_map(|event| event.payload.shared())
        .collect();
    let imports = emit_imports(&body, &used, &[], &[]);
    quote! {
        //! The kinds of events.

        #imports

        #body
    }
}

/// Returns a table of the kinds of events and the types of their data, in Markdown.
fn table(events: &[Event]) -> String {
    let rows = events.iter().map(|event| {
        let data = match &event.payload {
            Type::Named(_, name) => format!("[`{name}`]"),
            other => format!("`{}`", model_type(other)),
        };
        format!(
            "| `{}` | [`{1}`](Self::{1}) | {data} |",
            event.kind, event.variant
        )
    });
    let rows: Vec<String> = rows.collect();
    format!(
        "| event | variant | data |\n|---|---|---|\n{}",
        rows.join("\n")
    )
}
