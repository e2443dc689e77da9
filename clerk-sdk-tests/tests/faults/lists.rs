//! Lists from a server that misbehaves: a walk gives each item once and ends, whatever the pages are.

use clerk_sdk::{Error, organization, user};
use futures_util::{StreamExt, TryStreamExt};

use crate::server::Fault::{self, BodyCut, HalfClosed, Html, Page, Status};
use crate::server::FaultServer;
use crate::{config, outcome};

/// The number behind a name in a query.
fn number(path: &str, name: &str) -> Option<usize> {
    let (_, query) = path.split_once('?')?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name))?;
    Some(value.parse().expect("a number"))
}

/// Where a request asks to go on: behind a user, or by offset.
fn from(path: &str) -> usize {
    let behind = number(path, "starting_after=x_").map(|place| place + 1);
    behind.or(number(path, "offset=")).unwrap_or(0)
}

/// As much as there is for a request, of so many.
fn honest(path: &str, count: usize, total: Option<i64>) -> Fault {
    let from = from(path).min(count);
    let limit = number(path, "limit=").expect("a walk says how much it asks for");
    Page(from, limit.min(count - from), total)
}

/// The ids that a walk gives, and how it ends.
type Walked = (Vec<String>, Result<String, Error>);

async fn users(server: &FaultServer) -> Walked {
    let client = user::Client::new(config(server));
    let items = client.list(&user::ListParams::new().limit(10)).items();
    walk(items.map_ok(|user| user.id)).await
}

async fn organizations(server: &FaultServer) -> Walked {
    let client = organization::Client::new(config(server));
    let items = client
        .list(&organization::ListParams::new().limit(10))
        .items();
    walk(items.map_ok(|organization| organization.id)).await
}

async fn walk(items: impl StreamExt<Item = Result<String, Error>>) -> Walked {
    let mut items = std::pin::pin!(items);
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(id) => ids.push(id),
            Err(error) => return (ids, Err(error)),
        }
    }
    (ids, Ok(String::new()))
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|place| format!("x_{place}")).collect()
}

#[tokio::test]
async fn a_short_page_is_followed_where_the_total_says_so_and_is_the_last_where_not() {
    let server =
        FaultServer::start(|path, _| Page(from(path), 4.min(25 - from(path)), Some(25))).await;
    let (ids, end) = organizations(&server).await;
    assert_eq!((ids, outcome(&end)), (numbers(25), "served"));
    assert_eq!(server.count(), 7);

    let server = FaultServer::start(|path, _| Page(from(path), 4, None)).await;
    let (ids, end) = users(&server).await;
    assert_eq!((ids, outcome(&end)), (numbers(4), "served"));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn an_empty_page_is_the_last_whatever_the_total_says() {
    for total in [None, Some(0), Some(25), Some(i64::MAX)] {
        let server = FaultServer::start(move |path, number| match number {
            1 => Page(0, 10, total),
            _ => Page(from(path), 0, total),
        })
        .await;
        let (ids, end) = organizations(&server).await;
        assert_eq!((ids, outcome(&end)), (numbers(10), "served"), "{total:?}");
        assert_eq!(server.count(), 2, "{total:?}");
    }
}

#[tokio::test]
async fn the_same_page_for_ever_is_given_once_and_is_an_error() {
    for total in [None, Some(20), Some(500)] {
        let server = FaultServer::start(move |_, _| Page(0, 10, total)).await;
        let (ids, end) = organizations(&server).await;
        assert_eq!(
            (ids, outcome(&end)),
            (numbers(10), "not understood"),
            "{total:?}"
        );
        assert_eq!(server.count(), 3, "{total:?}");
    }
    let server = FaultServer::start(|_, _| Page(0, 10, None)).await;
    let (ids, end) = users(&server).await;
    assert_eq!((ids, outcome(&end)), (numbers(10), "not understood"));
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn a_total_that_lies_loses_no_item() {
    for total in [-1, 0, 7, 10, 20, 24, 26, i64::MAX] {
        let server = FaultServer::start(move |path, _| honest(path, 25, Some(total))).await;
        let (ids, end) = organizations(&server).await;
        assert_eq!((ids, outcome(&end)), (numbers(25), "served"), "{total}");
    }
}

#[tokio::test]
async fn a_page_that_comes_broken_is_asked_for_again_and_nothing_is_given_twice() {
    for fault in [BodyCut, HalfClosed, Status(503, "")] {
        let server = FaultServer::start(move |path, number| match number % 2 {
            1 => fault,
            _ => honest(path, 25, None),
        })
        .await;
        let (ids, end) = users(&server).await;
        assert_eq!((ids, outcome(&end)), (numbers(25), "served"), "{fault:?}");
        assert_eq!(server.count(), 6, "{fault:?}");
    }
}

#[tokio::test]
async fn what_is_no_page_is_an_error_after_the_pages_before() {
    let server = FaultServer::start(|path, number| match number {
        1 => honest(path, 25, None),
        _ => Html,
    })
    .await;
    let (ids, end) = users(&server).await;
    assert_eq!((ids, outcome(&end)), (numbers(10), "not understood"));
}
