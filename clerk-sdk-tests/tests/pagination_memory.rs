//! Tests that paginating a list takes memory for its current pages only, however many pages there are.
//!
//! This program has a single test, because it measures the memory of the whole process.

mod support;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, ClientConfig, user};

use support::peak_memory;

const MB: usize = 1024 * 1024;
const PAGE_SIZE: usize = 500;

/// A mock backend with this many users of about a kilobyte each, which builds each page on request.
struct ManyUsers(usize);

impl Backend for ManyUsers {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let query = request.uri().query().unwrap_or_default();
        let number = |prefix: &str| -> Option<usize> {
            let number = query
                .split('&')
                .find_map(|pair| pair.strip_prefix(prefix))?;
            Some(number.parse().expect("a number"))
        };
        let after = number("starting_after=user_").map(|index| index + 1);
        let first = after.or(number("offset=")).unwrap_or(0);
        let users = first..self.0.min(first + PAGE_SIZE);
        let users: Vec<String> = users.map(user_json).collect();
        let page = format!("[{}]", users.join(","));
        Box::pin(async { Ok(http::Response::new(page.into())) })
    }
}

fn user_json(index: usize) -> String {
    format!(
        r#"{{"id":"user_{index}","first_name":"{}"}}"#,
        "a".repeat(1000)
    )
}

/// Iterates over all users, and returns by how much that raised the peak memory of the process.
async fn peak_growth(count: usize, params: &user::ListParams) -> usize {
    let before = peak_memory().unwrap_or_default();
    let client = user::Client::new(ClientConfig::new("sk_test_long").backend(ManyUsers(count)));
    let mut users = client.list(params).items();
    let mut listed = 0;
    while let Some(user) = users.next().await {
        assert_eq!(user.expect("a user").id, format!("user_{listed}"));
        listed += 1;
    }
    assert_eq!(listed, count);
    peak_memory().unwrap_or_default() - before
}

#[tokio::test]
async fn memory_usage_does_not_grow_with_the_number_of_pages() {
    let by_cursor = user::ListParams::new();
    let by_offset = user::ListParams::new().order_by("username");
    for params in [by_cursor, by_offset] {
        peak_growth(10 * PAGE_SIZE, &params).await;
        let growth = peak_growth(100 * PAGE_SIZE, &params).await;
        assert!(growth < 8 * MB, "{growth} bytes, of a list of 50 MB");
    }
}
