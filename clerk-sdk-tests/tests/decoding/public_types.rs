//! Tests of the traits and sizes of public types: programs move them between tasks and keep them in statics.

use std::mem::size_of;

use clerk_sdk::auth::{Authenticator, RequestState};
use clerk_sdk::jwt::{Claims, Verifier};
use clerk_sdk::middleware::Gate;
use clerk_sdk::types::User;
use clerk_sdk::{
    APIErrorResponse, BackendError, Blocking, Call, Clerk, ClientConfig, DateTime, DecodeError,
    Error, File, InvalidArgument, Items, List, Nullable, Pages, ParseDateTimeError,
    ParseTimestampError, RateLimit, RateLimitPermit, Response, RetryBudget, RetryPolicy,
    TimeoutError, TimeoutPhase, Timestamp, TransportError, organization, user,
};

/// Fails to compile unless each of the types moves between threads and tasks.
macro_rules! assert_thread_safe {
    ($($type:ty),+ $(,)?) => {
        const _: () = {
            const fn is_thread_safe<T: Send + Sync + Unpin + 'static>() {}
            $(is_thread_safe::<$type>();)+
        };
    };
}

/// Fails to compile unless each of the types is `Clone`.
macro_rules! assert_clone {
    ($($type:ty),+ $(,)?) => {
        const _: () = {
            const fn is_clone<T: Clone>() {}
            $(is_clone::<$type>();)+
        };
    };
}

/// Fails to compile if one of the types is `Default`: the type of `_` is then ambiguous.
macro_rules! assert_not_default {
    ($($type:ty),+ $(,)?) => {$(
        const _: () = {
            trait AmbiguousIfDefault<T> {
                fn check() {}
            }
            struct Marker;
            impl<T> AmbiguousIfDefault<()> for T {}
            impl<T: Default> AmbiguousIfDefault<Marker> for T {}
            let _ = <$type as AmbiguousIfDefault<_>>::check;
        };
    )+};
}

/// Fails to compile unless each of the types is `Clone`, `Debug` and `PartialEq`.
macro_rules! assert_comparable {
    ($($type:ty),+ $(,)?) => {
        const _: () = {
            const fn is_comparable<T: Clone + std::fmt::Debug + PartialEq>() {}
            $(is_comparable::<$type>();)+
        };
    };
}

/// Fails to compile if one of the types is larger than this many bytes on a machine with 64 bits.
macro_rules! assert_max_size {
    ($($type:ty: $bytes:literal),+ $(,)?) => {
        $(
            #[cfg(target_pointer_width = "64")]
            const _: () = assert!(
                size_of::<$type>() <= $bytes,
                concat!(stringify!($type), " is larger than ", $bytes, " bytes"),
            );
        )+
    };
}

// Clients, calls and their settings.
assert_thread_safe!(
    Clerk,
    user::Client,
    ClientConfig,
    RateLimit,
    RateLimitPermit,
    RetryBudget,
    RetryPolicy,
    Call<User>,
    Call<List<User>>,
    Items<User>,
    Pages<User>,
    Blocking<Items<User>>,
    Blocking<Pages<User>>,
);

// Requests and responses.
assert_thread_safe!(
    user::CreateParams,
    user::UpdateParams,
    Nullable<String>,
    File,
    Response<User>,
    Response<List<User>>,
    User,
    Timestamp,
    DateTime,
);

// Errors.
assert_thread_safe!(
    Error,
    APIErrorResponse,
    TransportError,
    TimeoutError,
    TimeoutPhase,
    DecodeError,
    InvalidArgument,
    BackendError,
    ParseDateTimeError,
    ParseTimestampError,
);

// Authentication of incoming requests.
assert_thread_safe!(Authenticator, RequestState, Verifier, Claims, Gate);

assert_clone!(
    Clerk,
    user::Client,
    ClientConfig,
    RateLimit,
    RetryPolicy,
    File,
    Response<User>,
    Error,
    APIErrorResponse,
    TransportError,
    TimeoutError,
    DecodeError,
    InvalidArgument,
    Authenticator,
    RequestState,
    Verifier,
    Claims,
    Gate,
);

// A body, one with required fields, a query, and a form.
assert_comparable!(
    user::UpdateParams,
    user::BulkBanParams,
    user::ListParams,
    user::UpdateProfileImageParams,
    organization::UpdateLogoParams,
    Nullable<String>,
    File,
);

// Without their required fields, requests are invalid.
assert_not_default!(
    File,
    user::BulkBanParams,
    user::UpdateProfileImageParams,
    organization::UpdateLogoParams,
);

assert_max_size!(
    Error: 40,
    APIErrorResponse: 8,
    Call<User>: 24,
    Call<List<User>>: 24,
);

/// Passes on a future that can be spawned on a runtime with several threads.
fn spawnable<F: Future + Send + 'static>(future: F) -> F {
    future
}

/// The futures are not polled: that they compile is the test.
#[test]
fn futures_of_calls_can_be_spawned() {
    let client = user::Client::new(ClientConfig::new("sk_test_key"));
    drop(spawnable(client.get("user_1")));
    let params = user::ListParams::new();
    let mut items = client.list(&params).items();
    drop(spawnable(async move { items.next().await.is_some() }));
    let mut pages = client.list(&params).pages();
    drop(spawnable(async move { pages.next().await.is_some() }));
    drop(spawnable(async move {
        let user = client.get("user_1").await?;
        client.delete(&user.id).await?;
        Ok::<_, Error>(user)
    }));
}
