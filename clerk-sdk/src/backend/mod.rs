//! The boundary between this crate and the network: the [`Backend`] trait and its implementations.

mod attempt_scope;
mod backend_trait;
mod body;
mod error;
mod error_chain;
mod read_response;
mod reqwest;
#[cfg(feature = "tower")]
mod sent_flag;
#[cfg(feature = "tower")]
mod tower_service;

pub use backend_trait::{Backend, BackendFuture};
pub use body::Body;
pub use error::BackendError;
#[cfg(feature = "tower")]
pub use tower_service::HttpService;

pub(crate) use self::reqwest::{HttpOptions, ReqwestBackend};
pub(crate) use attempt_scope::AttemptScope;
pub(crate) use error::BackendErrorKind;
#[cfg(feature = "tower")]
pub(crate) use error::BoxError;
#[cfg(all(feature = "webhooks", any(feature = "axum-08", feature = "tower")))]
pub(crate) use error_chain::causes;
pub(crate) use error_chain::root_cause;
pub(crate) use read_response::ResponseReader;
#[cfg(feature = "tower")]
pub(crate) use sent_flag::{FlaggingBackend, LostFlags, SentFlag};
#[cfg(feature = "tower")]
pub(crate) use tower_service::TowerBackend;
