//! Faults as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use super::members::{number, only, optional_text, text};
use crate::server::faults::{Fault, FaultKind};

pub(super) fn parse(json: &Value) -> Result<Fault, String> {
    only(
        json,
        &[
            "kind",
            "method",
            "path",
            "times",
            "milliseconds",
            "status",
            "code",
            "retry_after_seconds",
        ],
    )?;
    let milliseconds = || number(json, "milliseconds").map(Duration::from_millis);
    let mut fault = match text(json, "kind")? {
        "latency" => Fault::latency(milliseconds()?),
        "error" => {
            let status = u16::try_from(number(json, "status")?).unwrap_or_default();
            if !(400..600).contains(&status) {
                return Err("\"status\" must be one of an error".to_owned());
            }
            let code = optional_text(json, "code")?;
            Fault::error(status, code.unwrap_or("internal_clerk_error"))
        }
        "rate_limited" => Fault::rate_limited(number(json, "retry_after_seconds")?),
        "reset" => Fault::reset(),
        "stall" => Fault::stall(),
        "trickle" => Fault::trickle(milliseconds()?),
        other => return Err(format!("there is no fault {other:?}")),
    };
    fault.method = optional_text(json, "method")?.map(str::to_uppercase);
    fault.path = optional_text(json, "path")?.map(str::to_owned);
    match json.get("times") {
        None => Ok(fault),
        Some(Value::Null) => Ok(fault.always()),
        Some(_) => {
            let times = u32::try_from(number(json, "times")?);
            Ok(fault.times(times.unwrap_or(u32::MAX)))
        }
    }
}

pub(super) fn to_json(fault: &Fault) -> Value {
    let mut json = match &fault.kind {
        FaultKind::Latency(by) => json!({ "kind": "latency", "milliseconds": milliseconds(*by) }),
        FaultKind::Error { status, code } => {
            json!({ "kind": "error", "status": status, "code": code })
        }
        FaultKind::RateLimited {
            retry_after_seconds,
        } => json!({ "kind": "rate_limited", "retry_after_seconds": retry_after_seconds }),
        FaultKind::Reset => json!({ "kind": "reset" }),
        FaultKind::Stall => json!({ "kind": "stall" }),
        FaultKind::Trickle { pause } => {
            json!({ "kind": "trickle", "milliseconds": milliseconds(*pause) })
        }
    };
    json["method"] = json!(fault.method);
    json["path"] = json!(fault.path);
    json["times"] = json!(fault.times);
    json
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_survive_the_way_through_json() {
        let pause = Duration::from_millis(3);
        for fault in [
            Fault::latency(pause),
            Fault::error(503, "unavailable").on("get", "/users/{id}"),
            Fault::rate_limited(7).times(3),
            Fault::reset().always(),
            Fault::stall(),
            Fault::trickle(pause),
        ] {
            assert_eq!(parse(&to_json(&fault)), Ok(fault));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |json| parse(&json).expect_err("it is wrong");
        assert!(error(json!({ "kind": "flood" })).contains("flood"));
        assert!(error(json!({ "kind": "latency" })).contains("milliseconds"));
        assert!(error(json!({ "kind": "reset", "paht": "/users" })).contains("paht"));
        assert!(error(json!({ "kind": "error", "status": 200 })).contains("status"));
        assert!(error(json!([])).contains("object"));
    }
}
