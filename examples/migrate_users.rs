//! Migrates users from another system together with their passwords, so that nobody has to choose a new one.
//!
//! Each user is created with the password digest of the old system. Clerk replaces it with a digest of its own when the
//! user first signs in. The id in the old system becomes the external id, by which a second run detects users that have
//! been migrated already.
//!
//! ```sh
//! cargo run -p examples --example migrate_users
//! ```

use std::process::ExitCode;

use clerk_sdk::{Error, user};
use examples::{Example, Instance, Result};

const EXAMPLE: Example = Example {
    name: "migrate_users",
    about: "Imports made-up users of another system with their passwords, and deletes them again.",
    arguments: &[],
    changes: Some("creates two users with addresses at example.com, and deletes them"),
};

/// A user of the old system.
struct LegacyUser {
    id: &'static str,
    email: &'static str,
    name: &'static str,
    /// The bcrypt hash of the password.
    digest: &'static str,
}

/// The users to migrate. A real program reads them from a database. The digests are those of long random passwords, which
/// nobody knows.
const LEGACY_USERS: [LegacyUser; 3] = [
    LegacyUser {
        id: "legacy-1",
        email: "ada@example.com",
        name: "Ada",
        digest: "$2b$10$bd6y1.Ln56TlWsA1Spu3yuh6KzoT3r2Dv2xlgGbZtFjt94L2eMl4S",
    },
    LegacyUser {
        id: "legacy-2",
        email: "grace@example.com",
        name: "Grace",
        digest: "$2b$10$JqWAYjROh2Z4Rrn433OXF.baJVLcrWB8W0/wwNUlEstw3BW5DEJri",
    },
    LegacyUser {
        id: "legacy-3",
        email: "not an email address",
        name: "Nobody",
        digest: "$2b$10$d2HL8tX388Ecc/yhnQ.JZujNfawKecGewadFO.xmqDI.G/d05sLBq",
    },
];

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(migrate_and_delete).await
}

async fn migrate_and_delete(instance: Instance) -> Result {
    let users = instance.clerk.user();
    let mut created = Vec::new();
    let result = migrate_all(&users, &mut created).await;
    // A real program keeps the users. This one deletes them, even if the migration failed half-way.
    let mut deleted = Ok(());
    for id in &created {
        // One that cannot be deleted does not keep the others.
        deleted = deleted.and(users.delete(id).await.map(drop));
    }
    result?;
    deleted?;
    println!("Deleted {} users again.", created.len());
    Ok(())
}

/// Migrates all users, and adds the ids of those that it created to `created`.
async fn migrate_all(users: &user::Client, created: &mut Vec<String>) -> Result {
    for legacy in &LEGACY_USERS {
        match migrate(users, legacy).await {
            Ok(Some(id)) => {
                println!("Migrated user {} to {id}.", legacy.id);
                created.push(id);
            }
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
