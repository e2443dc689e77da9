//! A walk over a list takes the memory of its pages, however many there are.
//!
//! One test, as what the process uses is measured.

mod support;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, ClientConfig, user};

use support::peak_memory;

const MB: usize = 1024 * 1024;
const PAGE: usize = 500;

/// Has so many users of about a kilobyte each, and makes a page of them when it is asked for one.
struct Crowd(usize);

impl Backend for Crowd {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let query = request.uri().query().unwrap_or_default();
        let number = |name: &str| -> Option<usize> {
            let number = query.split('&').find_map(|pair| pair.strip_prefix(name))?;
            Some(number.parse().expect("a number"))
        };
        let after = number("starting_after=user_").map(|number| number + 1);
        let first = after.or(number("offset=")).unwrap_or(0);
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
async fn walk(count: usize, params: &user::ListParams) -> usize {
    let before = peak_memory().unwrap_or_default();
    let client = user::Client::new(ClientConfig::new("sk_test_long").backend(Crowd(count)));
    let mut users = client.list(params).items();
    let mut passed = 0;
    while let Some(user) = users.next().await {
        assert_eq!(user.expect("a user").id, format!("user_{passed}"));
        passed += 1;
    }
    assert_eq!(passed, count);
    peak_memory().unwrap_or_default() - before
}

#[tokio::test]
async fn a_walk_takes_no_more_memory_for_more_pages() {
    let by_id = user::ListParams::new();
    let by_offset = user::ListParams::new().order_by("username");
    for params in [by_id, by_offset] {
        walk(10 * PAGE, &params).await;
        let grown = walk(100 * PAGE, &params).await;
        assert!(grown < 8 * MB, "{grown}, of 50 MB that it passed");
    }
}
