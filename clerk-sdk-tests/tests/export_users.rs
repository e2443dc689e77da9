//! The example that exports users: stopped anywhere, it ends with each user once, in order.

#[path = "../../clerk-sdk/examples/export_users/export.rs"]
mod export;

use std::cell::Cell;
use std::fs;
use std::path::Path;

use clerk_sdk::{ClientConfig, user};
use clerk_sdk_tests::StandIn;
use export::{Counts, Line, export};

async fn start(users: usize) -> (StandIn, user::Client) {
    let server = StandIn::start().await.expect("a free port");
    server.add_crowd(users);
    let config = ClientConfig::new(server.key()).base_url(server.url());
    (server, user::Client::new(config))
}

fn ids(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("the file is there");
    let line = |line| serde_json::from_str::<Line>(line).expect("a line").user.id;
    text.lines().map(line).collect()
}

fn expected(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("user_crowd{number:09}"))
        .collect()
}

#[tokio::test]
async fn stopped_anywhere_it_goes_on_behind_the_last_whole_line() {
    let (_server, client) = start(1_250).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("users.jsonl");
    for stop in [0, 100, 400, 900] {
        let done = Cell::new(0);
        tokio::select! {
            biased;
            () = until(&done, stop) => {}
            result = export(&client, &path, 8, |count| done.set(count)) => {
                panic!("it was to be stopped: {result:?}")
            }
        }
        // A kill in the middle of a line.
        let mut text = fs::read(&path).unwrap_or_default();
        text.extend_from_slice(br#"{"user":{"id":"user_cro"#);
        fs::write(&path, text).expect("it can be written");
    }
    let counts = export(&client, &path, 8, |_| {}).await.expect("it ends");
    assert_eq!(ids(&path), expected(1_250));
    assert_eq!(counts.before + counts.written, 1_250);
    assert!(counts.before >= 900, "{counts:?}");

    let counts = export(&client, &path, 8, |_| {}).await.expect("it ends");
    assert_eq!(
        counts,
        Counts {
            before: 1_250,
            written: 0
        }
    );
    assert_eq!(ids(&path), expected(1_250));
}

/// Waits until so many users are done.
async fn until(done: &Cell<u64>, stop: u64) {
    while done.get() < stop {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_error_keeps_what_is_written_and_another_file_is_left_alone() {
    let (server, client) = start(300).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("users.jsonl");
    server.answer(clerk_sdk_tests::Canned {
        method: "GET".to_owned(),
        path: "/users/user_crowd000000150/organization_memberships".to_owned(),
        status: 403,
        headers: Vec::new(),
        body: br#"{"errors":[]}"#.to_vec(),
    });
    export(&client, &path, 8, |_| {})
        .await
        .expect_err("it is refused");
    assert_eq!(ids(&path), expected(150));
    export(&client, &path, 8, |_| {}).await.expect("it goes on");
    assert_eq!(ids(&path), expected(300));

    for (text, problem) in [
        ("not a user\n", "line 1 of"),
        ("not a line", "another file"),
    ] {
        let notes = folder.path().join("notes.txt");
        fs::write(&notes, text).expect("it can be written");
        let error = export(&client, &notes, 8, |_| {})
            .await
            .expect_err("no users in there");
        assert!(error.to_string().contains(problem), "{error}");
        assert_eq!(fs::read_to_string(&notes).expect("it is there"), text);
    }
}
