//! Thread-local values that hold for the duration of a function.

use std::cell::Cell;
use std::thread::LocalKey;

/// Restores the previous value, also if the function panics.
struct RestoreOnDrop<T: Default + 'static> {
    key: &'static LocalKey<Cell<T>>,
    previous: T,
}

impl<T: Default> Drop for RestoreOnDrop<T> {
    fn drop(&mut self) {
        self.key.set(std::mem::take(&mut self.previous));
    }
}

/// Runs a function while `key` has this value.
pub(super) fn with_value<T: Default, R>(
    key: &'static LocalKey<Cell<T>>,
    value: T,
    run: impl FnOnce() -> R,
) -> R {
    let previous = key.replace(value);
    let _restore = RestoreOnDrop { key, previous };
    run()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::panic::catch_unwind;

    use super::with_value;

    thread_local! {
        static KEY: Cell<Option<u32>> = const { Cell::new(None) };
    }

    #[test]
    fn the_previous_value_is_restored_after_the_function_and_after_a_panic() {
        with_value(&KEY, Some(1), || {
            assert_eq!(with_value(&KEY, Some(2), || KEY.get()), Some(2));
            assert_eq!(KEY.get(), Some(1));
            let panicked =
                catch_unwind(|| with_value(&KEY, Some(3), || panic!("within the function")));
            assert!(panicked.is_err());
            assert_eq!(KEY.get(), Some(1));
        });
        assert_eq!(KEY.get(), None);
    }
}
