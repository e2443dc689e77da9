//! Uploads the logo of an organization, from a file or from memory, and deletes it again.
//!
//! ```sh
//! cargo run -p examples --example upload_logo -- logo.png
//! ```

use std::process::ExitCode;
use std::time::Duration;

use clerk_sdk::organization::{Client, CreateParams, UpdateLogoParams};
use clerk_sdk::{Error, File};
use examples::{Example, Instance, Result};

const EXAMPLE: Example = Example {
    name: "upload_logo",
    about: "Uploads the logo of an organization, and deletes it again.",
    arguments: &[
        "[FILE]",
        "FILE  An image; without it, the logo is a white pixel",
    ],
    changes: Some("creates an organization with a logo, and deletes it"),
};

/// A PNG image of one white pixel.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0,
    0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0xf8, 0x0f, 0, 1, 1, 1, 0, 0x1b, 0xb6, 0xee, 0x56, 0, 0, 0, 0, b'I', b'E',
    b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(create_and_upload).await
}

async fn create_and_upload(instance: Instance) -> Result {
    let logo = match instance.arguments.first() {
        Some(path) => File::from_path(path)
            .await
            .map_err(|error| format!("cannot read {path}: {error}"))?,
        None => File::new("pixel.png", PIXEL),
    };
    let organizations = instance.clerk.organization();
    let acme = organizations.create(&CreateParams::new("Acme")).await?;
    let result = upload(&organizations, &acme.id, logo).await;
    // Deletes the organization even if the upload failed.
    let deleted = organizations.delete(&acme.id).await;
    result?;
    deleted?;
    println!("Deleted {}.", acme.id);
    Ok(())
}

async fn upload(organizations: &Client, id: &str, logo: File) -> Result {
    // Uploading a large file over a slow connection takes longer than other calls.
    let upload = organizations
        .update_logo(id, &UpdateLogoParams::new(logo))
        .attempt_timeout(Duration::from_secs(60))
        .timeout(Duration::from_secs(120));
    let updated = match upload.await {
        Ok(updated) => updated,
        Err(Error::Api(error)) if error.status() == 413 => {
            return Err("the file is too large".into());
        }
        Err(Error::Api(error)) if error.status() == 400 => {
            return Err(format!("the file is not an image: {error}").into());
        }
        Err(error) => return Err(error.into()),
    };
    println!("{} has the logo {}.", updated.name, updated.image_url);
    organizations.delete_logo(id).await?;
    println!("Deleted the logo.");
    Ok(())
}
