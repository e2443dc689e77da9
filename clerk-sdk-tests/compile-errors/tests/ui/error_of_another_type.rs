//! An error of the SDK converts to another type only if that type says how.

use clerk_sdk::user;

#[derive(Debug)]
enum AppError {}

async fn name() -> Result<Option<String>, AppError> {
    let user = user::get("user_123").await?;
    Ok(user.into_inner().first_name)
}

fn main() {
    let _ = name();
}
