//! The application as tower services under hyper, with a body type that the layer cannot create.

use std::convert::Infallible;

use ::tower::util::{BoxCloneSyncService, ServiceExt};
use ::tower::{Layer, service_fn};
use bytes::Bytes;
use clerk_sdk::auth::{RequestState, TokenType};
use clerk_sdk::middleware::tower::AuthBody;
use clerk_sdk::middleware::{Gate, Rejection};
use http::{Method, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;

use super::app::{App, subject};
use super::gates::{Gates, ReadInvoices};
use super::scenarios;

type Body = BoxBody<Bytes, Infallible>;
type Route = BoxCloneSyncService<Request<Incoming>, Response<Body>, Infallible>;
type Handler = fn(Option<&RequestState>) -> Result<String, Rejection>;

fn user_id(state: Option<&RequestState>) -> Result<String, Rejection> {
    Ok(state
        .ok_or(Rejection::NoGate("AuthLayer"))?
        .require_session()?
        .user_id()
        .to_owned())
}

fn optional_user_id(state: Option<&RequestState>) -> Result<String, Rejection> {
    let state = state.ok_or(Rejection::NoGate("AuthLayer"))?;
    let session = state.session();
    Ok(session.map_or("nobody".to_owned(), |it| it.user_id().to_owned()))
}

fn option_user_id(state: Option<&RequestState>) -> Result<String, Rejection> {
    let session = state.and_then(RequestState::session);
    Ok(session.map_or("nobody", |_| "signed in").to_owned())
}

fn option_permitted(state: Option<&RequestState>) -> Result<String, Rejection> {
    let permitted = permitted_user_id(state);
    Ok(permitted
        .map_or("not permitted", |_| "permitted")
        .to_owned())
}

fn permitted_user_id(state: Option<&RequestState>) -> Result<String, Rejection> {
    Ok(state
        .ok_or(Rejection::NoGate("AuthLayer"))?
        .require_session_with::<ReadInvoices>()?
        .user_id()
        .to_owned())
}

fn checked_user_id(state: Option<&RequestState>) -> Result<String, Rejection> {
    let session = state
        .ok_or(Rejection::NoGate("AuthLayer"))?
        .require_session()?;
    session.has().permission("org:invoices:read").require()?;
    Ok(session.user_id().to_owned())
}

fn subject_id(state: Option<&RequestState>) -> Result<String, Rejection> {
    state.map(subject).ok_or(Rejection::NoGate("AuthLayer"))
}

fn machine_subject(state: Option<&RequestState>) -> Result<String, Rejection> {
    let state = state.ok_or(Rejection::NoGate("AuthLayer"))?;
    Ok(state.require_machine()?.subject().to_owned())
}

fn subject_with(kind: TokenType, state: Option<&RequestState>) -> Result<String, Rejection> {
    let state = state.ok_or(Rejection::NoGate("AuthLayer"))?;
    let machine = state.require_machine()?;
    match machine.token_type() {
        own if own == kind => Ok(machine.subject().to_owned()),
        other => Err(Rejection::WrongMachine(other)),
    }
}

fn service(handler: Handler) -> Route {
    let respond = move |request: Request<Incoming>| {
        let result = match request.method() {
            &Method::OPTIONS => Ok("preflight".to_owned()),
            _ => handler(request.extensions().get()),
        };
        let response = match result {
            Ok(body) => Response::new(Full::new(Bytes::from(body))),
            Err(rejection) => rejection.to_response().map(Full::new),
        };
        async move { Ok(response.map(BodyExt::boxed)) }
    };
    BoxCloneSyncService::new(service_fn(respond))
}

fn gated(gate: &Gate, route: Route) -> Route {
    let service = gate.layer(route);
    BoxCloneSyncService::new(
        service.map_response(|response: Response<AuthBody<Body>>| response.map(BodyExt::boxed)),
    )
}

pub(crate) async fn start(gates: Gates) -> App {
    let route = move |path: &str| match path {
        "/optional" => gated(&gates.optional, service(optional_user_id)),
        "/require-auth" => gated(&gates.optional, service(permitted_user_id)),
        "/option" => gated(&gates.optional, service(option_user_id)),
        "/option-permitted" => gated(&gates.optional, service(option_permitted)),
        "/checked" => gated(&gates.optional, service(checked_user_id)),
        "/required" => gated(&gates.required, service(user_id)),
        "/machines" => gated(&gates.machines, service(subject_id)),
        "/machine" => gated(&gates.any_token, service(machine_subject)),
        "/api-key" => gated(
            &gates.any_token,
            service(|state| subject_with(TokenType::ApiKey, state)),
        ),
        "/m2m-token" => gated(
            &gates.any_token,
            service(|state| subject_with(TokenType::M2m, state)),
        ),
        "/oauth-token" => gated(
            &gates.any_token,
            service(|state| subject_with(TokenType::OAuth, state)),
        ),
        "/sign-in-first" => gated(&gates.sign_in_first, service(user_id)),
        "/token-parameter" => gated(&gates.token_parameter, service(user_id)),
        "/invoices" => gated(&gates.invoices, service(user_id)),
        "/teapot" => gated(&gates.teapot, service(user_id)),
        "/page" | "/shop/page" => gated(&gates.page, service(user_id)),
        "/preflight" => gated(&gates.preflight, service(user_id)),
        "/users-only" => gated(&gates.users_only, service(user_id)),
        "/permitted-users-only" => gated(&gates.permitted_users_only, service(user_id)),
        "/nested" => gated(&gates.outer, gated(&gates.inner, service(subject_id))),
        "/nested-others" => gated(&gates.other_outer, gated(&gates.inner, service(subject_id))),
        "/unguarded" => service(user_id),
        _ => BoxCloneSyncService::new(service_fn(|_| async {
            let mut response = Response::new(Full::default().boxed());
            *response.status_mut() = http::StatusCode::NOT_FOUND;
            Ok(response)
        })),
    };
    let service = service_fn(move |request: Request<Incoming>| {
        let route = route(request.uri().path());
        route.oneshot(request)
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                let http = auto::Builder::new(TokioExecutor::new());
                let _ = http.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    App {
        url: format!("http://{address}"),
        _guard: None,
    }
}

#[tokio::test]
async fn tower_passes_the_scenarios() {
    for version in scenarios::VERSIONS {
        scenarios::run(version, start).await;
    }
}
