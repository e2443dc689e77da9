//! A server that misbehaves, over real sockets: every call ends, within its limits, with its own answer.

mod lists;
mod mixed;
mod server;

use std::time::Duration;

use clerk_sdk::{ClientConfig, Error, RetryPolicy, TimeoutPhase, user};
use server::Fault::{
    self, BodyCut, Closed, Endless, Garbage, HalfClosed, HeadCut, Html, Served, Silence, Status,
    Trickle,
};
use server::FaultServer;

const LONG: Duration = Duration::from_secs(300);

/// Repeats at once, and takes little for much. No limit of time ends what ends by itself.
fn config(server: &FaultServer) -> ClientConfig {
    ClientConfig::new("sk_test_faults")
        .base_url(&server.url)
        .timeout(LONG)
        .attempt_timeout(LONG)
        .max_response_bytes(1024 * 1024)
        .retry(RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO))
}

/// What a call ended in, in a word.
fn outcome(result: &Result<String, Error>) -> &'static str {
    match result {
        Ok(_) => "served",
        Err(Error::Api(_)) => "refused",
        Err(Error::Transport(_)) => "broken off",
        Err(Error::Timeout(error)) => match error.phase() {
            TimeoutPhase::Attempt => "attempt too long",
            TimeoutPhase::Call => "call too long",
            _ => "another limit",
        },
        Err(Error::Decode(error)) if error.is_truncated() => "cut",
        Err(Error::Decode(_)) => "not understood",
        Err(_) => "not sent",
    }
}

async fn get(client: &user::Client, id: &str) -> Result<String, Error> {
    client.get(id).await.map(|user| user.id.clone())
}

/// What a fault ends in, and how often a GET is made.
const FAULTS: [(Fault, &str, usize); 13] = [
    (Served, "served", 1),
    (Status(500, ""), "refused", 1),
    (Status(503, ""), "refused", 3),
    (Status(429, "retry-after: 0\r\n"), "refused", 3),
    (Status(429, "retry-after: -7\r\n"), "refused", 3),
    (Status(429, "retry-after: soon\r\n"), "refused", 3),
    (
        Status(429, "retry-after: 99999999999999999999\r\n"),
        "refused",
        1,
    ),
    (Closed, "broken off", 3),
    (HeadCut, "broken off", 3),
    (BodyCut, "cut", 3),
    (HalfClosed, "cut", 3),
    (Garbage, "broken off", 3),
    (Html, "not understood", 1),
];

#[tokio::test]
async fn a_fault_that_stays_is_an_error_after_the_attempts_that_are_allowed() {
    for (fault, expected, attempts) in FAULTS {
        let server = FaultServer::start(move |_, _| fault).await;
        let client = user::Client::new(config(&server));
        let result = get(&client, "user_1").await;
        assert_eq!(outcome(&result), expected, "{fault:?}: {result:?}");
        assert_eq!(server.count(), attempts, "{fault:?}");
        if let Err(error) = result {
            assert_eq!(error.attempts() as usize, attempts, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_fault_that_passes_is_not_seen_by_the_caller() {
    for (fault, _, attempts) in FAULTS {
        let server =
            FaultServer::start(move |_, number| if number == 1 { fault } else { Served }).await;
        let result = get(&user::Client::new(config(&server)), "user_1").await;
        let is_served = attempts > 1 || fault == Served;
        assert_eq!(result.is_ok(), is_served, "{fault:?}: {result:?}");
    }
}

#[tokio::test]
async fn what_may_have_happened_is_not_done_again() {
    for (fault, _, _) in FAULTS {
        let server = FaultServer::start(move |_, _| fault).await;
        let client = user::Client::new(config(&server));
        let result = client
            .create(&user::CreateParams::new().first_name("Ada"))
            .await;
        let is_refused = matches!(fault, Status(429, told) if !told.contains("999"));
        assert_eq!(
            server.count(),
            if is_refused { 3 } else { 1 },
            "{fault:?}: {result:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_ends_with_the_limit_that_ran_out_first() {
    let short = Duration::from_millis(30);
    for fault in [Silence, Trickle] {
        let server = FaultServer::start(move |_, _| fault).await;
        let client = user::Client::new(config(&server));
        let result = client.get("user_1").attempt_timeout(short).await;
        let result = result.map(|user| user.id.clone());
        assert_eq!(outcome(&result), "attempt too long", "{fault:?}");
        assert!(result.is_err_and(|error| error.attempts() == 3));

        let call = client.ban("user_1").attempt_timeout(short);
        let result = call.await.map(|user| user.id.clone());
        assert_eq!(outcome(&result), "attempt too long", "{fault:?}");
        assert!(result.is_err_and(|error| error.attempts() == 1));

        let result = client.get("user_1").timeout(short).await;
        let result = result.map(|user| user.id.clone());
        assert_eq!(outcome(&result), "call too long", "{fault:?}");
    }
}

#[tokio::test]
async fn a_body_without_an_end_is_cut_at_the_limit() {
    let server = FaultServer::start(|_, _| Endless).await;
    let error = get(&user::Client::new(config(&server)), "user_1")
        .await
        .expect_err("it has no end");
    let Error::Decode(decode) = error else {
        panic!("{error:?}")
    };
    assert_eq!((decode.body().len(), server.count()), (1024 * 1024, 1));
}
