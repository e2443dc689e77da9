//! Calls any operation of the SDK with arguments given as JSON. The generated `calls` build on these types.

mod call_arguments;
mod operation_call;
mod params_from_json;
mod unknown_variants;

pub(crate) use call_arguments::CallArguments;
pub(crate) use operation_call::{CallFuture, DecodedResponse, OperationCall, send};
pub(crate) use params_from_json::{
    FieldSetter, FromJson, JsonArgument, ParamsStruct, UPLOAD_FILE_NAME,
};
