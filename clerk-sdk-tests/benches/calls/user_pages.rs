//! Pages of users like those of the API, about 2.4 kB per user.

use std::sync::Arc;

use serde_json::{Value, json};

/// Returns a page of `count` users. `first` is the number of its first user.
pub(crate) fn user_page(first: u32, count: u32) -> Arc<str> {
    let users: Vec<Value> = (first..first + count).map(user).collect();
    Value::Array(users).to_string().into()
}

fn user(number: u32) -> Value {
    let verification = |kind: &str, strategy: &str| {
        json!({
            "object": kind, "status": "verified", "strategy": strategy,
            "attempts": 1, "expire_at": 1_700_000_000_000_i64,
        })
    };
    let image = format!("https://img.example.com/{}", "a".repeat(120));
    json!({
        "id": format!("user_{number:027}"), "object": "user", "external_id": format!("ext_{number}"),
        "primary_email_address_id": format!("idn_{number:027}"), "primary_phone_number_id": null,
        "primary_web3_wallet_id": null, "username": null, "first_name": "Ada",
        "last_name": format!("Lovelace {number}"), "profile_image_url": image, "image_url": image,
        "has_image": true, "public_metadata": {"plan": "pro", "seats": number},
        "private_metadata": {"crm": {"id": number, "tags": ["a", "b"]}}, "unsafe_metadata": {},
        "email_addresses": [{
            "id": format!("idn_{number:027}"), "object": "email_address",
            "email_address": format!("ada{number}@example.com"), "reserved": false,
            "verification": verification("verification_otp", "email_code"),
            "linked_to": [{"type": "oauth_google", "id": "idn_1"}],
            "created_at": 1_700_000_000_000_i64, "updated_at": 1_700_000_000_000_i64,
        }],
        "phone_numbers": [{
            "id": format!("idn_p{number:026}"), "object": "phone_number",
            "phone_number": "+15555550100", "reserved_for_second_factor": false,
            "default_second_factor": false, "reserved": false,
            "verification": verification("verification_otp", "phone_code"), "linked_to": [],
            "created_at": 1_700_000_000_000_i64, "updated_at": 1_700_000_000_000_i64,
        }],
        "web3_wallets": [], "passkeys": [], "password_enabled": true, "two_factor_enabled": false,
        "totp_enabled": false, "backup_code_enabled": false, "mfa_enabled_at": null,
        "external_accounts": [{
            "object": "external_account", "id": format!("eac_{number:027}"),
            "provider": "oauth_google", "identification_id": "idn_2", "provider_user_id": "1234567",
            "approved_scopes": "email profile", "email_address": format!("ada{number}@example.com"),
            "first_name": "Ada", "last_name": "L", "public_metadata": {}, "label": null,
            "created_at": 1_700_000_000_000_i64, "updated_at": 1_700_000_000_000_i64,
            "verification": verification("verification_oauth", "oauth_google"),
        }],
        "saml_accounts": [], "enterprise_accounts": [], "last_sign_in_at": 1_700_000_000_000_i64,
        "banned": false, "locked": false, "lockout_expires_in_seconds": null,
        "verification_attempts_remaining": 100, "delete_self_enabled": true,
        "create_organization_enabled": true, "last_active_at": 1_700_000_000_000_i64,
        "created_at": 1_700_000_000_000_i64, "updated_at": 1_700_000_000_000_i64,
    })
}
