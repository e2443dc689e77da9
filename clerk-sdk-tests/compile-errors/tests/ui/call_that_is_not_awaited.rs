//! A call does nothing until it is awaited.
#![deny(unused_must_use)]

use clerk_sdk::user;

async fn delete() {
    user::delete("user_123");
}

fn main() {
    let _ = delete();
}
