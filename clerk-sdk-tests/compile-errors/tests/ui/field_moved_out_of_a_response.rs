//! A response keeps its value until `into_inner` takes it out.

use clerk_sdk::user;

async fn first_name() -> clerk_sdk::Result<Option<String>> {
    let user = user::get("user_123").await?;
    Ok(user.first_name)
}

fn main() {
    let _ = first_name();
}
