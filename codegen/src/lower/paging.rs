//! How lists are paged, told by the parameters they take.

use openapiv3::{ParameterData, ParameterSchemaOrContent, ReferenceOr, SchemaKind, Type as Kind};

use super::Lowering;
use super::input::query_parameters;
use super::operation::Found;
use crate::model::{Home, Paging, Shape, Type};

/// What a page holds at most where the document does not say.
const LARGEST: i64 = 100;

/// The name of the parameter that takes the id of the last item of the page before.
const CURSOR: &str = "starting_after";

impl Lowering<'_> {
    /// How the operation pages what it returns, if that is a list and it does.
    pub(crate) fn paging(&mut self, found: &Found<'_>, returns: &Type) -> Option<Paging> {
        let (Type::List(item) | Type::Array(item)) = returns else {
            return None;
        };
        let parameter = |name: &str| {
            query_parameters(found).find_map(|(data, _)| (data.name == name).then_some(data))
        };
        let (limit, _) = (parameter("limit")?, parameter("offset")?);
        let cursor = parameter(CURSOR).map(|cursor| cursor.name.clone());
        if cursor.is_some() && !self.has_id(item) {
            let message = format!(
                "`{CURSOR}` takes the `id` of an item, but the items have no such text: teach the generator"
            );
            self.problem(&found.pointer, message);
        }
        Some(Paging {
            largest: largest(limit).unwrap_or(LARGEST),
            is_counted: parameter("paginated").is_some(),
            cursor,
        })
    }

    fn has_id(&self, item: &Type) -> bool {
        let Type::Named(home @ Home::Types(_), name) = item else {
            return false;
        };
        let ty = self.types.get(&(home.clone(), name.clone()));
        let Some(Shape::Object(object)) = ty.map(|ty| &ty.shape) else {
            return false;
        };
        object.fields.iter().any(|field| {
            field.ident == "id" && field.required && !field.nullable && field.ty == Type::String
        })
    }
}

fn largest(limit: &ParameterData) -> Option<i64> {
    let ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)) = &limit.format else {
        return None;
    };
    match &schema.schema_kind {
        SchemaKind::Type(Kind::Integer(integer)) => integer.maximum,
        // Some limits are numbers, though no page has half an item.
        SchemaKind::Type(Kind::Number(number)) => number.maximum.map(|it| it as i64),
        _ => None,
    }
}
