//! How many calls of a client may be repeated.

use crate::fates::{Fates, NoConnection, status, told};

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

#[tokio::test(start_paused = true)]
async fn what_is_not_repeated_spends_nothing() {
    let refusals = (0..40).map(|_| told(503, "3600"));
    let fates = Fates::new(refusals.chain([status(503)]));
    let client = fates.client();
    for _ in 0..40 {
        let outcome = client.get("user_1").await;
        outcome.expect_err("nobody waits that long");
    }
    assert_eq!(fates.count(), 40);
    let outcome = client.get("user_1").await;
    assert_eq!(outcome.expect_err("it never works").attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn only_a_wait_that_the_api_asked_for_spends_nothing() {
    for (fate, count) in [
        (told(429, "1"), 300),
        (told(429, "0"), 120),
        (told(429, "soon"), 120),
        (status(429), 120),
    ] {
        let fates = Fates::new([fate.clone()]);
        let client = fates.client();
        for _ in 0..100 {
            client.get("user_1").await.expect_err("it never works");
        }
        assert_eq!(fates.count(), count, "{fate:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn any_answer_of_an_api_that_is_well_gives_some_back() {
    for (well, attempts) in [
        (status(200), 2),
        (status(404), 2),
        (status(422), 2),
        (told(429, "3600"), 1),
        (status(500), 1),
    ] {
        // Ten calls spend all.
        let spent = (0..30).map(|_| NoConnection);
        let answers = (0..10).map(|_| well.clone());
        let fates = Fates::new(spent.chain(answers).chain([NoConnection]));
        let client = fates.client();
        for _ in 0..20 {
            let _ = client.get("user_1").await;
        }
        assert_eq!(fates.count(), 40, "{well:?}");
        let outcome = client.get("user_1").await;
        let error = outcome.expect_err("it never works");
        assert_eq!(error.attempts(), attempts, "{well:?}");
    }
}
