//! An `Option` has to say whether its `None` clears the field or leaves it unchanged.

use clerk_sdk::user::UpdateParams;

fn main() {
    let _ = UpdateParams::new().first_name(None);
    let name: Option<String> = None;
    let _ = UpdateParams::new().first_name(name);
}
