//! What the API should not do: pages of other sizes than asked for, totals that lie.

use clerk_sdk::{api_key, organization, user};
use futures_util::StreamExt;
use proptest::prelude::*;
use serde_json::json;

use crate::shelf::{Query, Shelf, number, numbers, objects, organizations, part, place, users};

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
    for (total, requests) in [
        (-5, 3),
        (0, 3),
        (7, 3),
        (10, 3),
        (20, 3),
        (25, 3),
        (26, 4),
        (i64::MAX, 4),
    ] {
        let shelf =
            Shelf::of(move |query, _| json!({ "data": part(query, 25), "total_count": total }));
        let got = organizations(&shelf, organization::ListParams::new().limit(10)).await;
        assert_eq!(got.expect("organizations"), numbers(25), "{total}");
        assert_eq!(shelf.queries().len(), requests, "{total}");
    }
}

#[tokio::test]
async fn more_than_the_api_gives_at_a_time_is_not_asked_for() {
    // A server that caps what it gives, as one that refuses such a limit would end the walk too.
    let capped = |query: &Query, count, cap| {
        let from = query
            .get("starting_after")
            .map_or(number(query, "offset"), |id| place(id) + 1);
        objects((0..count).skip(from).take(number(query, "limit").min(cap)))
    };
    let shelf = Shelf::of(move |query, _| capped(query, 1_203, 500));
    for params in [
        user::ListParams::new().limit(1_000),
        user::ListParams::new().limit(1_000).order_by("username"),
    ] {
        let got = users(&shelf, params).await;
        assert_eq!(got.expect("users"), numbers(1_203));
    }
    assert_eq!(shelf.sent("limit"), ["500"; 6]);

    let shelf = Shelf::of(move |query, _| capped(query, 250, 100));
    let params = api_key::ListParams::new("user_1").limit(i64::MAX);
    let items = shelf.clerk().api_key().list(&params).items();
    assert_eq!(items.count().await, 250);
    assert_eq!(shelf.sent("limit"), ["100"; 3]);
}

#[tokio::test]
async fn a_call_for_one_page_asks_for_what_the_caller_says() {
    let shelf = Shelf::of(|_, _| objects(0..3));
    let params = user::ListParams::new().limit(1_000);
    shelf.clerk().user().list(&params).await.expect("users");
    assert_eq!(shelf.sent("limit"), ["1000"]);
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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Whatever sizes and totals come, the stream ends soon after the items do, and gives each once.
    #[test]
    fn no_answers_make_a_stream_lose_or_double_items_or_never_end(
        count in 0_usize..60,
        limit in 1_usize..20,
        cap in 1_usize..20,
        total in prop_oneof![Just(None), (-3_i64..120).prop_map(Some), (0_i64..6).prop_map(|pages| Some(10 * pages))],
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
        // Of a page that is short without a total that says more, nobody can tell that it is not the last.
        let is_told = total.is_some_and(|total| total >= count as i64);
        if cap >= limit || is_told {
            prop_assert_eq!(got.len(), count);
        }
        prop_assert!(shelf.queries().len() <= count / limit.min(cap) + 2);
    }
}
