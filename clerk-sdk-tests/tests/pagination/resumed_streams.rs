//! Tests of streams that end early and are resumed by a later call.

use clerk_sdk::types::{Organization, User};
use clerk_sdk::{Call, Error, Items, List, PageCursor, ResponseBody, organization, user};
use serde_json::json;

use crate::mock_pages::{
    MockPages, Query, expected_ids, index_of, json_items, page_of, query_number,
};

/// A server of 25 items whose every second request fails.
fn failing_every_second_time(page: fn(&Query) -> serde_json::Value) -> MockPages {
    MockPages::with_status(move |query, request| match request % 2 {
        0 => (500, json!({})),
        _ => (200, page(query)),
    })
}

fn by_cursor(query: &Query) -> serde_json::Value {
    let first = match query.get("starting_after") {
        Some(id) => index_of(id) + 1,
        None => query_number(query, "offset"),
    };
    json_items((first..25).take(query_number(query, "limit")))
}

/// Passes a cursor on as another process would receive it.
fn sent_to_another_process(cursor: &PageCursor) -> PageCursor {
    let serialized = serde_json::to_string(cursor).expect("JSON");
    assert_eq!(serialized, format!("\"{cursor}\""));
    serde_json::from_str(&serialized).expect("a cursor")
}

/// Collects the ids of all items, and resumes after each error and after every `interrupt_after` items.
async fn collect_resuming<T: ResponseBody>(
    list: impl Fn() -> Call<List<T>>,
    id: fn(&T) -> &str,
    interrupt_after: usize,
) -> Vec<String> {
    let mut ids = Vec::new();
    let mut items: Items<T> = list().items();
    let mut returned = 0;
    loop {
        match items.next().await {
            Some(Ok(item)) => {
                ids.push(id(&item).to_owned());
                returned += 1;
                if returned < interrupt_after {
                    continue;
                }
            }
            Some(Err(_)) => {}
            None => return ids,
        }
        returned = 0;
        let cursor = items.cursor().expect("the list is paginated");
        items = list()
            .resume_from(&sent_to_another_process(&cursor))
            .items();
    }
}

#[tokio::test]
async fn a_stream_resumes_after_the_last_item_that_was_returned() {
    for interrupt_after in [1, 3, 7, 10, 11, 100] {
        let mock = failing_every_second_time(by_cursor);
        let params = user::ListParams::new().limit(10);
        let users = || mock.clerk().user().list(&params);
        let ids = collect_resuming(users, |user: &User| &user.id, interrupt_after).await;
        assert_eq!(ids, expected_ids(25), "{interrupt_after}");

        let mock = failing_every_second_time(|query| page_of(query, 25));
        let params = organization::ListParams::new().limit(10);
        let list = || mock.clerk().organization().list(&params);
        let ids = collect_resuming(list, |it: &Organization| &it.id, interrupt_after).await;
        assert_eq!(ids, expected_ids(25), "{interrupt_after}");
    }
}

#[tokio::test]
async fn a_stream_of_pages_resumes_with_the_page_that_failed() {
    let mock = failing_every_second_time(by_cursor);
    let params = user::ListParams::new().limit(10);
    let mut pages = mock.clerk().user().list(&params).pages();
    pages.next().await.expect("a page").expect("the first page");
    pages
        .next()
        .await
        .expect("an error")
        .expect_err("the second page");
    assert!(pages.next().await.is_none());
    let cursor = pages.cursor().expect("the list is paginated");
    assert_eq!(cursor.to_string(), "after:x_9");
    let mut pages = mock
        .clerk()
        .user()
        .list(&params)
        .resume_from(&cursor)
        .pages();
    let page = pages
        .next()
        .await
        .expect("a page")
        .expect("the second page");
    assert_eq!(page[0].id, "x_10");
}

#[tokio::test]
async fn a_stream_whose_first_page_failed_resumes_at_the_start() {
    let mock = MockPages::with_status(|query, request| match request {
        1 => (500, json!({})),
        _ => (200, by_cursor(query)),
    });
    let params = user::ListParams::new().limit(10);
    let list = || mock.clerk().user().list(&params);
    let ids = collect_resuming(list, |user: &User| &user.id, 100).await;
    assert_eq!(ids, expected_ids(25));
}

#[tokio::test]
async fn a_cursor_of_another_kind_of_list_is_rejected() {
    let mock = MockPages::new(|query, _| page_of(query, 25));
    let clerk = mock.clerk();
    let after: PageCursor = "after:x_1".parse().expect("a cursor");
    let offset: PageCursor = "offset:10".parse().expect("a cursor");
    let organizations = clerk.organization().list(&organization::ListParams::new());
    let by_offset = organizations.resume_from(&after).await.map(drop);
    let unpaginated = clerk.domain().list().resume_from(&offset).await.map(drop);
    for result in [by_offset, unpaginated] {
        assert!(
            matches!(&result, Err(Error::InvalidArgument(error)) if error.name() == "cursor"),
            "{result:?}"
        );
    }
    assert!(clerk.domain().list().items().cursor().is_none());
    assert!(mock.queries().is_empty());
}

#[test]
fn only_cursors_are_parsed() {
    for invalid in [
        "",
        "x_1",
        "after:",
        "offset:",
        "offset:-1",
        "offset:x",
        "before:x_1",
    ] {
        let error = invalid.parse::<PageCursor>().expect_err(invalid);
        assert!(error.to_string().contains("expected `after:`"), "{error}");
        serde_json::from_value::<PageCursor>(json!(invalid)).expect_err(invalid);
    }
}
