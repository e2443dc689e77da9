//! Users.

mod account_operations;
pub(super) mod creation;
mod credentials;
mod deletion;
pub(super) mod filter;
pub(super) mod generated_users;
mod moderation;
mod passwords;
mod profile;
mod second_factors;
mod totp;
mod update;
pub(super) mod user;

use crate::resources::table::{Operations, change, get, rule};
use crate::tables::users::USER;

pub(super) const OPERATIONS: &Operations = &[
    ("GetUserList", rule(filter::list_users)),
    ("GetUsersCount", rule(filter::count_users)),
    ("CreateUser", rule(creation::create)),
    ("GetUser", get(&USER)),
    ("UpdateUser", rule(update::update)),
    ("DeleteUser", rule(deletion::delete)),
    ("BanUser", rule(moderation::ban)),
    ("UnbanUser", change(&USER, &moderation::UNBAN)),
    ("UsersBan", rule(moderation::ban_several)),
    ("UsersUnban", rule(moderation::unban_several)),
    ("LockUser", rule(moderation::lock)),
    ("UnlockUser", change(&USER, &moderation::UNLOCK)),
    ("SetUserProfileImage", rule(profile::set_image)),
    (
        "DeleteUserProfileImage",
        change(&USER, &profile::DELETE_IMAGE),
    ),
    ("UpdateUserMetadata", rule(profile::merge_metadata)),
    ("ReplaceUserMetadata", rule(profile::replace_metadata)),
    ("VerifyPassword", rule(credentials::verify_password)),
    ("RemoveUserPassword", rule(credentials::remove_password)),
    (
        "SetUserPasswordCompromised",
        rule(credentials::set_compromised),
    ),
    (
        "UnsetUserPasswordCompromised",
        rule(credentials::unset_compromised),
    ),
    ("VerifyTOTP", rule(second_factors::verify_totp)),
    ("DisableMFA", rule(second_factors::disable_all)),
    ("DeleteTOTP", rule(second_factors::delete_totp)),
    (
        "DeleteBackupCode",
        rule(second_factors::delete_backup_codes),
    ),
    (
        "DeleteExternalAccount",
        rule(account_operations::delete_external_account),
    ),
    (
        "UserPasskeyDelete",
        rule(account_operations::delete_passkey),
    ),
    (
        "UserWeb3WalletDelete",
        rule(account_operations::delete_wallet),
    ),
    (
        "ListUserTrustedDevices",
        rule(account_operations::list_devices),
    ),
    (
        "RevokeUserTrustedDevice",
        rule(account_operations::revoke_device),
    ),
    (
        "GetOAuthAccessToken",
        rule(account_operations::list_access_tokens),
    ),
];
