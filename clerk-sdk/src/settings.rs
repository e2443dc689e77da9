//! A configuration made ready: what does not change from call to call is made once.

use std::sync::{Arc, PoisonError, RwLock};

use http::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT};

use crate::backend::ReqwestBackend;
use crate::config::{self, SecretKey};
use crate::error::InvalidArgument;
use crate::outgoing::{self, Outgoing};
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
    /// With the key in it, where the configuration has one: what needs none takes it out.
    headers: Arc<HeaderMap>,
    /// With the key of the configuration, if that has one that is sound.
    authorization: Option<HeaderValue>,
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
    pub(crate) fn outgoing(&self, request: Request, more: &[(String, String)]) -> Result<Outgoing> {
        if let Some(problem) = request.problem {
            return Err(problem.into());
        }
        let start = self.start.as_ref().map_err(Clone::clone)?;
        let more = match more {
            [] => None,
            more => Some(Box::new(config::parse_headers(more)?)),
        };
        let authorization = request.needs_key.then(|| self.authorization(start));
        let authorization = authorization.transpose()?;
        let content_type = request.content_type.map(HeaderValue::try_from);
        let content_type = content_type
            .transpose()
            .map_err(|_| InvalidArgument::new("params", "its media type fits no header"))?;

        let query = request.query.as_str();
        let mark = if query.is_empty() { "" } else { "?" };
        let url = [&*start.url, &*request.path, mark, query].concat();
        let url = url.try_into();
        Ok(Outgoing {
            url: url
                .map_err(|_| InvalidArgument::new("params", "the URL they make is too long"))?,
            start: start.headers.clone(),
            more,
            authorization,
            content_type,
            body: request.body,
        })
    }

    fn authorization(&self, start: &Start) -> Result<HeaderValue> {
        match &start.authorization {
            Some(made) => Ok(made.clone()),
            None => Ok(SecretKey::resolve(self.config.key.as_ref())?.header()?),
        }
    }
}

impl Start {
    fn new(config: &ClientConfig) -> Result<Self, InvalidArgument> {
        let url = config::parse_base_url(config.base_url.as_deref())?;
        let mut headers = own_headers();
        outgoing::replace(&mut headers, &config::parse_headers(&config.headers)?);
        headers.remove(AUTHORIZATION);
        let key = config.key.as_ref();
        let key = key.and_then(|key| SecretKey::resolve(Some(key)).ok());
        let authorization = key.and_then(|key| key.header().ok());
        if let Some(value) = &authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        Ok(Self {
            url,
            headers: Arc::new(headers),
            authorization,
        })
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
