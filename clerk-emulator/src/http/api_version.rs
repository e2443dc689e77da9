//! The version of the API that a request asks for.

use crate::http::request::RecordedRequest;
use crate::http::response::ErrorResponse;

/// A version, which is a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ApiVersion(&'static str);

/// The versions that Clerk has released, the oldest first.
const VERSIONS: [&str; 5] = [
    "2021-02-05",
    "2024-10-01",
    "2025-04-10",
    "2025-11-10",
    "2026-05-12",
];

impl ApiVersion {
    /// The first version whose session tokens have the version 2.
    pub(crate) const COMPACT_TOKENS: Self = Self("2025-04-10");
    /// The first version whose updates of users and organizations have no metadata. It is the one of the document
    /// that is part of this crate.
    pub(crate) const NEWEST: Self = Self("2026-05-12");

    /// Returns the version of a document.
    pub(crate) fn of_document(version: &'static str) -> Self {
        Self(version)
    }

    /// Returns the version that a request asks for in a header or in its query; that of the document if it asks for none.
    pub(crate) fn of(request: &RecordedRequest, document: Self) -> Result<Self, ErrorResponse> {
        let header = request.headers.get("clerk-api-version");
        let header = header.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
        let query = request.query_value("__clerk_api_version");
        let asked = match (header, query) {
            (Some(_), Some(_)) => {
                let message = "A request has the version either in a header or in its query.";
                return Err(ErrorResponse::new(400, "api_version_invalid", message));
            }
            (asked, None) | (None, asked) => asked,
        };
        let Some(asked) = asked else {
            return Ok(document);
        };
        let mut known = VERSIONS.into_iter().chain([document.0]);
        let known = known.find(|it| *it == asked);
        known.map(Self).ok_or_else(|| {
            let message = format!("There is no version {asked:?} of the API.");
            ErrorResponse::new(400, "api_version_invalid", message)
        })
    }

    pub(crate) fn as_str(self) -> &'static str {
        self.0
    }
}
