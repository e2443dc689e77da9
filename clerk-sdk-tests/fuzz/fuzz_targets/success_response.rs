//! Fuzzes success responses of the operations with the largest response types.
#![no_main]

use clerk_sdk::billing::{CreatePriceTransitionParams, ExtendSubscriptionItemFreeTrialParams};
use clerk_sdk_fuzz::{assert_decoded_or_decode_error, block_on, client_with_response};
use libfuzzer_sys::fuzz_target;

/// Waits for the response of each call, and checks it.
macro_rules! check_calls {
    ($body:expr; $($call:expr),* $(,)?) => {
        $(assert_decoded_or_decode_error($body, block_on($call));)*
    };
}

fuzz_target!(|body: &[u8]| {
    let clerk = client_with_response(200, body);
    let free_trial = ExtendSubscriptionItemFreeTrialParams::new("2026-01-01T00:00:00Z");
    let transition = CreatePriceTransitionParams::new("from", "to");
    check_calls!(
        body;
        clerk.user().get_billing_subscription("id"),
        clerk.billing().cancel_subscription_item("id", &Default::default()),
        clerk.billing().extend_subscription_item_free_trial("id", &free_trial),
        clerk.billing().create_price_transition("id", &transition),
        clerk.billing().list_statements(&Default::default()),
        clerk.billing().list_statement_payment_attempts("id", &Default::default()),
        clerk.user().list(&Default::default()),
        clerk.user().get("id"),
        clerk.jwks().get(),
        clerk.email_address().get("id"),
    );
});
