//! Servers that give what they gave before, however far they are asked to go: every walk has an end.

use clerk_sdk::types::{Organization, User};
use clerk_sdk::{Error, Items, organization, user};
use futures_util::StreamExt;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::shelf::{Query, Shelf, number, numbers, objects, part};

/// The ids that a walk gives, and the error at its end, if there is one.
async fn walk<T>(items: Items<T>, id: fn(T) -> String) -> (Vec<String>, Option<Error>)
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

async fn users_by_id(shelf: &Shelf) -> (Vec<String>, Option<Error>) {
    let params = user::ListParams::new().limit(10);
    let items = shelf.clerk().user().list(&params).items();
    walk(items, |user: User| user.id).await
}

async fn users_by_offset(shelf: &Shelf) -> (Vec<String>, Option<Error>) {
    let params = user::ListParams::new().limit(10).order_by("username");
    let items = shelf.clerk().user().list(&params).items();
    walk(items, |user: User| user.id).await
}

async fn organizations(shelf: &Shelf) -> (Vec<String>, Option<Error>) {
    let params = organization::ListParams::new().limit(10);
    let items = shelf.clerk().organization().list(&params).items();
    walk(items, |organization: Organization| organization.id).await
}

/// Users who were seen meanwhile, so that no two answers are the same.
fn seen(ids: impl IntoIterator<Item = usize>, number: usize) -> Value {
    ids.into_iter()
        .map(
            |id| json!({ "id": format!("x_{id}"), "last_active_at": number, "updated_at": number }),
        )
        .collect()
}

/// That the walk ended with an error that has the answer which came again.
fn assert_given_again(error: Option<Error>) {
    let Some(Error::Decode(error)) = &error else {
        panic!("{error:?}")
    };
    assert!(error.raw_json().contains("x_9"), "{}", error.raw_json());
}

#[tokio::test]
async fn the_same_page_for_ever_is_an_error_with_that_page() {
    let by_id = Shelf::of(|_, _| objects(0..10));
    let by_offset = Shelf::of(|_, _| objects(0..10));
    let counted = Shelf::of(|_, _| json!({ "data": objects(0..10), "total_count": 500 }));
    for ((ids, error), shelf) in [
        (users_by_id(&by_id).await, by_id),
        (users_by_offset(&by_offset).await, by_offset),
        (organizations(&counted).await, counted),
    ] {
        assert_eq!(ids, numbers(10));
        assert_given_again(error);
        assert_eq!(shelf.queries().len(), 3);
    }
}

#[tokio::test]
async fn the_same_items_for_ever_are_an_error_though_each_copy_differs() {
    let by_id = Shelf::of(|_, number| seen(0..10, number));
    let by_offset = Shelf::of(|_, number| seen(0..10, number));
    let counted =
        Shelf::of(|_, number| json!({ "data": seen(0..10, number), "total_count": 500 + number }));
    for ((ids, error), shelf) in [
        (users_by_id(&by_id).await, by_id),
        (users_by_offset(&by_offset).await, by_offset),
        (organizations(&counted).await, counted),
    ] {
        assert_eq!(ids, numbers(10));
        assert_given_again(error);
        assert_eq!(shelf.queries().len(), 3);
    }
}

#[tokio::test]
async fn a_total_that_is_reached_does_not_hide_that_the_same_page_came_twice() {
    for total in [20, 30] {
        let shelf = Shelf::of(move |_, _| json!({ "data": objects(0..10), "total_count": total }));
        let (ids, error) = organizations(&shelf).await;
        assert_eq!(ids, numbers(10), "{total}");
        assert_given_again(error);
    }
    // Neither where the pages are shorter than asked for.
    let shelf = Shelf::of(|_, _| json!({ "data": objects(6..10), "total_count": 8 }));
    let (ids, error) = organizations(&shelf).await;
    assert_eq!(ids.len(), 4);
    assert_given_again(error);
}

#[tokio::test]
async fn a_list_that_comes_whole_however_it_is_asked_for_is_given_once() {
    for count in [10, 12] {
        let shelf =
            Shelf::of(move |_, _| json!({ "data": objects(0..count), "total_count": count }));
        let (ids, error) = organizations(&shelf).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(ids, numbers(count));
        assert_eq!(shelf.queries().len(), 2);
    }
}

#[tokio::test]
async fn pages_that_take_turns_are_an_error() {
    // Two copies of the first pages, out of step: 0 to 9, 10 to 19, and over again.
    let turn = |number: usize| match number % 2 {
        1 => seen(0..10, number),
        _ => seen(10..20, number),
    };
    let by_id = Shelf::of(move |_, number| turn(number));
    let by_offset = Shelf::of(move |_, number| turn(number));
    for ((ids, error), shelf) in [
        (users_by_id(&by_id).await, by_id),
        (users_by_offset(&by_offset).await, by_offset),
    ] {
        assert!(matches!(error, Some(Error::Decode(_))), "{error:?}");
        assert_eq!(ids[..20], numbers(20));
        assert!(shelf.queries().len() <= 5);
    }
}

