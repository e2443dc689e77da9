//! Tests of the `export_users` example: however often it is interrupted, the file finally contains every user once, in
//! order.

#[path = "../../examples/export/export.rs"]
mod export;
#[path = "../../examples/export/part.rs"]
mod part;

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, ClientConfig, RetryPolicy, user};
use clerk_sdk_tests::{Emulator, StubbedResponse};
use serde_json::{Value, json};

use export::{Counts, Line, Options, export};
use part::Part;

const OPTIONS: Options = Options {
    concurrency: 8,
    pause: Duration::ZERO,
    part: Part::ALL,
};

async fn start(users: usize) -> (Emulator, user::Client) {
    let emulator = Emulator::start().await.expect("a free port");
    let users = expected(users).into_iter().enumerate();
    let users: Vec<Value> = users
        .map(|(index, id)| {
            let created_at = format!(
                "2020-01-01T{:02}:{:02}:{:02}Z",
                index / 3600,
                index / 60 % 60,
                index % 60
            );
            json!({"id": id, "created_at": created_at})
        })
        .collect();
    let seeded = emulator.seed(&json!({"users": users}).to_string());
    seeded.expect("the seed is valid");
    let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
    (emulator, user::Client::new(config))
}

/// Makes the next request with this path fail.
fn fail(emulator: &Emulator, path: &str, status: u16) {
    emulator.stub(StubbedResponse {
        method: "GET".to_owned(),
        path: path.to_owned(),
        status,
        headers: Vec::new(),
        body: br#"{"errors":[]}"#.to_vec(),
    });
}

fn ids(path: &Path) -> Vec<String> {
    let lines = fs::read_to_string(path).expect("the file exists");
    let line = |line| serde_json::from_str::<Line>(line).expect("a line").user.id;
    lines.lines().map(line).collect()
}

fn expected(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("user_seeded{number:09}"))
        .collect()
}

