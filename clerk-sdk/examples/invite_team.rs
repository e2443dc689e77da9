//! Creates an organization and invites a team to it, ten people per call.
//!
//! If `CLERK_SECRET_KEY` is set, the example uses Clerk, which sends emails to the addresses that you pass as arguments.
//! Otherwise it uses a local emulator.
//!
//! ```sh
//! cargo run -p clerk-sdk --example invite_team -- ada@example.com grace@example.com
//! ```
#![allow(clippy::print_stdout, reason = "examples print what they do")]

mod instance;

use clerk_sdk::organization_invitation::{BulkCreateParams, ListParams};
use clerk_sdk::types::InvitationStatus;
use clerk_sdk::{Clerk, Error, organization};
use instance::{Instance, Result};

/// The maximum number of invitations per call.
const BATCH_SIZE: usize = 10;

#[tokio::main]
async fn main() -> Result {
    let instance = Instance::connect().await?;
    let clerk = &instance.clerk;
    let mut team: Vec<String> = std::env::args().skip(1).collect();
    if team.is_empty() && instance.emulator.is_some() {
        team = (1..=25)
            .map(|it| format!("member{it}@example.com"))
            .collect();
    }

    // Without a limit: the default is that of the instance, which is 5 members.
    let params = organization::CreateParams::new("Our team").max_allowed_memberships(0);
    let organization = clerk.organization().create(&params).await?;
    println!("Created {} ({}).", organization.name, organization.id);
    for addresses in team.chunks(BATCH_SIZE) {
        invite(clerk, &organization.id, addresses).await?;
    }

    let params = ListParams::new().status(InvitationStatus::Pending);
    let pending = clerk
        .organization_invitation()
        .list(&organization.id, &params);
    let mut pending = pending.items();
    while let Some(invitation) = pending.next().await.transpose()? {
        println!("{} is pending.", invitation.email_address);
    }
    Ok(())
}

/// Invites several people. If Clerk rejects the call, invites each person separately, so that one invalid address does not
/// affect the others.
async fn invite(clerk: &Clerk, organization_id: &str, addresses: &[String]) -> Result {
    let invitations = clerk.organization_invitation();
    let params: Vec<BulkCreateParams> = addresses
        .iter()
        .map(|address| BulkCreateParams::new(address, "org:member"))
        .collect();
    match invitations.bulk_create(organization_id, &params).await {
        Ok(_) => println!("Invited {} people.", addresses.len()),
        Err(Error::Api(error)) if error.status() == 422 && params.len() > 1 => {
            for address in addresses.chunks(1) {
                Box::pin(invite(clerk, organization_id, address)).await?;
            }
        }
        Err(Error::Api(error)) if error.status() == 422 => {
            println!("Cannot invite {}: {error}", addresses[0]);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
