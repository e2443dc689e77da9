//! Creates an organization and invites a team to it, ten at a time as Clerk takes them.
//!
//! With `CLERK_SECRET_KEY` set it asks Clerk, which sends the emails: the addresses are then the arguments.
//!
//! ```sh
//! cargo run -p clerk-sdk --example invite_team -- ada@example.com grace@example.com
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod instance;

use clerk_sdk::organization_invitation::{BulkCreateParams, ListParams};
use clerk_sdk::types::InvitationStatus;
use clerk_sdk::{Clerk, Error, organization};
use instance::{Instance, Result};

/// The most that one call invites.
const AT_ONCE: usize = 10;

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

    let params = organization::CreateParams::new("The team");
    let organization = clerk.organization().create(&params).await?;
    println!("{} is {}", organization.name, organization.id);
    for some in team.chunks(AT_ONCE) {
        invite(clerk, &organization.id, some).await?;
    }

    let params = ListParams::new().status(InvitationStatus::Pending);
    let pending = clerk
        .organization_invitation()
        .list(&organization.id, &params);
    let mut pending = pending.items();
    while let Some(invitation) = pending.next().await.transpose()? {
        println!("{} has not answered yet", invitation.email_address);
    }
    Ok(())
}

/// Invites some; where Clerk refuses them, each by itself, so that one bad address keeps nobody else out.
async fn invite(clerk: &Clerk, organization_id: &str, addresses: &[String]) -> Result {
    let invitations = clerk.organization_invitation();
    let params: Vec<BulkCreateParams> = addresses
        .iter()
        .map(|address| BulkCreateParams::new(address, "org:member"))
        .collect();
    match invitations.bulk_create(organization_id, &params).await {
        Ok(_) => println!("invited {}", addresses.len()),
        Err(Error::Api(error)) if error.status() == 422 && params.len() > 1 => {
            for one in addresses.chunks(1) {
                Box::pin(invite(clerk, organization_id, one)).await?;
            }
        }
        Err(Error::Api(error)) if error.status() == 422 => {
            println!("{} was not invited: {error}", addresses[0]);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
