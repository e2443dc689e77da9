//! Keeps tables of users, organizations and memberships in step with Clerk's events.
//!
//! Without arguments, the example sends itself a few events, signed with a secret of its own, and prints the table of
//! users. With `--listen`, it receives the events of the endpoint whose secret is in `CLERK_WEBHOOK_SIGNING_SECRET`.
//! The tables are in memory, or in the SQLite or PostgreSQL database whose URL you give.
//!
//! ```sh
//! cargo run -p examples-database --example webhook_to_database
//! cargo run -p examples-database --example webhook_to_database -- postgres://localhost/app
//! cargo run -p examples-database --example webhook_to_database -- --listen 127.0.0.1:3000 'sqlite:users.db?mode=rwc'
//! ```

use std::process::ExitCode;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::post;
use clerk_sdk::test_util::{TestWebhook, WebhookSigner};
use clerk_sdk::types::{Organization, OrganizationMembership, User};
use clerk_sdk::webhook::axum::Webhook;
use clerk_sdk::webhook::{Event, EventData, MessageState, ProcessedMessages, Verifier};
use examples::Result;
use serde_json::json;
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyPool, Row, Transaction};

const HELP: &str = "\
Keeps tables of users, organizations and memberships in step with Clerk's events.

Usage: webhook_to_database [--listen ADDRESS] [URL]

  --listen ADDRESS  Receives events at this address, signed with CLERK_WEBHOOK_SIGNING_SECRET;
                    without it, the example sends some to itself
  URL               A SQLite or PostgreSQL database; without it, the tables are in memory";

/// A row that is deleted stays, so that a late update does not bring it back.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS users
        (id TEXT PRIMARY KEY, name TEXT, email TEXT, updated_at BIGINT NOT NULL, deleted_at BIGINT);
    CREATE TABLE IF NOT EXISTS organizations
        (id TEXT PRIMARY KEY, name TEXT, updated_at BIGINT NOT NULL, deleted_at BIGINT);
    CREATE TABLE IF NOT EXISTS memberships
        (id TEXT PRIMARY KEY, user_id TEXT, organization_id TEXT, role TEXT, updated_at BIGINT NOT NULL,
         deleted_at BIGINT);
    CREATE TABLE IF NOT EXISTS processed_messages (id TEXT PRIMARY KEY, received_at BIGINT NOT NULL);
";

