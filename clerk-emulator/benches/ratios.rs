//! What an emulator costs beside a bare axum server, and how costs grow with the number of users. Linux only.
//!
//! `cargo bench -p clerk-emulator --bench ratios` prints the figures; `-- --users 100000` is a shorter run, and with no
//! users at all the growth is not measured.
#![allow(
    clippy::print_stdout,
    missing_docs,
    reason = "the program prints figures"
)]

mod support;

use std::time::{Duration, Instant};

use clerk_emulator::Emulator;
use support::{BareServer, Client, cpu_of_threads, memory};

const STARTS: u32 = 200;
const REQUESTS: u32 = 20_000;
const CALLS: u32 = 2_000;
const BATCH: usize = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let users = arguments.iter().position(|it| it == "--users");
    let users = users.and_then(|it| arguments.get(it + 1)?.parse().ok());
    compare_starts();
    compare_requests();
    match users.unwrap_or(1_000_000) {
        0 => {}
        users => compare_numbers_of_users(users),
    }
}

/// Compares calls of an instance with few users, and with many.
fn compare_numbers_of_users(users: usize) {
    let few = measure(1_000);
    let many = measure(users);
    println!(
        "\n{:<26}{:>12}{:>12}{:>8}",
        "CPU time", "few users", "many users", "ratio"
    );
    for ((name, few), (_, many)) in few.iter().zip(&many) {
        let ratio = many.as_secs_f64() / few.as_secs_f64();
        println!("{name:<26}{few:>12.1?}{many:>12.1?}{ratio:>8.2}");
    }
}

/// Compares starting and stopping. The first start reads the document, once for each process.
fn compare_starts() {
    let start = Instant::now();
    drop(Emulator::start_blocking().expect("a port is free"));
    println!("first start and stop: {:.1?}", start.elapsed());
    let [mut bare, mut emulator] = [Duration::ZERO; 2];
    for _ in 0..STARTS {
        let start = Instant::now();
        drop(BareServer::start("{}"));
        bare += start.elapsed();
        let start = Instant::now();
        drop(Emulator::start_blocking().expect("a port is free"));
        emulator += start.elapsed();
    }
    let [bare, emulator] = [bare, emulator].map(|it| it / STARTS);
    let ratio = emulator.as_secs_f64() / bare.as_secs_f64();
    println!("start and stop: {emulator:.1?}, bare server {bare:.1?}, ratio {ratio:.2} (limit 3)");
}

/// Compares the CPU time of the server's thread for the same bytes.
fn compare_requests() {
    let emulator = Emulator::start_blocking().expect("a port is free");
    let mut client = Client::connect(emulator.address(), emulator.key());
    let body = r#"{ "email_address": ["ann@example.com"], "first_name": "Ann" }"#;
    let user = client.send("POST", "/v1/users", body);
    let path = format!("/v1/users/{}", user["id"].as_str().expect("an id"));
    let bare = BareServer::start(&user.to_string());
    let mut bare_client = Client::connect(bare.address(), emulator.key());
    for client in [&mut client, &mut bare_client] {
        (0..REQUESTS / 10).for_each(|_| drop(client.get_bytes(&path)));
    }
    let before = [
        cpu_of_threads("clerk-emulator"),
        cpu_of_threads("bare-server"),
    ];
    for _ in 0..REQUESTS {
        client.get_bytes(&path);
        bare_client.get_bytes(&path);
    }
    let after = [
        cpu_of_threads("clerk-emulator"),
        cpu_of_threads("bare-server"),
    ];
    let [emulator, bare] = [0, 1].map(|it| (after[it] - before[it]) / REQUESTS);
    let ratio = emulator.as_secs_f64() / bare.as_secs_f64();
    println!(
        "CPU of GET /users/{{id}}: {emulator:.1?}, bare server {bare:.1?}, ratio {ratio:.2} (limit 2)"
    );
}

/// Seeds users, reads all of them, and returns the mean CPU times of calls.
fn measure(users: usize) -> Vec<(&'static str, Duration)> {
    let emulator = Emulator::start_blocking().expect("a port is free");
    let start = Instant::now();
    for first in (0..users).step_by(BATCH) {
        let mut seed = "users:\n".to_owned();
        for number in first..users.min(first + BATCH) {
            seed.push_str(&format!(
                "- {{ id: user_{number:027}, username: user{number:07} }}\n"
            ));
        }
        emulator.seed(&seed).expect("the seed is valid");
    }
    println!(
        "\n{users} users seeded in {:.1?}, {}",
        start.elapsed(),
        memory()
    );
    let mut client = Client::connect(emulator.address(), emulator.key());
    let start = Instant::now();
    let read = read_all(&mut client);
    assert_eq!(read, users);
    println!("all pages read in {:.1?}, {}", start.elapsed(), memory());
    let number = |call: u32| (call as usize * 7_919) % users;
    let mut times = vec![
        time("first page", |_| drop(client.get_bytes("/v1/users"))),
        time("first page, paginated", |_| {
            client.get_bytes("/v1/organizations?limit=10");
        }),
        time("get", |it| {
            client.get_bytes(&format!("/v1/users/user_{:027}", number(it)));
        }),
        time("filter by username", |it| {
            client.get_bytes(&format!("/v1/users?username=user{:07}", number(it)));
        }),
        time("count", |_| drop(client.get_bytes("/v1/users/count"))),
        time("update", |it| {
            let path = format!("/v1/users/user_{:027}", number(it));
            client.send("PATCH", &path, r#"{ "first_name": "Ann" }"#);
        }),
    ];
    let mut created = Vec::new();
    times.push(time("create", |it| {
        let body = format!(r#"{{ "username": "new_user{it}" }}"#);
        let user = client.send("POST", "/v1/users", &body);
        created.push(user["id"].as_str().unwrap_or_default().to_owned());
    }));
    times.push(time("delete", |it| {
        client.send("DELETE", &format!("/v1/users/{}", created[it as usize]), "");
    }));
    times
}

/// Reads all users by a cursor, and returns their number.
fn read_all(client: &mut Client) -> usize {
    let mut path = "/v1/users?limit=500".to_owned();
    let mut count = 0;
    loop {
        let page = client.send("GET", &path, "");
        let page = page.as_array().expect("a list");
        let Some(last) = page.last() else {
            return count;
        };
        count += page.len();
        let last = last["id"].as_str().unwrap_or_default();
        path = format!("/v1/users?limit=500&starting_after={last}");
    }
}

/// Returns the mean CPU time of the emulator's thread: unlike the time that passes, it does not depend on what else the
/// machine does.
fn time(name: &'static str, mut call: impl FnMut(u32)) -> (&'static str, Duration) {
    let before = cpu_of_threads("clerk-emulator");
    (0..CALLS).for_each(&mut call);
    let after = cpu_of_threads("clerk-emulator");
    (name, (after - before) / CALLS)
}
