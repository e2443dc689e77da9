//! Sends malformed responses to the SDK: each must become a value, or an error that keeps the body.

use clerk_sdk::{Clerk, Error};
use serde_json::Value;

use super::responding_operation::RespondingOperation;
use crate::failure_report::assert_no_failures;
use crate::mock_server::MockServer;

/// Sends malformed responses, and collects the failures.
pub(super) struct MalformedResponseChecker {
    server: MockServer,
    clerk: Clerk,
    failures: Vec<String>,
}

impl MalformedResponseChecker {
    pub(super) fn new() -> Self {
        let server = MockServer::default();
        Self {
            clerk: server.in_process_client(),
            server,
            failures: Vec::new(),
        }
    }

    /// Sends a body that may decode. Returns the decoded value, or `None` if the result is an error, which must keep
    /// the body.
    pub(super) async fn decode(
        &mut self,
        operation: &RespondingOperation,
        body: &[u8],
    ) -> Option<Value> {
        let status = operation.spec.success_status;
        self.server.respond_with_bytes(status, body.to_vec());
        match operation.call(&self.clerk).await {
            Ok(decoded) => return Some(decoded.json),
            Err(Error::Decode(error)) if error.raw_body() == body => {}
            other => self.fail(operation, body, &format!("{other:?}")),
        }
        None
    }

    /// Sends a body that must not decode.
    pub(super) async fn expect_error(&mut self, operation: &RespondingOperation, body: &[u8]) {
        if let Some(value) = self.decode(operation, body).await {
            self.fail(operation, body, &format!("decoded to {value}"));
        }
    }

    /// Adds a failure.
    pub(super) fn fail(&mut self, operation: &RespondingOperation, body: &[u8], problem: &str) {
        let excerpt = String::from_utf8_lossy(&body[..body.len().min(200)]);
        let name = operation.call.name;
        self.failures.push(format!("{name}: {excerpt}: {problem}"));
    }

    /// Panics if there were failures.
    pub(super) fn finish(self) {
        assert_no_failures(&self.failures);
    }
}
