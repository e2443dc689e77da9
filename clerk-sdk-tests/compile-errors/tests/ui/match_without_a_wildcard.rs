//! The API adds values to enums, and the SDK adds variants to errors.

use clerk_sdk::Error;
use clerk_sdk::types::ActorTokenStatus;

fn status(status: &ActorTokenStatus) -> &str {
    match status {
        ActorTokenStatus::Accepted => "accepted",
        ActorTokenStatus::Pending => "pending",
        ActorTokenStatus::Revoked => "revoked",
        ActorTokenStatus::Unknown(_) => "unknown",
    }
}

fn error(error: &Error) -> &str {
    match error {
        Error::Api(_) => "api",
        Error::Decode(_) => "decode",
        Error::InvalidArgument(_) => "invalid argument",
        Error::MissingKey => "missing key",
        Error::Timeout(_) => "timeout",
        Error::Transport(_) => "transport",
    }
}

fn main() {
    let _ = (status, error);
}
