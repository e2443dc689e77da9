//! Tests of error responses in the middle of a list: the cursor falls back only if the cursor may have caused the
//! error.

use clerk_sdk::{Error, user};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::mock_pages::{MockPages, expected_ids, index_of, json_items, query_number, user_ids};

/// Creates a server that rejects the items 7, 8 and 9 as cursors with this error response, as if they were deleted.
fn rejecting_the_last_three(status: u16, errors: Value) -> MockPages {
    MockPages::with_status(move |query, _| match query.get("starting_after") {
        None => (200, json_items(0..10)),
        Some(id) if (7..10).contains(&index_of(id)) => (status, json!({ "errors": errors })),
        Some(id) => {
            let from = index_of(id) + 1;
            let left = (from..25).filter(|index| !(7..10).contains(index));
            (200, json_items(left.take(query_number(query, "limit"))))
        }
    })
}

fn error(code: &str, meta: Value) -> Value {
    json!({ "code": code, "message": "no", "meta": meta })
}

#[tokio::test]
async fn the_cursor_falls_back_if_it_may_have_caused_the_error() {
    let named = json!({ "param_name": "starting_after" });
    for (status, errors) in [
        (
            422,
            json!([error("form_param_value_invalid", named.clone())]),
        ),
        (
            400,
            json!([error("form_param_value_invalid", named.clone())]),
        ),
        (404, json!([error("resource_not_found", json!({}))])),
        (404, json!([error("resource_not_found", Value::Null)])),
        (422, json!([error("resource_not_found", json!({}))])),
        // One of several errors is about the cursor.
        (
            422,
            json!([
                error("form_param_unknown", json!({ "param_name": "limit" })),
                error("form_param_value_invalid", named),
            ]),
        ),
        // The response does not state the cause of the error.
        (404, json!([])),
    ] {
        let mock = rejecting_the_last_three(status, errors.clone());
        let ids = user_ids(&mock, user::ListParams::new().limit(10)).await;
        assert_eq!(ids.expect("users"), expected_ids(25), "{status} {errors}");
    }
}

#[tokio::test]
async fn an_error_with_another_cause_ends_the_stream_immediately() {
    let about = |name: &str| {
        json!([error(
            "form_param_value_invalid",
            json!({ "param_name": name })
        )])
    };
    for (status, errors) in [
        (422, about("order_by")),
        (400, about("limit")),
        (404, about("organization_id")),
        (401, json!([error("authentication_invalid", json!({}))])),
        (403, json!([])),
        (410, json!([])),
        (500, json!([])),
    ] {
        let mock = rejecting_the_last_three(status, errors.clone());
        let params = user::ListParams::new().limit(10);
        let items = mock.clerk().user().list(&params).items();
        let items: Vec<Result<_, Error>> = items.collect().await;
        assert_eq!(items.len(), 11, "{status} {errors}");
        let error = items[10].as_ref().expect_err("the request is rejected");
        assert_eq!(error.status().map(|it| it.as_u16()), Some(status));
        assert_eq!(mock.queries().len(), 2, "{status} {errors}");
    }
}
