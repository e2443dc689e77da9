//! Email addresses, phone numbers, and accounts at other providers.

use clerk_sdk::Timestamp;
use clerk_sdk::types::{
    EmailAddress, EmailAddressVerification, ExternalAccount, ExternalAccountObject,
    ExternalAccountVerification, PhoneNumber, PhoneNumberVerification, SamlAccount,
    SamlAccountVerification, VerificationStatus,
};

use super::Expectation;
use crate::corpus::Payload;

pub(super) const EXPECTATIONS: &[Expectation] = &[
    ("user_facebook_account", facebook_account),
    ("external_account_zero_expiry", external_account_zero_expiry),
    ("user_email_link_object", email_link),
    ("email_saml_verification", email_saml_verification),
    ("saml_account_verified", saml_account_verified),
    ("phone_backup_codes_null", phone_backup_codes_null),
    ("linked_to_with_object", linked_to_with_object),
];

fn facebook_account(payload: &Payload) {
    let account: ExternalAccount = payload.value();
    assert_eq!(account.object, ExternalAccountObject::FacebookAccount);
    assert_eq!(account.id, "idn_2fb");
    assert_eq!(account.external_account_id.as_deref(), Some("eac_2fb"));
    assert_eq!(account.facebook_id.as_deref(), Some("10200000"));
    assert_eq!(account.google_id, None);
}

fn external_account_zero_expiry(payload: &Payload) {
    let account: ExternalAccount = payload.value();
    assert_eq!(account.id, "eac_2aaa");
    assert_eq!(account.external_account_id, None);
    // The discriminator decides, even though the strategy is one of another verification.
    let Some(ExternalAccountVerification::OAuth(oauth)) = account.verification else {
        panic!("{account:?}");
    };
    assert_eq!(oauth.strategy, "from_oauth_google");
    assert_eq!(oauth.expire_at, Timestamp::default());
}

fn email_link(payload: &Payload) {
    let email: EmailAddress = payload.value();
    let Some(EmailAddressVerification::EmailLink(link)) = email.verification else {
        panic!("{email:?}");
    };
    assert_eq!(link.verified_at_client.as_deref(), Some("client_2pD"));
}

fn email_saml_verification(payload: &Payload) {
    let email: EmailAddress = payload.value();
    let Some(EmailAddressVerification::Saml(saml)) = email.verification else {
        panic!("{email:?}");
    };
    assert_eq!(saml.external_verification_redirect_url, None);
}

fn saml_account_verified(payload: &Payload) {
    let account: SamlAccount = payload.value();
    let Some(SamlAccountVerification::Saml(saml)) = &account.verification else {
        panic!("{account:?}");
    };
    assert_eq!(saml.status, VerificationStatus::Verified);
    assert_eq!(saml.external_verification_redirect_url, None);
    let connection = account.saml_connection.expect("the account has one");
    assert_eq!(connection.domain.as_deref(), Some("example.com"));
    assert_eq!(connection.domains, None);
}

fn phone_backup_codes_null(payload: &Payload) {
    let phone: PhoneNumber = payload.value();
    assert_eq!(phone.backup_codes, None);
    let Some(PhoneNumberVerification::Admin(admin)) = phone.verification else {
        panic!("{phone:?}");
    };
    assert_eq!(admin.status, VerificationStatus::Verified);
}

fn linked_to_with_object(payload: &Payload) {
    let email: EmailAddress = payload.value();
    assert_eq!(email.linked_to[0].id, "idn_g");
    assert_eq!(email.linked_to[0].type_, "oauth_google");
    assert!(matches!(
        email.verification,
        Some(EmailAddressVerification::FromOAuth(_))
    ));
}
