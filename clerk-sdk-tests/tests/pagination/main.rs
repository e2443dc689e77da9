//! Tests of pagination: `items()` and `pages()` on every kind of list, even if the API misbehaves.

mod concurrent_changes;
mod malformed_items;
mod mock_pages;
mod page_sizes_and_totals;
mod rejected_cursors;
mod repeated_pages;
mod resumed_streams;

use clerk_sdk::{
    Clerk, ClientConfig, Error, api_key, invitation, jwt_template, m2m_token, organization,
    organization_membership, user,
};
use clerk_sdk_tests::Emulator;
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use mock_pages::{
    MockPages, Query, expected_ids, index_of, json_items, organization_ids, page_of, query_number,
    user_ids,
};

#[tokio::test]
async fn every_kind_of_list_is_paginated_to_its_end() {
    let mock = |body: fn(&Query, Value) -> Value| {
        MockPages::new(move |query, _| body(query, page_of(query, 1_203)))
    };
    let all = expected_ids(1_203);

    let bare = mock(|_, items| items);
    let params = user::ListParams::new().order_by("username");
    assert_eq!(user_ids(&bare, params).await.expect("users"), all);
    assert_eq!(bare.sent_values("offset"), ["", "500", "1000"]);
    assert_eq!(bare.sent_values("limit"), ["500"; 3]);

    let with_total = mock(|_, items| json!({ "data": items, "total_count": 1_203 }));
    assert_eq!(
        organization_ids(&with_total, organization::ListParams::new())
            .await
            .expect("organizations"),
        all
    );
    assert_eq!(with_total.sent_values("offset"), ["", "500", "1000"]);

    let named_list = mock(|_, items| json!({ "m2m_tokens": items, "total_count": 1_203 }));
    let items = named_list
        .clerk()
        .m2m_token()
        .list(&m2m_token::ListParams::new("mch_1"))
        .items();
    let ids: Vec<String> = items
        .map_ok(|it| it.id)
        .try_collect()
        .await
        .expect("tokens");
    assert_eq!(ids, all);
    assert_eq!(named_list.sent_values("limit"), ["100"; 13]);

    let on_request = mock(
        |query, items| match query.get("paginated").map(String::as_str) {
            Some("true") => json!({ "data": items, "total_count": 1_203 }),
            _ => items,
        },
    );
    let mut pages = on_request
        .clerk()
        .jwt_template()
        .list(&jwt_template::ListParams::new())
        .pages();
    let page = pages.next().await.expect("a page").expect("a response");
    assert_eq!((page.len(), page.total_count), (500, Some(1_203)));
    assert_eq!(pages.count().await, 2);
}

#[tokio::test]
async fn a_page_is_requested_only_when_it_is_needed() {
    let mock = MockPages::new(|query, _| page_of(query, 1_000));
    let items = mock
        .clerk()
        .user()
        .list(&user::ListParams::new().limit(10))
        .items();
    assert_eq!(mock.queries().len(), 0);
    let mut items = std::pin::pin!(items.take(10));
    for _ in 0..10 {
        items.next().await.expect("an item").expect("a response");
        assert_eq!(mock.queries().len(), 1);
    }
    assert!(items.next().await.is_none());
    assert_eq!(mock.queries().len(), 1);
}

/// Totals can be wrong, so one more request after a full page determines whether there are more items.
#[tokio::test]
async fn a_short_page_is_the_last_one_requested() {
    for (count, requests) in [(0, 1), (1, 1), (9, 1), (10, 2), (11, 2), (20, 3)] {
        let with_total = MockPages::new(
            move |query, _| json!({ "data": page_of(query, count), "total_count": count }),
        );
        let ids = organization_ids(&with_total, organization::ListParams::new().limit(10)).await;
        assert_eq!(ids.expect("organizations"), expected_ids(count));
        assert_eq!(with_total.queries().len(), requests, "{count}");

        let bare = MockPages::new(move |query, _| page_of(query, count));
        let params = user::ListParams::new().limit(10).order_by("username");
        assert_eq!(
            user_ids(&bare, params).await.expect("users"),
            expected_ids(count)
        );
        assert_eq!(bare.queries().len(), requests, "{count}");
    }
}

#[tokio::test]
async fn a_stream_ends_after_the_last_page_and_after_an_error() {
    let mock = MockPages::new(|query, _| page_of(query, 3));
    let mut items = mock.clerk().user().list(&user::ListParams::new()).items();
    while items.next().await.is_some() {}
    assert!(items.next().await.is_none());
    assert_eq!(mock.queries().len(), 1);

    let failing = MockPages::with_status(|query, request| match request {
        2 => (500, json!({ "errors": [] })),
        _ => (200, page_of(query, 30)),
    });
    let mut items = failing
        .clerk()
        .user()
        .list(&user::ListParams::new().limit(10).order_by("username"))
        .items();
    for _ in 0..10 {
        items.next().await.expect("an item").expect("a response");
    }
    let error = items.next().await.expect("an error").expect_err("an error");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(500));
    assert!(items.next().await.is_none());
    assert_eq!(failing.queries().len(), 2);
}

