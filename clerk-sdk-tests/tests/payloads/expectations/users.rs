//! Users, with their addresses and metadata.

use clerk_sdk::List;
use clerk_sdk::types::{
    EmailAddressVerification, EnterpriseAccountVerification, ExternalAccountVerification,
    OtpStrategy, PasskeyVerification, User, VerificationStatus, Web3WalletVerification,
};
use serde_json::json;

use super::Expectation;
use crate::corpus::Payload;

pub(super) const EXPECTATIONS: &[Expectation] = &[
    ("users_admin_created", users_admin_created),
    ("event_user_created_email_code", user_created_by_email_code),
    ("user_unsafe_metadata", user_unsafe_metadata),
    ("user_created_empty_email", user_created_empty_email),
    ("user_all_members_doc", user_all_members),
    ("entra_saml_email", entra_saml_email),
    ("users_wrapped_empty", |payload| {
        let users: List<User> = payload.value();
        assert!(users.data.is_empty());
        assert_eq!(users.total_count, Some(0));
    }),
];

fn verification_of(user: &User) -> &EmailAddressVerification {
    let verification = user.email_addresses[0].verification.as_ref();
    verification.expect("the address has a verification")
}

fn users_admin_created(payload: &Payload) {
    let users: List<User> = payload.value();
    assert_eq!(users.total_count, None);
    let EmailAddressVerification::Admin(admin) = verification_of(&users.data[0]) else {
        panic!("{users:?}");
    };
    assert_eq!(admin.status, VerificationStatus::Verified);
    assert_eq!(admin.strategy, "admin");
}

fn user_created_by_email_code(payload: &Payload) {
    let user: User = payload.value();
    let EmailAddressVerification::Otp(otp) = verification_of(&user) else {
        panic!("{user:?}");
    };
    assert_eq!(otp.status, VerificationStatus::Verified);
    assert_eq!(otp.strategy, OtpStrategy::EmailCode);
    assert_eq!(otp.attempts, Some(1));
}

fn user_unsafe_metadata(payload: &Payload) {
    let user: User = payload.value();
    let EmailAddressVerification::FromOAuth(from_oauth) = verification_of(&user) else {
        panic!("{user:?}");
    };
    assert_eq!(from_oauth.strategy, "from_oauth_google");
    let account = user.external_accounts[0].verification.as_ref();
    let Some(ExternalAccountVerification::OAuth(oauth)) = account else {
        panic!("{user:?}");
    };
    assert_eq!(oauth.status, VerificationStatus::Verified);
    let json = serde_json::to_value(&user).expect("a user serializes");
    let metadata = json!({"bio": "I want to teach", "role": "student"});
    assert_eq!(json["unsafe_metadata"], metadata);
}

fn user_created_empty_email(payload: &Payload) {
    let user: User = payload.value();
    assert_eq!(user.username.as_deref(), Some("ada123"));
    let email = &user.email_addresses[0];
    assert_eq!((&*email.id, &*email.email_address), ("", ""));
    assert_eq!(email.verification, None);
}

fn user_all_members(payload: &Payload) {
    let user: User = payload.value();
    let EmailAddressVerification::Otp(otp) = verification_of(&user) else {
        panic!("{user:?}");
    };
    assert_eq!(otp.strategy, OtpStrategy::PhoneCode);
    let wallet = user.web3_wallets[0].verification.as_ref();
    assert!(matches!(wallet, Some(Web3WalletVerification::Web3(_))));
    let passkey = user.passkeys[0].verification.as_ref();
    assert!(matches!(passkey, Some(PasskeyVerification::Passkey(_))));
    let account = user.external_accounts[0].verification.as_ref();
    let Some(ExternalAccountVerification::OAuth(oauth)) = account else {
        panic!("{user:?}");
    };
    let error = oauth.error.as_ref().expect("the verification failed");
    assert_eq!(error.code, "c");
    assert_eq!(user.organization_memberships.expect("one").len(), 1);
}

fn entra_saml_email(payload: &Payload) {
    let user: User = payload.value();
    assert!(matches!(
        verification_of(&user),
        EmailAddressVerification::Saml(_)
    ));
    let account = &user.enterprise_accounts[0];
    assert!(matches!(
        account.verification,
        Some(EnterpriseAccountVerification::Saml(_))
    ));
    let connection = account.enterprise_connection.as_ref();
    let connection = connection.expect("the account has one");
    assert_eq!(connection.domain.as_deref(), Some("example.com"));
}
