//! Tests of `clerk_sdk::middleware`: one list of scenarios, run against each framework over a socket, and
//! what is specific to a framework.

mod actix_web;
mod app;
mod axum;
mod clock;
mod gates;
mod machine_gates;
mod optional_extractors;
mod path_spellings;
mod poem;
mod raw_request;
mod readiness;
mod rocket;
mod rocket_paths;
mod scenarios;
mod test_client;
mod tower;
