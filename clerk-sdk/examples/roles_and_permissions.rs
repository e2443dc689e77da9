//! Gives the members of organizations a role of your own: a permission, a role that has it, a member who is it.
//!
//! ```sh
//! cargo run -p clerk-sdk --example roles_and_permissions
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

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
    let permission_id = permission(clerk).await?;
    role(clerk, &permission_id).await?;

    let ada = user::CreateParams::new().first_name("Ada");
    let ada = clerk.user().create(&ada).await?;
    let acme = organization::CreateParams::new("Acme").created_by(&ada.id);
    let acme = clerk.organization().create(&acme).await?;
    let params = organization_membership::UpdateParams::new(ROLE);
    let memberships = clerk.organization_membership();
    let membership = memberships.update(&acme.id, &ada.id, &params).await?;
    println!("{} is {} of {}", ada.id, membership.role, acme.name);

    let params = organization_membership::ListParams::new();
    let mut members = memberships.list(&acme.id, &params).items();
    while let Some(member) = members.next().await.transpose()? {
        println!("{}: {:?}", member.role, member.permissions);
    }

    clerk.organization().delete(&acme.id).await?;
    clerk.user().delete(&ada.id).await?;
    Ok(())
}

/// The id of the permission, which is made where there is none.
async fn permission(clerk: &Clerk) -> Result<String> {
    let permissions = clerk.organization_permission();
    let mut known = permissions.list(&Default::default()).items();
    while let Some(permission) = known.next().await.transpose()? {
        if permission.key == PERMISSION {
            return Ok(permission.id);
        }
    }
    let params = organization_permission::CreateParams::new("Read invoices", PERMISSION);
    let made = permissions.create(&params).await?;
    println!("{PERMISSION} is {}", made.id);
    Ok(made.into_inner().id)
}

/// Makes sure that there is the role, and that it has the permission.
async fn role(clerk: &Clerk, permission_id: &str) -> Result {
    let roles = clerk.organization_role();
    let mut known = roles.list(&Default::default()).items();
    let mut id = None;
    while let Some(role) = known.next().await.transpose()? {
        if role.key == ROLE {
            id = Some(role.id);
        }
    }
    let id = match id {
        Some(id) => id,
        None => {
            let params = organization_role::CreateParams::new("Bookkeeper", ROLE);
            roles.create(&params).await?.into_inner().id
        }
    };
    match roles.assign_permission(&id, permission_id).await {
        Ok(role) => println!(
            "{ROLE} is {}, with {} permissions",
            role.id,
            role.permissions.len()
        ),
        Err(error) if error.status() == Some(http::StatusCode::CONFLICT) => {
            println!("{ROLE} has {PERMISSION} already");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
