//! Users without a request, for applications that read many.

use crate::store::instance::Instance;
use crate::tables::users::USER;

/// Adds this number of users. They have an id and a username, and are a second apart, the last one created now.
pub(crate) fn add_users(instance: &mut Instance, count: usize) {
    let first = instance.all(&USER).len();
    let newest = instance.now();
    for index in 0..count {
        let mut user = instance.new_record(&USER);
        let seconds = i64::try_from(count - index - 1).unwrap_or(i64::MAX / 2000);
        user.created_at = newest - 1000 * seconds;
        user.updated_at = user.created_at;
        user.set("username", format!("user_{:09}", first + index));
        instance.all_mut(&USER).insert(user);
    }
}
