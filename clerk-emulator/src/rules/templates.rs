//! Templates of emails and text messages: the ones that every instance has, and their changes.

use serde_json::json;

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::changes::{apply_body, save};
use crate::resources::listing::list;
use crate::resources::rendering::render;
use crate::resources::table::{Operations, rule};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::templates::TEMPLATE;

/// The templates of every instance: the type, the slug, the name, and the variables that the body needs.
const SEEDS: [(&str, &str, &str, &[&str]); 16] = [
    ("email", "verification_code", "Verification code", OTP),
    ("email", "magic_link_sign_in", "Sign-in link", LINK),
    ("email", "magic_link_sign_up", "Sign-up link", LINK),
    ("email", "reset_password_code", "Password reset code", OTP),
    ("email", "invitation", "Invitation", URL),
    (
        "email",
        "organization_invitation",
        "Organization invitation",
        URL,
    ),
    (
        "email",
        "waitlist_confirmation",
        "Waitlist confirmation",
        &[],
    ),
    ("email", "waitlist_invitation", "Waitlist invitation", URL),
    ("email", "password_changed", "Password changed", &[]),
    ("email", "password_removed", "Password removed", &[]),
    (
        "email",
        "primary_email_address_changed",
        "Primary email address changed",
        &[],
    ),
    ("email", "passkey_added", "Passkey added", &[]),
    ("email", "passkey_removed", "Passkey removed", &[]),
    ("sms", "verification_code", "Verification code", OTP),
    ("sms", "reset_password_code", "Password reset code", OTP),
    ("sms", "invitation", "Invitation", URL),
];

const OTP: &[&str] = &["otp_code"];
const LINK: &[&str] = &["magic_link"];
const URL: &[&str] = &["action_url"];

/// The members that a change of a template sets.
const CONTENT: [&str; 7] = [
    "name",
    "subject",
    "markup",
    "body",
    "from_email_name",
    "reply_to_email_name",
    "delivered_by_clerk",
];

pub(super) const OPERATIONS: &Operations = &[
    ("GetTemplateList", rule(list_templates)),
    ("GetTemplate", rule(get)),
    ("UpsertTemplate", rule(update)),
    ("ToggleTemplateDelivery", rule(toggle_delivery)),
    ("RevertTemplate", rule(revert)),
    ("PreviewTemplate", rule(preview)),
];

/// Creates the templates that every instance has.
pub(super) fn seed(instance: &mut Instance) {
    // Lists begin with the newest record, and this one with the first position.
    for position in (0..SEEDS.len()).rev() {
        let mut record = instance.new_record(&TEMPLATE);
        set_content(&mut record, position);
        instance.all_mut(&TEMPLATE).insert(record);
    }
}

/// Sets what a template contains unless someone has changed it.
fn set_content(record: &mut Record, position: usize) {
    let Some((template_type, slug, name, variables)) = SEEDS.get(position) else {
        return;
    };
    let variables_in_body = variables.iter().map(|it| format!(" {{{{{it}}}}}"));
    let body = format!("{name}:{}", variables_in_body.collect::<String>());
    record.set("position", json!(position));
    record.set("template_type", *template_type);
    record.set("slug", *slug);
    record.set("name", *name);
    record.set("body", body.clone());
    record.set("markup", body);
    record.set("required_variables", json!(variables));
    record.set("available_variables", json!(variables));
    if *template_type == "email" {
        record.set("subject", *name);
        record.set("from_email_name", "notifications");
    }
}

fn list_templates(call: &mut Call<'_>) -> CallResult {
    check_type(call)?;
    list(call, &TEMPLATE)
}

fn check_type(call: &Call<'_>) -> Result<(), ErrorResponse> {
    let template_type = call.path_param(0);
    if matches!(template_type.as_str(), "email" | "sms") {
        return Ok(());
    }
    let message = format!("There are no templates of the type {template_type:?}.");
    Err(ErrorResponse::new(
        400,
        "template_type_unsupported",
        message,
    ))
}

/// Returns the template of the path.
fn find(call: &Call<'_>) -> Result<Record, ErrorResponse> {
    check_type(call)?;
    let [template_type, slug] = [0, 1].map(|index| call.path_param(index));
    let mut templates = call.instance.all(&TEMPLATE).with("slug", &slug);
    let template = templates.find(|it| it.str("template_type") == template_type);
    let template = template.cloned();
    template.ok_or_else(|| ErrorResponse::not_found("template", &slug))
}

fn get(call: &mut Call<'_>) -> CallResult {
    Ok(render(call, &TEMPLATE, &find(call)?))
}

/// Changes a template. New ones cannot be created.
fn update(call: &mut Call<'_>) -> CallResult {
    let mut template = find(call)?;
    let body = call.text("body").or_else(|| call.text("markup"));
    if let Some(body) = body {
        let required = template.strings("required_variables").into_iter();
        let mut required = required.filter(|it| !body.contains(it));
        if let Some(missing) = required.next() {
            let message = format!("The body lacks the variable {missing:?}.");
            let code = "required_variable_missing";
            return Err(ErrorResponse::param(code, "body", message));
        }
    }
    apply_body(call, &mut template)?;
    template.set("is_changed", true);
    save(call, &TEMPLATE, template)
}

fn toggle_delivery(call: &mut Call<'_>) -> CallResult {
    let mut template = find(call)?;
    apply_body(call, &mut template)?;
    save(call, &TEMPLATE, template)
}

/// Restores what a template contained before it was changed.
fn revert(call: &mut Call<'_>) -> CallResult {
    let mut template = find(call)?;
    if !template.is("is_changed") {
        let message = "The template has not been changed.";
        return Err(ErrorResponse::new(400, "template_revert_error", message));
    }
    CONTENT.iter().for_each(|name| drop(template.remove(name)));
    template.remove("is_changed");
    let position = template.i64("position").unwrap_or_default();
    set_content(
        &mut template,
        usize::try_from(position).unwrap_or(usize::MAX),
    );
    save(call, &TEMPLATE, template)
}

/// Returns the content of the body, or else that of the template. Variables are not replaced.
fn preview(call: &mut Call<'_>) -> CallResult {
    let template = find(call)?;
    let content = |name: &str| {
        let text = call.text(name);
        text.unwrap_or_else(|| template.str(name).to_owned())
    };
    Ok(json!({
        "subject": content("subject"),
        "body": content("body"),
        "from_email_address": content("from_email_name"),
        "reply_to_email_address": content("reply_to_email_name"),
    }))
}
