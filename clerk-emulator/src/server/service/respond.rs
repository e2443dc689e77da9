//! What the service responds to a request: a stub, a fault, or what the operation returns.

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;

use super::{Service, lock};
use crate::document::operation::{Operation, PathParams};
use crate::http::api_version::ApiVersion;
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, Success, to_http_response};
use crate::rules;
use crate::server::authentication::{Caller, authenticate};
use crate::server::dispatch::{self, CheckedRequest};
use crate::server::faults::FaultKind;
use crate::server::stubs::StubAction;
use crate::server::transport::{ResetSwitch, trickle};
use crate::store::instance::Instance;

/// Where the Frontend API publishes the keys that verify tokens. It is the only path of that API that is served.
const PUBLISHED_KEYS: &str = "/.well-known/jwks.json";

/// Where SDKs get the cookies of a handshake. The document does not have this path.
const HANDSHAKE_PAYLOAD: &str = "/clients/handshake_payload";

impl Service {
    /// Returns the stub of a request if it has one, or else the emulator's own response.
    pub(super) async fn answer(
        &self,
        request: &RecordedRequest,
        body_read: Result<(), ErrorResponse>,
        switch: Option<ResetSwitch>,
    ) -> Response<Body> {
        let trace_id = lock(&self.trace_ids).hex();
        let stub = lock(&self.stubs).take(request);
        match stub {
            Some(StubAction::Respond(response)) => return response,
            Some(StubAction::Hang) => return std::future::pending().await,
            None => {}
        }
        let fault = lock(&self.faults).take(request);
        let error = fault.as_ref().and_then(FaultKind::error);
        match &fault {
            Some(FaultKind::Latency(time)) => tokio::time::sleep(*time).await,
            Some(FaultKind::Stall) => return std::future::pending().await,
            Some(FaultKind::Reset) => return switch.unwrap_or_default().reset(),
            _ => {}
        }
        let result = match (error, body_read) {
            (None, Ok(())) => self.respond(request).await,
            (Some(error), _) | (None, Err(error)) => Err(error),
        };
        let newest = self.document.version;
        let version = ApiVersion::of(request, newest).unwrap_or(newest);
        let response = to_http_response(result, &trace_id, version.as_str());
        match fault {
            Some(FaultKind::Trickle { pause }) => trickle(response, pause).await,
            _ => response,
        }
    }

    async fn respond(&self, request: &RecordedRequest) -> Result<Success, ErrorResponse> {
        if (request.method.as_str(), request.path.as_str()) == ("GET", PUBLISHED_KEYS) {
            let keys = self.with_instance(&self.first_key, |instance| rules::jwks(instance));
            return Ok(Success::new(keys.unwrap_or_default()));
        }
        let found = dispatch::find(self.document, request);
        let is_public = found
            .as_ref()
            .is_ok_and(|(operation, _)| !operation.requires_key);
        // As in the API, the key is checked before the route.
        let accepts_machines = found
            .as_ref()
            .is_ok_and(|(operation, _)| rules::accepts_machine_keys(operation));
        let caller = match is_public {
            true => None,
            false => Some(authenticate(
                &lock(&self.instances),
                request,
                accepts_machines,
            )?),
        };
        if (request.method.as_str(), request.api_path()) == ("GET", HANDSHAKE_PAYLOAD) {
            let nonce = request.query_value("nonce").unwrap_or_default();
            let key = caller.map(|it| it.key).unwrap_or_default();
            let payload = |instance: &mut Instance| rules::handshake_payload(instance, &nonce);
            let payload = self.with_instance(&key, payload).unwrap_or(Ok(Value::Null));
            return payload.map(Success::new);
        }
        let (operation, path) = found?;
        if let Some(caller) = &caller {
            self.check_rate_limits(caller, operation, &path)?;
        }
        let checked = dispatch::check(self.document, operation, path, request).await;
        let result = match checked {
            Ok(checked) => self.call(checked, caller, request),
            Err(error) => Err(error),
        };
        result.map_err(|error| match operation.has_plain_errors {
            true => error.into_plain(),
            false => error,
        })
    }

    fn check_rate_limits(
        &self,
        caller: &Caller,
        operation: &Operation,
        path: &PathParams,
    ) -> Result<(), ErrorResponse> {
        let limited_environment = |instance: &mut Instance| {
            let options = &instance.options;
            options.rate_limits.then_some(options.environment)
        };
        let Some(Some(environment)) = self.with_instance(&caller.key, limited_environment) else {
            return Ok(());
        };
        let mut limits = lock(&self.rate_limits);
        let limits = limits.entry(caller.key.clone()).or_default();
        limits.count(operation, path, environment, self.clock.now())
    }

    /// Calls an operation for the caller; nobody if it needs no key.
    fn call(
        &self,
        checked: CheckedRequest,
        caller: Option<Caller>,
        request: &RecordedRequest,
    ) -> Result<Success, ErrorResponse> {
        let upload = checked.upload();
        let result = match caller {
            Some(Caller { key, machine }) => {
                self.with_instance(&key, |instance| checked.call(instance, request, machine))
            }
            None => None,
        };
        let success = result.unwrap_or_else(|| Ok(interstitial()))?;
        // Reading announces nothing, so deliveries need not wake up.
        if request.method != "GET" {
            self.notify_of_change();
        }
        upload
            .into_iter()
            .for_each(|it| lock(&self.uploads).push(it));
        Ok(success)
    }
}

/// Returns the page that the API serves with a script. It is the only response without a key.
fn interstitial() -> Success {
    let page = "<!DOCTYPE html><html><head><title>Loading</title></head></html>";
    Success {
        status: 200,
        body: Value::from(page).into(),
        is_sample: true,
    }
}
