//! Unions whose discriminator is missing, as that of verifications in webhook events.

use clerk_sdk::types::{EmailAddressVerification, PasskeyVerification, VerificationStatus};
use serde_json::{Value, json};

fn decode(json: &Value) -> EmailAddressVerification {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

#[test]
fn another_member_selects_the_variant() {
    for json in [
        json!({"strategy": "from_oauth_google", "status": "verified"}),
        json!({"strategy": "from_oauth_google", "status": "verified", "object": null}),
        json!({"object": "", "strategy": "from_oauth_google", "status": "verified"}),
    ] {
        let decoded = decode(&json);
        let EmailAddressVerification::FromOAuth(from_oauth) = &decoded else {
            panic!("{json}: {decoded:?}");
        };
        assert_eq!(from_oauth.status, VerificationStatus::Verified);
        let serialized = serde_json::to_value(&decoded).expect("serialization succeeds");
        assert_eq!(decode(&serialized), decoded);
    }
    let passkey = json!({"strategy": "passkey", "status": "verified"});
    let passkey: PasskeyVerification = serde_json::from_value(passkey).expect("decoding succeeds");
    assert!(matches!(passkey, PasskeyVerification::Passkey(_)));
}

#[test]
fn an_object_that_is_not_recognized_stays_unknown() {
    for json in [
        json!({"strategy": "telepathy", "status": "verified"}),
        json!({"strategy": "admin", "object": "verification_telepathy"}),
        json!({"strategy": "administrator"}),
        json!({"strategy": ["admin"]}),
        json!({"status": "verified"}),
        json!({}),
    ] {
        let EmailAddressVerification::Unknown(unknown) = decode(&json) else {
            panic!("{json} is known");
        };
        assert_eq!(unknown.into_json(), json);
    }
}

#[test]
fn a_type_mismatch_is_an_error_as_with_a_discriminator() {
    let json = json!({"strategy": "admin", "status": ["verified"]});
    assert!(serde_json::from_value::<EmailAddressVerification>(json).is_err());
}