#[derive(Clone)]
struct App {
    verifier: Verifier,
    database: AnyPool,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

impl FromRef<App> for AnyPool {
    fn from_ref(app: &App) -> Self {
        app.database.clone()
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    examples::report(match arguments[..] {
        [] => demonstrate(None).await,
        ["--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        ["--listen", address] => listen(address, None).await,
        ["--listen", address, url] => listen(address, Some(url)).await,
        [url] if !url.starts_with('-') => demonstrate(Some(url)).await,
        _ => Err(format!("unexpected arguments\n\n{HELP}").into()),
    })
}

async fn listen(address: &str, url: Option<&str>) -> Result {
    let database = open(url).await?;
    let verifier = Verifier::from_env()?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("Listening on http://{address}/webhooks/clerk");
    axum::serve(listener, routes(App { verifier, database })).await?;
    Ok(())
}

async fn open(url: Option<&str>) -> Result<AnyPool> {
    sqlx::any::install_default_drivers();
    let url = url.unwrap_or("sqlite::memory:");
    let pool = match url.starts_with("sqlite::memory:") {
        // A database in memory belongs to its connection, which must therefore stay open.
        true => AnyPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None),
        false => AnyPoolOptions::new(),
    };
    let database = pool.connect(url).await?;
    sqlx::raw_sql(TABLES).execute(&database).await?;
    Ok(database)
}

fn routes(app: App) -> Router {
    Router::new()
        .route("/webhooks/clerk", post(receive))
        .with_state(app)
}

/// Responds with 500 if the database fails, so that Clerk sends the event again.
async fn receive(State(database): State<AnyPool>, Webhook(event): Webhook) -> StatusCode {
    match process(&database, &event).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            eprintln!("{}: {error}", event.message_id);
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

/// Processes an event once: its message id is stored in the transaction that does the work.
async fn process(database: &AnyPool, event: &Event) -> Result {
    if let EventData::Malformed { kind, error, .. } = &event.data {
        // Its id is not stored: a later release may understand the data, if you send it again from the dashboard.
        eprintln!("{kind} cannot be read: {error}");
        return Ok(());
    }
    let mut transaction = database.begin().await?;
    let mut messages = Messages(&mut transaction, event.timestamp.as_millis());
    if messages.begin(&event.message_id).await? == MessageState::New {
        apply(&mut transaction, event).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// The ids of the processed messages. Clerk sends no message for longer than some days, so older ids can be deleted.
struct Messages<'t>(&'t mut Transaction<'static, Any>, i64);

impl ProcessedMessages for Messages<'_> {
    type Error = sqlx::Error;

    async fn begin(&mut self, message_id: &str) -> sqlx::Result<MessageState> {
        let sql = "INSERT INTO processed_messages (id, received_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let result = sqlx::query(sql)
            .bind(message_id)
            .bind(self.1)
            .execute(&mut **self.0)
            .await?;
        Ok(match result.rows_affected() {
            0 => MessageState::Processed,
            _ => MessageState::New,
        })
    }

    // The transaction is committed or rolled back instead.
    async fn finish(&mut self, _: &str) -> sqlx::Result<()> {
        Ok(())
    }

    async fn release(&mut self, _: &str) -> sqlx::Result<()> {
        Ok(())
    }
}

async fn apply(transaction: &mut Transaction<'static, Any>, event: &Event) -> Result {
    let deleted_at = event.timestamp.as_millis();
    match &event.data {
        EventData::UserCreated(user) | EventData::UserUpdated(user) => {
            save_user(transaction, user).await
        }
        EventData::UserDeleted(user) => {
            delete(transaction, "users", user.id.as_deref(), deleted_at).await
        }
        EventData::OrganizationCreated(organization)
        | EventData::OrganizationUpdated(organization) => {
            save_organization(transaction, organization).await
        }
        EventData::OrganizationDeleted(organization) => {
            let id = organization.id.as_deref();
            delete(transaction, "organizations", id, deleted_at).await?;
            let sql = "UPDATE memberships SET deleted_at = $2 WHERE organization_id = $1";
            let query = sqlx::query(sql).bind(id).bind(deleted_at);
            query.execute(&mut **transaction).await?;
            Ok(())
        }
        EventData::OrganizationMembershipCreated(membership)
        | EventData::OrganizationMembershipUpdated(membership) => {
            save_membership(transaction, membership).await
        }
        EventData::OrganizationMembershipDeleted(membership) => {
            delete(transaction, "memberships", Some(&membership.id), deleted_at).await
        }
        _ => Ok(()),
    }
}

async fn save_user(transaction: &mut Transaction<'static, Any>, user: &User) -> Result {
    let email = user
        .primary_email_address()
        .map(|it| it.email_address.as_str());
    sqlx::query(
        "INSERT INTO users VALUES ($1, $2, $3, $4, NULL) ON CONFLICT (id) DO UPDATE
         SET name = excluded.name, email = excluded.email, updated_at = excluded.updated_at
         WHERE users.updated_at <= excluded.updated_at AND users.deleted_at IS NULL",
    )
    .bind(&user.id)
    .bind(user.full_name())
    .bind(email)
    .bind(user.updated_at.as_millis())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn save_organization(
    transaction: &mut Transaction<'static, Any>,
    organization: &Organization,
) -> Result {
    sqlx::query(
        "INSERT INTO organizations VALUES ($1, $2, $3, NULL) ON CONFLICT (id) DO UPDATE
         SET name = excluded.name, updated_at = excluded.updated_at
         WHERE organizations.updated_at <= excluded.updated_at AND organizations.deleted_at IS NULL",
    )
    .bind(&organization.id)
    .bind(&organization.name)
    .bind(organization.updated_at.as_millis())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn save_membership(
    transaction: &mut Transaction<'static, Any>,
    membership: &OrganizationMembership,
) -> Result {
    let user = membership.public_user_data.as_ref();
    let user_id = user.map(|it| it.user_id.as_str());
    sqlx::query(
        "INSERT INTO memberships VALUES ($1, $2, $3, $4, $5, NULL) ON CONFLICT (id) DO UPDATE
         SET role = excluded.role, updated_at = excluded.updated_at
         WHERE memberships.updated_at <= excluded.updated_at AND memberships.deleted_at IS NULL",
    )
    .bind(&membership.id)
    .bind(user_id)
    .bind(&membership.organization.id)
    .bind(&membership.role)
    .bind(membership.updated_at.as_millis())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Marks a row as deleted. If its creation arrives later than its deletion, the row has to be there already.
async fn delete(
    transaction: &mut Transaction<'static, Any>,
    table: &str,
    id: Option<&str>,
    deleted_at: i64,
) -> Result {
    let sql = format!(
        "INSERT INTO {table} (id, updated_at, deleted_at) VALUES ($1, $2, $2)
         ON CONFLICT (id) DO UPDATE SET deleted_at = excluded.deleted_at"
    );
    let Some(id) = id else {
        eprintln!("a deleted object has no id");
        return Ok(());
    };
    sqlx::query(&sql)
        .bind(id)
        .bind(deleted_at)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Sends events to the routes, one of them twice and one of them late, and prints the table of users.
async fn demonstrate(url: Option<&str>) -> Result {
    let database = open(url).await?;
    let signer = WebhookSigner::generate();
    let routes = routes(App {
        verifier: signer.verifier(),
        database: database.clone(),
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/webhooks/clerk", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let user = |id: &str, name: &str, updated_at: i64| {
        json!({
            "id": id, "first_name": name, "updated_at": updated_at, "primary_email_address_id": "idn_1",
            "email_addresses": [{"id": "idn_1", "email_address": format!("{id}@example.com")}],
        })
    };
    let created = TestWebhook::new("user.created", &user("user_ada", "Ada", 1));
    for webhook in [
        created.clone(),
        created,
        TestWebhook::new("user.updated", &user("user_ada", "Ada Lovelace", 3)),
        TestWebhook::new("user.updated", &user("user_ada", "Ada, but late", 2)),
        TestWebhook::new("user.created", &user("user_alan", "Alan", 1)),
        TestWebhook::new("user.deleted", &json!({"id": "user_alan", "deleted": true})),
        TestWebhook::new("user.updated", &user("user_alan", "Alan, but late", 2)),
    ] {
        let message = signer.sign(&webhook);
        let request = reqwest::Client::new().post(&url).headers(message.headers);
        let response = request.body(message.body).send().await?;
        response.error_for_status()?;
    }
    let rows = sqlx::query("SELECT id, name, email, deleted_at FROM users ORDER BY id");
    for row in rows.fetch_all(&database).await? {
        let id: String = row.get(0);
        let [name, email] = [1, 2].map(|it| row.get::<Option<String>, _>(it).unwrap_or_default());
        let deleted_at: Option<i64> = row.get(3);
        let state = deleted_at.map_or("", |_| " (deleted)");
        println!("{id}: {name}, {email}{state}");
    }
    Ok(())
}
