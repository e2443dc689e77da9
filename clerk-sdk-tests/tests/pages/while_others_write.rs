//! Lists that others write to while they are walked: what comes and goes, and who is left to follow.

use clerk_sdk::{Clerk, ClientConfig, organization, user};
use clerk_sdk_tests::Emulator;
use serde_json::json;

use crate::shelf::{self, Shelf, numbers, objects, organizations, part, users};

/// An emulator with so many users, and their ids in the order in which they were made.
async fn with_users(count: usize) -> (Emulator, Clerk, Vec<String>) {
    let server = Emulator::start().await.expect("a free port");
    let clerk = Clerk::new(ClientConfig::new(server.key()).base_url(server.url()));
    let mut ids = Vec::new();
    for place in 0..count {
        let params = user::CreateParams::new().username(format!("user_{place:02}"));
        let user = clerk.user().create(&params).await.expect("a user");
        ids.push(user.id.clone());
    }
    (server, clerk, ids)
}

#[tokio::test]
async fn users_who_come_and_go_meanwhile_do_not_move_the_others() {
    let (_server, clerk, mut expected) = with_users(25).await;
    let params = user::ListParams::new().limit(10).order_by("+created_at");
    let mut items = clerk.user().list(&params).items();
    let mut seen = Vec::new();
    while let Some(user) = items.next().await {
        seen.push(user.expect("a user").id);
        if seen.len() == 3 {
            clerk
                .user()
                .delete(&expected[0])
                .await
                .expect("it is deleted");
            clerk
                .user()
                .delete(&expected[20])
                .await
                .expect("it is deleted");
        }
        if seen.len() == 13 {
            let late = clerk
                .user()
                .create(&user::CreateParams::new().username("late"))
                .await;
            expected.push(late.expect("a user").id.clone());
        }
    }
    expected.remove(20);
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn users_are_followed_though_the_last_of_a_page_are_deleted() {
    for (deleted, calls) in [(0, 3), (1, 4), (2, 5), (3, 5), (4, 6), (9, 7)] {
        let (server, clerk, expected) = with_users(25).await;
        let params = user::ListParams::new().limit(10).order_by("+created_at");
        let mut items = clerk.user().list(&params).items();
        let mut seen = Vec::new();
        while let Some(user) = items.next().await {
            seen.push(user.expect("a user").id);
            if seen.len() == 10 {
                for id in &expected[10 - deleted..10] {
                    clerk.user().delete(id).await.expect("it is deleted");
                }
            }
        }
        assert_eq!(seen, expected, "{deleted}");
        let requests = server.requests().into_iter();
        let lists = requests.filter(|it| it.method == "GET").count();
        assert_eq!(lists, calls, "{deleted}");
    }
}

#[tokio::test]
async fn nobody_left_to_follow_is_the_apis_refusal() {
    let (_server, clerk, expected) = with_users(25).await;
    let params = user::ListParams::new().limit(10).order_by("+created_at");
    let mut pages = clerk.user().list(&params).pages();
    pages.next().await.expect("a page").expect("an answer");
    for id in &expected[..10] {
        clerk.user().delete(id).await.expect("it is deleted");
    }
    let error = pages
        .next()
        .await
        .expect("an error")
        .expect_err("all are gone");
    assert!(error.status().is_some(), "{error:?}");
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn a_page_that_comes_again_once_is_left_out() {
    // Ten more were made between the first request and the second.
    let shelf = Shelf::of(|query, number| match number {
        1 => part(query, 25),
        _ => {
            let (limit, offset) = (
                shelf::number(query, "limit"),
                shelf::number(query, "offset"),
            );
            objects((0..25).skip(offset - 10).take(limit))
        }
    });
    let params = user::ListParams::new().limit(10).order_by("-updated_at");
    assert_eq!(users(&shelf, params).await.expect("users"), numbers(25));
}

#[tokio::test]
async fn items_deleted_meanwhile_end_the_list_and_do_not_loop() {
    // Half of them are gone after each request.
    let shelf = Shelf::of(|query, number| {
        let left = 64 >> number;
        json!({ "data": part(query, left), "total_count": left })
    });
    let got = organizations(&shelf, organization::ListParams::new().limit(10))
        .await
        .expect("organizations");
    assert_eq!(got.len(), 16);
    assert_eq!(shelf.queries().len(), 2);
}
