//! Methods of generated types that combine several of their fields.

mod user;
mod verification;
