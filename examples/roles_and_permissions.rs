//! Creates a custom permission and a custom role that has it, and assigns the role to a member of an organization.
//!
//! ```sh
//! cargo run -p examples --example roles_and_permissions
//! ```

use std::process::ExitCode;

use clerk_sdk::{
    Clerk, organization, organization_membership, organization_permission, organization_role, user,
};
use examples::{Example, Instance, Result};

const EXAMPLE: Example = Example {
    name: "roles_and_permissions",
    about: "Creates a custom role with a permission, and assigns it to a member.",
    arguments: &[],
    changes: Some(
        "creates a permission, a role, an organization and two users, and deletes those that it created",
    ),
};

const PERMISSION: &str = "org:invoices:read";
const ROLE: &str = "org:bookkeeper";

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(create_and_delete).await
}

async fn create_and_delete(instance: Instance) -> Result {
    let mut created = Created::default();
    let result = assign_role(&instance.clerk, &mut created).await;
    // A real program keeps them. This one deletes them, even if it failed half-way.
    let deleted = created.delete(&instance.clerk).await;
    result?;
    deleted?;
    println!("Deleted what the example created.");
    Ok(())
}

async fn assign_role(clerk: &Clerk, created: &mut Created) -> Result {
    let permission_id = find_or_create_permission(clerk, created).await?;
    let role_id = find_or_create_role(clerk, created).await?;
    assign_permission(clerk, &role_id, &permission_id).await?;

    let ada = create_user(clerk, "Ada", created).await?;
    let alan = create_user(clerk, "Alan", created).await?;
    let params = organization::CreateParams::new("Acme").created_by(&ada);
    let acme = clerk.organization().create(&params).await?;
    created.organization = Some(acme.id.clone());

    let memberships = clerk.organization_membership();
    let params = organization_membership::CreateParams::new(&alan, ROLE);
    let membership = memberships.create(&acme.id, &params).await?;
    println!("{alan} has the role {} in {}.", membership.role, acme.name);

    let params = organization_membership::ListParams::new();
    let mut members = memberships.list(&acme.id, &params).items();
    while let Some(member) = members.next().await.transpose()? {
        println!(
            "{} has the permissions {}.",
            member.role,
            member.permissions.join(", ")
        );
    }
    Ok(())
}

async fn create_user(clerk: &Clerk, name: &str, created: &mut Created) -> Result<String> {
    let params = user::CreateParams::new()
        .first_name(name)
        .skip_password_requirement(true);
    let user = clerk.user().create(&params).await?.into_inner();
    created.users.push(user.id.clone());
    Ok(user.id)
}

/// Returns the id of the permission, and creates it if it does not exist.
async fn find_or_create_permission(clerk: &Clerk, created: &mut Created) -> Result<String> {
    let permissions = clerk.organization_permission();
    let mut existing = permissions.list(&Default::default()).items();
    while let Some(permission) = existing.next().await.transpose()? {
        if permission.key == PERMISSION {
            return Ok(permission.id);
        }
    }
    let params = organization_permission::CreateParams::new("Read invoices", PERMISSION);
    let permission = permissions.create(&params).await?.into_inner();
    println!("Created the permission {PERMISSION}.");
    created.permission = Some(permission.id.clone());
    Ok(permission.id)
}

/// Returns the id of the role, and creates it if it does not exist.
async fn find_or_create_role(clerk: &Clerk, created: &mut Created) -> Result<String> {
    let roles = clerk.organization_role();
    let mut existing = roles.list(&Default::default()).items();
    while let Some(role) = existing.next().await.transpose()? {
        if role.key == ROLE {
            return Ok(role.id);
        }
    }
    // Members can have a role only if it is in the role set of their organization.
    let params =
        organization_role::CreateParams::new("Bookkeeper", ROLE).include_in_initial_role_set(true);
    let role = roles.create(&params).await?.into_inner();
    println!("Created the role {ROLE}.");
    created.role = Some(role.id.clone());
    Ok(role.id)
}

async fn assign_permission(clerk: &Clerk, role_id: &str, permission_id: &str) -> Result {
    match clerk
        .organization_role()
        .assign_permission(role_id, permission_id)
        .await
    {
        Ok(_) => println!("The role {ROLE} has the permission {PERMISSION}."),
        Err(error) if error.status().is_some_and(|status| status == 409) => {
            println!("The role {ROLE} already had the permission {PERMISSION}.");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The ids of what the example created.
#[derive(Default)]
struct Created {
    organization: Option<String>,
    users: Vec<String>,
    role: Option<String>,
    permission: Option<String>,
}

impl Created {
    /// Deletes everything, and what needs other things before them. Returns the first error, but goes on after it.
    async fn delete(self, clerk: &Clerk) -> clerk_sdk::Result<()> {
        let mut deleted = Ok(());
        if let Some(id) = self.organization {
            deleted = deleted.and(clerk.organization().delete(&id).await.map(drop));
        }
        for id in self.users {
            deleted = deleted.and(clerk.user().delete(&id).await.map(drop));
        }
        if let Some(id) = self.role {
            deleted = deleted.and(clerk.organization_role().delete(&id).await.map(drop));
        }
        if let Some(id) = self.permission {
            deleted = deleted.and(clerk.organization_permission().delete(&id).await.map(drop));
        }
        deleted
    }
}
