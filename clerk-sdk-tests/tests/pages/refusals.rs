//! Refusals in the middle of a list: only one that can be about the user to follow makes a walk go back.

use clerk_sdk::{Error, user};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::shelf::{Shelf, number, numbers, objects, place, users};

/// A server that refuses to go on after 7, 8 and 9, as if they were deleted, in such a way.
fn without_the_last_three(status: u16, errors: Value) -> Shelf {
    Shelf::new(move |query, _| match query.get("starting_after") {
        None => (200, objects(0..10)),
        Some(id) if (7..10).contains(&place(id)) => (status, json!({ "errors": errors })),
        Some(id) => {
            let from = place(id) + 1;
            let left = (from..25).filter(|place| !(7..10).contains(place));
            (200, objects(left.take(number(query, "limit"))))
        }
    })
}

fn refusal(code: &str, meta: Value) -> Value {
    json!({ "code": code, "message": "no", "meta": meta })
}

#[tokio::test]
async fn a_refusal_that_may_be_about_the_user_to_follow_goes_back() {
    let named = json!({ "param_name": "starting_after" });
    for (status, errors) in [
        (
            422,
            json!([refusal("form_param_value_invalid", named.clone())]),
        ),
        (
            400,
            json!([refusal("form_param_value_invalid", named.clone())]),
        ),
        (404, json!([refusal("resource_not_found", json!({}))])),
        (404, json!([refusal("resource_not_found", Value::Null)])),
        (422, json!([refusal("resource_not_found", json!({}))])),
        // One of several.
        (
            422,
            json!([
                refusal("form_param_unknown", json!({ "param_name": "limit" })),
                refusal("form_param_value_invalid", named),
            ]),
        ),
        // Nothing that can be read.
        (404, json!([])),
    ] {
        let shelf = without_the_last_three(status, errors.clone());
        let got = users(&shelf, user::ListParams::new().limit(10)).await;
        assert_eq!(got.expect("users"), numbers(25), "{status} {errors}");
    }
}

#[tokio::test]
async fn a_refusal_about_anything_else_is_the_last_thing_at_once() {
    let other = |name: &str| {
        json!([refusal(
            "form_param_value_invalid",
            json!({ "param_name": name })
        )])
    };
    for (status, errors) in [
        (422, other("order_by")),
        (400, other("limit")),
        (404, other("organization_id")),
        (401, json!([refusal("authentication_invalid", json!({}))])),
        (403, json!([])),
        (410, json!([])),
        (500, json!([])),
    ] {
        let shelf = without_the_last_three(status, errors.clone());
        let params = user::ListParams::new().limit(10);
        let items = shelf.clerk().user().list(&params).items();
        let items: Vec<Result<_, Error>> = items.collect().await;
        assert_eq!(items.len(), 11, "{status} {errors}");
        let error = items[10].as_ref().expect_err("it is refused");
        assert_eq!(error.status().map(|it| it.as_u16()), Some(status));
        assert_eq!(shelf.queries().len(), 2, "{status} {errors}");
    }
}
