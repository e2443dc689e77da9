//! The service behind every connection: records each request, checks its secret key and returns a response.

mod respond;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use tokio::sync::watch;

use crate::document::api_document::ApiDocument;
use crate::http::multipart::UploadedFile;
use crate::http::request::RecordedRequest;
use crate::rules;
use crate::server::bounded_log::Log;
use crate::server::faults::{Fault, Faults};
use crate::server::instances::{self, Instances};
use crate::server::rate_limits::RateLimits;
use crate::server::request_log::{Exchange, RecordedResponse, RequestLog, RequestSummary};
use crate::server::stubs::{StubbedResponse, Stubs};
use crate::server::transport::Peer;
use crate::store::clock::Clock;
use crate::store::event::Event;
use crate::store::ids::IdGenerator;
use crate::store::instance::Instance;
use crate::store::options::InstanceOptions;

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
}
