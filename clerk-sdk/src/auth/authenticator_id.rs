//! The identity of an authenticator's configuration, which a request state keeps instead of the authenticator.

use std::sync::atomic::{AtomicU64, Ordering};

/// Identifies one configuration of an authenticator within the process.
///
/// Clones of an authenticator have the same id until one of them is configured further.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct AuthenticatorId(u64);

impl AuthenticatorId {
    /// Returns an id that no other configuration has.
    pub(super) fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
