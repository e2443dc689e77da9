//! Bodies that the Backend API really sends, including what its document does not mention.
//!
//! `bodies/` has a file for each: the `type` that it decodes as, the `source` that its shape comes from, what a user
//! expects of it, and the body, whose values are invented. `corpus` reads them, `decoding` checks that nothing is lost,
//! and `expectations` checks what the typed value has. `missing_discriminator` tests the unions that most of the bodies
//! contain without their discriminator.

mod corpus;
mod decoding;
mod expectations;
mod missing_discriminator;
#[path = "../support/mod.rs"]
mod support;
