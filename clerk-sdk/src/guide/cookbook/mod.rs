//! Cookbook: whole programs for common tasks.
//!
//! Each page has a program that compiles and is tested against `clerk-emulator`; copy it and change what is yours.
//!
//! | page | task |
//! |---|---|
//! | [`error_responses`] | turn failed calls into the responses of your own API |
//! | [`background_sync`] | keep a copy of your users up to date |
//! | [`application_tests`] | test an application with its routes, its calls to Clerk and its webhooks |
//! | [`machine_to_machine`] | let one service call another |
//! | [`organization_billing`] | sell plans to organizations |
//! | [`impersonation`] | let support staff see what a user sees |
//! | [`migrating_users`] | move users from another provider, with their passwords |
//!
//! To replace another Rust client, see [`coming_from_other_clients`](super::coming_from_other_clients).

guides! {
    error_responses needs "axum",
    background_sync,
    application_tests needs "axum", "webhooks", "test-util",
    machine_to_machine needs "axum",
    organization_billing needs "axum", "test-util",
    impersonation needs "axum", "test-util",
    migrating_users,
}
