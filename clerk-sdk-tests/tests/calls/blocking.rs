//! Tests of blocking calls, without async code.

use clerk_sdk::{Clerk, ClientConfig, Error, RetryPolicy, user};
use clerk_sdk_tests::Emulator;

use crate::support::MockBackend;

fn start() -> (Emulator, Clerk) {
    let emulator = Emulator::start_blocking().expect("a free port");
    let clerk = Clerk::new(ClientConfig::new(emulator.key()).base_url(emulator.url()));
    (emulator, clerk)
}

/// Returns whether an error reports a blocking call on a thread of a runtime.
fn is_blocking_not_allowed(error: &Error) -> bool {
    matches!(error, Error::InvalidArgument(error) if error.to_string().contains("await the call"))
}

#[test]
fn blocking_calls_items_and_pages_work_outside_a_runtime() {
    let (emulator, clerk) = start();
    for index in 0..7 {
        let params = user::CreateParams::new().username(format!("user_{index}"));
        clerk.user().create(&params).blocking().expect("a user");
    }
    let params = user::ListParams::new().limit(3).order_by("+created_at");
    let users = clerk.user().list(&params).items().blocking();
    let names: Vec<String> = users
        .map(|user| user.expect("a user").username.unwrap_or_default())
        .collect();
    assert_eq!(
        names.join(" "),
        "user_0 user_1 user_2 user_3 user_4 user_5 user_6"
    );
    let pages = clerk.user().list(&params).pages().blocking();
    let sizes: Vec<usize> = pages.map(|page| page.expect("a page").len()).collect();
    assert_eq!(sizes, [3, 3, 1]);
    let error = clerk
        .user()
        .get("user_none")
        .blocking()
        .expect_err("the user does not exist");
    assert!(error.is_not_found());
    assert!(
        emulator
            .requests()
            .iter()
            .all(|it| it.headers["authorization"] == "Bearer sk_test_emulator")
    );
}

#[test]
fn several_threads_can_call_concurrently() {
    let (emulator, clerk) = start();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..8 {
                    let params = user::CountParams::new();
                    clerk.user().count(&params).blocking().expect("a number");
                }
            });
        }
    });
    assert_eq!(emulator.requests().len(), 64);
}

#[test]
fn a_blocking_call_inside_a_runtime_is_an_error_and_sends_nothing() {
    let backend = MockBackend::responding(200, "[]");
    let client = user::Client::new(backend.config());
    for runtime in [
        tokio::runtime::Builder::new_current_thread().build(),
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build(),
    ] {
        let runtime = runtime.expect("a runtime");
        runtime.block_on(async {
            let error = client
                .get("user_1")
                .blocking()
                .expect_err("blocking is not allowed here");
            assert!(is_blocking_not_allowed(&error), "{error}");
            let params = user::ListParams::new();
            let mut users = client.list(&params).items().blocking();
            let error = users
                .next()
                .expect("an error")
                .expect_err("blocking is not allowed here");
            assert!(is_blocking_not_allowed(&error), "{error}");
            assert!(users.next().is_none());
            let moved = client.clone();
            let blocking =
                tokio::task::spawn_blocking(move || moved.get("user_1").blocking().map(drop));
            let error = blocking
                .await
                .expect("the task did not panic")
                .expect_err("the thread belongs to the runtime");
            assert!(is_blocking_not_allowed(&error), "{error}");
        });
    }
    assert!(backend.requests().is_empty());
    let invalid = client.get("").blocking().expect_err("an empty id");
    assert!(!is_blocking_not_allowed(&invalid), "{invalid}");
    client
        .list(&user::ListParams::new())
        .blocking()
        .expect("blocking is allowed outside a runtime");
}

#[test]
fn a_panic_in_the_backend_is_an_error_without_the_panic_message_and_the_next_call_succeeds() {
    let is_first = std::sync::atomic::AtomicBool::new(true);
    let backend = MockBackend::with(move || {
        assert!(
            !is_first.swap(false, std::sync::atomic::Ordering::SeqCst),
            "on purpose"
        );
        http::Response::new(bytes::Bytes::from_static(br#"{"id":"1","data":[]}"#))
    });
    let client = user::Client::new(backend.config().retry(RetryPolicy::none()));
    let error = client
        .get("user_1")
        .blocking()
        .map(drop)
        .expect_err("the backend panics");
    assert_eq!(
        backend.requests().len(),
        1,
        "the request was sent before the panic"
    );
    let Error::Transport(error) = error else {
        panic!("{error:?}")
    };
    assert!(!error.is_connect(), "the request may have been sent");
    let cause = std::error::Error::source(&error).expect("the error has a source");
    assert_eq!(
        format!("{error}: {cause}"),
        "no complete response to GET /users/{user_id}: the backend panicked"
    );
    assert!(!format!("{error:?}").contains("on purpose"));
    client.get("user_1").blocking().expect("the call succeeds");
}
