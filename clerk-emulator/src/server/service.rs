//! The service behind every connection: records each request, checks its secret key and returns a response.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use serde_json::Value;
use tokio::sync::watch;

use crate::document::api_document::ApiDocument;
use crate::document::operation::{Operation, PathParams};
use crate::http::api_version::ApiVersion;
use crate::http::multipart::UploadedFile;
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, Success, to_http_response};
use crate::rules;
use crate::server::authentication::{Caller, authenticate};
use crate::server::bounded_log::Log;
use crate::server::dispatch::{self, CheckedRequest};
use crate::server::faults::{Fault, FaultKind, Faults};
use crate::server::instances::{self, Instances};
use crate::server::rate_limits::RateLimits;
use crate::server::request_log::{Exchange, RecordedResponse, RequestLog, RequestSummary};
use crate::server::stubs::{StubAction, StubbedResponse, Stubs};
use crate::server::transport::{Peer, ResetSwitch, trickle};
use crate::store::clock::Clock;
use crate::store::event::Event;
use crate::store::ids::IdGenerator;
use crate::store::instance::Instance;
use crate::store::options::InstanceOptions;

/// Where the Frontend API publishes the keys that verify tokens. It is the only path of that API that is served.
const PUBLISHED_KEYS: &str = "/.well-known/jwks.json";

/// Where SDKs get the cookies of a handshake. The document does not have this path.
const HANDSHAKE_PAYLOAD: &str = "/clients/handshake_payload";

/// Handles requests, and holds all state of an emulator.
pub(crate) struct Service {
    document: &'static ApiDocument,
    /// The secret key of the instance whose public keys the Frontend API publishes.
    first_key: String,
    pub(crate) clock: Arc<Clock>,
    /// The instance of each secret key.
    instances: Mutex<Instances>,
    trace_ids: Mutex<IdGenerator>,
    request_log: Mutex<RequestLog>,
    uploads: Mutex<Log<UploadedFile>>,
    stubs: Mutex<Stubs>,
    faults: Mutex<Faults>,
    /// By secret key.
    rate_limits: Mutex<HashMap<String, RateLimits>>,
    observers: Mutex<Vec<Observer>>,
    /// Notifies of changes of the state and of the clock.
    changed: watch::Sender<()>,
}

/// Is called with each request once it is answered.
type Observer = Box<dyn Fn(&RequestSummary) + Send>;

