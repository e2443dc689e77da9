//! The reasons why the generator cannot produce an instance of a schema.

/// The reason why no instance of a schema was generated.
#[derive(Debug)]
pub(crate) enum GenerationError {
    /// The schema uses something that the generator does not support. The message starts with the schema's pointer.
    UnsupportedSchema(String),
    /// The schema contains itself.
    RecursiveSchema,
}

/// Reports that the schema at `pointer` uses an unsupported `feature`.
pub(super) fn unsupported<T>(pointer: &str, feature: &str) -> Result<T, GenerationError> {
    Err(GenerationError::UnsupportedSchema(format!(
        "{pointer}: {feature} is not supported by the instance generator"
    )))
}
