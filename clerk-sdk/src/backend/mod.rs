//! The boundary between this crate and the network: the [`Backend`] trait and its implementations.

mod backend_trait;
mod error;
mod reqwest;
mod response_body;
#[cfg(feature = "tower")]
mod tower_service;

pub use backend_trait::{Backend, BackendFuture};
pub use error::BackendError;
#[cfg(feature = "tower")]
pub use tower_service::HttpService;

pub(crate) use self::reqwest::{ReqwestBackend, ReqwestOptions};
pub(crate) use error::BackendErrorKind;
#[cfg(feature = "tower")]
pub(crate) use tower_service::{BoxError, TowerBackend};
