//! Migrates users from another system together with their passwords, so that nobody has to choose a new one.
//!
//! Each user is created with the password digest of the old system. Clerk replaces it with a digest of its own when the
//! user first signs in. The id in the old system becomes the external id, by which a second run detects users that have
//! been migrated already.
//!
//! ```sh
//! cargo run -p clerk-sdk --example migrate_users
//! ```
#![allow(clippy::print_stdout, reason = "examples print what they do")]

mod instance;

use clerk_sdk::{Error, user};
use instance::{Instance, Result};

/// A user of the old system.
struct LegacyUser {
    id: &'static str,
    email: &'static str,
    name: &'static str,
    /// The bcrypt hash of the password.
    digest: &'static str,
}

/// The users to migrate. A real program would read them from a database.
const LEGACY_USERS: [LegacyUser; 3] = [
    LegacyUser {
        id: "1",
        email: "ada@example.com",
        name: "Ada",
        digest: "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
    },
    LegacyUser {
        id: "2",
        email: "grace@example.com",
        name: "Grace",
        digest: "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
    },
    LegacyUser {
        id: "3",
        email: "not an email address",
        name: "Nobody",
        digest: "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
    },
];

#[tokio::main]
async fn main() -> Result {
    let instance = Instance::connect().await?;
    let users = instance.clerk.user();
    for legacy in &LEGACY_USERS {
        match migrate(&users, legacy).await {
            Ok(Some(id)) => println!("Migrated user {} to {id}.", legacy.id),
            Ok(None) => println!("User {} has been migrated already.", legacy.id),
            // An invalid user does not stop the migration of the others.
            Err(Error::Api(error)) if error.status() == 422 => {
                println!("Cannot migrate user {}: {error}", legacy.id);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Creates a user and returns its id; `None` if the user has been migrated already.
async fn migrate(users: &user::Client, legacy: &LegacyUser) -> clerk_sdk::Result<Option<String>> {
    let params = user::ListParams::new().external_id([legacy.id]).limit(1);
    if !users.list(&params).await?.is_empty() {
        return Ok(None);
    }
    let params = user::CreateParams::new()
        .external_id(legacy.id)
        .email_address([legacy.email])
        .first_name(legacy.name)
        .password_digest(legacy.digest)
        .password_hasher("bcrypt")
        .skip_legal_checks(true);
    let user = users.create(&params).await?;
    Ok(Some(user.into_inner().id))
}
