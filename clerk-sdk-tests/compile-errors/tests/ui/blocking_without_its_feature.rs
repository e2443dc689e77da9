//! A blocking call needs a feature.

use clerk_sdk::user;

fn main() {
    let user = user::get("user_123").blocking();
    println!("{}", user.unwrap().id);
    for user in user::list(&user::ListParams::new()).items().blocking() {
        println!("{}", user.unwrap().id);
    }
}