#[tokio::test]
async fn a_server_that_does_not_follow_is_noticed_though_users_come_meanwhile() {
    // The newest first, wherever it is asked to go on; one more each time.
    let shelf = Shelf::of(|_, number| objects((100 - number..).take(10)));
    let (ids, error) = users_by_id(&shelf).await;
    assert_eq!(ids.len(), 10);
    assert!(matches!(error, Some(Error::Decode(_))), "{error:?}");
}

#[tokio::test]
async fn a_server_that_begins_with_the_one_to_follow_is_noticed() {
    let shelf = Shelf::of(|_, _| objects(0..10));
    let params = user::ListParams::new().limit(10).starting_after("x_4");
    let items = shelf.clerk().user().list(&params).items();
    let (ids, error) = walk(items, |user: User| user.id).await;
    assert!(ids.is_empty());
    assert_given_again(error);
}

#[tokio::test]
async fn one_answer_from_a_cache_is_left_out_and_the_walk_goes_on() {
    // The second answer is the first once more.
    let shelf = Shelf::of(|query, number| {
        let from = query
            .get("starting_after")
            .map_or(0, |id| crate::shelf::place(id) + 1);
        let from = if number == 2 { 0 } else { from };
        seen((from..25).take(10), number)
    });
    let (ids, error) = users_by_id(&shelf).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(ids, numbers(25));
    assert_eq!(shelf.sent("starting_after"), ["", "x_9", "x_9", "x_19"]);
}

#[tokio::test]
async fn nobody_to_follow_is_an_error_and_not_the_first_page_again() {
    let nameless =
        |count: usize| -> Value { (0..count).map(|_| json!({ "username": "x_9" })).collect() };
    let shelf = Shelf::of(move |_, _| nameless(10));
    let (ids, error) = users_by_id(&shelf).await;
    assert!(ids.is_empty());
    assert_given_again(error);
    assert_eq!(shelf.queries().len(), 1);

    // On the last page there is no need to follow anybody.
    let shelf = Shelf::of(move |_, _| nameless(3));
    let (ids, error) = users_by_id(&shelf).await;
    assert_eq!((ids.len(), error.is_none()), (3, true));
}

#[tokio::test]
async fn items_without_an_id_are_told_apart_by_what_they_hold() {
    let tokens = |from: usize, count: usize, total: usize| {
        let tokens = (from..from + count).map(|number| json!({ "token": format!("x_{number}") }));
        json!({ "data": tokens.collect::<Vec<_>>(), "total_count": total })
    };
    let params = user::ListOAuthAccessTokensParams::new().limit(10);
    let whole = Shelf::of(move |query, _| {
        let from = number(query, "offset");
        tokens(from, 10.min(25 - from), 25)
    });
    let clerk = whole.clerk();
    let items = clerk
        .user()
        .list_oauth_access_tokens("user_1", "google", &params)
        .items();
    assert_eq!(items.count().await, 25);

    let same = Shelf::of(move |_, number| tokens(0, 10, 500 + number));
    let clerk = same.clerk();
    let items = clerk
        .user()
        .list_oauth_access_tokens("user_1", "google", &params)
        .items();
    let (given, error) = walk(items, |token| token.token).await;
    assert_eq!(given, numbers(10));
    assert_given_again(error);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Whatever pages come before, and however many then come over and over again.
    #[test]
    fn no_circle_of_pages_is_walked_for_ever(
        before in 0_usize..6,
        circle in 1_usize..9,
        total in prop_oneof![Just(None), (-3_i64..200).prop_map(Some)],
        by_id in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let shelf = Shelf::of(move |_: &Query, number| {
            let page = match number - 1 {
                page if page < before => page,
                page => before + (page - before) % circle,
            };
            let items = seen(10 * page..10 * page + 10, number);
            match total {
                Some(total) if !by_id => json!({ "data": items, "total_count": total }),
                _ => items,
            }
        });
        let (ids, error) = match by_id {
            true => runtime.block_on(users_by_id(&shelf)),
            false => runtime.block_on(organizations(&shelf)),
        };
        // The same page over again, and all that the total promises given: that was the list.
        let given = 10 * (before + 1) as i64;
        let is_all = !by_id && circle == 1 && total.is_some_and(|total| total <= given);
        match error {
            None => prop_assert!(is_all),
            Some(error) => prop_assert!(!is_all && matches!(error, Error::Decode(_)), "{:?}", error),
        }
        prop_assert_eq!(&ids[..10], &numbers(10));
        prop_assert!(shelf.queries().len() <= 3 * (before + circle) + 2);
    }

    /// The same of a list that has an end, as a server gives it that knows no offset.
    #[test]
    fn no_item_is_given_twice_where_the_offset_is_ignored(count in 1_usize..20, total in 0_i64..60) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let shelf = Shelf::of(move |query, _| {
            let query = Query::from([("limit".to_owned(), query["limit"].clone())]);
            json!({ "data": part(&query, count), "total_count": total })
        });
        let (ids, _) = runtime.block_on(organizations(&shelf));
        prop_assert_eq!(ids, numbers(count.min(10)));
        prop_assert!(shelf.queries().len() <= 3);
    }
}
