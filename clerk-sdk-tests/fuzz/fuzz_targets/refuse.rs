//! Refusals of any bytes, with a status that the first of them picks.
#![no_main]

use clerk_sdk::Error;
use clerk_sdk_fuzz::{answering, wait};
use libfuzzer_sys::fuzz_target;

const STATUSES: [u16; 8] = [400, 401, 404, 422, 429, 500, 503, 599];

fuzz_target!(|bytes: &[u8]| {
    let (first, body) = bytes.split_first().unwrap_or((&0, &[]));
    let status = STATUSES[usize::from(*first) % STATUSES.len()];
    let clerk = answering(status, body);
    match wait(clerk.user().get("user_1")) {
        Err(Error::Api(error)) => {
            assert_eq!(error.status(), status);
            assert_eq!(error.body(), body);
            // Printing must neither panic nor depend on what is in it.
            let _ = (error.to_string(), format!("{error:?}"), error.trace_id());
            for reported in error.errors() {
                let _ = (&reported.code, error.has_code(&reported.code));
            }
        }
        other => panic!("{other:?}"),
    }
});
