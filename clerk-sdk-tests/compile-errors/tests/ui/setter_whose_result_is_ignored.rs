//! A setter returns the changed value.
#![deny(unused_must_use)]

use clerk_sdk::RetryPolicy;
use clerk_sdk::user::ListParams;

fn main() {
    let params = ListParams::new();
    params.limit(10);
    let policy = RetryPolicy::default();
    policy.max_attempts(2);
}
