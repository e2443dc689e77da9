//! A request of a control route, and its result.

use serde_json::{Value, json};

use super::controls::Controls;
use super::members::{only, text};
use crate::http::response::ErrorResponse;
use crate::store::instance::Instance;

/// A request of a route.
pub(super) struct Call<'c> {
    pub(super) controls: &'c Controls,
    /// The secret key of the instance.
    pub(super) key: &'c str,
    pub(super) body: &'c [u8],
}

impl Call<'_> {
    /// Returns the body as an object with no other members than these. An absent body is an empty object.
    pub(super) fn json(&self, names: &[&str]) -> Result<Value, ControlError> {
        let body = self.any_json()?;
        only(&body, names)?;
        Ok(body)
    }

    /// Returns the members of a body that has these strings, and nothing else.
    pub(super) fn texts<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[String; N], ControlError> {
        let body = self.json(&names)?;
        let mut texts = names.map(|_| String::new());
        for (value, name) in texts.iter_mut().zip(names) {
            *value = text(&body, name)?.to_owned();
        }
        Ok(texts)
    }

    pub(super) fn any_json(&self) -> Result<Value, ControlError> {
        if self.body.is_empty() {
            return Ok(json!({}));
        }
        let json = serde_json::from_slice(self.body);
        json.map_err(|error| ControlError::Invalid(format!("the body is not JSON: {error}")))
    }

    /// Calls `with` with the instance, and notifies of the change.
    pub(super) fn change<T>(
        &self,
        with: impl FnOnce(&mut Instance) -> T,
    ) -> Result<T, ControlError> {
        let result = self.controls.change(self.key, with);
        result.ok_or(ControlError::Refused("there is no such instance"))
    }

    /// Makes a change like [`change`](Self::change), which is refused with a message if `with` returns nothing.
    pub(super) fn change_if_possible<T>(
        &self,
        refusal: &'static str,
        with: impl FnOnce(&mut Instance) -> Option<T>,
    ) -> Result<T, ControlError> {
        self.change(with)?.ok_or(ControlError::Refused(refusal))
    }
}

/// What is wrong with a request.
pub(super) enum ControlError {
    /// There is no such route.
    NoRoute,
    /// The request is invalid.
    Invalid(String),
    /// What the request names does not exist, or its state does not allow the request.
    Refused(&'static str),
    /// Likewise, with a message that names what the request contains.
    Impossible(String),
}

impl From<String> for ControlError {
    fn from(message: String) -> Self {
        Self::Invalid(message)
    }
}

impl ControlError {
    pub(super) fn into_response(self) -> ErrorResponse {
        match self {
            Self::NoRoute => {
                let message = "The emulator has no such control route.";
                ErrorResponse::new(404, "control_route_not_found", message)
            }
            Self::Invalid(message) => ErrorResponse::new(400, "control_request_invalid", message),
            Self::Refused(message) => ErrorResponse::new(409, "control_request_refused", message),
            Self::Impossible(message) => {
                ErrorResponse::new(409, "control_request_refused", message)
            }
        }
    }
}

/// The result of a route.
pub(super) type ControlResult = Result<Value, ControlError>;
