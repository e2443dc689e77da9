//! Webhooks: the events of an instance, signed as Svix signs them and posted to endpoints.

mod delivery;
mod endpoint;
pub(crate) mod options;
pub(crate) mod registry;
mod signature;
