//! Calls without async.

mod support;

use clerk_sdk::{Clerk, ClientConfig, Error, RetryPolicy, user};
use clerk_sdk_tests::Emulator;
use support::Recorder;

fn start() -> (Emulator, Clerk) {
    let server = Emulator::start_blocking().expect("a free port");
    let clerk = Clerk::new(ClientConfig::new(server.key()).base_url(server.url()));
    (server, clerk)
}

fn is_refused(error: &Error) -> bool {
    matches!(error, Error::InvalidArgument(error) if error.to_string().contains("await the call"))
}

#[test]
fn calls_and_lists_work_outside_a_runtime() {
    let (server, clerk) = start();
    for place in 0..7 {
        let params = user::CreateParams::new().username(format!("user_{place}"));
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
        .expect_err("there is none");
    assert!(error.is_not_found());
    assert!(
        server
            .requests()
            .iter()
            .all(|it| it.headers["authorization"] == "Bearer sk_test_emulator")
    );
}

#[test]
fn threads_call_at_the_same_time() {
    let (server, clerk) = start();
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
    assert_eq!(server.requests().len(), 64);
}

#[test]
fn inside_a_runtime_it_is_an_error_and_nothing_is_sent() {
    let recorder = Recorder::answering(200, "[]");
    let client = user::Client::new(recorder.config());
    for runtime in [
        tokio::runtime::Builder::new_current_thread().build(),
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build(),
    ] {
        let runtime = runtime.expect("a runtime");
        runtime.block_on(async {
            let error = client.get("user_1").blocking().expect_err("it would block");
            assert!(is_refused(&error), "{error}");
            let params = user::ListParams::new();
            let mut users = client.list(&params).items().blocking();
            let error = users.next().expect("an error").expect_err("it would block");
            assert!(is_refused(&error), "{error}");
            assert!(users.next().is_none());
            let own = client.clone();
            let blocking =
                tokio::task::spawn_blocking(move || own.get("user_1").blocking().map(drop));
            let error = blocking
                .await
                .expect("no panic")
                .expect_err("it is a thread of the runtime");
            assert!(is_refused(&error), "{error}");
        });
    }
    assert!(recorder.requests().is_empty());
    let bad = client.get("").blocking().expect_err("an empty id");
    assert!(!is_refused(&bad), "{bad}");
    client
        .list(&user::ListParams::new())
        .blocking()
        .expect("it is outside again");
}

#[test]
fn a_panic_of_a_backend_is_an_error_without_its_message_and_the_next_call_works() {
    let once = std::sync::atomic::AtomicBool::new(true);
    let recorder = Recorder::with(move || {
        assert!(
            !once.swap(false, std::sync::atomic::Ordering::SeqCst),
            "on purpose"
        );
        http::Response::new(bytes::Bytes::from_static(b"{}"))
    });
    let client = user::Client::new(recorder.config().retry(RetryPolicy::none()));
    let error = client
        .get("user_1")
        .blocking()
        .map(drop)
        .expect_err("it panicked");
    assert_eq!(recorder.requests().len(), 1, "it was sent before that");
    let Error::Transport(error) = error else {
        panic!("{error:?}")
    };
    assert!(!error.is_connect(), "nobody knows what was sent");
    let cause = std::error::Error::source(&error).expect("it has a cause");
    assert_eq!(
        format!("{error}: {cause}"),
        "no whole response to GET /users/{user_id}: what sends the requests panicked"
    );
    assert!(!format!("{error:?}").contains("on purpose"));
    client.get("user_1").blocking().expect("it works");
}
