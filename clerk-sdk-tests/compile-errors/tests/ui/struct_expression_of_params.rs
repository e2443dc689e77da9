//! Params are created by their constructor and setters, because new versions add fields.

use clerk_sdk::user::ListParams;

fn main() {
    let _ = ListParams { limit: Some(10), ..ListParams::new() };
}
