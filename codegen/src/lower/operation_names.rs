//! The name of an operation's function, and the arguments of its params struct's constructor.

use super::context::LoweringContext;
use super::openapi_operations::OpenApiOperation;
use crate::names::{OperationName, default_operation_name};

impl<'a> LoweringContext<'a> {
    /// Looks up the name of an operation, whose arguments are the required fields.
    pub(super) fn operation_name(&mut self, operation: &OpenApiOperation<'a>) -> OperationName {
        let definition = operation.definition;
        let extension = |name: &str| definition.extensions.get(name)?.as_str();
        let required = self.required_fields(operation);
        let tag = definition.tags.first().map(String::as_str);
        self.names.operation(&operation.id, &required, || {
            let group = extension("x-speakeasy-group");
            let method = extension("x-speakeasy-name-override");
            default_operation_name(&operation.id, group, method, tag, &required)
        })
    }

    /// Returns the required fields of the query and the body, by wire name.
    fn required_fields(&mut self, operation: &OpenApiOperation<'a>) -> Vec<String> {
        let query = operation
            .query_parameters()
            .filter(|(data, _)| data.required)
            .map(|(data, _)| data.name.clone());
        let mut required: Vec<String> = query.collect();
        if let Some((_, media)) = self.request_body(operation)
            && let Some(schema) = &media.schema
        {
            let (item, _) = self.array_item(schema, "");
            if let Some(object) = self.merged_object(&item, "") {
                required.extend(object.form.required);
            }
        }
        required
    }
}
