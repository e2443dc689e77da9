//! Guides: how to use this crate, from the first call to upgrading.
//!
//! The guides are documentation only and add no code to your program. In this order they can be read one after another:
//!
//! 1. [`getting_started`]: install the crate, set the secret key, and create a user.
//! 2. [`recipes`]: short examples for common tasks.
//! 3. [`keys_and_clients`]: one key for the process, or a client for each key.
//! 4. [`errors`]: find out what failed, and whether the operation was carried out.
//! 5. [`time_limits`]: how long a call can take, and which calls are retried.
//! 6. [`null_and_absent`]: clear a field, or leave it unchanged.
//! 7. [`pagination`]: iterate over lists that are longer than one page.
//! 8. [`uploads`]: set the images of users and organizations.
//! 9. [`verifying_tokens`]: authenticate the users and machines that send requests to your server.
//! 10. [`receiving_webhooks`]: react to events such as `user.created`.
//! 11. [`testing`]: test your application without calling Clerk.
//! 12. [`cookbook`]: whole programs, from error responses to migrating users.
//! 13. [`many_processes`]: share Clerk's rate limit among processes, and watch it.
//! 14. [`serverless`]: functions that are frozen between invocations.
//! 15. [`tracing_spans`]: the span of each call.
//! 16. [`tls`]: the TLS library, the certificates and the cryptography.
//! 17. [`compiler_errors`]: what common messages of the compiler mean.
//! 18. [`coming_from_go`] and [`coming_from_other_clients`]: replace another client.
//! 19. [`upgrading`]: new versions of the Clerk API and of this crate.

/// Declares the module of each guide, whose text is in a file of the same name. The code samples of a guide are tested if
/// the features that it needs are enabled. Without them the guide is still documented, but items that do not exist are
/// no links.
macro_rules! guides {
    ($($name:ident $(needs $($feature:literal),+)?),* $(,)?) => {$(
        #[cfg_attr(not(all($($(feature = $feature),+)?)), allow(rustdoc::broken_intra_doc_links))]
        #[cfg_attr(
            any(not(doctest), all($($(feature = $feature),+)?)),
            doc = include_str!(concat!(stringify!($name), ".md"))
        )]
        pub mod $name {}
    )*};
}

pub mod cookbook;

// The dashboard for Grafana, which the guide shows.
macro_rules! dashboard {
    () => {
        concat!("```json\n", include_str!("grafana_dashboard.json"), "```\n")
    };
}

#[cfg_attr(not(feature = "redis"), allow(rustdoc::broken_intra_doc_links))]
#[cfg_attr(any(not(doctest), feature = "redis"), doc = include_str!("many_processes.md"))]
#[doc = dashboard!()]
pub mod many_processes {}

guides! {
    getting_started,
    recipes needs "axum", "chrono", "jiff", "time",
    keys_and_clients needs "auth",
    errors,
    time_limits,
    null_and_absent,
    pagination,
    uploads,
    verifying_tokens needs "axum", "actix-web", "rocket", "poem",
    receiving_webhooks needs "axum", "actix-web", "rocket", "poem", "test-util", "webhooks",
    testing needs "axum", "actix-web", "rocket", "poem", "test-util",
    serverless,
    tracing_spans,
    tls,
    compiler_errors needs "axum", "blocking",
    coming_from_go needs "axum", "webhooks",
    coming_from_other_clients needs "axum", "reqwest-013",
    upgrading,
}
