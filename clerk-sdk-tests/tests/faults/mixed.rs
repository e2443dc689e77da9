//! Very many calls, at once, to a server that does anything.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use clerk_sdk::{Error, types::User, user};
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::server::Fault::{
    self, BodyCut, Closed, Garbage, HalfClosed, HeadCut, Html, Served, Silence, Status, Trickle,
};
use crate::server::FaultServer;
use crate::{config, outcome};

const CALLS: usize = 10_000;

/// There are fewer sockets than calls.
const AT_ONCE: usize = 200;

/// For calls that no answer comes to, which nothing else would end. All others have all the time they need.
const SHORT: Duration = Duration::from_millis(100);

/// What never answers a call, however often it is made.
fn dead_end(call: usize) -> Option<Fault> {
    match call % 80 {
        7 | 8 => Some(Silence),
        47 | 48 => Some(Trickle),
        _ => None,
    }
}

/// Mixes faults by the number of the request, some of which pass when the call is made again.
fn mixed(number: usize) -> Fault {
    match number % 40 {
        3 | 17 => Status(503, ""),
        5 | 35 => Status(429, "retry-after: 0\r\n"),
        11 => Closed,
        13 => HeadCut,
        19 => HalfClosed,
        23 => BodyCut,
        29 => Status(404, ""),
        31 => Html,
        37 => Garbage,
        _ => Served,
    }
}

/// Half of the calls read, half of them do something.
fn is_read(call: usize) -> bool {
    call.is_multiple_of(2)
}

fn call_of(path: &str) -> usize {
    let id = path
        .split('/')
        .nth(3)
        .and_then(|id| id.strip_prefix("user_"));
    id.and_then(|number| number.parse().ok())
        .expect("an id of ours")
}

async fn make(client: &user::Client, call: usize) -> Result<String, Error> {
    let id = format!("user_{call}");
    let made = match is_read(call) {
        true => client.get(&id),
        false => client.ban(&id),
    };
    let made = match dead_end(call) {
        Some(_) => made.attempt_timeout(SHORT),
        None => made,
    };
    made.await.map(|user| User::clone(&user).id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_each_end_with_an_answer_of_their_own_and_do_nothing_twice() {
    let server =
        FaultServer::start(|path, number| dead_end(call_of(path)).unwrap_or_else(|| mixed(number)))
            .await;
    let client = user::Client::new(config(&server));
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let calls = (0..CALLS).map(|call| {
        let (client, places) = (client.clone(), places.clone());
        tokio::spawn(async move {
            let _place = places.acquire_owned().await.expect("it stays open");
            make(&client, call).await
        })
    });
    let results: Vec<_> = join_all(calls).await;

    let mut served = 0;
    for (call, result) in results.into_iter().enumerate() {
        let result = result.expect("no panic");
        match (&result, dead_end(call)) {
            (Ok(id), None) => {
                assert_eq!(*id, format!("user_{call}"));
                served += 1;
            }
            (_, Some(fault)) => {
                assert_eq!(
                    outcome(&result),
                    "attempt too long",
                    "{fault:?}: {result:?}"
                );
            }
            (Err(_), None) => {
                let known = ["refused", "broken off", "cut", "not understood"];
                assert!(known.contains(&outcome(&result)), "{result:?}");
            }
        }
    }

    let received = server.received();
    // Each answer that was served has reached a call, and most calls had one.
    let answers = received.iter().filter(|it| it.fault == Served).count();
    assert_eq!(served, answers);
    assert!(served > CALLS / 2, "{served}");

    let mut requests: HashMap<usize, Vec<Fault>> = HashMap::new();
    for request in received {
        let call = call_of(&request.path);
        assert_eq!(request.method == "GET", is_read(call));
        requests.entry(call).or_default().push(request.fault);
    }
    for (call, faults) in requests {
        assert!(faults.len() <= 3, "{call}: {faults:?}");
        let (_, repeated) = faults.split_last().expect("one request at least");
        let is_refused = |fault: &Fault| matches!(fault, Status(429, _));
        assert!(
            is_read(call) || repeated.iter().all(is_refused),
            "{call}: {faults:?}"
        );
    }
}
