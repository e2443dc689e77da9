//! Tests of servers that repeat pages, whichever page is requested: every stream ends nevertheless.

use clerk_sdk::types::{Organization, User};
use clerk_sdk::{Error, Items, organization, user};
use futures_util::StreamExt;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::mock_pages::{
    MockPages, Query, expected_ids, index_of, json_items, page_of, query_number,
};

/// Returns the ids that a stream yields, and the error that it ends with, if any.
async fn collect_until_error<T>(
    items: Items<T>,
    id: fn(T) -> String,
) -> (Vec<String>, Option<Error>)
where
    Items<T>: futures_util::Stream<Item = Result<T, Error>>,
{
    let mut items = std::pin::pin!(items);
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => ids.push(id(item)),
            Err(error) => return (ids, Some(error)),
        }
    }
    (ids, None)
}

async fn list_users_by_cursor(mock: &MockPages) -> (Vec<String>, Option<Error>) {
    let params = user::ListParams::new().limit(10);
    let items = mock.clerk().user().list(&params).items();
    collect_until_error(items, |user: User| user.id).await
}

async fn list_users_by_offset(mock: &MockPages) -> (Vec<String>, Option<Error>) {
    let params = user::ListParams::new().limit(10).order_by("username");
    let items = mock.clerk().user().list(&params).items();
    collect_until_error(items, |user: User| user.id).await
}

async fn list_organizations(mock: &MockPages) -> (Vec<String>, Option<Error>) {
    let params = organization::ListParams::new().limit(10);
    let items = mock.clerk().organization().list(&params).items();
    collect_until_error(items, |organization: Organization| organization.id).await
}

/// Returns items whose other fields differ in each response, so that no two responses are equal.
fn changing_items(indices: impl IntoIterator<Item = usize>, request: usize) -> Value {
    indices
        .into_iter()
        .map(|index| {
            json!({ "id": format!("x_{index}"), "last_active_at": request, "updated_at": request })
        })
        .collect()
}

/// Asserts that the stream ended with an error that contains the repeated response.
fn assert_error_has_repeated_page(error: Option<Error>) {
    let Some(Error::Decode(error)) = &error else {
        panic!("{error:?}")
    };
    assert!(error.raw_json().contains("x_9"), "{}", error.raw_json());
}

#[tokio::test]
async fn a_page_that_repeats_forever_is_an_error_with_that_page() {
    let by_cursor = MockPages::new(|_, _| json_items(0..10));
    let by_offset = MockPages::new(|_, _| json_items(0..10));
    let with_total =
        MockPages::new(|_, _| json!({ "data": json_items(0..10), "total_count": 500 }));
    for ((ids, error), mock) in [
        (list_users_by_cursor(&by_cursor).await, by_cursor),
        (list_users_by_offset(&by_offset).await, by_offset),
        (list_organizations(&with_total).await, with_total),
    ] {
        assert_eq!(ids, expected_ids(10));
        assert_error_has_repeated_page(error);
        assert_eq!(mock.queries().len(), 3);
    }
}

#[tokio::test]
async fn items_that_repeat_forever_are_an_error_even_if_each_response_differs() {
    let by_cursor = MockPages::new(|_, request| changing_items(0..10, request));
    let by_offset = MockPages::new(|_, request| changing_items(0..10, request));
    let with_total = MockPages::new(
        |_, request| json!({ "data": changing_items(0..10, request), "total_count": 500 + request }),
    );
    for ((ids, error), mock) in [
        (list_users_by_cursor(&by_cursor).await, by_cursor),
        (list_users_by_offset(&by_offset).await, by_offset),
        (list_organizations(&with_total).await, with_total),
    ] {
        assert_eq!(ids, expected_ids(10));
        assert_error_has_repeated_page(error);
        assert_eq!(mock.queries().len(), 3);
    }
}

#[tokio::test]
async fn reaching_the_total_does_not_hide_a_repeated_page() {
    for total in [20, 30] {
        let mock =
            MockPages::new(move |_, _| json!({ "data": json_items(0..10), "total_count": total }));
        let (ids, error) = list_organizations(&mock).await;
        assert_eq!(ids, expected_ids(10), "{total}");
        assert_error_has_repeated_page(error);
    }
    // The same holds if the pages are shorter than requested.
    let mock = MockPages::new(|_, _| json!({ "data": json_items(6..10), "total_count": 8 }));
    let (ids, error) = list_organizations(&mock).await;
    assert_eq!(ids.len(), 4);
    assert_error_has_repeated_page(error);
}

#[tokio::test]
async fn a_complete_list_returned_for_every_offset_is_yielded_once() {
    for count in [10, 12] {
        let mock = MockPages::new(
            move |_, _| json!({ "data": json_items(0..count), "total_count": count }),
        );
        let (ids, error) = list_organizations(&mock).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(ids, expected_ids(count));
        assert_eq!(mock.queries().len(), 2);
    }
}

#[tokio::test]
async fn alternating_pages_are_an_error() {
    // Items 0 to 9, then 10 to 19, then the first again.
    let page = |request: usize| match request % 2 {
        1 => changing_items(0..10, request),
        _ => changing_items(10..20, request),
    };
    let by_cursor = MockPages::new(move |_, request| page(request));
    let by_offset = MockPages::new(move |_, request| page(request));
    for ((ids, error), mock) in [
        (list_users_by_cursor(&by_cursor).await, by_cursor),
        (list_users_by_offset(&by_offset).await, by_offset),
    ] {
        assert!(matches!(error, Some(Error::Decode(_))), "{error:?}");
        assert_eq!(ids[..20], expected_ids(20));
        assert!(mock.queries().len() <= 5);
    }
}

