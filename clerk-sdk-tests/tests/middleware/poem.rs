//! The routes in poem.

use clerk_sdk::middleware::poem::{Auth, AuthMiddleware, AuthState, OptionalAuth, RequireAuth};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{EndpointExt, Route, Server, handler};

use super::{App, Gates, ReadInvoices};

#[handler]
fn user(Auth(session): Auth) -> String {
    session.user_id().to_owned()
}

#[handler]
fn anybody(OptionalAuth(session): OptionalAuth) -> String {
    session.map_or("nobody".to_owned(), |it| it.user_id().to_owned())
}

#[handler]
fn asked(RequireAuth(session, _): RequireAuth<ReadInvoices>) -> String {
    session.user_id().to_owned()
}

#[handler]
fn whoever(AuthState(state): AuthState) -> String {
    super::whoever(&state)
}

pub(crate) async fn start(gates: Gates) -> App {
    let app = Route::new()
        .at(
            "/optional",
            anybody.with(AuthMiddleware::new(gates.optional.clone())),
        )
        .at("/asked", asked.with(AuthMiddleware::new(gates.optional)))
        .at("/required", user.with(AuthMiddleware::new(gates.required)))
        .at(
            "/machines",
            whoever.with(AuthMiddleware::new(gates.machines)),
        )
        .at("/invoices", user.with(AuthMiddleware::new(gates.invoices)))
        .at("/teapot", user.with(AuthMiddleware::new(gates.teapot)))
        .at("/page", user.with(AuthMiddleware::new(gates.page)))
        .at("/unguarded", user);
    let acceptor = TcpListener::bind("127.0.0.1:0")
        .into_acceptor()
        .await
        .expect("a free port");
    let addresses = acceptor.local_addr();
    let address = addresses
        .first()
        .and_then(|it| it.as_socket_addr())
        .expect("it is bound");
    let url = format!("http://{address}");
    tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
    App { url, _guard: None }
}
