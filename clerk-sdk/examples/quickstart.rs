//! An introduction to the SDK: users, organizations, error handling, and clients with different keys.
//!
//! If `CLERK_SECRET_KEY` is set, the example uses Clerk and deletes everything it creates. Otherwise it uses a local
//! emulator.
//!
//! ```sh
//! cargo run -p clerk-sdk --example quickstart
//! ```
#![allow(clippy::print_stdout, reason = "examples print what they do")]

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use clerk_emulator::Emulator;
use clerk_sdk::{Clerk, ClientConfig, organization, organization_membership, user};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Result {
    let emulator = match std::env::var(clerk_sdk::SECRET_KEY_ENV_VAR) {
        Ok(_) => {
            println!(
                "Using Clerk with the secret key in {}.",
                clerk_sdk::SECRET_KEY_ENV_VAR
            );
            None
        }
        Err(_) => {
            println!(
                "{} is not set. Using a local emulator.",
                clerk_sdk::SECRET_KEY_ENV_VAR
            );
            Some(start_emulator().await?)
        }
    };

    let user_id = users().await?;
    let result = organizations(&user_id).await;
    // Deletes the user even if the previous step failed.
    user::delete(&user_id).await?;
    println!("  user::delete: {user_id}");
    result?;
    error_handling().await?;
    if let Some(emulator) = &emulator {
        several_keys(emulator).await?;
    }
    println!("\nDone.");
    Ok(())
}

/// Starts an emulator, and configures the free functions to use it.
async fn start_emulator() -> Result<Emulator> {
    let emulator = Emulator::start().await?;
    clerk_sdk::set_config(ClientConfig::default().base_url(emulator.url()));
    clerk_sdk::set_key(emulator.key());
    Ok(emulator)
}

async fn users() -> Result<String> {
    println!("\nUsers");
    let email = format!("ada.{}@example.com", unique());
    let params = user::CreateParams::new()
        .email_address([email.as_str()])
        .first_name("Ada")
        .last_name("Lovelace")
        .skip_password_requirement(true);
    let created = user::create(&params).await?;
    println!(
        "  user::create: {} (trace id {:?})",
        created.id,
        created.trace_id()
    );

    let found = user::get(&created.id).await?;
    println!(
        "  user::get: {:?} {:?}, created at {}",
        found.first_name, found.last_name, found.created_at
    );

    let listed = user::list(&user::ListParams::new().email_address([email])).await?;
    println!("  user::list: {} with this email address", listed.len());
    Ok(created.into_inner().id)
}

async fn organizations(user_id: &str) -> Result {
    println!("\nOrganizations");
    let params = organization::CreateParams::new("Clerk Inc").created_by(user_id);
    let organization = organization::create(&params).await?;
    println!("  organization::create: {}", organization.id);
    let result = members(&organization.id).await;
    // Deletes the organization even if the previous step failed.
    organization::delete(&organization.id).await?;
    println!("  organization::delete: {}", organization.id);
    result
}

async fn members(organization_id: &str) -> Result {
    let slug = format!("clerk-{}", unique());
    let params = organization::UpdateParams::new().slug(slug);
    let organization = organization::update(organization_id, &params).await?;
    println!("  organization::update: slug {}", organization.slug);

    let mut params = organization_membership::ListParams::new();
    params.limit = Some(1);
    let memberships = organization_membership::list(organization_id, &params).await?;
    println!(
        "  organization_membership::list: {} of {:?} memberships",
        memberships.len(),
        memberships.total_count
    );

    let member = memberships
        .first()
        .and_then(|it| it.public_user_data.as_ref());
    if let Some(member) = member {
        let user = user::get(&member.user_id).await?;
        println!("  user::get: the first member is {:?}", user.first_name);
    }
    Ok(())
}

async fn error_handling() -> Result {
    println!("\nError handling");
    match user::get("user_that_does_not_exist").await {
        Ok(user) => println!("  unexpectedly found {}", user.id),
        Err(clerk_sdk::Error::Api(error)) => {
            println!("  {error}");
            println!(
                "  status {}, trace id {:?}",
                error.status(),
                error.trace_id()
            );
            println!("  raw JSON: {}", error.raw_json());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Uses two clients with different keys, each of which belongs to an instance of its own.
async fn several_keys(emulator: &Emulator) -> Result {
    println!("\nSeveral keys");
    emulator.add_key("sk_test_another_instance");
    let config = |key: &str| ClientConfig::new(key).base_url(emulator.url());
    let first = user::Client::new(config(emulator.key()));
    let second = Clerk::new(config("sk_test_another_instance"));

    let params = user::CreateParams::new().username(format!("grace_{}", unique()));
    let grace = first.create(&params).await?;
    println!("  the first client created {}", grace.id);
    let count = second.user().list(&user::ListParams::new()).await?.len();
    println!("  the second client sees {count} users");
    first.delete(&grace.id).await?;
    Ok(())
}

/// Returns a number that makes names unique across runs.
fn unique() -> u128 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    since_epoch.map_or(0, |duration| duration.as_micros())
}
