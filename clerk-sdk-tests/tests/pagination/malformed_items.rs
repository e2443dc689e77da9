//! Items that do not match their type, and lists that are decoded into the caller's own type.

use clerk_sdk::types::User;
use clerk_sdk::{DecodeError, Error, List, organization, user};
use futures_util::StreamExt;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::mock_pages::{MockPages, Query, expected_ids, index_of, page_of, query_number};

/// Returns the page of these items that a request with the parameter `starting_after` gets.
fn page_after(query: &Query, items: &[Value]) -> Value {
    let start = query
        .get("starting_after")
        .map_or(0, |id| index_of(id) + 1 + query_number(query, "offset"));
    let page = items.iter().skip(start).take(query_number(query, "limit"));
    page.cloned().collect()
}

/// Returns items of which those with these indices are malformed, in one of several ways.
fn items(count: usize, malformed: &[(usize, usize)]) -> Vec<Value> {
    let mut items: Vec<Value> = (0..count)
        .map(|index| json!({ "id": format!("x_{index}") }))
        .collect();
    for (index, kind) in malformed {
        items[*index] = match kind % 4 {
            0 => json!({ "id": format!("x_{index}"), "banned": "no" }),
            1 => json!({ "username": "ada" }),
            2 => json!([index]),
            _ => json!(null),
        };
    }
    items
}

fn decode_error(error: Error) -> DecodeError {
    match error {
        Error::Decode(error) => error,
        other => panic!("another error: {other:?}"),
    }
}

#[tokio::test]
async fn malformed_item_is_an_error_and_the_next_one_follows() {
    let malformed = json!({ "id": "x_11", "email_addresses": [{ "created_at": "soon" }] });
    let mut users = items(25, &[]);
    users[11] = malformed.clone();
    let mock = MockPages::new(move |query, _| page_after(query, &users));
    let params = user::ListParams::new().limit(10);
    let results: Vec<_> = mock.clerk().user().list(&params).items().collect().await;
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    for (position, result) in results.into_iter().enumerate() {
        match result {
            Ok(user) => ids.push(user.id),
            Err(error) => errors.push((position, decode_error(error))),
        }
    }
    let mut expected = expected_ids(25);
    expected.remove(11);
    assert_eq!(ids, expected);
    let [(position, error)] = &errors[..] else {
        panic!("{errors:?}");
    };
    assert_eq!(*position, 11);
    assert_eq!(error.item_index(), Some(1));
    assert_eq!(error.path(), "$[1].email_addresses[0].created_at");
    assert_eq!(error.item_json(), Some(malformed.to_string().as_str()));
    assert_eq!(error.status(), 200);
    assert_eq!(mock.sent_values("starting_after"), ["", "x_9", "x_19"]);
}

#[tokio::test]
async fn list_with_a_total_continues_after_a_malformed_item() {
    let all = items(25, &[(0, 2), (9, 1), (24, 2)]);
    let mock = MockPages::new(move |query, _| {
        let offset = query_number(query, "offset");
        let page: Vec<_> = all.iter().skip(offset).take(10).cloned().collect();
        json!({ "total_count": 25, "data": page })
    });
    let params = organization::ListParams::new().limit(10);
    let results: Vec<_> = mock
        .clerk()
        .organization()
        .list(&params)
        .items()
        .collect()
        .await;
    assert_eq!(results.len(), 25);
    let errors = results
        .into_iter()
        .filter_map(Result::err)
        .map(decode_error);
    let errors: Vec<_> = errors
        .map(|error| (error.item_index(), error.path().to_owned()))
        .collect();
    let expected = [(0, "$.data[0]"), (9, "$.data[9]"), (4, "$.data[4]")];
    assert_eq!(
        errors,
        expected.map(|(index, path)| (Some(index), path.to_owned()))
    );
    assert_eq!(mock.sent_values("offset"), ["", "10", "20"]);
}

#[tokio::test]
async fn page_with_a_malformed_item_is_an_error_and_the_next_one_follows() {
    let users = items(25, &[(11, 0)]);
    let mock = MockPages::new(move |query, _| page_after(query, &users));
    let params = user::ListParams::new().limit(10);
    let pages: Vec<_> = mock.clerk().user().list(&params).pages().collect().await;
    let lengths: Vec<_> = pages
        .iter()
        .map(|page| page.as_ref().ok().map(|it| it.len()))
        .collect();
    assert_eq!(lengths, [Some(10), None, Some(5)]);
}

#[tokio::test]
async fn call_for_one_page_fails_as_a_whole() {
    let users = items(5, &[(3, 0)]);
    let mock = MockPages::new(move |query, _| page_after(query, &users));
    let params = user::ListParams::new().limit(10);
    let error = mock
        .clerk()
        .user()
        .list(&params)
        .await
        .expect_err("an item is malformed");
    let error = decode_error(error);
    assert_eq!((error.path(), error.item_index()), ("$[3].banned", None));
    assert_eq!(error.item_json(), None);
}

