//! Every operation call of the SDK, by operation ID.

use crate::calls::CALLS;
use crate::dynamic_calls::OperationCall;

/// Returns the call of every operation of the SDK.
pub(crate) fn all_calls() -> impl Iterator<Item = &'static OperationCall> {
    CALLS.iter().copied().flatten()
}

/// Returns the call of the operation with this ID in the document.
pub(crate) fn find_call(operation_id: &str) -> Option<&'static OperationCall> {
    all_calls().find(|operation| operation.id == operation_id)
}