#[tokio::test]
async fn users_are_paginated_with_a_cursor_if_their_order_allows_it() {
    let page = |query: &Query, _: usize| {
        let from = query.get("starting_after").map_or(0, |id| index_of(id) + 1);
        json_items((0..25).skip(from).take(query_number(query, "limit")))
    };
    for order in [
        None,
        Some("created_at"),
        Some("+created_at"),
        Some("-created_at"),
    ] {
        let mock = MockPages::new(page);
        let mut params = user::ListParams::new().limit(10);
        params.order_by = order.map(Into::into);
        assert_eq!(
            user_ids(&mock, params).await.expect("users"),
            expected_ids(25)
        );
        assert_eq!(
            mock.sent_values("starting_after"),
            ["", "x_9", "x_19"],
            "{order:?}"
        );
        assert_eq!(mock.sent_values("offset"), [""; 3]);
    }
    let resumed = MockPages::new(page);
    let params = user::ListParams::new().limit(10).starting_after("x_17");
    assert_eq!(user_ids(&resumed, params).await.expect("users").len(), 7);

    for params in [
        user::ListParams::new()
            .limit(10)
            .order_by(user::UserSortField::Username.descending()),
        user::ListParams::new().limit(10).offset(5),
    ] {
        let mock = MockPages::new(|query, _| page_of(query, 25));
        let ids = user_ids(&mock, params).await.expect("users");
        assert_eq!(ids.last().map(String::as_str), Some("x_24"));
        assert_eq!(mock.sent_values("starting_after").concat(), "");
    }
}

#[tokio::test]
async fn params_and_call_settings_apply_to_every_page() {
    let mock = MockPages::new(|query, _| json!({ "data": page_of(query, 25), "total_count": 25 }));
    let params = organization::ListParams::new()
        .limit(10)
        .offset(3)
        .query("a&b=c d");
    let call = mock
        .clerk()
        .organization()
        .list(&params)
        .header("x-trace", "1");
    let ids: Vec<String> = call
        .items()
        .map_ok(|it| it.id)
        .try_collect()
        .await
        .expect("organizations");
    assert_eq!(ids, &expected_ids(25)[3..]);
    assert_eq!(mock.sent_values("offset"), ["3", "13", "23"]);
    assert_eq!(mock.sent_values("query"), ["a%26b%3Dc%20d"; 3]);

    let unpaginated = MockPages::new(|query, _| page_of(query, 5));
    let params = invitation::ListParams::new().paginated(false);
    let pages = unpaginated.clerk().invitation().list(&params).pages();
    assert_eq!(pages.count().await, 1);
    assert_eq!(unpaginated.sent_values("paginated"), ["false"]);
}

#[tokio::test]
async fn an_unpaginated_list_is_one_page() {
    let mock = MockPages::new(|_, _| json!({ "data": json_items(0..3), "total_count": 90 }));
    let items = mock.clerk().blocklist_identifier().list().items();
    assert_eq!(items.count().await, 3);
    assert_eq!(mock.queries(), [Query::new()]);
}

#[tokio::test]
async fn a_call_in_flight_yields_only_its_own_page() {
    let mock = MockPages::new(|query, _| page_of(query, 25));
    let mut call = mock.clerk().user().list(&user::ListParams::new().limit(10));
    let first = std::future::poll_fn(|context| std::pin::Pin::new(&mut call).poll(context)).await;
    assert_eq!(first.expect("users").len(), 10);
    let error = call
        .items()
        .next()
        .await
        .expect("an error")
        .expect_err("the call has completed");
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
}

#[tokio::test]
async fn an_error_names_the_operation_and_not_the_query() {
    let mock = MockPages::with_status(|_, _| (403, json!({ "errors": [] })));
    let params = api_key::ListParams::new("user_1");
    let mut items = mock.clerk().api_key().list(&params).items();
    let error = items
        .next()
        .await
        .expect("an error")
        .expect_err("403 is an error");
    assert!(!error.to_string().contains("user_1"), "{error}");
}

#[tokio::test]
async fn organization_members_are_paginated_with_their_total() {
    let server = Emulator::start().await.expect("a free port");
    let clerk = Clerk::new(ClientConfig::new(server.key()).base_url(server.url()));
    let organization = clerk
        .organization()
        .create(&organization::CreateParams::new("Acme").max_allowed_memberships(0))
        .await
        .expect("one");
    for _ in 0..7 {
        let user = clerk
            .user()
            .create(&user::CreateParams::new())
            .await
            .expect("a user");
        let params = organization_membership::CreateParams::new(&*user.id, "org:member");
        clerk
            .organization_membership()
            .create(&organization.id, &params)
            .await
            .expect("a member");
    }
    let params = organization_membership::ListParams::new().limit(3);
    let pages = clerk
        .organization_membership()
        .list(&organization.id, &params)
        .pages();
    let sizes: Vec<(usize, Option<i64>)> = pages
        .map_ok(|page| (page.len(), page.total_count))
        .try_collect()
        .await
        .expect("pages");
    assert_eq!(sizes, [(3, Some(7)), (3, Some(7)), (1, Some(7))]);
}
