//! A configuration made ready: what does not change from call to call is made once.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};

use crate::backend::ReqwestBackend;
use crate::config::{self, SecretKey};
use crate::error::InvalidArgument;
use crate::request::Request;
use crate::retry::Budget;
use crate::{API_VERSION, Backend, ClientConfig, Result};

/// What the free functions use, made at the first call.
static DEFAULT: RwLock<Option<Arc<Settings>>> = RwLock::new(None);

pub(crate) fn forget_default() {
    *DEFAULT.write().unwrap_or_else(PoisonError::into_inner) = None;
}

/// How the clients call that share it.
pub(crate) struct Settings {
    pub(crate) config: ClientConfig,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) budget: Budget,
    /// What is wrong with it comes back from each call.
    start: Result<Start, InvalidArgument>,
}

/// What each request starts from.
struct Start {
    url: String,
    headers: HeaderMap,
}

impl Settings {
    pub(crate) fn new(config: ClientConfig) -> Self {
        let backend: Arc<dyn Backend> = match &config.backend {
            Some(make) => make(&config),
            None => Arc::new(ReqwestBackend::new(&config)),
        };
        Self {
            start: Start::new(&config),
            config,
            backend,
            budget: Budget::default(),
        }
    }

    /// Those of the process.
    pub(crate) fn shared() -> Arc<Self> {
        let made = DEFAULT.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(settings) = &*made {
            return settings.clone();
        }
        drop(made);
        let mut made = DEFAULT.write().unwrap_or_else(PoisonError::into_inner);
        made.get_or_insert_with(|| Arc::new(Self::new(config::default_config())))
            .clone()
    }

    /// The request as it goes out, with the headers of this call. Nothing that is wrong with it gets past here.
    pub(crate) fn to_http(
        &self,
        request: Request,
        more: &[(String, String)],
    ) -> Result<http::Request<Bytes>> {
        if let Some(problem) = request.problem {
            return Err(problem.into());
        }
        let start = self.start.as_ref().map_err(Clone::clone)?;
        let mut headers = start.headers.clone();
        replace(&mut headers, more)?;
        headers.remove(AUTHORIZATION);
        if request.needs_key {
            let key = SecretKey::resolve(self.config.key.as_ref())?;
            headers.insert(AUTHORIZATION, key.header()?);
        }
        if let Some(content_type) = request.content_type {
            let value = HeaderValue::try_from(content_type)
                .map_err(|_| InvalidArgument::new("params", "its media type fits no header"))?;
            headers.insert(CONTENT_TYPE, value);
        }

        let query = request.query.as_str();
        let mark = if query.is_empty() { "" } else { "?" };
        let url = [&*start.url, &*request.path, mark, query].concat();
        let mut made = http::Request::new(request.body);
        *made.method_mut() = request.operation.method;
        *made.uri_mut() = url
            .try_into()
            .map_err(|_| InvalidArgument::new("params", "the URL they make is too long"))?;
        *made.headers_mut() = headers;
        Ok(made)
    }
}

impl Start {
    fn new(config: &ClientConfig) -> Result<Self, InvalidArgument> {
        let url = config::parse_base_url(config.base_url.as_deref())?;
        let mut headers = own_headers();
        replace(&mut headers, &config.headers)?;
        Ok(Self { url, headers })
    }
}

/// The headers that go with every call, but for the key.
fn own_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert("clerk-api-version", HeaderValue::from_static(API_VERSION));
    headers.insert(
        USER_AGENT,
        HeaderValue::from_static(concat!("clerk/clerk-sdk-rust@", env!("CARGO_PKG_VERSION"))),
    );
    headers.insert(
        "x-clerk-sdk",
        HeaderValue::from_static(concat!("rust/", env!("CARGO_PKG_VERSION"))),
    );
    headers
}

/// Puts `newer` in the place of what `headers` has under the same names.
fn replace(headers: &mut HeaderMap, newer: &[(String, String)]) -> Result<(), InvalidArgument> {
    let newer = config::parse_headers(newer)?;
    for name in newer.keys() {
        headers.remove(name);
    }
    headers.extend(newer);
    Ok(())
}
