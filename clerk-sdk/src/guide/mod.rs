//! Guides: how to use this crate, from the first call to upgrading.
//!
//! The guides are documentation only and add no code to your program.

macro_rules! guides {
    ($($name:ident),* $(,)?) => {$(
        #[doc = include_str!(concat!(stringify!($name), ".md"))]
        pub mod $name {}
    )*};
}

// The dashboard for Grafana, which the guide shows.
macro_rules! dashboard {
    () => {
        concat!("```json\n", include_str!("grafana_dashboard.json"), "```\n")
    };
}

#[doc = include_str!("many_processes.md")]
#[doc = dashboard!()]
pub mod many_processes {}

guides!(
    getting_started,
    recipes,
    keys_and_clients,
    errors,
    null_and_absent,
    pagination,
    uploads,
    verifying_tokens,
    receiving_webhooks,
    serverless,
    testing,
    coming_from_go,
    coming_from_other_clients,
    upgrading,
);
