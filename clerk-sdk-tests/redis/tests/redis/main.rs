//! Tests of the rate limit that processes share through Redis. Each starts a server of its own, and is skipped if none is
//! installed. Two limits stand for two processes: they share nothing but Redis.
//!
//! The environment variable `REDIS_SERVER` names another program than `redis-server`, such as `valkey-server`.

mod hostile_servers;
mod measurements;
mod outages;
mod recording_backend;
mod redis_server;
mod scenarios;
mod script_model;
mod sharing;
mod spans;
mod tls;
