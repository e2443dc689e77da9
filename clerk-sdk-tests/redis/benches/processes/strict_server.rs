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

/// How often the use of the limit is looked at.
const STEP: Duration = Duration::from_millis(10);

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
    arrivals: Vec<Instant>,
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
            arrivals: Vec::new(),
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

    /// The part of the limit that was used: the arrivals of the last period, on average from a period after the first one
    /// until the end of the load.
    pub(crate) fn usage(&self, run_time: Duration) -> f64 {
        let counts = self.counts.lock().expect("no panic");
        let Some(first) = counts.arrivals.first() else {
            return 0.0;
        };
        let (mut used, mut samples, mut time) = (0, 0, counts.period);
        while time < run_time {
            let until = counts.arrivals.partition_point(|it| *it <= *first + time);
            let from = counts
                .arrivals
                .partition_point(|it| *it <= *first + time - counts.period);
            (used, samples, time) = (used + until - from, samples + 1, time + STEP);
        }
        used as f64 / (samples * counts.limit) as f64
    }
}

impl Counts {
    fn arrive(&mut self) -> StatusCode {
        let now = Instant::now();
        self.arrivals.push(now);
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
