//! Tests of `clerk_sdk::auth`: users are authenticated by header and by cookie, machines by token.

mod authorized_parties;
mod fixture;
mod handshake_nonce;
mod handshake_redirect;
mod handshake_replay;
mod handshake_return;
mod machine_cache;
mod machine_fixture;
mod machine_tokens;
mod nested_authenticators;
mod organization_sync;
mod refresh;
mod response_headers;
mod satellite_domains;
mod session_cookies;
mod token_guessing;
mod token_kinds;
mod unverified_calls;
