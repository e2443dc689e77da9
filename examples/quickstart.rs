//! An introduction to the SDK: users, organizations, error handling, and clients with different keys.
//!
//! ```sh
//! cargo run -p examples --example quickstart
//! ```

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clerk_emulator::Emulator;
use clerk_sdk::{Clerk, ClientConfig, Error, organization, organization_membership, user};
use examples::{Example, Instance, Result};

const EXAMPLE: Example = Example {
    name: "quickstart",
    about: "Creates a user and an organization, handles an error, and deletes what it created.",
    arguments: &[],
    changes: Some("creates a user and an organization, and deletes them"),
};

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(quickstart).await
}

async fn quickstart(instance: Instance) -> Result {
    // The functions read the key from `CLERK_SECRET_KEY` unless it is set. Only an emulator needs a configuration.
    if let Some(emulator) = &instance.emulator {
        clerk_sdk::set_key(emulator.key());
        clerk_sdk::set_config(ClientConfig::default().base_url(emulator.url()));
    }

    let user_id = create_user().await?;
    let result = use_user(&user_id).await;
    // Deletes the user even if the previous step failed.
    let deleted = user::delete(&user_id).await;
    result?;
    deleted?;
    println!("  user::delete: {user_id}");

    handle_an_error().await?;
    if let Some(emulator) = &instance.emulator {
        use_several_keys(emulator).await?;
    }
    Ok(())
}

async fn create_user() -> Result<String> {
    println!("Users");
    let params = user::CreateParams::new()
        .email_address([format!("ada.{}@example.com", unique())])
        .first_name("Ada")
        .last_name("Lovelace")
        .skip_password_requirement(true);
    let created = user::create(&params).await?;
    println!("  user::create: {}", created.id);
    Ok(created.into_inner().id)
}

async fn use_user(id: &str) -> Result {
    let found = user::get(id).await?;
    let name = found.full_name().unwrap_or_default();
    println!("  user::get: {name}, created at {}", found.created_at);

    let listed = user::list(&user::ListParams::new().user_id([id])).await?;
    println!("  user::list: {} user with this id", listed.len());

    println!("\nOrganizations");
    let params = organization::CreateParams::new("Clerk Inc").created_by(id);
    let organization = organization::create(&params).await?;
    println!("  organization::create: {}", organization.id);
    let result = use_organization(&organization.id).await;
    // Deletes the organization even if the previous step failed.
    let deleted = organization::delete(&organization.id).await;
    result?;
    deleted?;
    println!("  organization::delete: {}", organization.id);
    Ok(())
}

async fn use_organization(id: &str) -> Result {
    let params = organization::UpdateParams::new().slug(format!("clerk-{}", unique()));
    let organization = organization::update(id, &params).await?;
    println!("  organization::update: slug {}", organization.slug);

    let params = organization_membership::ListParams::new().limit(10);
    let memberships = organization_membership::list(id, &params).await?;
    for membership in &*memberships {
        let member = membership.public_user_data.as_ref();
        let name = member
            .and_then(|it| it.first_name.as_deref())
            .unwrap_or("someone");
        println!(
            "  organization_membership::list: {name} is {}",
            membership.role
        );
    }
    Ok(())
}

async fn handle_an_error() -> Result {
    println!("\nErrors");
    match user::get("user_that_does_not_exist").await {
        Err(Error::Api(error)) if error.status() == 404 => println!("  user::get: {error}"),
        Err(error) => return Err(error.into()),
        Ok(user) => return Err(format!("{} exists", user.id).into()),
    }
    Ok(())
}

/// Uses two clients with different keys, each of which belongs to an instance of its own.
async fn use_several_keys(emulator: &Emulator) -> Result {
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
    Ok(())
}

/// Returns a number that makes names unique across runs.
fn unique() -> u128 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    since_epoch.map_or(0, |duration| duration.as_micros())
}
