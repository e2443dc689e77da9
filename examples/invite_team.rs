//! Creates an organization and invites a team to it, ten people per call.
//!
//! ```sh
//! cargo run -p examples --example invite_team -- ada@example.com grace@example.com
//! ```

use std::process::ExitCode;

use clerk_sdk::organization_invitation::{BulkCreateParams, ListParams};
use clerk_sdk::types::InvitationStatus;
use clerk_sdk::{Clerk, Error, organization};
use examples::{Example, Instance, Result};

const EXAMPLE: Example = Example {
    name: "invite_team",
    about: "Creates an organization and invites a team to it, ten people per call.",
    arguments: &[
        "[EMAIL]...",
        "EMAIL  The addresses to invite. Without any, an emulator invites 25 made-up people",
    ],
    changes: Some("creates an organization, and sends an email to each address that you pass"),
};

/// The maximum number of invitations per call.
const BATCH_SIZE: usize = 10;

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(create_and_invite).await
}

async fn create_and_invite(instance: Instance) -> Result {
    let clerk = &instance.clerk;
    let mut team = instance.arguments;
    if team.is_empty() && instance.emulator.is_some() {
        team = (1..=25)
            .map(|it| format!("member{it}@example.com"))
            .collect();
    }
    if team.is_empty() {
        return Err("pass the addresses to invite as arguments".into());
    }

    // Without a limit: the default is that of the instance, which is 5 members.
    let params = organization::CreateParams::new("Our team").max_allowed_memberships(0);
    let organization = clerk.organization().create(&params).await?;
    println!("Created {} ({}).", organization.name, organization.id);
    let result = invite_all(clerk, &organization.id, &team).await;
    if result.is_err() {
        // An organization whose members are missing is of no use, and the next attempt creates another one.
        match clerk.organization().delete(&organization.id).await {
            Ok(_) => println!("Deleted {} again.", organization.id),
            Err(error) => eprintln!("Cannot delete {}: {error}", organization.id),
        }
    }
    result
}

async fn invite_all(clerk: &Clerk, organization_id: &str, team: &[String]) -> Result {
    for addresses in team.chunks(BATCH_SIZE) {
        invite(clerk, organization_id, addresses).await?;
    }

    let params = ListParams::new().status(InvitationStatus::Pending);
    let pending = clerk
        .organization_invitation()
        .list(organization_id, &params);
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
