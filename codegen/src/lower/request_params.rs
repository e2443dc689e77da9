//! The input of an operation: its query or its body, as one params struct.

use openapiv3::{MediaType, Parameter, ParameterData, ParameterSchemaOrContent, QueryStyle};

use super::constraint_docs::constraint_docs;
use super::context::LoweringContext;
use super::object_types::field_ident;
use super::openapi_operations::OpenApiOperation;
use super::schema_form::{SchemaForm, SchemaRef};
use super::schema_location::SchemaLocation;
use super::schema_types::is_enum;
use crate::json_pointer::escape;
use crate::model::{Field, Input, Namespace, Object, Role, Type};
use crate::names::{OperationName, TypeKey, TypeName, pascal_case};

impl<'a> LoweringContext<'a> {
    /// Lowers the query or the body of an operation.
    pub(super) fn input(
        &mut self,
        operation: &OpenApiOperation<'a>,
        name: &OperationName,
    ) -> Input {
        for parameter in &operation.parameters {
            if matches!(
                parameter,
                Parameter::Header { .. } | Parameter::Cookie { .. }
            ) {
                self.problem(&operation.pointer, "header and cookie parameters are not supported: remove this one with an overlay, or extend the generator");
            }
        }
        let has_query = operation.query_parameters().next().is_some();
        match (has_query, self.request_body(operation)) {
            (false, None) => Input::None,
            (true, None) => Input::Query(self.query_params(operation, name)),
            (false, Some((content_type, media))) => {
                self.body_params(operation, name, &content_type, media)
            }
            (true, Some(_)) => {
                self.problem(
                    &operation.pointer,
                    "an operation with both a query and a body is not supported: extend the generator",
                );
                Input::None
            }
        }
    }

    fn query_params(&mut self, operation: &OpenApiOperation<'_>, name: &OperationName) -> String {
        let parameters = operation.query_parameters();
        let mut fields: Vec<Field> = parameters
            .filter_map(|(data, style)| self.query_field(operation, name, data, style))
            .collect();
        let pointer = format!("{}/parameters", operation.pointer);
        self.sort_fields(&mut fields, &pointer);
        self.define_params_struct(
            &operation.id,
            name,
            pointer,
            params_object(name, Role::Query, fields),
        )
    }

    fn query_field(
        &mut self,
        operation: &OpenApiOperation<'_>,
        name: &OperationName,
        data: &ParameterData,
        style: &QueryStyle,
    ) -> Option<Field> {
        let pointer = format!("{}/parameters/{}", operation.pointer, data.name);
        let ParameterSchemaOrContent::Schema(schema) = &data.format else {
            self.problem(
                pointer,
                "a parameter without a schema is not supported: add a schema with an overlay",
            );
            return None;
        };
        if *style != QueryStyle::Form {
            self.problem(
                &pointer,
                "a parameter of a style other than `form` is not supported: extend the generator",
            );
        }
        let location = SchemaLocation {
            pointer,
            key: TypeKey::operation(&operation.id, "query").child(&data.name),
            default_name: TypeName {
                module: name.module.clone(),
                name: format!("{}{}", pascal_case(&name.function), pascal_case(&data.name)),
            },
            role: Role::Query,
        };
        let ty = self.schema_type(schema, &location);
        let annotations = self.annotations(schema);
        Some(Field {
            wire: data.name.clone(),
            ident: field_ident(&data.name, Role::Query),
            required: data.required,
            nullable: false,
            constant: None,
            may_be_missing: false,
            secret: false,
            joined: matches!(ty, Type::Array(_)) && data.explode == Some(false),
            is_sort_field: annotations.is_sort_field && is_enum(schema),
            ty,
            deprecated: data.deprecated.unwrap_or_default(),
            docs: data.description.clone().or(annotations.docs),
            constraints: constraint_docs(schema),
        })
    }

    fn body_params(
        &mut self,
        operation: &OpenApiOperation<'_>,
        name: &OperationName,
        content_type: &str,
        media: &MediaType,
    ) -> Input {
        let pointer = format!("{}/requestBody", operation.pointer);
        let (role, input): (Role, fn(String) -> Input) = match content_type {
            "application/json" => (Role::Request, Input::Json),
            "multipart/form-data" => (Role::Form, Input::Form),
            other => {
                let message =
                    format!("a body of type `{other}` is not supported: extend the generator");
                self.problem(pointer, message);
                return Input::None;
            }
        };
        let Some(schema) = &media.schema else {
            self.problem(
                pointer,
                "a body without a schema is not supported: add a schema with an overlay",
            );
            return Input::None;
        };
        let mut pointer = format!("{pointer}/content/{}/schema", escape(content_type));
        let (item, is_array) = self.array_item(schema, &pointer);
        if is_array {
            pointer.push_str("/items");
            if self.annotations(&item).nullable {
                let message =
                    "a body whose items can be null is not supported: extend the generator";
                self.problem(&pointer, message);
            }
        }
        let Some(object) = self.merged_object(&item, &pointer) else {
            return Input::None;
        };
        let location = SchemaLocation {
            pointer: pointer.clone(),
            key: TypeKey::operation(&operation.id, "body"),
            default_name: TypeName {
                module: name.module.clone(),
                name: pascal_case(&name.function),
            },
            role,
        };
        let fields = self.fields(&object.form, &location);
        let object_of_fields = params_object(name, role, fields);
        let params = self.define_params_struct(&operation.id, name, pointer, object_of_fields);
        let namespace = Namespace::Module(name.module.clone());
        self.record_type_at(object.pointers, &Type::Named(namespace, params.clone()));
        match is_array {
            true => Input::JsonList(params),
            false => input(params),
        }
    }

    /// Returns the schema of a body's struct, and whether the body is an array of it.
    pub(super) fn array_item(&mut self, schema: &SchemaRef, pointer: &str) -> (SchemaRef, bool) {
        match self.resolved_form(schema, pointer) {
            (SchemaForm::Array(Some(items)), _) => (items, true),
            _ => (schema.clone(), false),
        }
    }

    /// Returns the content type and the schema of an operation's body, if it has one.
    pub(super) fn request_body(
        &mut self,
        operation: &OpenApiOperation<'a>,
    ) -> Option<(String, &'a MediaType)> {
        let body = operation.definition.request_body.as_ref()?;
        let body = self.document.request_body(body)?;
        if body.content.len() != 1 {
            self.problem(
                &operation.pointer,
                "a body with several content types is not supported: remove all but one with an overlay",
            );
        }
        let (content_type, media) = body.content.first()?;
        Some((content_type.clone(), media))
    }
}

/// Returns the object of a params struct, whose arguments are exactly the required fields: in the
/// order of `names.toml`, then those that it does not list yet.
fn params_object(name: &OperationName, role: Role, fields: Vec<Field>) -> Object {
    let required = fields.iter().filter(|field| field.required);
    let required: Vec<String> = required.map(|field| field.wire.clone()).collect();
    let listed = name.arguments.iter().filter(|it| required.contains(it));
    let unlisted = required.iter().filter(|it| !name.arguments.contains(it));
    let arguments = listed.chain(unlisted).cloned().collect();
    Object {
        role,
        fields,
        arguments,
    }
}
