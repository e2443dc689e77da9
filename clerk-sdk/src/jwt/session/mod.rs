//! Sessions: the claims of a session token in both of its versions, and what they permit.

mod actor;
mod claims;
mod claims_v1;
mod claims_v2;
mod features_and_plans;
mod has;
mod organization;
mod organization_claim;
mod permissions;
mod reverification;
mod session_claims_set;
mod status;
mod verified_session;

pub use actor::Actor;
pub use claims::Claims;
pub use features_and_plans::Scope;
pub use has::{Has, Refusal};
pub use organization::Organization;
pub use reverification::{Level, Reverification};
pub use status::SessionStatus;
pub use verified_session::Session;
