//! Uploads the logo of an organization, from a file or from memory, and deletes it again.
//!
//! If `CLERK_SECRET_KEY` is set, the example uses Clerk. Otherwise it uses a local emulator.
//!
//! ```sh
//! cargo run -p clerk-sdk --example upload_logo -- logo.png
//! ```
#![allow(clippy::print_stdout, reason = "examples print what they do")]

mod instance;

use std::time::Duration;

use clerk_sdk::organization::{CreateParams, UpdateLogoParams};
use clerk_sdk::{Error, File};
use instance::{Instance, Result};

/// A PNG image of one white pixel.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0,
    0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0xf8, 0x0f, 0, 1, 1, 1, 0, 0x1b, 0xb6, 0xee, 0x56, 0, 0, 0, 0, b'I', b'E',
    b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

#[tokio::main]
async fn main() -> Result {
    let instance = Instance::connect().await?;
    let organizations = instance.clerk.organization();
    let logo = match std::env::args().nth(1) {
        Some(path) => File::from_path(path).await?,
        None => File::new("pixel.png", PIXEL),
    };
    let acme = organizations.create(&CreateParams::new("Acme")).await?;

    // Uploading a large file over a slow connection takes longer than other calls.
    let upload = organizations
        .update_logo(&acme.id, &UpdateLogoParams::new(logo))
        .attempt_timeout(Duration::from_secs(60))
        .timeout(Duration::from_secs(120));
    match upload.await {
        Ok(updated) => println!("{} has a logo: {}.", updated.name, updated.has_image),
        Err(Error::Api(error)) if error.status() == 413 => println!("The file is too large."),
        Err(Error::Api(error)) if error.status() == 400 => {
            println!("The file is not an image: {error}")
        }
        Err(error) => return Err(error.into()),
    }

    organizations.delete_logo(&acme.id).await?;
    organizations.delete(&acme.id).await?;
    println!("Deleted {}.", acme.id);
    Ok(())
}
