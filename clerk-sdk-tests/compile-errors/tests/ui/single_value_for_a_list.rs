//! A setter that takes a list says so, instead of looking for the characters of a string.

use clerk_sdk::auth::Authenticator;
use clerk_sdk::{ClientConfig, user};

fn main() {
    let _ = user::CreateParams::new().email_address("ada@example.com");
    let _ = user::CreateParams::new().email_address(String::from("ada@example.com"));
    let _ = user::ListParams::new().user_id([1, 2]);
    let _ = Authenticator::new(ClientConfig::default()).authorized_parties("https://example.com");
}
