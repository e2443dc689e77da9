//! A fixture is decoded from JSON or changed from a default value, because new versions add fields.

use clerk_sdk::types::User;

fn main() {
    let _ = User { id: "user_1".to_owned(), ..User::default() };
}
