//! The parsed document, with look-ups of the components that references point to.

use openapiv3::{Components, OpenAPI, Parameter, ReferenceOr, RequestBody, Response, Schema};

use super::origins::Origins;
use crate::inputs::DocumentInput;
use crate::problem::Problem;
use crate::settings::DocumentSettings;

/// The parsed document, with the overlays applied.
pub(crate) struct Document {
    /// The path that errors report.
    pub(crate) path: String,
    pub(crate) settings: DocumentSettings,
    pub(crate) openapi: OpenAPI,
    components: Components,
    origins: Origins,
}

impl Document {
    pub(super) fn new(input: &DocumentInput, mut openapi: OpenAPI, origins: Origins) -> Self {
        let components = openapi.components.take().unwrap_or_default();
        Self {
            path: input.facts.path.clone(),
            settings: input.settings.clone(),
            openapi,
            components,
            origins,
        }
    }

    /// Returns a problem with the value at `pointer`, which its member at `detail` causes, if `detail` is not empty. The
    /// problem is in an overlay if that made the cause.
    pub(crate) fn problem(&self, pointer: &str, detail: &str, message: String) -> Problem {
        self.origins.problem(&self.path, (pointer, detail), message)
    }

    /// Returns the schema component called `name`.
    pub(crate) fn schema(&self, name: &str) -> Option<&ReferenceOr<Schema>> {
        self.components.schemas.get(name)
    }

    /// Returns the parameter, looked up among the components if it is a reference.
    pub(crate) fn parameter<'d>(
        &'d self,
        parameter: &'d ReferenceOr<Parameter>,
    ) -> Option<&'d Parameter> {
        match parameter {
            ReferenceOr::Item(parameter) => Some(parameter),
            ReferenceOr::Reference { reference } => self
                .components
                .parameters
                .get(component_name(reference))?
                .as_item(),
        }
    }

    /// Returns the request body, looked up among the components if it is a reference.
    pub(crate) fn request_body<'d>(
        &'d self,
        body: &'d ReferenceOr<RequestBody>,
    ) -> Option<&'d RequestBody> {
        match body {
            ReferenceOr::Item(body) => Some(body),
            ReferenceOr::Reference { reference } => self
                .components
                .request_bodies
                .get(component_name(reference))?
                .as_item(),
        }
    }

    /// Returns the response, with the name of its component if it is a reference.
    pub(crate) fn response<'d>(
        &'d self,
        response: &'d ReferenceOr<Response>,
    ) -> Option<(Option<&'d str>, &'d Response)> {
        match response {
            ReferenceOr::Item(response) => Some((None, response)),
            ReferenceOr::Reference { reference } => {
                let name = component_name(reference);
                let response = self.components.responses.get(name)?.as_item()?;
                Some((Some(name), response))
            }
        }
    }
}

/// Returns the name of the component that a reference points to: the reference's last segment.
pub(crate) fn component_name(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}
