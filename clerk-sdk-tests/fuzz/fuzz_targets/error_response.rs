//! Fuzzes the bodies of error responses. The first byte of the input selects the status.
#![no_main]

use clerk_sdk::Error;
use clerk_sdk_fuzz::{block_on, client_with_response};
use libfuzzer_sys::fuzz_target;

const STATUSES: [u16; 8] = [400, 401, 404, 422, 429, 500, 503, 599];

fuzz_target!(|bytes: &[u8]| {
    let (selector, body) = bytes.split_first().unwrap_or((&0, &[]));
    let status = STATUSES[usize::from(*selector) % STATUSES.len()];
    let clerk = client_with_response(status, body);
    match block_on(clerk.user().get("user_1")) {
        Err(Error::Api(error)) => {
            assert_eq!(error.status(), status);
            assert_eq!(error.raw_body(), body);
            // Formatting must not panic, whatever the body contains.
            let _ = (error.to_string(), format!("{error:?}"), error.trace_id());
            for reported in error.errors() {
                let _ = (&reported.code, error.has_code(&reported.code));
            }
        }
        other => panic!("{other:?}"),
    }
});
