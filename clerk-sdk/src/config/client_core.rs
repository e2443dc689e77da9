//! The core that the clients of one configuration share: everything that does not change from call to call is
//! prepared once.

use http::header::HeaderValue;

use super::client_config::ClientConfig;
use super::request_template::RequestTemplate;
use super::transport::OpenTransport;
use crate::error::{Error, InvalidArgument, Result};
use crate::headers::CustomHeaders;
use crate::request::{Request, WireRequest};
use crate::retry::BudgetState;
use crate::secret_key::SecretKey;

/// The prepared state of a configuration.
pub(crate) struct ClientCore {
    pub(crate) config: ClientConfig,
    pub(crate) transport: OpenTransport,
    pub(crate) retry_budget: BudgetState,
    /// An invalid setting is reported by each call.
    template: Result<RequestTemplate, InvalidArgument>,
}

impl ClientCore {
    pub(crate) fn new(config: ClientConfig) -> Self {
        Self {
            template: RequestTemplate::new(&config),
            retry_budget: BudgetState::new(config.effective_retry_budget()),
            transport: config.transport.open(),
            config,
        }
    }

    /// Completes and checks a request: everything that could be wrong with it is reported here.
    ///
    /// `default_key` is called if the configuration has no key.
    pub(crate) fn wire_request(
        &self,
        request: Request,
        call_headers: &CustomHeaders,
        default_key: fn() -> Option<SecretKey>,
    ) -> Result<WireRequest> {
        if let Some(invalid) = request.invalid {
            return Err(invalid.into());
        }
        let template = self.template.as_ref().map_err(Clone::clone)?;
        let call_headers = call_headers.get()?.cloned().map(Box::new);
        let authorization = match request.needs_key {
            true => Some(self.authorization(template, default_key)?),
            false => None,
        };
        let content_type = request.content_type.map(HeaderValue::try_from);
        let content_type = content_type.transpose().map_err(|_| {
            InvalidArgument::new("params", "the media type is not a valid header value")
        })?;

        let query = request.query.as_str();
        let separator = if query.is_empty() { "" } else { "?" };
        let url = [&*template.base_url, &*request.path, separator, query].concat();
        let url = url.try_into().map_err(|_| {
            InvalidArgument::new("params", "the resulting URL is not valid, or too long")
        })?;
        Ok(WireRequest {
            url,
            client_headers: template.headers.clone(),
            call_headers,
            authorization,
            content_type,
            body: request.body,
        })
    }

    fn authorization(
        &self,
        template: &RequestTemplate,
        default_key: fn() -> Option<SecretKey>,
    ) -> Result<HeaderValue> {
        match &template.authorization {
            Some(value) => Ok(value.clone()),
            None => Ok(self.config.effective_key(default_key)?.authorization()?),
        }
    }
}

impl ClientConfig {
    /// Returns the configured key, or else the default key.
    pub(crate) fn effective_key(
        &self,
        default_key: fn() -> Option<SecretKey>,
    ) -> Result<SecretKey> {
        let key = self.key.clone().or_else(default_key);
        key.filter(|key| !key.is_empty()).ok_or(Error::MissingKey)
    }
}
