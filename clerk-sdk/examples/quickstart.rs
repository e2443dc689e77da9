//! A first walk through the API: users, organizations, an error, two keys.
//!
//! With `CLERK_SECRET_KEY` set it talks to Clerk and deletes what it made. Without, it starts a local
//! emulator for Clerk and talks to that.
//!
//! ```sh
//! cargo run -p clerk-sdk --example quickstart
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use clerk_sdk::{Clerk, ClientConfig, organization, organization_membership, user};
use clerk_sdk_tests::Emulator;

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let emulator = match std::env::var(clerk_sdk::KEY_VARIABLE) {
        Ok(_) => {
            println!(
                "Talking to Clerk with the key in {}.",
                clerk_sdk::KEY_VARIABLE
            );
            None
        }
        Err(_) => {
            println!(
                "{} is not set: talking to a local emulator.",
                clerk_sdk::KEY_VARIABLE
            );
            Some(start_emulator().await?)
        }
    };

    let created = users().await?;
    let outcome = organizations(&created).await;
    user::delete(&created).await?;
    println!("user::delete: {created}");
    outcome?;
    an_error().await?;
    if let Some(emulator) = &emulator {
        two_keys(emulator).await?;
    }
    println!("\nDone.");
    Ok(())
}

/// Points the free functions at a server on this machine.
async fn start_emulator() -> Result<Emulator, Box<dyn Error>> {
    let emulator = Emulator::start().await?;
    clerk_sdk::set_config(ClientConfig::default().base_url(emulator.url()));
    clerk_sdk::set_key(emulator.key());
    Ok(emulator)
}

async fn users() -> Result<String, Box<dyn Error>> {
    println!("\nUsers");
    let email = format!("ada.{}@example.com", unique());
    let params = user::CreateParams::new()
        .email_address([email.as_str()])
        .first_name("Ada")
        .last_name("Lovelace")
        .skip_password_requirement(true);
    let created = user::create(&params).await?;
    println!(
        "  user::create: {} (trace {:?})",
        created.id,
        created.trace_id()
    );

    let found = user::get(&created.id).await?;
    println!(
        "  user::get: {:?} {:?}, since {}",
        found.first_name, found.last_name, found.created_at
    );

    let listed = user::list(&user::ListParams::new().email_address([email])).await?;
    println!("  user::list: {} with this address", listed.len());
    Ok(created.into_inner().id)
}

async fn organizations(user_id: &str) -> Outcome {
    println!("\nOrganizations");
    let params = organization::CreateParams::new("Clerk Inc").created_by(user_id);
    let organization = organization::create(&params).await?;
    println!("  organization::create: {}", organization.id);
    let outcome = members(&organization.id).await;
    organization::delete(&organization.id).await?;
    println!("  organization::delete: {}", organization.id);
    outcome
}

async fn members(organization_id: &str) -> Outcome {
    let slug = format!("clerk-{}", unique());
    let params = organization::UpdateParams::new().slug(slug);
    let organization = organization::update(organization_id, &params).await?;
    println!("  organization::update: slug {}", organization.slug);

    let mut params = organization_membership::ListParams::new();
    params.limit = Some(1);
    let memberships = organization_membership::list(organization_id, &params).await?;
    println!(
        "  organization_membership::list: {} of {:?}",
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

async fn an_error() -> Outcome {
    println!("\nAn error");
    match user::get("user_that_is_not_there").await {
        Ok(user) => println!("  unexpectedly there: {}", user.id),
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

/// Two clients, each with a key and so an instance of its own.
async fn two_keys(emulator: &Emulator) -> Outcome {
    println!("\nTwo keys");
    emulator.add_key("sk_test_another_instance");
    let config = |key: &str| ClientConfig::new(key).base_url(emulator.url());
    let first = user::Client::new(config(emulator.key()));
    let second = Clerk::new(config("sk_test_another_instance"));

    let params = user::CreateParams::new().username(format!("grace_{}", unique()));
    let grace = first.create(&params).await?;
    println!("  the first client made {}", grace.id);
    let second_sees = second.user().list(&user::ListParams::new()).await?.len();
    println!("  the second client sees {second_sees} users");
    first.delete(&grace.id).await?;
    Ok(())
}

/// Distinguishes this run's names from those of others.
fn unique() -> u128 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_micros())
}
