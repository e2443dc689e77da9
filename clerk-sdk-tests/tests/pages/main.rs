//! Lists over all of their pages, also where the API behaves oddly.

mod endless;
mod odd;
mod refusals;
mod shelf;
mod while_others_write;

use clerk_sdk::{
    Clerk, ClientConfig, Error, api_key, invitation, jwt_template, m2m_token, organization,
    organization_membership, user,
};
use clerk_sdk_tests::Emulator;
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use shelf::{Query, Shelf, number, numbers, objects, organizations, part, place, users};

#[tokio::test]
async fn every_shape_of_list_is_walked_to_its_end() {
    let shelf = |shape: fn(&Query, Value) -> Value| {
        Shelf::of(move |query, _| shape(query, part(query, 1_203)))
    };
    let all = numbers(1_203);

    let bare = shelf(|_, items| items);
    let params = user::ListParams::new().order_by("username");
    assert_eq!(users(&bare, params).await.expect("users"), all);
    assert_eq!(bare.sent("offset"), ["", "500", "1000"]);
    assert_eq!(bare.sent("limit"), ["500"; 3]);

    let counted = shelf(|_, items| json!({ "data": items, "total_count": 1_203 }));
    assert_eq!(
        organizations(&counted, organization::ListParams::new())
            .await
            .expect("organizations"),
        all
    );
    assert_eq!(counted.sent("offset"), ["", "500", "1000"]);

    let named = shelf(|_, items| json!({ "m2m_tokens": items, "total_count": 1_203 }));
    let items = named
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
    assert_eq!(named.sent("limit"), ["100"; 13]);

    let asked = shelf(
        |query, items| match query.get("paginated").map(String::as_str) {
            Some("true") => json!({ "data": items, "total_count": 1_203 }),
            _ => items,
        },
    );
    let mut pages = asked
        .clerk()
        .jwt_template()
        .list(&jwt_template::ListParams::new())
        .pages();
    let page = pages.next().await.expect("a page").expect("an answer");
    assert_eq!((page.len(), page.total_count), (500, Some(1_203)));
    assert_eq!(pages.count().await, 2);
}

#[tokio::test]
async fn a_page_is_asked_for_only_when_it_is_needed() {
    let shelf = Shelf::of(|query, _| part(query, 1_000));
    let items = shelf
        .clerk()
        .user()
        .list(&user::ListParams::new().limit(10))
        .items();
    assert_eq!(shelf.queries().len(), 0);
    let mut items = std::pin::pin!(items.take(10));
    for _ in 0..10 {
        items.next().await.expect("an item").expect("an answer");
        assert_eq!(shelf.queries().len(), 1);
    }
    assert!(items.next().await.is_none());
    assert_eq!(shelf.queries().len(), 1);
}

/// A total is no promise: after a full page, one more request says whether that was all.
#[tokio::test]
async fn a_short_page_is_the_last_request() {
    for (count, requests) in [(0, 1), (1, 1), (9, 1), (10, 2), (11, 2), (20, 3)] {
        let total =
            Shelf::of(move |query, _| json!({ "data": part(query, count), "total_count": count }));
        let got = organizations(&total, organization::ListParams::new().limit(10)).await;
        assert_eq!(got.expect("organizations"), numbers(count));
        assert_eq!(total.queries().len(), requests, "{count}");

        let bare = Shelf::of(move |query, _| part(query, count));
        let params = user::ListParams::new().limit(10).order_by("username");
        assert_eq!(users(&bare, params).await.expect("users"), numbers(count));
        assert_eq!(bare.queries().len(), requests, "{count}");
    }
}

#[tokio::test]
async fn after_the_last_page_and_after_an_error_there_is_nothing() {
    let shelf = Shelf::of(|query, _| part(query, 3));
    let mut items = shelf.clerk().user().list(&user::ListParams::new()).items();
    while items.next().await.is_some() {}
    assert!(items.next().await.is_none());
    assert_eq!(shelf.queries().len(), 1);

    let failing = Shelf::new(|query, number| match number {
        2 => (500, json!({ "errors": [] })),
        _ => (200, part(query, 30)),
    });
    let mut items = failing
        .clerk()
        .user()
        .list(&user::ListParams::new().limit(10).order_by("username"))
        .items();
    for _ in 0..10 {
        items.next().await.expect("an item").expect("an answer");
    }
    let error = items.next().await.expect("an error").expect_err("an error");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(500));
    assert!(items.next().await.is_none());
    assert_eq!(failing.queries().len(), 2);
}

