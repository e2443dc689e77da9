//! Checks that a call of every operation sends the request that the document describes.

mod received_request;
mod request_body;
mod request_conformance;
mod request_headers;
mod request_path;
mod request_query;
