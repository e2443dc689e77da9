//! Guides: how to use this crate, from the first call to upgrading.
//!
//! The guides are documentation only and add no code to your program.

macro_rules! guides {
    ($($name:ident),* $(,)?) => {$(
        #[doc = include_str!(concat!(stringify!($name), ".md"))]
        pub mod $name {}
    )*};
}

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
