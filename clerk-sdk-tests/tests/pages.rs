//! Lists over all of their pages, also where the API behaves oddly.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use clerk_sdk::{
    Backend, BackendFuture, Clerk, ClientConfig, Error, RetryPolicy, api_key, invitation,
    jwt_template, m2m_token, organization, organization_membership, user,
};
use clerk_sdk_tests::StandIn;
use futures_util::{StreamExt, TryStreamExt};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The query of a request, by name.
type Query = BTreeMap<String, String>;

/// Status and body for a query, and how many requests there were with it.
type Page = dyn Fn(&Query, usize) -> (u16, Value) + Send + Sync;

/// Answers each request with what `page` makes of its query and its number.
#[derive(Clone)]
struct Shelf {
    page: Arc<Page>,
    queries: Arc<Mutex<Vec<Query>>>,
}

impl Shelf {
    fn new(page: impl Fn(&Query, usize) -> (u16, Value) + Send + Sync + 'static) -> Self {
        Self {
            page: Arc::new(page),
            queries: Arc::default(),
        }
    }

    /// A shelf that always has an answer.
    fn of(page: impl Fn(&Query, usize) -> Value + Send + Sync + 'static) -> Self {
        Self::new(move |query, number| (200, page(query, number)))
    }

    fn clerk(&self) -> Clerk {
        let config = ClientConfig::new("sk_test_shelf").backend(self.clone());
        Clerk::new(config.retry(RetryPolicy::none()))
    }

    fn queries(&self) -> Vec<Query> {
        self.queries.lock().expect("no test panicked here").clone()
    }

    /// The values of one parameter, request by request; empty where it was not sent.
    fn sent(&self, name: &str) -> Vec<String> {
        let value = |query: &Query| query.get(name).cloned().unwrap_or_default();
        self.queries().iter().map(value).collect()
    }
}

impl Backend for Shelf {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let query = request.uri().query().unwrap_or_default();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query: Query = pairs
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let mut queries = self.queries.lock().expect("no test panicked here");
        queries.push(query.clone());
        let (status, body) = (self.page)(&query, queries.len());
        Box::pin(async move {
            let response = http::Response::builder().status(status);
            Ok(response.body(body.to_string().into()).expect("a response"))
        })
    }
}

fn number(query: &Query, name: &str) -> usize {
    query
        .get(name)
        .map_or(0, |text| text.parse().expect("a number"))
}

fn objects(ids: impl IntoIterator<Item = usize>) -> Value {
    ids.into_iter()
        .map(|id| json!({ "id": format!("x_{id}") }))
        .collect()
}

/// The part of `0..count` that `limit` and `offset` ask for.
fn part(query: &Query, count: usize) -> Value {
    let (limit, offset) = (number(query, "limit"), number(query, "offset"));
    objects((0..count).skip(offset).take(limit))
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|id| format!("x_{id}")).collect()
}

async fn organizations(
    shelf: &Shelf,
    params: organization::ListParams,
) -> Result<Vec<String>, Error> {
    let items = shelf.clerk().organization().list(&params).items();
    items.map_ok(|it| it.id).try_collect().await
}

async fn users(shelf: &Shelf, params: user::ListParams) -> Result<Vec<String>, Error> {
    let items = shelf.clerk().user().list(&params).items();
    items.map_ok(|it| it.id).try_collect().await
}

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

