//! Only lists have items.

use clerk_sdk::user;

fn main() {
    let _ = user::get("user_123").items();
}
