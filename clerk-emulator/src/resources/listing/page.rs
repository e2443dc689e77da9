//! The part of a list that a response has.

use crate::http::query::number_in_range;
use crate::http::response::ErrorResponse;
use crate::resources::call::Call;
use crate::store::record::Record;

/// The records of a page, and the number of those on all pages; 0 if the response does not have it.
pub(super) struct Selected<'r> {
    pub(super) records: Vec<&'r Record>,
    pub(super) total: usize,
}

/// The page that a query asks for.
pub(super) struct Page {
    limit: usize,
    offset: usize,
}

impl Page {
    pub(super) fn new(call: &Call<'_>) -> Result<Self, ErrorResponse> {
        Ok(Self {
            limit: number_in_range(call.request, "limit", 10, 1..=500)?,
            offset: number_in_range(call.request, "offset", 0, 0..=usize::MAX)?,
        })
    }

    pub(super) fn of<'r>(&self, records: impl Iterator<Item = &'r Record>) -> Vec<&'r Record> {
        records.skip(self.offset).take(self.limit).collect()
    }

    /// Returns the page of all selected records.
    pub(super) fn of_all<'r>(&self, records: Vec<&'r Record>) -> Selected<'r> {
        let total = records.len();
        Selected {
            records: self.of(records.into_iter()),
            total,
        }
    }
}
