//! A server that misbehaves, over real sockets: every call ends, within its limits, with its own answer.

mod server;

use std::time::Duration;

use clerk_sdk::{ClientConfig, Error, RetryPolicy, TimeoutPhase, user};
use futures_util::future::join_all;
use server::Fault::{
    self, BodyCut, Closed, Endless, Garbage, HeadCut, Html, Served, Silence, Status, Trickle,
};
use server::FaultServer;
use tower::limit::ConcurrencyLimitLayer;

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
const FAULTS: [(Fault, &str, usize); 12] = [
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

/// Mixes faults by number, some of which pass when the call is made again.
fn mixed(number: usize) -> Fault {
    match number % 40 {
        3 | 17 => Status(503, ""),
        5 => Status(429, "retry-after: 0\r\n"),
        11 => Closed,
        13 => HeadCut,
        23 => BodyCut,
        29 => Status(404, ""),
        31 => Html,
        37 => Garbage,
        _ => Served,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_at_once_each_end_with_an_answer_of_their_own() {
    const CALLS: usize = 10_000;
    let server = FaultServer::start(|_, number| mixed(number)).await;
    // There are fewer sockets than calls.
    let config = config(&server).layer(ConcurrencyLimitLayer::new(200));
    let client = user::Client::new(config);
    let ids: Vec<String> = (0..CALLS).map(|number| format!("user_{number}")).collect();
    let calls = ids
        .iter()
        .map(|id| tokio::spawn(client.get(id).into_future()));
    let results: Vec<_> = join_all(calls)
        .await
        .into_iter()
        .map(|it| it.expect("no panic"))
        .collect();
    assert_eq!(results.len(), CALLS);
    let mut served = 0;
    for (id, result) in ids.iter().zip(results) {
        match result {
            Ok(user) => {
                assert_eq!(user.id, *id);
                served += 1;
            }
            Err(error) => {
                let result = Err(error);
                let end = outcome(&result);
                assert!(
                    ["refused", "broken off", "cut", "not understood"].contains(&end),
                    "{result:?}"
                );
            }
        }
    }
    // More than without repeating, and no more requests than repeating is allowed.
    assert!(served > CALLS * 31 / 40, "{served}");
    assert!(server.count() <= CALLS * 3, "{}", server.count());
}