#[tokio::test]
async fn stream_ends_after_a_body_that_is_no_list() {
    for body in [
        json!(null),
        json!({ "data": 1 }),
        json!("x"),
        json!({ "errors": [] }),
    ] {
        let mock = MockPages::new(move |_, _| body.clone());
        let params = user::ListParams::new();
        let results: Vec<_> = mock.clerk().user().list(&params).items().collect().await;
        assert_eq!(results.len(), 1);
        let error = results.into_iter().find_map(Result::err).expect("an error");
        assert_eq!(decode_error(error).item_index(), None);
    }
}

#[tokio::test]
async fn stream_continues_where_a_malformed_item_was() {
    let users = items(25, &[(3, 0), (9, 1), (10, 1)]);
    let mock = MockPages::new(move |query, _| page_after(query, &users));
    let params = user::ListParams::new().limit(10);
    let clerk = mock.clerk();
    let mut first = clerk.user().list(&params).items();
    for expected in [
        "after:x_0",
        "after:x_1",
        "after:x_2",
        "after:x_3",
        "after:x_4",
    ] {
        let _ = first.next().await.expect("an item");
        assert_eq!(first.cursor().expect("a cursor").to_string(), expected);
    }
    let cursor = first.cursor().expect("a cursor");
    let rest = clerk.user().list(&params).resume_from(&cursor).items();
    assert_eq!(rest.count().await, 20);
}

/// A type of a program, with a member that the SDK's type does not have.
#[derive(Debug, Deserialize)]
struct BetaUser {
    #[serde(flatten)]
    user: User,
    beta: Option<u32>,
}

#[tokio::test]
async fn own_type_is_decoded_from_calls_items_and_pages() {
    let mut users = items(25, &[]);
    users[11]["beta"] = json!(7);
    users[12]["beta"] = json!("seven");
    let mock = MockPages::new(move |query, _| page_after(query, &users));
    let clerk = mock.clerk();
    let params = user::ListParams::new().limit(10);
    let list = || clerk.user().list(&params).decode_as::<List<BetaUser>>();

    let results: Vec<_> = list().items().collect().await;
    assert_eq!(results.len(), 25);
    let betas = results
        .iter()
        .flatten()
        .filter_map(|it| Some((it.user.id.as_str(), it.beta?)));
    assert_eq!(betas.collect::<Vec<_>>(), [("x_11", 7)]);
    let error = results
        .into_iter()
        .nth(12)
        .expect("an item")
        .expect_err("it is malformed");
    assert_eq!(decode_error(error).item_index(), Some(2));
    assert_eq!(mock.sent_values("starting_after"), ["", "x_9", "x_19"]);

    let pages: Vec<_> = list().pages().collect().await;
    assert_eq!(pages.len(), 3);
    assert_eq!(list().await.expect("a page").len(), 10);
    let names = clerk.user().list(&params).decode_as::<Vec<Value>>().await;
    assert_eq!(names.expect("a page")[0]["id"], "x_0");
}

#[tokio::test]
async fn own_type_needs_no_id() {
    #[derive(Deserialize)]
    struct Named {
        username: Option<String>,
    }
    let mock = MockPages::new(|query, _| page_of(query, 23));
    let params = organization::ListParams::new().limit(10);
    let list = mock.clerk().organization().list(&params);
    let all: Vec<_> = list.decode_as::<List<Named>>().items().collect().await;
    assert!(
        all.iter()
            .all(|it| it.as_ref().is_ok_and(|it| it.username.is_none()))
    );
    assert_eq!(all.len(), 23);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Whichever items are malformed, each item is returned exactly once and in order.
    #[test]
    fn no_item_is_lost_or_repeated(
        malformed in prop::collection::btree_map(0_usize..30, 0_usize..4, 0..12),
        limit in 5_i64..12,
        own_type in any::<bool>(),
    ) {
        let malformed: Vec<_> = malformed.into_iter().collect();
        let all = items(30, &malformed);
        // A page without any id has no cursor for the next one.
        let has_id = |item: &Value| item["id"].is_string();
        prop_assume!(all.windows(5).all(|window| window.iter().any(has_id)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let served = all.clone();
        let mock = MockPages::new(move |query, _| page_after(query, &served));
        let params = user::ListParams::new().limit(limit);
        let list = mock.clerk().user().list(&params);
        let results: Vec<Result<String, Error>> = runtime.block_on(async {
            match own_type {
                true => list.decode_as::<List<BetaUser>>().items().map(|it| it.map(|it| it.user.id)).collect().await,
                false => list.items().map(|it| it.map(|it| it.id)).collect().await,
            }
        });
        prop_assert_eq!(results.len(), all.len());
        for (index, (result, item)) in results.into_iter().zip(&all).enumerate() {
            match result {
                Ok(id) => prop_assert_eq!(id, format!("x_{index}")),
                Err(error) => {
                    let error = decode_error(error);
                    let json = item.to_string();
                    prop_assert_eq!(error.item_json(), Some(json.as_str()));
                }
            }
        }
    }
}
