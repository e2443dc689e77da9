//! How many calls of a client may be repeated.

use crate::fates::{Fates, status};

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_multiplied() {
    let fates = Fates::new([status(503)]);
    let client = fates.client();
    for _ in 0..100 {
        client.get("user_1").await.expect_err("it never works");
    }
    assert_eq!(fates.count(), 100 + 20, "twenty repetitions, and then none");
    // Those of a clone count with it; those of another client do not.
    client
        .clone()
        .get("user_1")
        .await
        .expect_err("it never works");
    assert_eq!(fates.count(), 121);
    fates
        .client()
        .get("user_1")
        .await
        .expect_err("it never works");
    assert_eq!(fates.count(), 124);
    // What succeeds gives some back.
    let mixed = Fates::new((0..10).map(|_| status(200)).chain([status(503)]));
    let client = mixed.client();
    for _ in 0..10 {
        client.get("user_1").await.expect("it works for a while");
    }
    for _ in 0..100 {
        client.get("user_1").await.expect_err("it no longer works");
    }
    assert_eq!(mixed.count(), 10 + 100 + 20, "it was full");
}
