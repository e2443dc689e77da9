//! Prints the newest users with blocking calls, without async code.
//!
//! ```sh
//! cargo run -p examples --example blocking
//! ```

use std::process::ExitCode;

use clerk_sdk::user;
use examples::{Example, Instance, Result};

const EXAMPLE: Example = Example {
    name: "blocking",
    about: "Prints the newest users with blocking calls.",
    arguments: &[],
    changes: None,
};

fn main() -> ExitCode {
    EXAMPLE.run_blocking(print_users)
}

fn print_users(instance: Instance) -> Result {
    let users = instance.clerk.user();
    if instance.emulator.is_some() {
        for name in ["Ada", "Grace", "Edith"] {
            let params = user::CreateParams::new().first_name(name);
            users.create(&params).blocking()?;
        }
    }

    let total = users.count(&user::CountParams::new()).blocking()?;
    println!("There are {} users. The newest are:", total.total_count);
    let newest = users.list(&user::ListParams::new()).items().blocking();
    for user in newest.take(20) {
        let user = user?;
        println!("{} {}", user.id, user.first_name.unwrap_or_default());
    }
    Ok(())
}
