//! The argument of a setter that takes a list. The trait exists for the message that the compiler prints for a single
//! value: without it, the message is about iterating over the characters of a string.

/// A list of values: an array, a `Vec`, an iterator, or anything else that iterates over values that convert to `T`.
///
/// ```
/// use clerk_sdk::user::ListParams;
///
/// let params = ListParams::new().user_id(["user_1", "user_2"]);
///
/// let ids = vec![1, 2];
/// let params = params.external_id(ids.iter().map(ToString::to_string));
/// ```
///
/// A single value is put into an array, `["user_1"]`. Everything that implements [`IntoIterator`] implements this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of `{T}`",
    label = "expected a list, such as an array",
    note = "put a single value into an array: `[value]`",
    note = "the items of a list must be `{T}`, or convert to it with `Into`"
)]
pub trait IntoList<T> {
    /// Converts each item.
    fn into_list(self) -> Vec<T>;
}

#[diagnostic::do_not_recommend]
impl<I, T> IntoList<T> for I
where
    I: IntoIterator,
    I::Item: Into<T>,
{
    fn into_list(self) -> Vec<T> {
        self.into_iter().map(Into::into).collect()
    }
}
