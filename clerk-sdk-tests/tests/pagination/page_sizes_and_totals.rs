//! Tests of pages whose size differs from the requested size, and of wrong totals.

use clerk_sdk::{api_key, organization, user};
use futures_util::StreamExt;
use proptest::prelude::*;
use serde_json::json;

use crate::mock_pages::{
    MockPages, Query, expected_ids, index_of, json_items, organization_ids, page_of, query_number,
    user_ids,
};

#[tokio::test]
async fn short_pages_do_not_end_the_list_if_the_total_is_larger() {
    let capped = MockPages::new(|query, _| {
        let items = json_items((0..25).skip(query_number(query, "offset")).take(4));
        json!({ "data": items, "total_count": 25 })
    });
    let ids = organization_ids(&capped, organization::ListParams::new().limit(10)).await;
    assert_eq!(ids.expect("organizations"), expected_ids(25));
}

#[tokio::test]
async fn a_wrong_total_neither_truncates_the_list_nor_makes_it_endless() {
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
        let mock = MockPages::new(
            move |query, _| json!({ "data": page_of(query, 25), "total_count": total }),
        );
        let ids = organization_ids(&mock, organization::ListParams::new().limit(10)).await;
        assert_eq!(ids.expect("organizations"), expected_ids(25), "{total}");
        assert_eq!(mock.queries().len(), requests, "{total}");
    }
}

#[tokio::test]
async fn a_limit_above_the_maximum_is_lowered_to_it() {
    // This server caps the limit. A server that rejects it would end the list too early as well.
    let capped = |query: &Query, count, cap| {
        let from = query
            .get("starting_after")
            .map_or(query_number(query, "offset"), |id| index_of(id) + 1);
        json_items(
            (0..count)
                .skip(from)
                .take(query_number(query, "limit").min(cap)),
        )
    };
    let mock = MockPages::new(move |query, _| capped(query, 1_203, 500));
    for params in [
        user::ListParams::new().limit(1_000),
        user::ListParams::new().limit(1_000).order_by("username"),
    ] {
        let ids = user_ids(&mock, params).await;
        assert_eq!(ids.expect("users"), expected_ids(1_203));
    }
    assert_eq!(mock.sent_values("limit"), ["500"; 6]);

    let mock = MockPages::new(move |query, _| capped(query, 250, 100));
    let params = api_key::ListParams::new("user_1").limit(i64::MAX);
    let items = mock.clerk().api_key().list(&params).items();
    assert_eq!(items.count().await, 250);
    assert_eq!(mock.sent_values("limit"), ["100"; 3]);
}

#[tokio::test]
async fn a_call_for_a_single_page_sends_the_limit_of_the_caller() {
    let mock = MockPages::new(|_, _| json_items(0..3));
    let params = user::ListParams::new().limit(1_000);
    mock.clerk().user().list(&params).await.expect("users");
    assert_eq!(mock.sent_values("limit"), ["1000"]);
}

#[tokio::test]
async fn extreme_offsets_and_limits_do_not_overflow() {
    for params in [
        organization::ListParams::new().offset(i64::MAX),
        organization::ListParams::new().limit(i64::MIN).offset(-1),
        organization::ListParams::new().limit(0),
    ] {
        let mock = MockPages::new(|_, request| match request {
            1 | 2 => json!({ "data": json_items(request..request + 1), "total_count": i64::MAX }),
            _ => json!([]),
        });
        organization_ids(&mock, params)
            .await
            .expect("organizations");
        assert!(mock.queries().len() <= 3);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Whatever the page sizes and totals, the stream ends soon after the last item, and yields each item once.
    #[test]
    fn no_page_sizes_and_totals_skip_or_duplicate_items_or_make_a_stream_endless(
        count in 0_usize..60,
        limit in 1_usize..20,
        cap in 1_usize..20,
        total in prop_oneof![Just(None), (-3_i64..120).prop_map(Some), (0_i64..6).prop_map(|pages| Some(10 * pages))],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let mock = MockPages::new(move |query, _| {
            let offset = query_number(query, "offset");
            let items = json_items((0..count).skip(offset).take(query_number(query, "limit").min(cap)));
            match total {
                Some(total) => json!({ "data": items, "total_count": total }),
                None => items,
            }
        });
        let params = organization::ListParams::new().limit(limit as i64);
        let ids = runtime.block_on(organization_ids(&mock, params)).expect("organizations");
        prop_assert_eq!(&ids, &expected_ids(ids.len()));
        // If a page is short, only a total can show that it is not the last.
        let total_is_high_enough = total.is_some_and(|total| total >= count as i64);
        if cap >= limit || total_is_high_enough {
            prop_assert_eq!(ids.len(), count);
        }
        prop_assert!(mock.queries().len() <= count / limit.min(cap) + 2);
    }
}
