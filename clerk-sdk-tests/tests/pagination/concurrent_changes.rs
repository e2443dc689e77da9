//! Tests of items that are created or deleted while a stream paginates the list.

use clerk_sdk::{Clerk, ClientConfig, organization, user};
use clerk_sdk_tests::Emulator;
use serde_json::json;

use crate::mock_pages::{
    MockPages, expected_ids, json_items, organization_ids, page_of, query_number, user_ids,
};

/// Starts an emulator with this many users, and returns their ids in order of creation.
async fn with_users(count: usize) -> (Emulator, Clerk, Vec<String>) {
    let server = Emulator::start().await.expect("a free port");
    let clerk = Clerk::new(ClientConfig::new(server.key()).base_url(server.url()));
    let mut ids = Vec::new();
    for index in 0..count {
        let params = user::CreateParams::new().username(format!("user_{index:02}"));
        let user = clerk.user().create(&params).await.expect("a user");
        ids.push(user.id.clone());
    }
    (server, clerk, ids)
}

#[tokio::test]
async fn users_created_or_deleted_during_pagination_do_not_shift_the_others() {
    let (_server, clerk, mut expected) = with_users(25).await;
    let params = user::ListParams::new().limit(10).order_by("+created_at");
    let mut items = clerk.user().list(&params).items();
    let mut listed = Vec::new();
    while let Some(user) = items.next().await {
        listed.push(user.expect("a user").id);
        if listed.len() == 3 {
            clerk
                .user()
                .delete(&expected[0])
                .await
                .expect("the user is deleted");
            clerk
                .user()
                .delete(&expected[20])
                .await
                .expect("the user is deleted");
        }
        if listed.len() == 13 {
            let late = clerk
                .user()
                .create(&user::CreateParams::new().username("late"))
                .await;
            expected.push(late.expect("a user").id.clone());
        }
    }
    expected.remove(20);
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn the_cursor_falls_back_if_the_last_users_of_a_page_are_deleted() {
    for (deleted, calls) in [(0, 3), (1, 4), (2, 5), (3, 5), (4, 6), (9, 7)] {
        let (server, clerk, expected) = with_users(25).await;
        let params = user::ListParams::new().limit(10).order_by("+created_at");
        let mut items = clerk.user().list(&params).items();
        let mut listed = Vec::new();
        while let Some(user) = items.next().await {
            listed.push(user.expect("a user").id);
            if listed.len() == 10 {
                for id in &expected[10 - deleted..10] {
                    clerk.user().delete(id).await.expect("the user is deleted");
                }
            }
        }
        assert_eq!(listed, expected, "{deleted}");
        let requests = server.requests().into_iter();
        let lists = requests.filter(|it| it.method == "GET").count();
        assert_eq!(lists, calls, "{deleted}");
    }
}

#[tokio::test]
async fn the_stream_ends_with_the_error_response_if_no_cursor_is_left() {
    let (_server, clerk, expected) = with_users(25).await;
    let params = user::ListParams::new().limit(10).order_by("+created_at");
    let mut pages = clerk.user().list(&params).pages();
    pages.next().await.expect("a page").expect("a response");
    for id in &expected[..10] {
        clerk.user().delete(id).await.expect("the user is deleted");
    }
    let error = pages
        .next()
        .await
        .expect("an error")
        .expect_err("all users of the page are deleted");
    assert!(error.status().is_some(), "{error:?}");
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn a_page_that_repeats_once_is_skipped() {
    // Ten more users were created between the first request and the second.
    let mock = MockPages::new(|query, request| match request {
        1 => page_of(query, 25),
        _ => {
            let (limit, offset) = (query_number(query, "limit"), query_number(query, "offset"));
            json_items((0..25).skip(offset - 10).take(limit))
        }
    });
    let params = user::ListParams::new().limit(10).order_by("-updated_at");
    assert_eq!(
        user_ids(&mock, params).await.expect("users"),
        expected_ids(25)
    );
}

#[tokio::test]
async fn items_deleted_during_pagination_end_the_list_without_a_loop_error() {
    // Half of the items are deleted after each request.
    let mock = MockPages::new(|query, request| {
        let left = 64 >> request;
        json!({ "data": page_of(query, left), "total_count": left })
    });
    let ids = organization_ids(&mock, organization::ListParams::new().limit(10))
        .await
        .expect("organizations");
    assert_eq!(ids.len(), 16);
    assert_eq!(mock.queries().len(), 2);
}
