//! Calls to the server: as many at once as the plan says, and what became of them.

use std::time::Duration;

use clerk_sdk::reqwest_013::ReqwestBackend;
use clerk_sdk::{ClientConfig, Error, RetryBudget, user};
use futures_util::future::join_all;

use crate::server::{self, Plan, Protocol};

/// Too long to end a call on a slow machine.
const LONG: Duration = Duration::from_secs(60);

/// What became of the calls that were interrupted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) succeeded: usize,
    /// The requests that reached the server, without those of the warm-up.
    pub(crate) requests: usize,
}

/// Makes the calls of a plan with `method`.
pub(crate) async fn make_calls<T, C>(
    plan: Plan,
    budget: RetryBudget,
    method: impl Fn(&user::Client) -> C,
) -> Outcome
where
    C: IntoFuture<Output = Result<T, Error>>,
{
    let (url, arrivals) = server::start(plan).await;
    let config = config(&url).retry_budget(budget);
    let client = user::Client::new(match plan.protocol {
        Protocol::Http1 => config,
        Protocol::Http2 => config.backend(ReqwestBackend::new(http2_client())),
    });
    let warm_up = join_all((0..plan.warm_up).map(|_| client.get("user_1"))).await;
    assert!(warm_up.iter().all(Result::is_ok), "{plan:?}: {warm_up:?}");
    let calls = (0..plan.under_way).map(|_| method(&client).into_future());
    let results = join_all(calls).await;
    Outcome {
        succeeded: results.iter().filter(|result| result.is_ok()).count(),
        requests: arrivals.count() - plan.warm_up,
    }
}

/// Returns a configuration whose calls have enough time on a slow machine.
pub(crate) fn config(url: &str) -> ClientConfig {
    ClientConfig::new("sk_test_interruptions")
        .base_url(url)
        .timeout(LONG)
        .attempt_timeout(LONG)
        .connect_timeout(LONG)
}

/// Creates a client that uses HTTP/2 without TLS, which the default client does not.
fn http2_client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy();
    // Like the default client, it leaves all retries to the SDK.
    let builder = builder
        .http2_prior_knowledge()
        .retry(reqwest::retry::never());
    builder.build().expect("a client")
}