#[tokio::test]
async fn users_are_followed_by_id_where_their_order_allows_it() {
    let walk = |query: &Query, _: usize| {
        let from = query.get("starting_after").map_or(0, |id| place(id) + 1);
        objects((0..25).skip(from).take(number(query, "limit")))
    };
    for order in [
        None,
        Some("created_at"),
        Some("+created_at"),
        Some("-created_at"),
    ] {
        let shelf = Shelf::of(walk);
        let mut params = user::ListParams::new().limit(10);
        params.order_by = order.map(str::to_owned);
        assert_eq!(users(&shelf, params).await.expect("users"), numbers(25));
        assert_eq!(
            shelf.sent("starting_after"),
            ["", "x_9", "x_19"],
            "{order:?}"
        );
        assert_eq!(shelf.sent("offset"), [""; 3]);
    }
    let resumed = Shelf::of(walk);
    let params = user::ListParams::new().limit(10).starting_after("x_17");
    assert_eq!(users(&resumed, params).await.expect("users").len(), 7);

    for params in [
        user::ListParams::new().limit(10).order_by("-username"),
        user::ListParams::new().limit(10).offset(5),
    ] {
        let shelf = Shelf::of(|query, _| part(query, 25));
        let got = users(&shelf, params).await.expect("users");
        assert_eq!(got.last().map(String::as_str), Some("x_24"));
        assert_eq!(shelf.sent("starting_after").concat(), "");
    }
}

#[tokio::test]
async fn what_the_caller_sets_holds_for_every_page() {
    let shelf = Shelf::of(|query, _| json!({ "data": part(query, 25), "total_count": 25 }));
    let params = organization::ListParams::new()
        .limit(10)
        .offset(3)
        .query("a&b=c d");
    let call = shelf
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
    assert_eq!(ids, &numbers(25)[3..]);
    assert_eq!(shelf.sent("offset"), ["3", "13", "23"]);
    assert_eq!(shelf.sent("query"), ["a%26b%3Dc%20d"; 3]);

    let asked = Shelf::of(|query, _| part(query, 5));
    let params = invitation::ListParams::new().paginated(false);
    let pages = asked.clerk().invitation().list(&params).pages();
    assert_eq!(pages.count().await, 1);
    assert_eq!(asked.sent("paginated"), ["false"]);
}

#[tokio::test]
async fn a_list_in_one_piece_is_one_page() {
    let shelf = Shelf::of(|_, _| json!({ "data": objects(0..3), "total_count": 90 }));
    let items = shelf.clerk().blocklist_identifier().list().items();
    assert_eq!(items.count().await, 3);
    assert_eq!(shelf.queries(), [Query::new()]);
}

#[tokio::test]
async fn a_call_under_way_gives_the_one_page_that_it_asked_for() {
    let shelf = Shelf::of(|query, _| part(query, 25));
    let mut call = shelf
        .clerk()
        .user()
        .list(&user::ListParams::new().limit(10));
    let first = std::future::poll_fn(|context| std::pin::Pin::new(&mut call).poll(context)).await;
    assert_eq!(first.expect("users").len(), 10);
    let error = call
        .items()
        .next()
        .await
        .expect("an error")
        .expect_err("it is used up");
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
}

#[tokio::test]
async fn an_error_names_the_operation_and_not_the_page() {
    let shelf = Shelf::new(|_, _| (403, json!({ "errors": [] })));
    let params = api_key::ListParams::new("user_1");
    let mut items = shelf.clerk().api_key().list(&params).items();
    let error = items
        .next()
        .await
        .expect("an error")
        .expect_err("it is refused");
    assert!(!error.to_string().contains("user_1"), "{error}");
}

#[tokio::test]
async fn members_are_walked_with_their_total() {
    let server = Emulator::start().await.expect("a free port");
    let clerk = Clerk::new(ClientConfig::new(server.key()).base_url(server.url()));
    let organization = clerk
        .organization()
        .create(&organization::CreateParams::new("Acme"))
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