#[tokio::test]
async fn the_last_page_is_the_last_request() {
    for (count, with_total, without) in [
        (0, 1, 1),
        (1, 1, 1),
        (9, 1, 1),
        (10, 1, 2),
        (11, 2, 2),
        (20, 2, 3),
    ] {
        let total =
            Shelf::of(move |query, _| json!({ "data": part(query, count), "total_count": count }));
        let got = organizations(&total, organization::ListParams::new().limit(10)).await;
        assert_eq!(got.expect("organizations"), numbers(count));
        assert_eq!(total.queries().len(), with_total, "{count}");

        let bare = Shelf::of(move |query, _| part(query, count));
        let params = user::ListParams::new().limit(10).order_by("username");
        assert_eq!(users(&bare, params).await.expect("users"), numbers(count));
        assert_eq!(bare.queries().len(), without, "{count}");
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
        let from = query
            .get("starting_after")
            .map_or(0, |id| id[2..].parse::<usize>().expect("an id") + 1);
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

// What the API should not do.

#[tokio::test]
async fn pages_shorter_than_asked_are_followed_where_the_total_says_so() {
    let capped = Shelf::of(|query, _| {
        let items = objects((0..25).skip(number(query, "offset")).take(4));
        json!({ "data": items, "total_count": 25 })
    });
    let got = organizations(&capped, organization::ListParams::new().limit(10)).await;
    assert_eq!(got.expect("organizations"), numbers(25));
}

#[tokio::test]
async fn a_total_that_lies_neither_cuts_the_list_nor_makes_it_endless() {
    for (total, requests) in [(-5, 3), (0, 3), (7, 3), (25, 3), (26, 4), (i64::MAX, 4)] {
        let shelf =
            Shelf::of(move |query, _| json!({ "data": part(query, 25), "total_count": total }));
        let got = organizations(&shelf, organization::ListParams::new().limit(10)).await;
        assert_eq!(got.expect("organizations"), numbers(25), "{total}");
        assert_eq!(shelf.queries().len(), requests, "{total}");
    }
}

#[tokio::test]
async fn the_same_page_for_ever_is_an_error_with_that_page() {
    let same = || objects(0..10);
    let by_offset = Shelf::of(move |_, _| json!({ "data": same(), "total_count": 500 }));
    let error = organizations(&by_offset, organization::ListParams::new().limit(10))
        .await
        .expect_err("it is endless");
    let by_id = Shelf::of(move |_, _| same());
    let other = users(&by_id, user::ListParams::new().limit(10))
        .await
        .expect_err("it is endless");
    for (error, shelf) in [(error, by_offset), (other, by_id)] {
        let Error::Decode(decode) = &error else {
            panic!("{error:?}")
        };
        assert!(decode.raw_json().contains("x_9"));
        assert_eq!(shelf.queries().len(), 3);
    }
}

#[tokio::test]
async fn a_page_that_comes_again_once_is_left_out() {
    // Ten more were made between the first request and the second.
    let shelf = Shelf::of(|query, number| match number {
        1 => part(query, 25),
        _ => {
            let (limit, offset) = (self::number(query, "limit"), self::number(query, "offset"));
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

#[tokio::test]
async fn numbers_at_their_limits_do_not_overflow() {
    for params in [
        organization::ListParams::new().offset(i64::MAX),
        organization::ListParams::new().limit(i64::MIN).offset(-1),
        organization::ListParams::new().limit(0),
    ] {
        let shelf = Shelf::of(|_, number| match number {
            1 | 2 => json!({ "data": objects(number..number + 1), "total_count": i64::MAX }),
            _ => json!([]),
        });
        organizations(&shelf, params).await.expect("organizations");
        assert!(shelf.queries().len() <= 3);
    }
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

// Against the stand-in.

/// A stand-in with so many users, and their ids in the order in which they were made.
async fn with_users(count: usize) -> (StandIn, Clerk, Vec<String>) {
    let server = StandIn::start().await.expect("a free port");
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
async fn members_are_walked_with_their_total() {
    let server = StandIn::start().await.expect("a free port");
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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Whatever sizes and totals come, the stream ends soon after the items do, and gives each once.
    #[test]
    fn no_answers_make_a_stream_lose_or_double_items_or_never_end(
        count in 0_usize..60,
        limit in 1_usize..20,
        cap in 1_usize..20,
        total in prop_oneof![Just(None), (-3_i64..120).prop_map(Some)],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let shelf = Shelf::of(move |query, _| {
            let offset = number(query, "offset");
            let items = objects((0..count).skip(offset).take(number(query, "limit").min(cap)));
            match total {
                Some(total) => json!({ "data": items, "total_count": total }),
                None => items,
            }
        });
        let params = organization::ListParams::new().limit(limit as i64);
        let got = runtime.block_on(organizations(&shelf, params)).expect("organizations");
        prop_assert_eq!(&got, &numbers(got.len()));
        let is_told = total.is_some_and(|total| total >= count as i64);
        if cap >= limit && total.is_none_or(|total| !(1..count as i64).contains(&total)) || is_told {
            prop_assert_eq!(got.len(), count);
        }
        prop_assert!(shelf.queries().len() <= count / limit.min(cap) + 2);
    }
}
