//! The items of a list are fetched when the stream is polled.
#![deny(unused_must_use)]

use clerk_sdk::user;

fn main() {
    user::list(&user::ListParams::new()).items();
}
