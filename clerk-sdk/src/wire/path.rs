//! Where in an answer a value did not fit: kept aside while the error travels up.
//!
//! The path costs nothing until something fails: each level adds its own name on the way out.

use std::cell::RefCell;
use std::fmt::Write;

use serde::de::DeserializeSeed;

use super::budget::with_budget;
use super::{Field, Slot};

thread_local! {
    /// `None` while nothing records, so that decoding by other means leaves nothing behind.
    static PATH: RefCell<Option<Vec<Segment>>> = const { RefCell::new(None) };
}

enum Segment {
    Field(String),
    Index(usize),
}

pub(crate) fn at_field<E>(name: &str, error: E) -> E {
    record(|| Segment::Field(name.to_owned()));
    error
}

pub(crate) fn at_index<E>(index: usize, error: E) -> E {
    record(|| Segment::Index(index));
    error
}

fn record(segment: impl FnOnce() -> Segment) {
    PATH.with_borrow_mut(|path| {
        if let Some(path) = path {
            path.push(segment());
        }
    });
}

/// Reads a whole JSON text, and says where the first misfit stands, as in `$.data[2].email`.
pub(crate) fn decode_json<T: Slot>(json: &[u8]) -> Result<T, (String, serde_json::Error)> {
    PATH.set(Some(Vec::new()));
    // Checking the whole for UTF-8 at once is much faster than checking each string.
    let result = with_budget(json.len(), || match std::str::from_utf8(json) {
        Ok(text) => whole(serde_json::Deserializer::from_str(text)),
        Err(_) => whole(serde_json::Deserializer::from_slice(json)),
    });
    let path = PATH.take().unwrap_or_default();
    result.map_err(|error| (render(path), error))
}

fn whole<'de, R: serde_json::de::Read<'de>, T: Slot>(
    mut deserializer: serde_json::Deserializer<R>,
) -> serde_json::Result<T> {
    let value = Field::new().deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

fn render(path: Vec<Segment>) -> String {
    let mut text = String::from("$");
    for segment in path.into_iter().rev() {
        match segment {
            Segment::Index(index) => write!(text, "[{index}]"),
            Segment::Field(name) => write!(text, ".{name}"),
        }
        .expect("writing to a string succeeds");
    }
    text
}
