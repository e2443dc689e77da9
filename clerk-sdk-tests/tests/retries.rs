//! When a call is made again. Time is tokio's own, which jumps to the next thing that waits for it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{
    Backend, BackendError, BackendFuture, ClientConfig, Error, RetryPolicy, TimeoutPhase, user,
};
use proptest::prelude::*;
use tokio::time::Instant;

/// What happens to one attempt.
#[derive(Clone, Debug)]
enum Fate {
    Status(u16, Vec<(&'static str, String)>),
    NoConnection,
    BrokenOff,
    Silence,
}

use Fate::{BrokenOff, NoConnection, Silence};

fn status(status: u16) -> Fate {
    Fate::Status(status, Vec::new())
}

fn told(code: u16, wait: &str) -> Fate {
    Fate::Status(code, vec![("retry-after", wait.to_owned())])
}

/// When an attempt was made, and what was sent.
type Seen = (Instant, http::Request<Bytes>);

/// Lets attempts meet their fates in order, the last of them for ever.
#[derive(Clone)]
struct Fates {
    left: Arc<Mutex<VecDeque<Fate>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Fates {
    fn new(fates: impl IntoIterator<Item = Fate>) -> Self {
        Self {
            left: Arc::new(Mutex::new(fates.into_iter().collect())),
            seen: Arc::default(),
        }
    }

    fn next(&self) -> Fate {
        let mut left = self.left.lock().expect("no test panicked here");
        match left.len() {
            1 => left[0].clone(),
            _ => left.pop_front().expect("there is always one"),
        }
    }

    fn config(&self) -> ClientConfig {
        ClientConfig::new("sk_test_fates").backend(self.clone())
    }

    fn client(&self) -> user::Client {
        user::Client::new(self.config())
    }

    fn count(&self) -> usize {
        self.seen.lock().expect("no test panicked here").len()
    }

    /// The waits between the attempts.
    fn waits(&self) -> Vec<Duration> {
        let seen = self.seen.lock().expect("no test panicked here");
        seen.windows(2).map(|pair| pair[1].0 - pair[0].0).collect()
    }
}

impl Backend for Fates {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let mut seen = self.seen.lock().expect("no test panicked here");
        seen.push((Instant::now(), request));
        let fate = self.next();
        Box::pin(async move {
            match fate {
                Fate::Status(status, headers) => {
                    let mut response = http::Response::builder().status(status);
                    for (name, value) in headers {
                        response = response.header(name, value);
                    }
                    Ok(response.body(Bytes::from("{}")).expect("a response"))
                }
                NoConnection => Err(BackendError::connect("refused")),
                BrokenOff => Err(BackendError::new("reset")),
                Silence => std::future::pending().await,
            }
        })
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verb {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

/// Makes a call with this method.
async fn call_with(client: &user::Client, verb: Verb) -> Result<http::StatusCode, Error> {
    match verb {
        Verb::Get => client.get("user_1").await.map(|it| it.status()),
        Verb::Post => client.ban("user_1").await.map(|it| it.status()),
        Verb::Patch => {
            let params = user::UpdateParams::new().first_name("Ada");
            client.update("user_1", &params).await.map(|it| it.status())
        }
        Verb::Put => {
            let params = user::ReplaceMetadataParams::new();
            client
                .replace_metadata("user_1", &params)
                .await
                .map(|it| it.status())
        }
        Verb::Delete => client.delete("user_1").await.map(|it| it.status()),
    }
}

/// What a call with this method gives, and how often it is made.
async fn call(verb: Verb, fates: &[Fate]) -> (Result<u16, Error>, usize) {
    let fates = Fates::new(fates.to_vec());
    let outcome = call_with(&fates.client(), verb).await;
    (outcome.map(|status| status.as_u16()), fates.count())
}

#[tokio::test(start_paused = true)]
async fn what_is_repeated_depends_on_the_failure_and_the_method() {
    let all = [Verb::Get, Verb::Put, Verb::Delete, Verb::Post, Verb::Patch];
    let safe = [Verb::Get, Verb::Put, Verb::Delete];
    for (fate, repeated) in [
        (status(429), &all[..]),
        (NoConnection, &all),
        (BrokenOff, &safe),
        (Silence, &safe),
        (status(502), &safe),
        (status(503), &safe),
        (status(504), &safe),
        (status(500), &[]),
        (status(501), &[]),
        (status(400), &[]),
        (status(401), &[]),
        (status(404), &[]),
        (status(408), &[]),
        (status(422), &[]),
    ] {
        for verb in all {
            let (outcome, count) = call(verb, &[fate.clone(), status(200)]).await;
            let is_repeated = repeated.contains(&verb);
            assert_eq!(count, if is_repeated { 2 } else { 1 }, "{fate:?} {verb:?}");
            assert_eq!(outcome.is_ok(), is_repeated, "{fate:?} {verb:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_is_made_three_times_at_most_and_says_so() {
    let (outcome, count) = call(Verb::Get, &[status(503)]).await;
    let error = outcome.expect_err("it never works");
    assert_eq!((count, error.attempts()), (3, 3));
    assert!(error.to_string().ends_with("(3 attempts)"), "{error}");
    let (outcome, _) = call(Verb::Get, &[NoConnection]).await;
    let text = outcome.expect_err("it never works").to_string();
    assert_eq!(text, "no connection for GET /users/{user_id} (3 attempts)");
    let (outcome, _) = call(Verb::Post, &[BrokenOff]).await;
    let error = outcome.expect_err("it never works");
    assert_eq!(error.attempts(), 1);
    assert_eq!(
        error.to_string(),
        "no whole response to POST /users/{user_id}/ban"
    );

    let fates = Fates::new([status(503), status(200)]);
    assert_eq!(
        fates
            .client()
            .get("user_1")
            .await
            .expect("the second works")
            .attempts(),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn the_request_is_sent_again_byte_for_byte() {
    let fates = Fates::new([status(429), NoConnection, status(200)]);
    let file = clerk_sdk::File::new("me.png", vec![0, 159, 146, 150]);
    let params = user::UpdateProfileImageParams::new(file);
    fates
        .client()
        .update_profile_image("user_1", &params)
        .await
        .expect("the third works");
    let seen = fates.seen.lock().expect("no test panicked here");
    assert_eq!(seen.len(), 3);
    for (_, request) in &seen[1..] {
        let first = &seen[0].1;
        assert_eq!(request.body(), first.body());
        assert_eq!(request.headers(), first.headers());
        assert_eq!(
            (request.method(), request.uri()),
            (first.method(), first.uri())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_api_says_how_long_to_wait() {
    let seconds = Duration::from_secs;
    let date = |headers: &[(&'static str, &str)]| {
        let headers = headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        Fate::Status(429, headers.collect())
    };
    for (fate, least) in [
        (told(429, "7"), seconds(7)),
        (told(429, " 0 "), seconds(0)),
        (told(503, "2"), seconds(2)),
        (
            date(&[
                ("date", "Mon, 23 Nov 2026 12:00:00 GMT"),
                ("retry-after", "Mon, 23 Nov 2026 12:00:09 GMT"),
            ]),
            seconds(9),
        ),
        // Past, negative, or nothing that can be read: as if it had not been said.
        (
            date(&[
                ("date", "Mon, 23 Nov 2026 12:00:00 GMT"),
                ("retry-after", "Mon, 23 Nov 2026 11:00:00 GMT"),
            ]),
            seconds(0),
        ),
        (told(429, "-5"), seconds(0)),
        (told(429, "soon"), seconds(0)),
        (told(429, "1.5"), seconds(0)),
        (told(429, ""), seconds(0)),
    ] {
        let fates = Fates::new([fate.clone(), status(200)]);
        fates
            .client()
            .get("user_1")
            .await
            .expect("the second works");
        let wait = fates.waits()[0];
        let most = least + Duration::from_millis(251);
        assert!(wait >= least && wait <= most, "{fate:?}: {wait:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_too_long_is_not_waited() {
    for wait in [
        "21",
        "29",
        "86400",
        "99999999999999999999",
        "18446744073709551615",
    ] {
        let fates = Fates::new([told(429, wait), status(200)]);
        let start = Instant::now();
        let outcome = fates.client().get("user_1").await;
        let error = outcome.expect_err("nobody waits that long");
        assert!(error.is_rate_limited(), "{wait}: {error}");
        assert_eq!(
            (fates.count(), start.elapsed()),
            (1, Duration::ZERO),
            "{wait}"
        );
    }
    let fates = Fates::new([told(429, "60"), status(200)]);
    let patient = RetryPolicy::new().max_wait(Duration::from_secs(60));
    let config = fates
        .config()
        .retry(patient)
        .timeout(Duration::from_secs(90));
    user::Client::new(config)
        .get("user_1")
        .await
        .expect("it was told to be patient");
    // Nor one that the call's own limit does not leave time for.
    let fates = Fates::new([told(429, "10"), status(200)]);
    let error = fates
        .client()
        .get("user_1")
        .timeout(Duration::from_secs(5))
        .await;
    assert!(error.expect_err("there is no time").is_rate_limited());
    assert_eq!(fates.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn waits_are_random_below_a_limit_that_doubles() {
    let policy = RetryPolicy::new().max_attempts(6);
    let policy = policy.backoff(Duration::from_millis(100), Duration::from_millis(500));
    let mut longest = [Duration::ZERO; 5];
    for _ in 0..60 {
        let fates = Fates::new([status(503)]);
        let client = user::Client::new(fates.config().retry(policy.clone()));
        client.get("user_1").await.expect_err("it never works");
        for (longest, wait) in longest.iter_mut().zip(fates.waits()) {
            *longest = wait.max(*longest);
        }
    }
    for (longest, limit) in longest.into_iter().zip([100, 200, 400, 500, 500]) {
        let limit = Duration::from_millis(limit);
        // Tokio's clock has a grain of a millisecond.
        assert!(
            longest <= limit + Duration::from_millis(2),
            "{longest:?} of {limit:?}"
        );
        assert!(
            longest > limit / 2,
            "sixty waits in the lower half: {longest:?} of {limit:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn repeating_can_be_turned_off() {
    let fates = Fates::new([status(429), status(200)]);
    let once = user::Client::new(fates.config().retry(RetryPolicy::none()));
    assert!(
        once.get("user_1")
            .await
            .expect_err("it was made once")
            .is_rate_limited()
    );
    once.get("user_1").await.expect("and once again, by hand");

    let fates = Fates::new([status(429), status(200)]);
    let error = fates
        .client()
        .get("user_1")
        .retry(RetryPolicy::none())
        .await;
    assert_eq!(error.expect_err("it was made once").attempts(), 1);
    let fates = Fates::new([
        status(503),
        status(503),
        status(503),
        status(503),
        status(200),
    ]);
    let often = RetryPolicy::new().max_attempts(5);
    fates
        .client()
        .get("user_1")
        .retry(often)
        .await
        .expect("the fifth works");
}

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
async fn a_time_out_says_which_limit_ran_out() {
    let seconds = Duration::from_secs;
    let phase = |error: Error| match error {
        Error::Timeout(error) => (error.phase(), error.limit()),
        other => panic!("{other}"),
    };
    // An attempt that hangs is repeated, until the call's own limit.
    let start = Instant::now();
    let fates = Fates::new([Silence]);
    let error = fates
        .client()
        .get("user_1")
        .await
        .expect_err("nothing comes");
    assert_eq!(phase(error), (TimeoutPhase::Call, Some(seconds(30))));
    assert_eq!((fates.count(), start.elapsed()), (2, seconds(30)));

    let start = Instant::now();
    let fates = Fates::new([Silence]);
    let error = fates
        .client()
        .ban("user_1")
        .await
        .expect_err("nothing comes");
    let text = error.to_string();
    assert_eq!(
        text,
        "an attempt of POST /users/{user_id}/ban took longer than 15s"
    );
    assert_eq!(phase(error), (TimeoutPhase::Attempt, Some(seconds(15))));
    assert_eq!((fates.count(), start.elapsed()), (1, seconds(15)));

    let fates = Fates::new([Silence, status(200)]);
    let config = fates
        .config()
        .attempt_timeout(seconds(2))
        .timeout(seconds(9));
    let start = Instant::now();
    user::Client::new(config)
        .get("user_1")
        .await
        .expect("the second works");
    assert!(start.elapsed() < seconds(3));

    let fates = Fates::new([Silence]);
    let error = fates.client().get("user_1").timeout(seconds(4)).await;
    let error = error.expect_err("nothing comes");
    assert_eq!(phase(error), (TimeoutPhase::Call, Some(seconds(4))));

    let call = fates.client().ban("user_1").attempt_timeout(seconds(3));
    let error = call.await.expect_err("nothing comes");
    assert_eq!(phase(error), (TimeoutPhase::Attempt, Some(seconds(3))));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_ends_its_attempts() {
    let fates = Fates::new([told(429, "5"), status(200)]);
    let client = fates.client();
    let given_up = tokio::time::timeout(Duration::from_secs(1), client.get("user_1")).await;
    assert!(given_up.is_err());
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(fates.count(), 1);
}

fn any_fate() -> impl Strategy<Value = Fate> {
    const CODES: &[u16] = &[200, 400, 404, 408, 429, 500, 502, 503, 504];
    const WAITS: &[&str] = &["0", "1", "7", "21", "soon", "-1", "99999999999999999999"];
    let told = (prop::sample::select(CODES), prop::sample::select(WAITS));
    prop_oneof![
        prop::sample::select(CODES).prop_map(status),
        told.prop_map(|(code, wait)| self::told(code, wait)),
        Just(NoConnection),
        Just(BrokenOff),
        Just(Silence),
    ]
}

/// Whether a failure says that nothing was done.
fn is_harmless(fate: &Fate) -> bool {
    matches!(fate, NoConnection | Fate::Status(429, _))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_schedule_of_failures_gets_past_the_policy(
        verb in prop::sample::select(&[Verb::Get, Verb::Put, Verb::Delete, Verb::Post, Verb::Patch][..]),
        fates in prop::collection::vec(any_fate(), 1..8),
        most in 0_u32..6,
        limit in 1_u64..60,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let (count, took) = runtime.block_on(async {
            let all = Fates::new(fates.clone());
            let policy = RetryPolicy::new().max_attempts(most);
            let config = all.config().retry(policy).timeout(Duration::from_secs(limit));
            let start = Instant::now();
            let _ = call_with(&user::Client::new(config), verb).await;
            (all.count(), start.elapsed())
        });
        prop_assert!(count <= most.max(1) as usize);
        prop_assert!(took <= Duration::from_secs(limit) + Duration::from_millis(2));
        if matches!(verb, Verb::Post | Verb::Patch) {
            // What came before the last attempt did nothing.
            prop_assert!(fates.iter().take(count - 1).all(is_harmless), "{count} {fates:?}");
        }
        // A success is the last attempt.
        let is_success = |fate: &Fate| matches!(fate, Fate::Status(200, _));
        prop_assert!(!fates.iter().take(count - 1).any(is_success));
    }
}
