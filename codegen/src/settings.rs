//! The settings of the generator, read from `generator.toml`: which documents the SDK is generated from, and what the
//! generated code says that no document states.

use heck::ToSnakeCase;
use serde::Deserialize;

use crate::problem::{Problem, Problems};
use crate::source::Source;

/// The settings of the generator.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The SDK.
    pub sdk: SdkSettings,
    /// The documents, in the order in which their types are named.
    pub documents: Vec<DocumentSettings>,
}

/// The settings of the generated code.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdkSettings {
    /// The name of the API, which is also that of the client of all resources: `Clerk`.
    pub api: String,
    /// The name of the crate in Rust: `clerk_sdk`.
    pub crate_name: String,
    /// The folder of the generated modules, from the workspace's root.
    pub folder: String,
    /// The folder of the calls that the conformance tests make, from the workspace's root.
    pub conformance_calls: String,
    /// The base URL of the API's reference, to which the tag and the id of an operation are added.
    pub reference_url: Option<String>,
    /// The errors of every operation, whether the document lists them or not.
    #[serde(default)]
    pub common_errors: Vec<CommonError>,
    /// Rust that runs before the example of each module.
    #[serde(default)]
    pub example_setup: String,
    /// Rust that shows how to use the types of responses.
    #[serde(default)]
    pub types_example: String,
}

/// An error response that every operation can return.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommonError {
    /// The HTTP status.
    pub status: u16,
    /// What it means, unless an operation says something more specific.
    pub meaning: String,
}

/// The settings of a document.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentSettings {
    /// The name of the document in commands and reports: `backend-api`.
    pub name: String,
    /// The path of its facts, from the workspace's root.
    pub facts: String,
    /// Files that are copies of the facts, from the workspace's root: a package needs what it embeds in its own folder.
    #[serde(default)]
    pub copies: Vec<String>,
    /// The parts that code is generated for.
    pub roots: Vec<Root>,
    /// The module in which the types of roots other than operations are named by default.
    pub module: Option<String>,
    /// The feature of the crate that this module and the events require.
    pub feature: Option<String>,
    /// The member of an event that depends on the kind of event. The other members are the same for all events.
    pub payload: Option<String>,
}

/// A part of a document that code is generated for, with everything that it refers to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub enum Root {
    /// The operations: `/paths`.
    Operations,
    /// The events under an extension of the document, such as `/x-webhooks`.
    Events(String),
    /// One schema component, such as `/components/schemas/User`.
    Schema(String),
}

impl Root {
    /// Returns the JSON pointer of the part.
    pub fn pointer(&self) -> String {
        match self {
            Self::Operations => "/paths".to_owned(),
            Self::Events(extension) => format!("/{extension}"),
            Self::Schema(name) => format!("/components/schemas/{name}"),
        }
    }
}

impl TryFrom<String> for Root {
    type Error = String;

    fn try_from(pointer: String) -> Result<Self, String> {
        if pointer == "/paths" {
            return Ok(Self::Operations);
        }
        if let Some(name) = pointer.strip_prefix("/components/schemas/")
            && !name.is_empty()
        {
            return Ok(Self::Schema(name.to_owned()));
        }
        match pointer.strip_prefix('/') {
            Some(name) if name.starts_with("x-") => Ok(Self::Events(name.to_owned())),
            _ => Err(format!(
                "`{pointer}` is not a root: expected `/paths`, `/x-…` or `/components/schemas/…`"
            )),
        }
    }
}

impl SdkSettings {
    /// The folders that contain nothing but generated files, from the workspace's root.
    pub fn generated_folders(&self) -> [&str; 2] {
        [&self.folder, &self.conformance_calls]
    }

    /// Returns the name of the module of the client of all resources.
    pub(crate) fn handle_module(&self) -> String {
        self.api.to_snake_case()
    }
}

impl Settings {
    /// Parses the settings.
    ///
    /// # Errors
    ///
    /// Returns a problem if the text is not TOML, or has missing or unknown keys.
    pub fn parse(source: &Source) -> Result<Self, Problems> {
        let problem = |message: String| Problem::new(&source.path, "", message);
        let settings: Self = toml_edit::de::from_str(&source.text)
            .map_err(|error| problem(error.to_string().trim().replace('\n', " ")))?;
        let has_operations = |it: &DocumentSettings| it.roots.contains(&Root::Operations);
        let with_operations: Vec<bool> = settings.documents.iter().map(has_operations).collect();
        if !matches!(&*with_operations, [true, rest @ ..] if !rest.contains(&true)) {
            let message = "the first document, and no other, must have the root `/paths`";
            return Err(problem(message.to_owned()).into());
        }
        for (index, document) in settings.documents.iter().enumerate() {
            let others = &settings.documents[..index];
            if others
                .iter()
                .any(|it| it.name == document.name || it.facts == document.facts)
            {
                let message = format!(
                    "the name or the facts of `{}` are those of another document",
                    document.name
                );
                return Err(problem(message).into());
            }
        }
        Ok(settings)
    }

    /// Returns the document of this name.
    pub fn document(&self, name: &str) -> Option<&DocumentSettings> {
        self.documents.iter().find(|it| it.name == name)
    }
}
