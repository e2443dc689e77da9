//! Servers that reject, hang or send nonsense: each makes calls use the fallback, with the reason, and no call hangs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use clerk_sdk::{Clerk, RateLimit, RedisFallback, RedisRateLimit};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

use crate::recording_backend::{HOUR, RecordingBackend};
use crate::redis_server::start_redis;
use crate::scenarios::is_throttled;

/// A limit of 4 calls in an hour, of which this process has a share of 2.
fn limit(url: &str) -> RedisRateLimit {
    let fallback = RedisFallback::OwnShare { processes: 2 };
    let limit = RedisRateLimit::new(url, RateLimit::new(4, HOUR), fallback);
    limit.expect("the URL is valid")
}

/// Asserts that calls go on with their own share, and that the limit has this reason.
async fn assert_falls_back(limit: RedisRateLimit, reason: &str) {
    let backend = RecordingBackend::default();
    let clerk = backend.clerk(limit.clone());
    for _ in 0..2 {
        send(&clerk).await.expect("the call is one of the share");
    }
    let error = send(&clerk).await.expect_err("the share is used up");
    assert!(is_throttled(&error), "{error}");
    // A server may seem to be available until the next call.
    while limit.unavailable_reason() != Some(reason) {
        assert!(send(&clerk).await.is_err_and(|error| is_throttled(&error)));
        sleep(Duration::from_millis(1)).await;
    }
}

async fn send(clerk: &Clerk) -> clerk_sdk::Result<()> {
    let call = clerk.user().get("user_1").timeout(HOUR / 2);
    call.await.map(drop)
}

/// Starts a server that responds to whatever it receives with the same bytes.
async fn server_with(response: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the address is known");
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut received = [0; 4096];
                while connection
                    .read(&mut received)
                    .await
                    .is_ok_and(|length| length > 0)
                {
                    let _ = connection.write_all(response).await;
                }
            });
        }
    });
    format!("redis://{address}/")
}

#[tokio::test]
async fn a_wrong_password_is_the_reason_for_the_fallback() {
    let redis = start_redis!("--requirepass", "right");
    let wrong = redis.url().replace("redis://", "redis://:wrong@");
    let reason = "Redis rejected the user name or the password";
    for url in [wrong, redis.url()] {
        let limit = limit(&url);
        assert!(!format!("{limit:?}").contains("wrong"));
        assert_falls_back(limit, reason).await;
    }
}

#[tokio::test]
async fn a_replica_and_a_full_server_are_reasons_for_the_fallback() {
    let replica = start_redis!("--replicaof", "127.0.0.1 1");
    let reason = "Redis is a read-only replica";
    assert_falls_back(limit(&replica.url()), reason).await;
    let full = start_redis!("--maxmemory", "1", "--maxmemory-policy", "noeviction");
    assert_falls_back(limit(&full.url()), "Redis is out of memory").await;
}

#[tokio::test]
async fn nonsense_is_the_reason_for_the_fallback() {
    let reason = "Redis sent an unexpected response";
    for nonsense in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"\x16\x03\x01\x00\x05hello\r\n",
        b"+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n",
        b":1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n",
    ] {
        let url = server_with(nonsense).await;
        assert_falls_back(limit(&url), reason).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_respond_delays_one_call_by_five_milliseconds() {
    let url = server_with(b"").await;
    let limit = limit(&url);
    let clerk = RecordingBackend::default().clerk(limit.clone());
    let start = Instant::now();
    send(&clerk).await.expect("the call is one of the share");
    // Timers have a resolution of a millisecond.
    assert!(
        start.elapsed() <= Duration::from_millis(6),
        "{:?}",
        start.elapsed()
    );
    while limit.unavailable_reason().is_none() {
        sleep(Duration::from_millis(1)).await;
    }
    let start = Instant::now();
    send(&clerk).await.expect("the call is one of the share");
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(send(&clerk).await.is_err_and(|error| is_throttled(&error)));
}

/// A server that grants every permit.
struct GenerousServer {
    /// What its clock shows, in microseconds.
    clock: AtomicU64,
    /// How many permits it says are free.
    free: usize,
    /// How many times it grants permits before it hangs.
    responses: AtomicUsize,
}

impl GenerousServer {
    fn new(free: usize, responses: usize) -> Arc<Self> {
        Arc::new(Self {
            clock: AtomicU64::new(1_795_000_000_000_000),
            free,
            responses: AtomicUsize::new(responses),
        })
    }
}

/// Starts a server, and returns its URL.
async fn start(server: Arc<GenerousServer>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the address is known");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection, server.clone()));
        }
    });
    format!("redis://{address}/")
}

