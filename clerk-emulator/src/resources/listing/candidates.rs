//! The records among which those of a list are: as few as the indexes allow.

use super::filter::Filter;
use crate::http::response::ErrorResponse;
use crate::resources::call::Call;
use crate::resources::resource::Resource;
use crate::store::collection::Collection;
use crate::store::record::Record;

/// Returns an indexed member that all selected records have, with its value: one that the path or a filter names.
pub(super) fn index(
    call: &Call<'_>,
    resource: &Resource,
    filters: &[Filter],
) -> Option<(&'static str, String)> {
    let path = call.path.iter().map(|(name, value)| (*name, value.clone()));
    let filters = filters
        .iter()
        .filter_map(|filter| match &filter.values[..] {
            [value] if !value.starts_with('-') => {
                Some((filter.member, value.trim_start_matches('+').to_owned()))
            }
            _ => None,
        });
    path.chain(filters)
        .find(|(name, _)| resource.indexed.contains(name))
}

/// Returns the records among which those of a list are, in order of their age.
pub(super) fn candidates<'c>(
    call: &'c Call<'_>,
    resource: &Resource,
    index: Option<&(&'static str, String)>,
    newest_first: bool,
) -> Result<Box<dyn Iterator<Item = &'c Record> + 'c>, ErrorResponse> {
    let collection = call.instance.all(resource);
    Ok(match (call.query("starting_after"), index) {
        (Some(id), _) => {
            let rest = collection.continue_after(&id, newest_first);
            rest.ok_or_else(|| unknown_cursor(&id))?
        }
        (None, Some((member, value))) if newest_first => {
            Box::new(collection.with(member, value).rev())
        }
        (None, Some((member, value))) => Box::new(collection.with(member, value)),
        (None, None) if newest_first => Box::new(collection.newest_first()),
        (None, None) => Box::new(collection.oldest_first()),
    })
}

/// Returns the records with these ids in the order of their age.
pub(super) fn by_age<'c>(
    collection: &'c Collection,
    ids: &[String],
    newest_first: bool,
) -> Box<dyn Iterator<Item = &'c Record> + 'c> {
    let mut records: Vec<&Record> = ids.iter().filter_map(|it| collection.get(it)).collect();
    records.sort_by_key(|it| it.created_at);
    match newest_first {
        true => Box::new(records.into_iter().rev()),
        false => Box::new(records.into_iter()),
    }
}

fn unknown_cursor(id: &str) -> ErrorResponse {
    let message = format!("The list has no item with the id {id:?}.");
    ErrorResponse::param("form_param_value_invalid", "starting_after", message)
}
