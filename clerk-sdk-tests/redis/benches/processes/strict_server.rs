//! An HTTP server that enforces a sliding window strictly: a request counts when it arrives, which takes a while.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

/// A request arrives after at most this time, and the response takes at most as long.
const MAX_LATENCY: Duration = Duration::from_millis(100);

pub(crate) struct StrictServer {
    url: String,
    counts: Arc<Mutex<Counts>>,
}

struct Counts {
    limit: usize,
    period: Duration,
    /// The arrivals of the last period.
    recent: VecDeque<Instant>,
    arrived: usize,
    refused: usize,
    first: Option<Instant>,
}

impl StrictServer {
    pub(crate) async fn start(limit: usize, period: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the address is known");
        let counts = Arc::new(Mutex::new(Counts {
            limit,
            period,
            recent: VecDeque::new(),
            arrived: 0,
            refused: 0,
            first: None,
        }));
        let shared = counts.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let counts = shared.clone();
                let service = service_fn(move |request| respond(request, counts.clone()));
                let http = http1::Builder::new();
                tokio::spawn(http.serve_connection(TokioIo::new(connection), service));
            }
        });
        Self {
            url: format!("http://{address}"),
            counts,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    /// How many requests arrived, and how many of them exceeded the limit.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let counts = self.counts.lock().expect("no panic");
        (counts.arrived, counts.refused)
    }

    /// The part of the limit that was used, from the first arrival until a period after the last.
    pub(crate) fn usage(&self) -> f64 {
        let counts = self.counts.lock().expect("no panic");
        let (Some(first), Some(last)) = (counts.first, counts.recent.back()) else {
            return 0.0;
        };
        let periods = (*last + counts.period - first).div_duration_f64(counts.period);
        counts.arrived as f64 / (counts.limit as f64 * periods)
    }
}

impl Counts {
    fn arrive(&mut self) -> StatusCode {
        let now = Instant::now();
        self.first.get_or_insert(now);
        self.arrived += 1;
        while self
            .recent
            .front()
            .is_some_and(|it| now - *it >= self.period)
        {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        if self.recent.len() <= self.limit {
            return StatusCode::OK;
        }
        self.refused += 1;
        StatusCode::TOO_MANY_REQUESTS
    }
}

async fn respond(
    _: Request<Incoming>,
    counts: Arc<Mutex<Counts>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    sleep(MAX_LATENCY.mul_f64(fastrand::f64())).await;
    let status = counts.lock().expect("no panic").arrive();
    sleep(MAX_LATENCY.mul_f64(fastrand::f64())).await;
    let body = r#"{"object":"total_count","total_count":42}"#;
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    Ok(response)
}
