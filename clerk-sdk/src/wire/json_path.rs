//! The JSON path of a type mismatch: recorded on the side while the error propagates.
//!
//! The path costs nothing until decoding fails: each level adds its own segment on the way out.

use std::cell::Cell;
use std::fmt::Write;

use super::scoped::with_value;

thread_local! {
    /// The segments so far, innermost first; `None` outside [`with_path`], so that decoding by other means
    /// records nothing.
    static PATH: Cell<Option<Vec<Segment>>> = const { Cell::new(None) };
}

enum Segment {
    Field(String),
    Index(usize),
}

/// Runs `decode`, and adds the path of the value at which it failed to its error, as in `$.data[2].email`.
pub(super) fn with_path<T, E>(decode: impl FnOnce() -> Result<T, E>) -> Result<T, (String, E)> {
    with_value(&PATH, Some(Vec::new()), || {
        decode().map_err(|error| (render(PATH.take().unwrap_or_default()), error))
    })
}

/// Records that `error` happened within this member of an object.
pub(super) fn at_field<E>(name: &str, error: E) -> E {
    record(|| Segment::Field(name.to_owned()));
    error
}

/// Records that `error` happened within this item of an array.
pub(super) fn at_index<E>(index: usize, error: E) -> E {
    record(|| Segment::Index(index));
    error
}

fn record(segment: impl FnOnce() -> Segment) {
    if let Some(mut path) = PATH.take() {
        path.push(segment());
        PATH.set(Some(path));
    }
}

fn render(path: Vec<Segment>) -> String {
    let mut rendered = String::from("$");
    for segment in path.into_iter().rev() {
        match segment {
            Segment::Index(index) => write!(rendered, "[{index}]"),
            Segment::Field(name) => write!(rendered, ".{name}"),
        }
        .expect("writing to a string succeeds");
    }
    rendered
}

#[cfg(test)]
mod tests {
    use super::{PATH, at_field, at_index, with_path};

    #[test]
    fn the_path_is_written_from_the_outside_in() {
        let failed = with_path(|| {
            Err::<(), _>(at_field(
                "data",
                at_index(2, at_field("email", "no string")),
            ))
        });
        assert_eq!(failed, Err(("$.data[2].email".to_owned(), "no string")));
    }

    #[test]
    fn a_panic_while_decoding_leaves_no_path_behind() {
        let panicked = std::panic::catch_unwind(|| {
            with_path(|| -> Result<(), ()> {
                at_field("data", ());
                panic!("while decoding")
            })
        });
        assert!(panicked.is_err());
        assert!(PATH.take().is_none());
    }
}
