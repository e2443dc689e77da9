//! Stories: sequences of calls of each resource. Every successful response is checked against the document.

mod redirect_urls;
mod requests;
mod support;
