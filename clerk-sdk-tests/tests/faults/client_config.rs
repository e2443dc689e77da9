//! The configuration of the clients that call the fault server.

use std::time::Duration;

use clerk_sdk::{ClientConfig, RetryPolicy};

use crate::fault_server::FaultServer;

const LONG: Duration = Duration::from_secs(300);

/// Retries without a delay, and limits responses to one mebibyte. The time limits are too long to end a call whose
/// connection ends by itself.
pub(crate) fn client_config(server: &FaultServer) -> ClientConfig {
    ClientConfig::new("sk_test_faults")
        .base_url(&server.url)
        .timeout(LONG)
        .attempt_timeout(LONG)
        .max_response_bytes(1024 * 1024)
        .retry(RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO))
}
