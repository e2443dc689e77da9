//! The example that exports users: stopped anywhere, it ends with each user once, in order.

#[path = "../../clerk-sdk/examples/export_users/export.rs"]
mod export;

use std::cell::Cell;
use std::fs;
use std::path::Path;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, ClientConfig, user};
use clerk_sdk_tests::Emulator;
use export::{Counts, Line, export};

async fn start(users: usize) -> (Emulator, user::Client) {
    let server = Emulator::start().await.expect("a free port");
    server.seed_users(users);
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
        .map(|number| format!("user_seeded{number:09}"))
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
        text.extend_from_slice(br#"{"user":{"id":"user_see"#);
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
    server.stub(clerk_sdk_tests::StubbedResponse {
        method: "GET".to_owned(),
        path: "/users/user_seeded000000150/organization_memberships".to_owned(),
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

/// Exports so many users, deletes the last of them, has some more made, and exports again.
async fn after_deleting(deleted: usize) -> (Vec<String>, Vec<String>) {
    let server = Emulator::start().await.expect("a free port");
    let config = ClientConfig::new(server.key()).base_url(server.url());
    let client = user::Client::new(config);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("users.jsonl");
    let mut all = make(&client, 12).await;
    export(&client, &path, 8, |_| {}).await.expect("it ends");
    for id in &all[12 - deleted..] {
        client.delete(id).await.expect("it is deleted");
    }
    all.extend(make(&client, 3).await);
    export(&client, &path, 8, |_| {}).await.expect("it goes on");
    (ids(&path), all)
}

async fn make(client: &user::Client, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        let user = client.create(&user::CreateParams::new()).await;
        ids.push(user.expect("a user").id.clone());
    }
    ids
}

#[tokio::test]
async fn it_goes_on_though_the_users_who_were_written_last_are_deleted() {
    for deleted in [0, 1, 2, 5, 11] {
        let (written, expected) = after_deleting(deleted).await;
        assert_eq!(written, expected, "{deleted}");
    }
}

/// Answers at once: 500 users, none of whom is in an organization.
struct Crowd;

impl Backend for Crowd {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let body = match request.uri() {
            uri if !uri.path().ends_with("/users") => r#"{"data":[],"total_count":0}"#.to_owned(),
            uri if uri.to_string().contains("starting_after") => "[]".to_owned(),
            _ => {
                let users = expected(500).into_iter();
                let users: Vec<_> = users.map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
                format!("[{}]", users.join(","))
            }
        };
        Box::pin(async { Ok(http::Response::new(body.into())) })
    }
}

/// The clock is tokio's own, which goes on where everything waits.
#[tokio::test(start_paused = true)]
async fn more_calls_at_once_than_the_rate_limit_lets_through_in_half_a_minute_wait_for_their_turn()
{
    let client = user::Client::new(export::config("sk_test_crowd").backend(Crowd));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("users.jsonl");
    let counts = export(&client, &path, 500, |_| {}).await;
    assert_eq!(counts.expect("all have their turn").written, 500);
}