async fn serve(connection: TcpStream, server: Arc<GenerousServer>) {
    let mut connection = BufReader::new(connection);
    while let Some(command) = read_command(&mut connection).await {
        let response = match &*command[0] {
            // The second argument after the two keys is the number of permits.
            "EVALSHA" => {
                if server.responses.load(Ordering::SeqCst) == 0 {
                    continue;
                }
                server.responses.fetch_sub(1, Ordering::SeqCst);
                let free = server.free;
                let wanted: usize = command[5].parse().expect("a number");
                let now = server.clock.load(Ordering::SeqCst);
                let delays = ":0\r\n".repeat(wanted);
                format!(
                    "*6\r\n:{now}\r\n:0\r\n:0\r\n:{free}\r\n*1\r\n$1\r\ng\r\n*{wanted}\r\n{delays}"
                )
            }
            _ => "+OK\r\n".to_owned(),
        };
        let written = connection.get_mut().write_all(response.as_bytes()).await;
        if written.is_err() {
            return;
        }
    }
}

/// Reads an array of strings, as clients send commands.
async fn read_command(connection: &mut BufReader<TcpStream>) -> Option<Vec<String>> {
    let mut command = Vec::new();
    for _ in 0..read_length(connection).await? {
        let mut bytes = vec![0; read_length(connection).await? + 2];
        connection.read_exact(&mut bytes).await.ok()?;
        let string = String::from_utf8(bytes).expect("the test sends text");
        command.push(string.trim_end().to_owned());
    }
    Some(command)
}

/// Reads a line such as `*3` or `$7`.
async fn read_length(connection: &mut BufReader<TcpStream>) -> Option<usize> {
    let mut line = String::new();
    connection.read_line(&mut line).await.ok()?;
    line.trim_end().get(1..)?.parse().ok()
}

#[tokio::test]
async fn after_a_jump_of_the_clock_each_process_keeps_to_its_own_share() {
    for jump in [3_600_000_000_u64, 0_u64.wrapping_sub(3_600_000_000)] {
        let server = GenerousServer::new(9, usize::MAX);
        let url = start(server.clone()).await;
        let backend = RecordingBackend::default();
        let clerk = backend.clerk(limit(&url).max_delay(HOUR));
        // The clock stands still, but that is not noticed within a moment.
        send(&clerk).await.expect("Redis grants a permit");
        server.clock.fetch_add(jump, Ordering::SeqCst);
        send(&clerk).await.expect("the call is one of the share");
        let error = send(&clerk).await.expect_err("the share is used up");
        assert!(is_throttled(&error), "{error}");
    }
}

#[tokio::test]
async fn while_the_limit_is_used_up_a_server_that_hangs_delays_no_call_until_it_is_unavailable() {
    let url = start(GenerousServer::new(0, 1)).await;
    let limit = limit(&url);
    limit.connect().await;
    let clerk = RecordingBackend::default().clerk(limit.clone());
    send(&clerk).await.expect("Redis grants a permit");
    // However slow the machine is, time does not pass while there is something to do.
    tokio::time::pause();
    let start = Instant::now();
    send(&clerk).await.expect("the call is one of the share");
    let elapsed = start.elapsed();
    assert!(elapsed < Duration::from_millis(500), "{elapsed:?}");
    // The server has not responded, so other calls do not wait for it.
    assert!(send(&clerk).await.is_err_and(|error| is_throttled(&error)));
}

#[test]
fn an_invalid_url_is_rejected_and_not_shown() {
    for url in [
        "",
        "http://user:secret@localhost/",
        "redis://:secret@host:port/",
    ] {
        let fallback = RedisFallback::Refuse;
        let error = RedisRateLimit::new(url, RateLimit::clerk_limits(), fallback);
        let error = error.expect_err("the URL is invalid").to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}
