//! Users by the hundred thousand, who take no memory: each is made from a number when somebody asks.
//!
//! They are older than every user that was created, and can be read, listed and counted; not changed, filtered or
//! found by anything but their ids.

use serde_json::{Value, json};

use crate::answer::{Answer, Failure};
use crate::paging::number;
use crate::request::RecordedRequest;
use crate::state::State;
use crate::users::blank;

/// What a list of a crowd can be asked.
const KNOWN: [&str; 4] = ["limit", "offset", "order_by", "starting_after"];

const PREFIX: &str = "user_crowd";

/// When the first of a crowd was made, in milliseconds; the others followed, one each second.
const FIRST_MADE: i64 = 1_577_836_800_000;

/// The user of this id, if the crowd has one.
pub(crate) fn get(state: &State, id: &str) -> Option<Value> {
    place_of(state, id).map(member)
}

pub(crate) fn has(state: &State, id: &str) -> bool {
    place_of(state, id).is_some()
}

pub(crate) fn count(state: &State, request: &RecordedRequest) -> Answer {
    refuse_filters(request)?;
    Ok(json!({ "object": "total_count", "total_count": all(state) }))
}

/// A page of the crowd and of the users that were created, in the order in which they were made or its reverse.
pub(crate) fn list(state: &State, request: &RecordedRequest) -> Answer {
    refuse_filters(request)?;
    let is_newest_first = match request.one("order_by").as_deref() {
        None | Some("-created_at") => true,
        Some("created_at" | "+created_at") => false,
        Some(_) => return Err(refusal("order_by")),
    };
    let limit = number(request, "limit", 10, 1..=500)?;
    let offset = number(request, "offset", 0, 0..=usize::MAX)?;
    let all = all(state);
    let turned = |place: usize| {
        if is_newest_first {
            all - 1 - place
        } else {
            place
        }
    };
    let start = match request.one("starting_after") {
        Some(_) if offset > 0 => return Err(refusal("offset")),
        Some(id) => 1 + turned(place(state, &id).ok_or_else(|| refusal("starting_after"))?),
        None => offset,
    };
    let end = start.saturating_add(limit).min(all);
    Ok((start..end).map(|place| at(state, turned(place))).collect())
}

fn all(state: &State) -> usize {
    state.crowd + state.users.len()
}

fn at(state: &State, place: usize) -> Value {
    match place.checked_sub(state.crowd) {
        Some(place) => state.users[place].clone(),
        None => member(place),
    }
}

fn place(state: &State, id: &str) -> Option<usize> {
    let created = || state.users.iter().position(|user| user["id"] == id);
    place_of(state, id).or_else(|| Some(state.crowd + created()?))
}

fn place_of(state: &State, id: &str) -> Option<usize> {
    let place = id.strip_prefix(PREFIX)?.parse().ok()?;
    (place < state.crowd).then_some(place)
}

fn member(place: usize) -> Value {
    let made = FIRST_MADE + 1000 * i64::try_from(place).unwrap_or(i64::MAX / 2000);
    let mut user = blank();
    user["id"] = format!("{PREFIX}{place:09}").into();
    user["username"] = format!("crowd_{place:09}").into();
    user["created_at"] = made.into();
    user["updated_at"] = made.into();
    user
}

fn refuse_filters(request: &RecordedRequest) -> Result<(), Failure> {
    let query = request.query.as_deref().unwrap_or_default();
    let names = query.split('&').filter(|pair| !pair.is_empty());
    for name in names.map(|pair| pair.split('=').next().unwrap_or_default()) {
        if !KNOWN.contains(&name) {
            return Err(refusal(name));
        }
    }
    Ok(())
}

fn refusal(name: &str) -> Failure {
    let message = "the emulator's crowd cannot be asked for this";
    Failure::param("form_param_value_invalid", name, message)
}
