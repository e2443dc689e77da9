//! Tests of `clerk_sdk::middleware`: one list of scenarios, run against each framework over a socket, and
//! what is specific to a framework.

mod actix_web;
mod app;
mod axum;
mod clock;
mod cookie_scenarios;
mod gate_hooks;
mod gates;
mod machine_gates;
mod machine_scenarios;
mod optional_extractors;
mod path_spellings;
mod poem;
mod raw_request;
mod readiness;
mod response_headers;
mod rocket;
mod rocket_paths;
mod scenarios;
mod test_client;
mod tower;
