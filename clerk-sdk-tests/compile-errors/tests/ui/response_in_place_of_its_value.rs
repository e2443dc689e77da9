//! A response is not its value, but serializes as it does.

use axum::Json;
use clerk_sdk::types::User;
use clerk_sdk::{Response, user};

async fn response() -> clerk_sdk::Result<Json<Response<User>>> {
    Ok(Json(user::get("user_123").await?)) // compiles
}

async fn value() -> clerk_sdk::Result<Json<User>> {
    Ok(Json(user::get("user_123").await?))
}

fn main() {
    let _ = (response(), value());
}
