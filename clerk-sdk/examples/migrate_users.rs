//! Moves users here from another system, with their passwords: nobody has to set a new one.
//!
//! Each is made with the digest of the password as the old system has it, and with the old id as external id, by
//! which a second run finds who is here already. Clerk makes a digest of its own when the user first signs in.
//!
//! ```sh
//! cargo run -p clerk-sdk --example migrate_users
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod instance;

use clerk_sdk::{Error, user};
use instance::{Instance, Result};

/// A user of the old system.
struct Old {
    id: &'static str,
    email: &'static str,
    name: &'static str,
    /// As bcrypt has made it.
    digest: &'static str,
}

/// In the place of a query of the old system's database.
const OLD: [Old; 3] = [
    Old {
        id: "1",
        email: "ada@example.com",
        name: "Ada",
        digest: "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
    },
    Old {
        id: "2",
        email: "grace@example.com",
        name: "Grace",
        digest: "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
    },
    Old {
        id: "3",
        email: "not an address",
        name: "Nobody",
        digest: "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
    },
];

#[tokio::main]
async fn main() -> Result {
    let instance = Instance::connect().await?;
    let users = instance.clerk.user();
    for old in &OLD {
        match migrate(&users, old).await {
            Ok(Some(id)) => println!("{} is {id}", old.id),
            Ok(None) => println!("{} is here already", old.id),
            // One who cannot be moved is told of, and does not keep the others back.
            Err(Error::Api(error)) if error.status() == 422 => {
                println!("{} stays where it is: {error}", old.id);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Makes a user of an old one; `None` where there is one already.
async fn migrate(users: &user::Client, old: &Old) -> clerk_sdk::Result<Option<String>> {
    let known = user::ListParams::new().external_id([old.id]).limit(1);
    if !users.list(&known).await?.is_empty() {
        return Ok(None);
    }
    let params = user::CreateParams::new()
        .external_id(old.id)
        .email_address([old.email])
        .first_name(old.name)
        .password_digest(old.digest)
        .password_hasher("bcrypt")
        .skip_legal_checks(true);
    let user = users.create(&params).await?;
    Ok(Some(user.into_inner().id))
}
