//! Tests of pagination against a faulty server: iterating over a list yields each item once and ends, whatever the
//! pages are.

use clerk_sdk::{Error, organization, user};
use futures_util::{StreamExt, TryStreamExt};

use crate::call_outcome::CallOutcome;
use crate::client_config::client_config;
use crate::fault_server::Fault::{
    self, ClosedInBody, ErrorStatus, HalfClosedInBody, HtmlBody, Page,
};
use crate::fault_server::FaultServer;

/// Returns the number that follows `prefix` in one of the parameters of the query.
fn query_number(path: &str, prefix: &str) -> Option<usize> {
    let (_, query) = path.split_once('?')?;
    let value = query
        .split('&')
        .find_map(|pair| pair.strip_prefix(prefix))?;
    Some(value.parse().expect("a number"))
}

/// Returns the number of the first item that is requested, by cursor or by offset.
fn requested_start(path: &str) -> usize {
    let after_cursor = query_number(path, "starting_after=x_").map(|number| number + 1);
    after_cursor.or(query_number(path, "offset=")).unwrap_or(0)
}

/// Returns the requested page of a list with `length` items.
fn requested_page(path: &str, length: usize, total: Option<i64>) -> Fault {
    let first = requested_start(path).min(length);
    let limit = query_number(path, "limit=").expect("pagination sets a limit");
    Page {
        first,
        count: limit.min(length - first),
        total,
    }
}

/// The IDs that an iteration yields, and the outcome of its last call.
type IterationResult = (Vec<String>, CallOutcome);

/// Iterates over users, which are paginated by cursor.
async fn iterate_users(server: &FaultServer) -> IterationResult {
    let client = user::Client::new(client_config(server));
    let items = client.list(&user::ListParams::new().limit(10)).items();
    collect_ids(items.map_ok(|user| user.id)).await
}

/// Iterates over organizations, which are paginated by offset.
async fn iterate_organizations(server: &FaultServer) -> IterationResult {
    let client = organization::Client::new(client_config(server));
    let params = organization::ListParams::new().limit(10);
    let items = client.list(&params).items();
    collect_ids(items.map_ok(|organization| organization.id)).await
}

async fn collect_ids(items: impl StreamExt<Item = Result<String, Error>>) -> IterationResult {
    let mut items = std::pin::pin!(items);
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        let outcome = CallOutcome::of(&item);
        match item {
            Ok(id) => ids.push(id),
            Err(_) => return (ids, outcome),
        }
    }
    (ids, CallOutcome::Success)
}

/// Returns the first `count` IDs of the list.
fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("x_{number}")).collect()
}

#[tokio::test]
async fn iteration_continues_after_a_short_page_only_if_the_total_is_larger() {
    let server = FaultServer::start(|path, _| {
        let first = requested_start(path);
        Page {
            first,
            count: 4.min(25 - first),
            total: Some(25),
        }
    })
    .await;
    let result = iterate_organizations(&server).await;
    assert_eq!(result, (ids(25), CallOutcome::Success));
    assert_eq!(server.request_count(), 7);

    let server = FaultServer::start(|path, _| Page {
        first: requested_start(path),
        count: 4,
        total: None,
    })
    .await;
    let result = iterate_users(&server).await;
    assert_eq!(result, (ids(4), CallOutcome::Success));
    assert_eq!(server.request_count(), 1);
}

#[tokio::test]
async fn iteration_ends_after_an_empty_page_whatever_the_total_is() {
    for total in [None, Some(0), Some(25), Some(i64::MAX)] {
        let server = FaultServer::start(move |path, number| Page {
            first: requested_start(path),
            count: if number == 1 { 10 } else { 0 },
            total,
        })
        .await;
        let result = iterate_organizations(&server).await;
        assert_eq!(result, (ids(10), CallOutcome::Success), "{total:?}");
        assert_eq!(server.request_count(), 2, "{total:?}");
    }
}

#[tokio::test]
async fn a_page_that_repeats_forever_is_yielded_once_and_is_an_error() {
    let first_page = |total| Page {
        first: 0,
        count: 10,
        total,
    };
    let expected = (ids(10), CallOutcome::InvalidBody);
    for total in [None, Some(20), Some(500)] {
        let server = FaultServer::start(move |_, _| first_page(total)).await;
        let result = iterate_organizations(&server).await;
        assert_eq!(result, expected, "{total:?}");
        assert_eq!(server.request_count(), 3, "{total:?}");
    }
    let server = FaultServer::start(move |_, _| first_page(None)).await;
    assert_eq!(iterate_users(&server).await, expected);
    assert_eq!(server.request_count(), 3);
}

#[tokio::test]
async fn a_wrong_total_loses_no_item() {
    for total in [-1, 0, 7, 10, 20, 24, 26, i64::MAX] {
        let server = FaultServer::start(move |path, _| requested_page(path, 25, Some(total))).await;
        let result = iterate_organizations(&server).await;
        assert_eq!(result, (ids(25), CallOutcome::Success), "{total}");
    }
}

#[tokio::test]
async fn a_failed_page_is_retried_and_no_item_is_yielded_twice() {
    for fault in [ClosedInBody, HalfClosedInBody, ErrorStatus(503, "")] {
        let server = FaultServer::start(move |path, number| match number % 2 {
            1 => fault,
            _ => requested_page(path, 25, None),
        })
        .await;
        let result = iterate_users(&server).await;
        assert_eq!(result, (ids(25), CallOutcome::Success), "{fault:?}");
        assert_eq!(server.request_count(), 6, "{fault:?}");
    }
}

#[tokio::test]
async fn an_invalid_page_is_an_error_after_the_items_of_earlier_pages() {
    let server = FaultServer::start(|path, number| match number {
        1 => requested_page(path, 25, None),
        _ => HtmlBody,
    })
    .await;
    let result = iterate_users(&server).await;
    assert_eq!(result, (ids(10), CallOutcome::InvalidBody));
}
