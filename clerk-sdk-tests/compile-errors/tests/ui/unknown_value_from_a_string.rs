//! Only the SDK creates the unknown values of an enum.

use clerk_sdk::UnknownValue;
use clerk_sdk::types::SessionStatus;

fn main() {
    let _ = SessionStatus::Unknown(UnknownValue("hibernating".to_owned()));
    let _ = SessionStatus::Unknown("hibernating".into());
}
