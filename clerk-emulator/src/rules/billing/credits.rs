//! The credits of payers: a ledger, and its sum.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use super::payers;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::store::record::Record;
use crate::tables::billing::{LEDGER_ENTRY, PAYER, money};

pub(super) fn get_balance(call: &mut Call<'_>) -> CallResult {
    let payer_id = payers::named_by_path(call)?;
    let payer = call.instance.find(&PAYER, &payer_id)?;
    let balance = payer.i64("balance").unwrap_or(0);
    Ok(json!({ "object": "commerce_credit_balance", "balance": money(balance) }))
}

pub(super) fn adjust_balance(call: &mut Call<'_>) -> CallResult {
    let payer_id = payers::named_by_path(call)?;
    let key = call.text("idempotency_key").unwrap_or_default();
    let once = format!("{payer_id} {key}");
    if let Some(entry) = call.instance.all(&LEDGER_ENTRY).with("once", &once).next() {
        return Ok(render(entry));
    }
    let amount = call.number("amount").unwrap_or(0);
    if amount <= 0 {
        return Err(invalid_amount("The amount must be greater than zero."));
    }
    let change = match call.text("action").as_deref() {
        Some("decrease") => -amount,
        _ => amount,
    };
    let known = call.instance.find(&PAYER, &payer_id)?.i64("balance");
    let balance = known.unwrap_or(0).checked_add(change).filter(|it| *it >= 0);
    let Some(balance) = balance else {
        return Err(invalid_amount("The payer does not have as many credits."));
    };
    call.instance
        .change(&PAYER, &payer_id, |it| it.set("balance", balance))?;
    let mut entry = call.instance.new_record(&LEDGER_ENTRY);
    entry.set("once", once);
    entry.set("payer_id", payer_id);
    entry.set("amount", change);
    entry.set("source_id", key);
    entry.set("note", call.get("note").cloned().unwrap_or_default());
    let response = render(&entry);
    call.instance.all_mut(&LEDGER_ENTRY).insert(entry);
    Ok(response)
}

fn invalid_amount(message: &str) -> ErrorResponse {
    ErrorResponse::param("invalid_credit_amount", "amount", message)
}

fn render(entry: &Record) -> Value {
    let created_at = Duration::from_millis(u64::try_from(entry.created_at).unwrap_or(0));
    let created_at = humantime::format_rfc3339_millis(UNIX_EPOCH + created_at);
    json!({
        "object": "commerce_credit_ledger",
        "id": entry.id,
        "payer_id": entry.str("payer_id"),
        "amount": money(entry.i64("amount").unwrap_or(0)),
        "source_type": "adjustment",
        "source_id": entry.str("source_id"),
        "note": entry.get("note"),
        "created_at": created_at.to_string(),
    })
}
