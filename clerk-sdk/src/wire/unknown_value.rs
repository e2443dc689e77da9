//! The value of an open enum that this version does not know.

use std::fmt;

/// A string of the API that is none of the known values of an enum, such as
/// [`SessionStatus`](crate::types::SessionStatus).
///
/// **Do not match on the string of an unknown value:** a later release gives the value a variant of its own, and
/// the match would then no longer apply. Compare the enum, or its `as_str()`, with the string instead: that
/// works before and after.
///
/// ```
/// use clerk_sdk::types::SessionStatus;
///
/// let status = SessionStatus::from("hibernating");
/// assert_eq!(status, "hibernating");
/// match status.as_str() {
///     "hibernating" => println!("asleep for the winter"),
///     other => println!("{other}"),
/// }
/// ```
///
/// Only the SDK creates unknown values. An enum that is converted from a known string has the known variant:
///
/// ```
/// use clerk_sdk::types::SessionStatus;
///
/// assert!(matches!(SessionStatus::from("active"), SessionStatus::Active));
/// ```
///
/// ```compile_fail,E0423
/// use clerk_sdk::UnknownValue;
/// use clerk_sdk::types::SessionStatus;
///
/// let status = SessionStatus::Unknown(UnknownValue("active".to_owned()));
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnknownValue(String);

/// Creates an unknown value. The compiler would suggest an associated function to programs, which cannot call it.
pub(crate) fn unknown_value(value: &str) -> UnknownValue {
    UnknownValue(value.to_owned())
}

impl UnknownValue {
    /// The value as the API writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
