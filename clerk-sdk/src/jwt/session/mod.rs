//! Sessions: the claims of a session token in both of its versions, and what they permit.

mod actor;
mod claims;
mod features_and_plans;
mod has;
mod organization;
mod organization_v1;
mod organization_v2;
mod permissions;
mod reverification;
mod status;
mod undecoded_claims;
mod undecoded_organization;
mod verified_session;

pub use actor::Actor;
pub use claims::Claims;
pub use features_and_plans::Scope;
pub use has::{Has, Refusal};
pub use organization::Organization;
pub use reverification::{Level, Reverification};
pub use status::SessionStatus;
pub use verified_session::Session;
