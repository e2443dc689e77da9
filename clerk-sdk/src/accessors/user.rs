//! The primary identifiers and the name of a user.

use crate::types::{EmailAddress, PhoneNumber, User, Web3Wallet};

impl User {
    /// The primary email address; `None` if the user has no email address.
    pub fn primary_email_address(&self) -> Option<&EmailAddress> {
        let id = self.primary_email_address_id.as_deref()?;
        self.email_addresses.iter().find(|it| it.id == id)
    }

    /// The primary phone number; `None` if the user has no phone number.
    pub fn primary_phone_number(&self) -> Option<&PhoneNumber> {
        let id = self.primary_phone_number_id.as_deref()?;
        self.phone_numbers.iter().find(|it| it.id == id)
    }

    /// The primary Web3 wallet; `None` if the user has no wallet.
    pub fn primary_web3_wallet(&self) -> Option<&Web3Wallet> {
        let id = self.primary_web3_wallet_id.as_deref()?;
        self.web3_wallets.iter().find(|it| it.id == id)
    }

    /// The first and the last name, separated by a space; `None` if the user has neither.
    pub fn full_name(&self) -> Option<String> {
        let names = [&self.first_name, &self.last_name];
        let names = names.into_iter().flatten().map(|name| name.trim());
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }
}
