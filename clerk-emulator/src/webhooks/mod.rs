//! Webhooks: the events of an instance, signed as Svix signs them and posted to endpoints.

pub(crate) mod delivery;
pub(crate) mod endpoint;
mod signature;
