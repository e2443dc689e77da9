//! The parameter of `RequireAuth` is a requirement, not a permission or a role.

use clerk_sdk::middleware::axum::RequireAuth;

struct ReadInvoices;

async fn invoices(user: RequireAuth<ReadInvoices>) -> String {
    user.session.user_id().to_owned()
}

fn main() {
    let _ = invoices;
}
