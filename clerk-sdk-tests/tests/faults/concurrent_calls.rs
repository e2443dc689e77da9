//! Tests that many concurrent calls to a faulty server do not affect each other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use clerk_sdk::{Error, types::User, user};
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::call_outcome::CallOutcome;
use crate::client_config::client_config;
use crate::fault_server::Fault::{
    self, ClosedInBody, ClosedInHead, ClosedWithoutResponse, ErrorStatus, HalfClosedInBody,
    Healthy, HtmlBody, NoResponse, NotHttp, SlowBody,
};
use crate::fault_server::FaultServer;

const CALLS: usize = 10_000;

/// The number of calls in flight, which is bounded because sockets are.
const CONCURRENCY: usize = 200;

/// The time limit of calls that nothing else would end. All other calls have as much time as they need.
const SHORT: Duration = Duration::from_millis(100);

/// Returns the fault of every attempt of a call that never gets a response.
fn permanent_fault(call: usize) -> Option<Fault> {
    match call % 80 {
        7 | 8 => Some(NoResponse),
        47 | 48 => Some(SlowBody),
        _ => None,
    }
}

/// Mixes faults by the number of the request. A retry has another number, so it can succeed.
fn mixed_fault(request: usize) -> Fault {
    match request % 40 {
        3 | 17 => ErrorStatus(503, ""),
        5 | 35 => ErrorStatus(429, "retry-after: 0\r\n"),
        11 => ClosedWithoutResponse,
        13 => ClosedInHead,
        19 => HalfClosedInBody,
        23 => ClosedInBody,
        29 => ErrorStatus(404, ""),
        31 => HtmlBody,
        37 => NotHttp,
        _ => Healthy,
    }
}

/// Returns whether a call reads. The other half of the calls write.
fn is_read(call: usize) -> bool {
    call.is_multiple_of(2)
}

/// Returns the number of the call that sent a request to this path.
fn call_number(path: &str) -> usize {
    let id = path
        .split('/')
        .nth(3)
        .and_then(|id| id.strip_prefix("user_"));
    id.and_then(|number| number.parse().ok())
        .expect("an ID that contains the number of its call")
}

/// Makes a call, and returns the ID of the user in the response.
async fn make_call(client: &user::Client, number: usize) -> Result<String, Error> {
    let id = format!("user_{number}");
    let call = match is_read(number) {
        true => client.get(&id),
        false => client.ban(&id),
    };
    let call = match permanent_fault(number) {
        Some(_) => call.attempt_timeout(SHORT),
        None => call,
    };
    call.await.map(|user| User::clone(&user).id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_ten_thousand_calls_gets_its_own_response_and_writes_at_most_once() {
    let server = FaultServer::start(|path, request| {
        permanent_fault(call_number(path)).unwrap_or_else(|| mixed_fault(request))
    })
    .await;
    let client = user::Client::new(client_config(&server));
    let permits = Arc::new(Semaphore::new(CONCURRENCY));
    let calls = (0..CALLS).map(|number| {
        let (client, permits) = (client.clone(), permits.clone());
        tokio::spawn(async move {
            let _permit = permits
                .acquire_owned()
                .await
                .expect("the semaphore is never closed");
            make_call(&client, number).await
        })
    });
    let results: Vec<_> = join_all(calls).await;

    let mut succeeded = 0;
    for (number, result) in results.into_iter().enumerate() {
        let result = result.expect("no panic");
        let outcome = CallOutcome::of(&result);
        match (&result, permanent_fault(number)) {
            (Ok(id), None) => {
                assert_eq!(*id, format!("user_{number}"));
                succeeded += 1;
            }
            (_, Some(fault)) => {
                // On a busy machine, the part of the time limit that is for connecting may be exceeded first.
                let expected = [CallOutcome::AttemptTimeout, CallOutcome::OtherTimeout];
                assert!(expected.contains(&outcome), "{fault:?}: {result:?}");
            }
            (Err(_), None) => {
                let expected = [
                    CallOutcome::ErrorResponse,
                    CallOutcome::TransportError,
                    CallOutcome::TruncatedBody,
                    CallOutcome::InvalidBody,
                ];
                assert!(expected.contains(&outcome), "{result:?}");
            }
        }
    }

    let requests = server.requests();
    // Each success response reached a call, and most calls got one.
    let successes = requests.iter().filter(|it| it.fault == Healthy).count();
    assert_eq!(succeeded, successes);
    assert!(succeeded > CALLS / 2, "{succeeded}");

    let mut faults_by_call: HashMap<usize, Vec<Fault>> = HashMap::new();
    for request in requests {
        let call = call_number(&request.path);
        assert_eq!(request.method == "GET", is_read(call));
        faults_by_call.entry(call).or_default().push(request.fault);
    }
    for (call, faults) in faults_by_call {
        assert!(faults.len() <= 3, "{call}: {faults:?}");
        let (_, retried) = faults.split_last().expect("at least one request");
        let is_rate_limited = |fault: &Fault| matches!(fault, ErrorStatus(429, _));
        assert!(
            is_read(call) || retried.iter().all(is_rate_limited),
            "{call}: {faults:?}"
        );
    }
}
