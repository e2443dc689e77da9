//! Pagination of lists, derived from the query parameters of the operation.

use openapiv3::{ParameterData, ParameterSchemaOrContent, ReferenceOr, SchemaKind, Type as Kind};

use super::context::LoweringContext;
use super::openapi_operations::OpenApiOperation;
use crate::model::{Namespace, Pagination, Shape, Type};

/// The maximum page size if the document states none.
const DEFAULT_MAX_PAGE_SIZE: i64 = 100;

/// The parameter that takes the id of the last item of the previous page.
const CURSOR: &str = "starting_after";

impl LoweringContext<'_> {
    /// Returns how an operation is paginated, or `None` if it does not return a paginated list.
    pub(super) fn pagination(
        &mut self,
        operation: &OpenApiOperation<'_>,
        returns: &Type,
    ) -> Option<Pagination> {
        let (Type::List(item) | Type::Array(item)) = returns else {
            return None;
        };
        let parameter = |name: &str| {
            let mut parameters = operation.query_parameters();
            parameters.find_map(|(data, _)| (data.name == name).then_some(data))
        };
        let (limit, _) = (parameter("limit")?, parameter("offset")?);
        let cursor = parameter(CURSOR).map(|cursor| cursor.name.clone());
        if cursor.is_some() && !self.has_id(item) {
            let message = format!(
                "`{CURSOR}` takes the `id` of an item, but the items have no required string `id`: extend the generator"
            );
            self.problem(&operation.pointer, message);
        }
        Some(Pagination {
            max_page_size: maximum(limit).unwrap_or(DEFAULT_MAX_PAGE_SIZE),
            total_on_request: parameter("paginated").is_some(),
            cursor,
        })
    }

    fn has_id(&self, item: &Type) -> bool {
        let Type::Named(namespace @ Namespace::Types(_), name) = item else {
            return false;
        };
        let ty = self.types.get(&(namespace.clone(), name.clone()));
        let Some(Shape::Object(object)) = ty.map(|ty| &ty.shape) else {
            return false;
        };
        object.fields.iter().any(|field| {
            field.ident == "id" && field.required && !field.nullable && field.ty == Type::String
        })
    }
}

fn maximum(limit: &ParameterData) -> Option<i64> {
    let ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)) = &limit.format else {
        return None;
    };
    match &schema.schema_kind {
        SchemaKind::Type(Kind::Integer(integer)) => integer.maximum,
        // The document declares some limits as `number`, but page sizes are whole numbers.
        SchemaKind::Type(Kind::Number(number)) => number.maximum.map(|it| it as i64),
        _ => None,
    }
}
