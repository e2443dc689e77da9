//! What a refusal holds back, and for how long.

use clerk_sdk::{Clerk, ClientConfig, RateLimit, RetryPolicy, user};
use tokio::time::Instant;

use crate::clock::{Clock, HOUR, SECOND};

#[tokio::test(start_paused = true)]
async fn a_refusal_holds_back_the_route_that_was_refused() {
    for (told, held) in [
        (Some("7"), 7),
        (None, 1),
        (Some("0"), 1),
        (Some("soon"), 1),
        // What is wrong must not block the route for hours.
        (Some("3600"), 60),
        (Some("999999999999"), 60),
    ] {
        let (clock, start) = (Clock::default(), Instant::now());
        let config = clock.config(RateLimit::published()).timeout(2 * HOUR);
        let clerk = Clerk::new(config.retry(RetryPolicy::none()));
        clock.refuse(told);
        clerk.user().get("user_1").await.expect_err("it is refused");
        clerk
            .user()
            .count(&user::CountParams::new())
            .await
            .expect("another route");
        clerk.user().get("user_2").await.expect("it waited");
        assert_eq!(clock.seconds(start), [0, 0, held], "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_each_user_has_a_limit_a_refusal_holds_back_that_user() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.once(RateLimit::published());
    let update = async |id: &str| {
        let params = user::UpdateParams::new();
        clerk.user().update(id, &params).await
    };
    clock.refuse(Some("7"));
    update("user_1").await.expect_err("it is refused");
    update("user_2").await.expect("another user");
    update("user_1").await.expect("it waited");
    assert_eq!(clock.seconds(start), [0, 0, 7]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_holds_back_the_key_that_was_refused() {
    let (clock, start) = (Clock::default(), Instant::now());
    let limit = RateLimit::published();
    let [one, other] = ["sk_test_one", "sk_test_other"].map(|key| {
        let config = ClientConfig::new(key).backend(clock.clone());
        let config = config.rate_limit(limit.clone());
        user::Client::new(config.retry(RetryPolicy::none()))
    });
    clock.refuse(Some("7"));
    one.get("user_1").await.expect_err("it is refused");
    other.get("user_1").await.expect("another key");
    one.get("user_1").await.expect("it waited");
    assert_eq!(clock.seconds(start), [0, 0, 7]);
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_a_hold_keeps_to_the_limits_when_it_ends() {
    let (clock, start) = (Clock::default(), Instant::now());
    let clerk = clock.once(RateLimit::new(3, 10 * SECOND));
    clock.refuse(Some("30"));
    clerk.user().get("user_1").await.expect_err("it is refused");
    let held = (0..5).map(|_| clerk.user().get("user_1"));
    for result in futures_util::future::join_all(held).await {
        result.expect("it waited");
    }
    assert_eq!(clock.seconds(start), [0, 30, 30, 30, 40, 40]);
}
