//! Whether an identifier of a user is verified.

use crate::types::{EmailAddress, PhoneNumber, VerificationStatus, Web3Wallet};

impl EmailAddress {
    /// Whether the email address is verified, by whatever method.
    pub fn is_verified(&self) -> bool {
        let verification = self.verification.as_ref();
        is_verified(verification.and_then(|it| it.status()))
    }
}

impl PhoneNumber {
    /// Whether the phone number is verified, by whatever method.
    pub fn is_verified(&self) -> bool {
        let verification = self.verification.as_ref();
        is_verified(verification.and_then(|it| it.status()))
    }
}

impl Web3Wallet {
    /// Whether the wallet is verified, by whatever method.
    pub fn is_verified(&self) -> bool {
        let verification = self.verification.as_ref();
        is_verified(verification.and_then(|it| it.status()))
    }
}

fn is_verified(status: Option<VerificationStatus>) -> bool {
    status.is_some_and(|status| status == VerificationStatus::Verified)
}
