//! Sessions: the claims of a session token in both of its versions, and what they permit.

mod actor;
mod authorization_check;
mod claims;
mod features_and_plans;
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
pub use authorization_check::{AuthorizationCheck, AuthorizationError};
pub use claims::Claims;
pub use features_and_plans::FeatureScope;
pub use organization::ActiveOrganization;
pub use reverification::{Reverification, ReverificationLevel};
pub use status::TokenSessionStatus;
pub use verified_session::SessionAuth;
