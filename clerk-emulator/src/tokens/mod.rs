//! JSON Web Tokens: keys, signatures, and the forms that claims have in them. Nothing here depends on the state.

pub(crate) mod compact_permissions;
pub(crate) mod custom_key;
pub(crate) mod jwt;
pub(crate) mod key_ring;
pub(crate) mod shortcodes;
pub(crate) mod signing_key;
