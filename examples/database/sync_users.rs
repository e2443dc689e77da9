//! Synchronizes all users to a SQLite database: inserts and updates users, and deletes rows of users that no longer
//! exist.
//!
//! The database is in memory unless you name a file.
//!
//! ```sh
//! cargo run -p examples-database --example sync_users -- users.db
//! ```

use std::process::ExitCode;
use std::time::SystemTime;

use clerk_sdk::types::User;
use clerk_sdk::user;
use examples::{Example, Instance, Result};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

const EXAMPLE: Example = Example {
    name: "sync_users",
    about: "Copies all users to a SQLite database, and deletes the rows of users that no longer exist.",
    arguments: &["[FILE]", "FILE  The database; without it, it is in memory"],
    changes: None,
};

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(sync_users).await
}

async fn sync_users(instance: Instance) -> Result {
    if let Some(emulator) = &instance.emulator {
        emulator.add_users(2_000);
    }
    let options = match instance.arguments.first() {
        Some(path) => SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true),
        None => SqliteConnectOptions::new().in_memory(true),
    };
    let mut database = options.connect().await?;
    sqlx::raw_sql(
        "CREATE TABLE IF NOT EXISTS users (
            id TEXT PRIMARY KEY, email TEXT, name TEXT, updated_at INTEGER NOT NULL, run INTEGER NOT NULL
        )",
    )
    .execute(&mut database)
    .await?;

    let counts = sync(&instance.clerk.user(), &mut database).await?;
    println!(
        "Copied {} users, deleted {}.",
        counts.copied, counts.deleted
    );
    Ok(())
}

struct Counts {
    copied: u64,
    deleted: u64,
}

/// Copies the users page by page, each page in its own transaction.
async fn sync(users: &user::Client, database: &mut SqliteConnection) -> Result<Counts> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    // Every row that this run writes is marked with the number of the run, so all other rows belong to deleted users.
    let run = i64::try_from(now.as_nanos())?;
    let mut copied = 0;
    let mut pages = users.list(&user::ListParams::new()).pages();
    while let Some(page) = pages.next().await.transpose()? {
        let mut transaction = database.begin().await?;
        for user in &page {
            upsert(user, run, &mut transaction).await?;
            copied += 1;
        }
        transaction.commit().await?;
    }
    let delete = sqlx::query("DELETE FROM users WHERE run <> ?").bind(run);
    let deleted = delete.execute(database).await?.rows_affected();
    Ok(Counts { copied, deleted })
}

async fn upsert(user: &User, run: i64, database: &mut SqliteConnection) -> Result {
    let email = user.primary_email_address();
    sqlx::query(
        "INSERT INTO users (id, email, name, updated_at, run) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET
            email = excluded.email, name = excluded.name, updated_at = excluded.updated_at, run = excluded.run",
    )
    .bind(&user.id)
    .bind(email.map(|it| &it.email_address))
    .bind(user.full_name())
    .bind(user.updated_at.as_millis())
    .bind(run)
    .execute(database)
    .await?;
    Ok(())
}
