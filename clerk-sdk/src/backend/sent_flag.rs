//! [`SentFlag`]: whether a request has passed all layers, so that an attempt that a layer held back is known as not sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use super::backend_trait::{Backend, BackendFuture};

/// Is set when the request leaves the innermost layer. It travels with the request, among its extensions.
#[derive(Clone, Debug)]
pub(crate) struct SentFlag {
    is_set: Arc<AtomicBool>,
    lost: LostFlags,
}

/// Whether a request has arrived without its flag, because a layer made a new request of it. No flag tells anything
/// then, and every attempt counts as sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct LostFlags(Arc<AtomicBool>);

impl LostFlags {
    pub(crate) fn new_flag(&self) -> SentFlag {
        SentFlag {
            is_set: Arc::default(),
            lost: self.clone(),
        }
    }
}

impl SentFlag {
    /// Whether the request is known not to have been sent.
    pub(crate) fn is_held_back(&self) -> bool {
        !self.is_set.load(Ordering::SeqCst) && !self.lost.0.load(Ordering::SeqCst)
    }
}

/// The backend within the layers, which sets the flag of each request.
pub(crate) struct FlaggingBackend {
    backend: Arc<dyn Backend>,
    lost: LostFlags,
}

impl FlaggingBackend {
    pub(crate) fn new(backend: Arc<dyn Backend>, lost: LostFlags) -> Self {
        Self { backend, lost }
    }
}

impl Backend for FlaggingBackend {
    fn send(&self, mut request: http::Request<Bytes>) -> BackendFuture<'_> {
        match request.extensions_mut().remove::<SentFlag>() {
            Some(flag) => flag.is_set.store(true, Ordering::SeqCst),
            None => self.lost.0.store(true, Ordering::SeqCst),
        }
        self.backend.send(request)
    }
}
