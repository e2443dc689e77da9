//! The headers of a gate on responses that have some of their own.

use ::axum::Router;
use ::axum::body::Body;
use ::axum::routing::get;
use ::tower::ServiceExt;
use actix_web::{HttpResponse, test as actix_test, web};
use clerk_sdk::middleware::Gate;
use clerk_sdk_tests::Emulator;
use http::HeaderMap;
use poem::endpoint::make_sync;
use poem::{Endpoint, EndpointExt};
use rocket::http::Header;
use rocket::local::blocking::Client;
use serde_json::json;

use super::clock::Clock;
use super::gates::Gates;
use super::scenarios::respond;
use super::test_client::token;

/// The headers of the application's response.
const OWN: [(&str, &str); 3] = [
    ("cache-control", "public, max-age=60"),
    ("x-clerk-auth-status", "own"),
    ("set-cookie", "own=1"),
];
/// The browser has just returned from a handshake.
const RETURN: &str = "/?__clerk_handshake_nonce=n1";
const NAVIGATION: [(&str, &str); 2] = [("host", "app.example.com"), ("sec-fetch-dest", "document")];

/// Checks the headers of the response to a browser that returns from a handshake, and to one that is signed out.
fn check(framework: impl FnOnce(Gate) -> [HeaderMap; 2]) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let clerk = runtime.block_on(Emulator::start()).expect("a free port");
    let session = format!("__session={}; Path=/", token(json!({})));
    let payload = json!({"directives": [session]});
    respond(&clerk, "GET", "/clients/handshake_payload", 200, &payload);
    let [returned, signed_out] = framework(Gates::new(&clerk, &Clock::start()).outer);
    let values = |headers: &HeaderMap, name: &str| {
        let values = headers.get_all(name).iter();
        let values = values.map(|it| it.to_str().expect("ASCII").to_owned());
        values.collect::<Vec<_>>()
    };
    // A shared cache would sign others in as this user.
    assert_eq!(values(&returned, "cache-control"), ["no-store"]);
    assert_eq!(values(&returned, "set-cookie"), ["own=1", &session]);
    assert_eq!(values(&signed_out, "cache-control"), [OWN[0].1]);
    assert_eq!(values(&signed_out, "x-clerk-auth-status"), ["signed-out"]);
    assert_eq!(values(&signed_out, "set-cookie"), ["own=1"]);
}

fn header_map<'h>(headers: impl Iterator<Item = (&'h str, &'h str)>) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().expect("a name");
        map.append(name, value.parse().expect("a value"));
    }
    map
}

#[test]
fn headers_of_the_gate_replace_those_of_the_response_in_axum() {
    check(|gate| {
        let app = Router::new().route(
            "/",
            get(async || (::axum::response::AppendHeaders(OWN), ())),
        );
        let app = app.layer(gate);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        [RETURN, "/"].map(|uri| {
            let mut request = http::Request::get(uri);
            for (name, value) in NAVIGATION {
                request = request.header(name, value);
            }
            let request = request.body(Body::empty()).expect("a request");
            let response = runtime.block_on(app.clone().oneshot(request));
            response.expect("an infallible service").headers().clone()
        })
    });
}

#[test]
fn headers_of_the_gate_replace_those_of_the_response_in_poem() {
    check(|gate| {
        let app = make_sync(|_| {
            let response = OWN
                .iter()
                .fold(poem::Response::builder(), |it, own| it.header(own.0, own.1));
            response.finish()
        });
        let app = app.with(gate);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        [RETURN, "/"].map(|uri| {
            let mut request = poem::Request::builder().uri_str(uri);
            for (name, value) in NAVIGATION {
                request = request.header(name, value);
            }
            let response = runtime.block_on(app.get_response(request.finish()));
            response.headers().clone()
        })
    });
}

#[test]
fn headers_of_the_gate_replace_those_of_the_response_in_actix_web() {
    check(|gate| {
        actix_web::rt::System::new().block_on(async {
            let handler = async || {
                let mut response = HttpResponse::Ok();
                OWN.into_iter().for_each(|own| {
                    response.append_header(own);
                });
                response.finish()
            };
            let app = actix_web::App::new()
                .wrap(gate)
                .route("/", web::get().to(handler));
            let app = actix_test::init_service(app).await;
            let mut found = Vec::new();
            for uri in [RETURN, "/"] {
                let mut request = actix_test::TestRequest::get().uri(uri);
                for header in NAVIGATION {
                    request = request.insert_header(header);
                }
                let response = actix_test::call_service(&app, request.to_request()).await;
                let headers = response.headers().iter();
                let headers =
                    headers.map(|(name, value)| (name.as_str(), value.to_str().expect("ASCII")));
                found.push(header_map(headers));
            }
            found.try_into().expect("two responses")
        })
    });
}

struct OwnHeaders;

impl<'r> rocket::response::Responder<'r, 'static> for OwnHeaders {
    fn respond_to(self, _: &'r rocket::Request<'_>) -> rocket::response::Result<'static> {
        let mut response = rocket::Response::new();
        for (name, value) in OWN {
            response.adjoin_raw_header(name, value);
        }
        Ok(response)
    }
}

#[rocket::get("/")]
fn own_headers() -> OwnHeaders {
    OwnHeaders
}

#[test]
fn headers_of_the_gate_replace_those_of_the_response_in_rocket() {
    check(|gate| {
        let fairing = clerk_sdk::middleware::rocket::AuthFairing::new(gate);
        let config = rocket::Config {
            log_level: rocket::config::LogLevel::Off,
            ..rocket::Config::debug_default()
        };
        let app = rocket::custom(config).attach(fairing);
        let app = app.mount("/", rocket::routes![own_headers]);
        let client = Client::untracked(app).expect("a running application");
        [RETURN, "/"].map(|uri| {
            let mut request = client.get(uri);
            for (name, value) in NAVIGATION {
                request.add_header(Header::new(name, value));
            }
            let host = rocket::http::uri::Host::parse("app.example.com");
            request.inner_mut().set_host(host.expect("a host"));
            let response = request.dispatch();
            let headers = response.headers().iter();
            let headers: Vec<_> = headers
                .map(|it| (it.name().as_str().to_owned(), it.value().to_owned()))
                .collect();
            header_map(
                headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str())),
            )
        })
    });
}
