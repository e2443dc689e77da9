//! A server on loopback that waits until a number of requests are under way, interrupts them all, and then is healthy.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::interruption::Interruption;
use crate::{http1_server, http2_server};

/// The body of each successful response.
pub(crate) const USER: &str = r#"{"id":"user_1"}"#;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// What the server does, in the order in which requests arrive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) protocol: Protocol,
    /// The first requests, which are under way at once and succeed. They open the connections.
    pub(crate) warm_up: usize,
    /// The requests after them, which are under way at once and are interrupted.
    pub(crate) under_way: usize,
    pub(crate) interruption: Interruption,
}

/// The requests that have arrived.
#[derive(Clone)]
pub(crate) struct Arrivals {
    plan: Plan,
    count: watch::Sender<usize>,
}

/// What happens to one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fate {
    /// It happens when this many requests have arrived.
    arrivals: usize,
    /// The interruption, or `None` for a response.
    pub(crate) interruption: Option<Interruption>,
}

impl Arrivals {
    fn new(plan: Plan) -> Self {
        let count = watch::Sender::new(0);
        Self { plan, count }
    }

    /// Counts a request that has arrived.
    pub(crate) fn add(&self) -> Fate {
        let mut number = 0;
        self.count.send_modify(|count| {
            *count += 1;
            number = *count;
        });
        let Plan {
            warm_up, under_way, ..
        } = self.plan;
        let interrupted = warm_up + under_way;
        let (arrivals, interruption) = match number {
            _ if number <= warm_up => (warm_up, None),
            _ if number <= interrupted => (interrupted, Some(self.plan.interruption)),
            _ => (0, None),
        };
        Fate {
            arrivals,
            interruption,
        }
    }

    pub(crate) fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// Waits until all requests of the same group have arrived.
    pub(crate) async fn wait(&self, fate: Fate) {
        let mut count = self.count.subscribe();
        let arrived = count.wait_for(|count| *count >= fate.arrivals).await;
        arrived.expect("the sender is alive");
    }
}

/// A connection with or without TLS.
pub(crate) trait ServerStream: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl ServerStream for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl ServerStream for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// Starts a server that runs until the runtime of the test ends. Returns its base URL and its requests.
pub(crate) async fn start(plan: Plan) -> (String, Arrivals) {
    let (listener, port) = listen().await;
    let arrivals = Arrivals::new(plan);
    let accepting = arrivals.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let arrivals = accepting.clone();
            // A client may close the connection at any time, so errors are ignored.
            tokio::spawn(async move {
                let _ = match plan.protocol {
                    Protocol::Http1 => http1_server::serve(stream, &arrivals).await,
                    Protocol::Http2 => http2_server::serve(stream, &arrivals).await,
                };
            });
        }
    });
    (format!("http://127.0.0.1:{port}/v1"), arrivals)
}

/// Starts a server like [`start`], for HTTP/2 with TLS.
pub(crate) async fn start_with_tls(plan: Plan, acceptor: TlsAcceptor) -> (String, Arrivals) {
    let (listener, port) = listen().await;
    let arrivals = Arrivals::new(plan);
    let accepting = arrivals.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (arrivals, acceptor) = (accepting.clone(), acceptor.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    let _ = http2_server::serve(stream, &arrivals).await;
                }
            });
        }
    });
    (format!("https://localhost:{port}/v1"), arrivals)
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("the listener is bound").port();
    (listener, port)
}
