//! The names of the keys in Redis. They contain digests only: neither the secret key of Clerk nor the id of a user.

use http::HeaderValue;

use crate::crypto::digest;
use crate::rate_limit::cooldown::BlockedRoute;

/// The length of a digest in a key: 128 bits, which do not collide by chance.
const DIGEST_BYTES: usize = 16;

/// The start of the keys of one Clerk instance. The part in braces is the hash tag: a cluster keeps all keys with the same
/// one on one node, so that one script can use them.
pub(super) fn instance_prefix(authorization: Option<&HeaderValue>) -> String {
    let key = authorization.map_or(&b""[..], HeaderValue::as_bytes);
    format!("clerk-sdk:{{{}}}", digest(&[b"instance", key]))
}

/// The key of a window: what a rule counts, for one path if it counts each path separately.
pub(super) fn window_key(prefix: &str, rule: &str, path: &str) -> String {
    let digest = digest(&[b"window", rule.as_bytes(), path.as_bytes()]);
    format!("{prefix}:window:{digest}")
}

/// The key of the cool-down of a route.
pub(super) fn cooldown_key(prefix: &str, route: &BlockedRoute) -> String {
    let BlockedRoute {
        method,
        template,
        path,
        ..
    } = route;
    let parts = [method.as_str(), template, path].map(str::as_bytes);
    format!("{prefix}:cooldown:{}", digest(&parts))
}

fn digest(parts: &[&[u8]]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
        context.update(&[0]);
    }
    let digest = context.finish();
    let bytes = digest.as_ref().iter().take(DIGEST_BYTES);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}
