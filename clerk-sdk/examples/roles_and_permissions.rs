//! Creates a custom permission and a custom role that has it, and assigns the role to a member of an organization.
//!
//! If `CLERK_SECRET_KEY` is set, the example uses Clerk. Otherwise it uses a local emulator.
//!
//! ```sh
//! cargo run -p clerk-sdk --example roles_and_permissions
//! ```
#![allow(clippy::print_stdout, reason = "examples print what they do")]

mod instance;

use clerk_sdk::{
    Clerk, organization, organization_membership, organization_permission, organization_role, user,
};
use instance::{Instance, Result};

const PERMISSION: &str = "org:invoices:read";
const ROLE: &str = "org:bookkeeper";

#[tokio::main]
async fn main() -> Result {
    let instance = Instance::connect().await?;
    let clerk = &instance.clerk;
    let permission_id = find_or_create_permission(clerk).await?;
    find_or_create_role(clerk, &permission_id).await?;

    let ada = user::CreateParams::new().first_name("Ada");
    let ada = clerk.user().create(&ada).await?;
    let acme = organization::CreateParams::new("Acme").created_by(&ada.id);
    let acme = clerk.organization().create(&acme).await?;
    let alan = user::CreateParams::new().first_name("Alan");
    let alan = clerk.user().create(&alan).await?;
    let params = organization_membership::CreateParams::new(&alan.id, ROLE);
    let memberships = clerk.organization_membership();
    let membership = memberships.create(&acme.id, &params).await?;
    println!(
        "{} has the role {} in {}.",
        alan.id, membership.role, acme.name
    );

    let params = organization_membership::ListParams::new();
    let mut members = memberships.list(&acme.id, &params).items();
    while let Some(member) = members.next().await.transpose()? {
        println!(
            "{} has the permissions {:?}.",
            member.role, member.permissions
        );
    }

    clerk.organization().delete(&acme.id).await?;
    clerk.user().delete(&alan.id).await?;
    clerk.user().delete(&ada.id).await?;
    Ok(())
}

/// Returns the id of the permission, and creates it if it does not exist.
async fn find_or_create_permission(clerk: &Clerk) -> Result<String> {
    let permissions = clerk.organization_permission();
    let mut existing = permissions.list(&Default::default()).items();
    while let Some(permission) = existing.next().await.transpose()? {
        if permission.key == PERMISSION {
            return Ok(permission.id);
        }
    }
    let params = organization_permission::CreateParams::new("Read invoices", PERMISSION);
    let created = permissions.create(&params).await?;
    println!("Created the permission {PERMISSION} ({}).", created.id);
    Ok(created.into_inner().id)
}

/// Creates the role if it does not exist, and assigns the permission to it.
async fn find_or_create_role(clerk: &Clerk, permission_id: &str) -> Result {
    let roles = clerk.organization_role();
    let mut existing = roles.list(&Default::default()).items();
    let mut id = None;
    while let Some(role) = existing.next().await.transpose()? {
        if role.key == ROLE {
            id = Some(role.id);
        }
    }
    let id = match id {
        Some(id) => id,
        None => {
            // Members can have a role only if it is in the role set of their organization.
            let params = organization_role::CreateParams::new("Bookkeeper", ROLE)
                .include_in_initial_role_set(true);
            roles.create(&params).await?.into_inner().id
        }
    };
    match roles.assign_permission(&id, permission_id).await {
        Ok(role) => println!(
            "The role {ROLE} ({}) has {} permissions.",
            role.id,
            role.permissions.len()
        ),
        Err(error) if error.status() == Some(http::StatusCode::CONFLICT) => {
            println!("The role {ROLE} already has the permission {PERMISSION}.");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
