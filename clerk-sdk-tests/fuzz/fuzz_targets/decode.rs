//! Answers of any bytes to the operations whose answers are the largest.
#![no_main]

use clerk_sdk::billing::{CreatePriceTransitionParams, ExtendSubscriptionItemFreeTrialParams};
use clerk_sdk_fuzz::{answering, check, wait};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let clerk = answering(200, body);
    check(body, wait(clerk.user().get_billing_subscription("id")));
    let params = Default::default();
    check(
        body,
        wait(clerk.billing().cancel_subscription_item("id", &params)),
    );
    let params = ExtendSubscriptionItemFreeTrialParams::new("2026-01-01T00:00:00Z");
    check(
        body,
        wait(
            clerk
                .billing()
                .extend_subscription_item_free_trial("id", &params),
        ),
    );
    let params = CreatePriceTransitionParams::new("from", "to");
    check(
        body,
        wait(clerk.billing().create_price_transition("id", &params)),
    );
    check(
        body,
        wait(clerk.billing().list_statements(&Default::default())),
    );
    check(
        body,
        wait(
            clerk
                .billing()
                .list_statement_payment_attempts("id", &Default::default()),
        ),
    );
    check(body, wait(clerk.user().list(&Default::default())));
    check(body, wait(clerk.user().get("id")));
    check(body, wait(clerk.jwks().get()));
    check(body, wait(clerk.email_address().get("id")));
});