#[tokio::test]
async fn an_interrupted_export_resumes_after_the_last_complete_line() {
    let (_emulator, client) = start(1_250).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("users.jsonl");
    for stop in [0, 100, 400, 900] {
        let done = Cell::new(0);
        tokio::select! {
            biased;
            () = until(&done, stop) => {}
            result = export(&client, &path, &OPTIONS, |count| done.set(count)) => {
                panic!("the export finished early: {result:?}")
            }
        }
        // The incomplete line that a killed process leaves.
        let mut content = fs::read(&path).unwrap_or_default();
        content.extend_from_slice(br#"{"user":{"id":"user_see"#);
        fs::write(&path, content).expect("the file is written");
    }
    let counts = export(&client, &path, &OPTIONS, |_| {})
        .await
        .expect("the export finishes");
    assert_eq!(ids(&path), expected(1_250));
    assert_eq!(counts.before + counts.written, 1_250);
    assert!(counts.before >= 900, "{counts:?}");

    let counts = export(&client, &path, &OPTIONS, |_| {})
        .await
        .expect("the export finishes");
    assert_eq!(
        counts,
        Counts {
            before: 1_250,
            written: 0
        }
    );
    assert_eq!(ids(&path), expected(1_250));
}

/// Waits until `count` users have been exported.
async fn until(done: &Cell<u64>, count: u64) {
    while done.get() < count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_error_keeps_the_written_lines_and_other_files_are_not_changed() {
    let (emulator, client) = start(300).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("users.jsonl");
    fail(
        &emulator,
        "/users/user_seeded000000150/organization_memberships",
        403,
    );
    export(&client, &path, &OPTIONS, |_| {})
        .await
        .expect_err("the response is an error");
    assert_eq!(ids(&path), expected(150));
    export(&client, &path, &OPTIONS, |_| {})
        .await
        .expect("the export resumes");
    assert_eq!(ids(&path), expected(300));

    for (content, problem) in [
        ("not a user\n", "line 1 of"),
        ("not a line", "another file"),
    ] {
        let notes = folder.path().join("notes.txt");
        fs::write(&notes, content).expect("the file is written");
        let error = export(&client, &notes, &OPTIONS, |_| {})
            .await
            .expect_err("the file contains no users");
        assert!(error.to_string().contains(problem), "{error}");
        assert_eq!(
            fs::read_to_string(&notes).expect("the file exists"),
            content
        );
    }
}

/// A client whose calls fail after the first attempt.
fn without_retries(emulator: &Emulator) -> user::Client {
    let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
    user::Client::new(config.retry(RetryPolicy::none()))
}

/// The cursors of the requests for users so far; the first page has none.
fn requested_cursors(emulator: &Emulator) -> Vec<Option<String>> {
    let requests = emulator.requests().into_iter();
    let pages = requests.filter(|request| request.path.ends_with("/users"));
    let cursor = |query: String| {
        let mut params = query.split('&');
        let cursor = params.find_map(|param| param.strip_prefix("starting_after="));
        cursor.map(str::to_owned)
    };
    pages.map(|request| cursor(request.query?)).collect()
}

#[tokio::test]
async fn an_export_resumes_from_the_cursor_of_a_page_that_failed() {
    let (emulator, _) = start(1_250).await;
    let client = without_retries(&emulator);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("users.jsonl");
    for status in [500, 429] {
        fail(&emulator, "/users", status);
    }
    fail(
        &emulator,
        "/users/user_seeded000000700/organization_memberships",
        503,
    );
    let interrupted = Cell::new(false);
    let counts = export(&client, &path, &OPTIONS, |count| {
        if count >= 200 && !interrupted.replace(true) {
            fail(&emulator, "/users", 502);
            fail(&emulator, "/users", 500);
        }
    })
    .await;
    let expected_counts = Counts {
        before: 0,
        written: 1_250,
    };
    assert_eq!(counts.expect("the export finishes"), expected_counts);
    assert_eq!(ids(&path), expected(1_250));
    let second = Some("user_seeded000000499".to_owned());
    let third = Some("user_seeded000000999".to_owned());
    assert_eq!(
        requested_cursors(&emulator),
        [
            None,
            None,
            None,
            second.clone(),
            second.clone(),
            second,
            third
        ]
    );
}

#[tokio::test]
async fn an_export_gives_up_if_the_outage_lasts_and_keeps_the_written_lines() {
    let (emulator, _) = start(600).await;
    let client = without_retries(&emulator);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("users.jsonl");
    let interrupted = Cell::new(false);
    let result = export(&client, &path, &OPTIONS, |count| {
        if count >= 100 && !interrupted.replace(true) {
            (0..11).for_each(|_| fail(&emulator, "/users", 503));
        }
    })
    .await;
    result.expect_err("no page can be requested");
    assert_eq!(ids(&path), expected(500));

    // The first page of the next export may fail as well.
    fail(&emulator, "/users", 503);
    export(&client, &path, &OPTIONS, |_| {})
        .await
        .expect("the export resumes");
    assert_eq!(ids(&path), expected(600));
}

/// Exports twelve users, deletes the last ones, creates three more, and exports again. Returns the ids in the file and
/// the ids of all users ever created.
async fn export_after_deleting(deleted: usize) -> (Vec<String>, Vec<String>) {
    let emulator = Emulator::start().await.expect("a free port");
    let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
    let client = user::Client::new(config);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("users.jsonl");
    let mut all = create_users(&client, 12).await;
    export(&client, &path, &OPTIONS, |_| {})
        .await
        .expect("the export finishes");
    for id in &all[12 - deleted..] {
        client.delete(id).await.expect("deletion succeeds");
    }
    all.extend(create_users(&client, 3).await);
    export(&client, &path, &OPTIONS, |_| {})
        .await
        .expect("the export resumes");
    (ids(&path), all)
}

async fn create_users(client: &user::Client, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        let user = client.create(&user::CreateParams::new()).await;
        ids.push(user.expect("a user").id.clone());
    }
    ids
}

#[tokio::test]
async fn an_export_resumes_even_if_the_last_exported_users_have_been_deleted() {
    for deleted in [0, 1, 2, 5, 11] {
        let (written, expected) = export_after_deleting(deleted).await;
        assert_eq!(written, expected, "{deleted}");
    }
}

/// A backend that responds immediately: 500 users without organization memberships.
struct ManyUsers;

impl Backend for ManyUsers {
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

/// Tokio's clock is paused, so that it advances when every task waits.
#[tokio::test(start_paused = true)]
async fn calls_that_exceed_the_rate_limit_wait_for_a_permit_instead_of_timing_out() {
    let client = user::Client::new(export::config("sk_test_many_users").backend(ManyUsers));
    let options = Options {
        concurrency: 500,
        ..OPTIONS
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("users.jsonl");
    let counts = export(&client, &path, &options, |_| {}).await;
    assert_eq!(counts.expect("every call gets a permit").written, 500);
}

#[tokio::test]
async fn the_parts_of_an_export_contain_each_user_once() {
    let (_emulator, client) = start(200).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |time: &str| time.parse().expect("a timestamp");
    // The first users are before the period, and the last ones after it.
    let (from, until) = (at("2020-01-01T00:00:30Z"), at("2020-01-01T00:02:30Z"));
    let mut exported = Vec::new();
    for number in 1..=3 {
        let path = folder.path().join(format!("part-{number}.jsonl"));
        let options = Options {
            part: Part::new(number, 3, from, until),
            ..OPTIONS
        };
        export(&client, &path, &options, |_| {})
            .await
            .expect("the export finishes");
        let ids = ids(&path);
        assert!(ids.len() >= 40, "part {number} has {} users", ids.len());
        exported.extend(ids);
        // It resumes within its part.
        let counts = export(&client, &path, &options, |_| {})
            .await
            .expect("the export finishes");
        assert_eq!(counts.written, 0);
    }
    assert_eq!(exported, expected(200));
}
