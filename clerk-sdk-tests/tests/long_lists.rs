//! A walk over a list takes the memory of its pages, however many there are.
//!
//! One test, as what the process uses is measured.

mod support;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, ClientConfig, user};

use support::peak;

const MB: usize = 1024 * 1024;
const PAGE: usize = 500;

/// Has so many users of about a kilobyte each, and makes a page of them when it is asked for one.
struct Crowd(usize);

impl Backend for Crowd {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let query = request.uri().query().unwrap_or_default();
        let after = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("starting_after=user_"));
        let first = after.map_or(0, |number| number.parse::<usize>().expect("a number") + 1);
        let users = first..self.0.min(first + PAGE);
        let users: Vec<String> = users.map(user).collect();
        let page = format!("[{}]", users.join(","));
        Box::pin(async { Ok(http::Response::new(page.into())) })
    }
}

fn user(number: usize) -> String {
    format!(
        r#"{{"id":"user_{number}","first_name":"{}"}}"#,
        "a".repeat(1000)
    )
}

/// Walks over all users, and says how much that raised the peak.
async fn walk(count: usize) -> usize {
    let before = peak().unwrap_or_default();
    let client = user::Client::new(ClientConfig::new("sk_test_long").backend(Crowd(count)));
    let mut users = client.list(&Default::default()).items();
    let mut passed = 0;
    while let Some(user) = users.next().await {
        assert_eq!(user.expect("a user").id, format!("user_{passed}"));
        passed += 1;
    }
    assert_eq!(passed, count);
    peak().unwrap_or_default() - before
}

#[tokio::test]
async fn a_walk_takes_no_more_memory_for_more_pages() {
    walk(10 * PAGE).await;
    let grown = walk(100 * PAGE).await;
    assert!(grown < 8 * MB, "{grown}, of 50 MB that it passed");
}
