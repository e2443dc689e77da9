//! Tests of the rate limit that processes share through Redis. Each starts a `redis-server` of its own, and is skipped if
//! that is not installed. Two limits stand for two processes: they share nothing but Redis.

mod hostile_servers;
mod measurements;
mod outages;
mod recording_backend;
mod redis_server;
mod scenarios;
mod script_model;
mod sharing;
mod spans;