/// Locks a mutex even if it is poisoned. This is sound because no critical section of this file leaves partial changes
/// behind when it panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    pub(crate) fn new(
        secret_key: &str,
        options: InstanceOptions,
        document: &'static ApiDocument,
    ) -> Self {
        let service = Self {
            document,
            first_key: secret_key.to_owned(),
            clock: Arc::default(),
            instances: Mutex::default(),
            trace_ids: Mutex::new(IdGenerator::new(0)),
            request_log: Mutex::default(),
            uploads: Mutex::default(),
            stubs: Mutex::default(),
            faults: Mutex::default(),
            rate_limits: Mutex::default(),
            observers: Mutex::default(),
            changed: watch::Sender::new(()),
        };
        service.add_instance(secret_key, options);
        service
    }

    /// Accepts a secret key, which belongs to an instance of its own. Returns whether the key is new.
    pub(crate) fn add_instance(&self, secret_key: &str, options: InstanceOptions) -> bool {
        let mut instances = lock(&self.instances);
        instances::add(&mut instances, &self.clock, secret_key, options)
    }

    /// Makes a change to each instance of a list, which is added if it is new, and notifies of the changes. If one fails,
    /// none is made.
    #[cfg(feature = "seeds")]
    pub(crate) fn change_together<C, E>(
        &self,
        changes: impl IntoIterator<Item = (String, C)>,
        change: impl FnMut(&mut Instance, C) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut instances = lock(&self.instances);
        instances::change_together(&mut instances, &self.clock, changes, change)?;
        drop(instances);
        self.notify_of_change();
        Ok(())
    }

    /// Returns an instance to the state that it began with. Its options, its id and its keys stay, so that what clients
    /// have cached of them is valid.
    pub(crate) fn reset(&self, secret_key: &str) -> bool {
        lock(&self.rate_limits).remove(secret_key);
        let was_reset = self.with_instance(secret_key, |instance| {
            instance.clear();
            rules::seed(instance);
        });
        self.notify_of_change();
        was_reset.is_some()
    }

    /// Returns the secret keys of all instances.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = lock(&self.instances).keys().cloned().collect();
        keys.sort();
        keys
    }

    pub(crate) fn add_fault(&self, fault: Fault) {
        lock(&self.faults).add(fault);
    }

    pub(crate) fn clear_faults(&self) {
        lock(&self.faults).clear();
    }

    pub(crate) fn faults(&self) -> Vec<Fault> {
        lock(&self.faults).to_vec()
    }

    /// Calls `with` with the instance of a secret key; nothing if there is none.
    pub(crate) fn with_instance<T>(
        &self,
        secret_key: &str,
        with: impl FnOnce(&mut Instance) -> T,
    ) -> Option<T> {
        lock(&self.instances).get_mut(secret_key).map(with)
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.request_log).to_vec()
    }

    /// Calls `map` with each instance.
    #[cfg(feature = "page")]
    pub(crate) fn map_instances<T>(&self, map: impl FnMut(&Instance) -> T) -> Vec<T> {
        lock(&self.instances).values().map(map).collect()
    }

    /// Returns the request with a number, and its response; nothing if it is not in the log any more.
    #[cfg(feature = "page")]
    pub(crate) fn exchange(&self, number: u64) -> Option<Exchange> {
        lock(&self.request_log).get(number).cloned()
    }

    /// Returns the last `count` requests, the newest first.
    #[cfg(feature = "page")]
    pub(crate) fn newest_exchanges(&self, count: usize) -> Vec<Exchange> {
        lock(&self.request_log).newest(count)
    }

    pub(crate) fn add_observer(&self, observer: Observer) {
        lock(&self.observers).push(observer);
    }

    pub(crate) fn uploads(&self) -> Vec<UploadedFile> {
        lock(&self.uploads).iter().cloned().collect()
    }

    pub(crate) fn events(&self, secret_key: &str) -> Vec<Event> {
        let events = self.with_instance(secret_key, |instance| instance.events.iter().collect());
        events.unwrap_or_default()
    }

    /// Returns the first event of the instance of a secret key from a number on, with its number.
    pub(crate) fn event(&self, secret_key: &str, number: usize) -> Option<(usize, Event)> {
        self.with_instance(secret_key, |instance| instance.events.at_or_after(number))?
    }

    /// Returns a receiver that is notified when the state or the clock may have changed.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn notify_of_change(&self) {
        self.changed.send_replace(());
    }

    pub(crate) fn stub(&self, stub: &StubbedResponse, stays: bool) {
        lock(&self.stubs).add_response(stub, stays);
    }

    pub(crate) fn hang(&self, method: &str, path: &str) {
        lock(&self.stubs).add_hang(method, path);
    }

    /// Responds to a request, and records both.
    pub(crate) async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let peer = request.extensions().get::<ConnectInfo<Peer>>();
        let switch = peer.map(|ConnectInfo(peer)| peer.switch.clone());
        let (request, body_read) = RecordedRequest::read(request).await;
        let request = Arc::new(request);
        let start = Instant::now();
        let number = lock(&self.request_log).push(self.clock.now(), request.clone());
        let response = self.answer(&request, body_read, switch).await;
        let record = RecordedResponse::new(&response, start.elapsed());
        self.complete(number, record);
        response
    }

    /// Records the response to a request, and tells the observers of both.
    fn complete(&self, number: u64, response: RecordedResponse) {
        let observers = lock(&self.observers);
        let summary = {
            let mut log = lock(&self.request_log);
            let exchange = log.complete(number, response);
            let exchange = exchange.filter(|_| !observers.is_empty());
            exchange.and_then(Exchange::summary)
        };
        if let Some(summary) = summary {
            observers.iter().for_each(|observe| observe(&summary));
        }
    }

    /// Returns the stub of a request if it has one, or else the emulator's own response.
    async fn answer(
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