#[tokio::test]
async fn a_server_that_ignores_the_cursor_is_detected_even_if_users_are_created_during_pagination()
{
    // The server always returns the newest users, and one more is created before each request.
    let mock = MockPages::new(|_, request| json_items((100 - request..).take(10)));
    let (ids, error) = list_users_by_cursor(&mock).await;
    assert_eq!(ids.len(), 10);
    assert!(matches!(error, Some(Error::Decode(_))), "{error:?}");
}

#[tokio::test]
async fn a_server_that_includes_the_item_of_the_cursor_is_detected() {
    let mock = MockPages::new(|_, _| json_items(0..10));
    let params = user::ListParams::new().limit(10).starting_after("x_4");
    let items = mock.clerk().user().list(&params).items();
    let (ids, error) = collect_until_error(items, |user: User| user.id).await;
    assert!(ids.is_empty());
    assert_error_has_repeated_page(error);
}

#[tokio::test]
async fn a_single_response_from_a_cache_is_skipped() {
    // The second response repeats the first.
    let mock = MockPages::new(|query, request| {
        let from = query.get("starting_after").map_or(0, |id| index_of(id) + 1);
        let from = if request == 2 { 0 } else { from };
        changing_items((from..25).take(10), request)
    });
    let (ids, error) = list_users_by_cursor(&mock).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(ids, expected_ids(25));
    assert_eq!(
        mock.sent_values("starting_after"),
        ["", "x_9", "x_9", "x_19"]
    );
}

#[tokio::test]
async fn a_page_without_ids_is_an_error_instead_of_a_restart_from_the_first_page() {
    let without_ids = |count: usize| -> Value {
        (0..count)
            .map(|_| json!({ "id": null, "username": "x_9" }))
            .collect()
    };
    let mock = MockPages::new(move |_, _| without_ids(10));
    let (ids, error) = list_users_by_cursor(&mock).await;
    assert!(ids.is_empty());
    assert_error_has_repeated_page(error);
    assert_eq!(mock.queries().len(), 1);

    // No cursor is needed after the last page, but each of its items lacks the id that a user has.
    let mock = MockPages::new(move |_, _| without_ids(3));
    let (ids, error) = list_users_by_cursor(&mock).await;
    assert!(ids.is_empty());
    assert!(matches!(error, Some(Error::Decode(_))), "{error:?}");
}

#[tokio::test]
async fn items_without_an_id_are_compared_by_their_content() {
    let tokens = |from: usize, count: usize, total: usize| {
        let tokens = (from..from + count).map(|index| json!({ "token": format!("x_{index}") }));
        json!({ "data": tokens.collect::<Vec<_>>(), "total_count": total })
    };
    let params = user::ListOAuthAccessTokensParams::new().limit(10);
    let paginated = MockPages::new(move |query, _| {
        let from = query_number(query, "offset");
        tokens(from, 10.min(25 - from), 25)
    });
    let clerk = paginated.clerk();
    let items = clerk
        .user()
        .list_oauth_access_tokens("user_1", "google", &params)
        .items();
    assert_eq!(items.count().await, 25);

    let repeated = MockPages::new(move |_, request| tokens(0, 10, 500 + request));
    let clerk = repeated.clerk();
    let items = clerk
        .user()
        .list_oauth_access_tokens("user_1", "google", &params)
        .items();
    let (tokens_yielded, error) = collect_until_error(items, |token| token.token).await;
    assert_eq!(tokens_yielded, expected_ids(10));
    assert_error_has_repeated_page(error);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Any number of distinct pages can precede a cycle of any length.
    #[test]
    fn no_cycle_of_pages_makes_a_stream_endless(
        before in 0_usize..6,
        cycle in 1_usize..9,
        total in prop_oneof![Just(None), (-3_i64..200).prop_map(Some)],
        by_cursor in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let mock = MockPages::new(move |_: &Query, request| {
            let page = match request - 1 {
                page if page < before => page,
                page => before + (page - before) % cycle,
            };
            let items = changing_items(10 * page..10 * page + 10, request);
            match total {
                Some(total) if !by_cursor => json!({ "data": items, "total_count": total }),
                _ => items,
            }
        });
        let (ids, error) = match by_cursor {
            true => runtime.block_on(list_users_by_cursor(&mock)),
            false => runtime.block_on(list_organizations(&mock)),
        };
        // If a single page repeats after as many items as the total, the list is complete.
        let yielded = 10 * (before + 1) as i64;
        let is_complete = !by_cursor && cycle == 1 && total.is_some_and(|total| total <= yielded);
        match error {
            None => prop_assert!(is_complete),
            Some(error) => prop_assert!(!is_complete && matches!(error, Error::Decode(_)), "{:?}", error),
        }
        prop_assert_eq!(&ids[..10], &expected_ids(10));
        prop_assert!(mock.queries().len() <= 3 * (before + cycle) + 2);
    }

    /// The list is finite, but the server ignores the offset.
    #[test]
    fn no_item_is_yielded_twice_if_the_server_ignores_the_offset(count in 1_usize..20, total in 0_i64..60) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let mock = MockPages::new(move |query, _| {
            let query = Query::from([("limit".to_owned(), query["limit"].clone())]);
            json!({ "data": page_of(&query, count), "total_count": total })
        });
        let (ids, _) = runtime.block_on(list_organizations(&mock));
        prop_assert_eq!(ids, expected_ids(count.min(10)));
        prop_assert!(mock.queries().len() <= 3);
    }
}
