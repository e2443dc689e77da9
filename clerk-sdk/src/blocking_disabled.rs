//! Without the feature `blocking`, a blocking call does not compile, and the compiler says which feature is missing.

use crate::call::Call;
use crate::error::Result;
use crate::pagination::{Items, Pages};
use crate::response::Response;
use crate::wire::List;

/// Nothing implements this trait: it exists for the message that the compiler prints.
#[diagnostic::on_unimplemented(
    message = "the feature `blocking` of clerk-sdk is not enabled",
    label = "a blocking call",
    note = "enable it in Cargo.toml: `clerk-sdk = {{ version = \"…\", features = [\"blocking\"] }}`",
    note = "in async code, await the call instead"
)]
pub trait FeatureBlocking<T> {
    #[doc(hidden)]
    fn wait(self) -> T;
}

impl<T> Call<T> {
    #[doc(hidden)]
    pub fn blocking(self) -> Result<Response<T>>
    where
        Self: FeatureBlocking<Result<Response<T>>>,
    {
        self.wait()
    }
}

impl<T> Items<T> {
    #[doc(hidden)]
    pub fn blocking(self) -> Vec<Result<T>>
    where
        Self: FeatureBlocking<Vec<Result<T>>>,
    {
        self.wait()
    }
}

impl<T> Pages<T> {
    #[doc(hidden)]
    pub fn blocking(self) -> Vec<Result<Response<List<T>>>>
    where
        Self: FeatureBlocking<Vec<Result<Response<List<T>>>>>,
    {
        self.wait()
    }
}
