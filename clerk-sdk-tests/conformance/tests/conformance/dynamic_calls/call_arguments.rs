//! The arguments of one call as JSON, read by the generated `calls`.

use serde_json::Value;

use super::params_from_json::{FromJson, JsonArgument};

/// The arguments of a call: `{"path": {…}, "query": {…}, "body": …}`, with the document's names.
pub(crate) struct CallArguments(pub(crate) Value);

impl CallArguments {
    /// Returns the value of a path parameter.
    pub(crate) fn path(&self, name: &str) -> &str {
        let found = self.0["path"][name].as_str();
        found.unwrap_or_else(|| panic!("the document has no path parameter `{name}`"))
    }

    /// Builds the params struct that becomes the query.
    pub(crate) fn query<T: FromJson>(&self) -> T {
        JsonArgument::new(&self.0["query"]).convert()
    }

    /// Builds the params struct that becomes the body.
    pub(crate) fn body<T: FromJson>(&self) -> T {
        JsonArgument::new(&self.0["body"]).convert()
    }

    /// Builds the list of params structs that becomes the body.
    pub(crate) fn body_list<T: FromJson>(&self) -> Vec<T> {
        self.body()
    }
}
