//! Applying a seed: all of it, or nothing if it has a mistake.

use serde_json::Value;

use super::controls::Controls;
use super::faults;
use crate::seed::{Item, SeedDocument, SeedError, apply};
use crate::server::faults::Fault;
use crate::webhooks::options::WebhookOptions;

impl Controls {
    /// Creates what a seed has. If it has a mistake, everything stays as it is.
    pub(crate) fn seed(&self, key: &str, seed: SeedDocument) -> Result<(), SeedError> {
        let faults = seed.faults.into_iter().map(fault);
        let faults = faults.collect::<Result<Vec<Fault>, SeedError>>()?;
        let endpoints = seed.webhook_endpoints.into_iter().map(endpoint);
        let endpoints = endpoints.collect::<Result<Vec<_>, SeedError>>()?;
        for key in seed.instances.keys() {
            self.check_key(key)?;
        }
        let own = (key.to_owned(), seed.sections);
        let instances = [own].into_iter().chain(seed.instances);
        self.service.change_together(instances, apply)?;
        // Nothing of the rest can fail.
        for fault in faults {
            self.service.add_fault(fault);
        }
        for (url, options) in endpoints {
            self.webhooks.add(key, &url, options);
        }
        Ok(())
    }

    fn check_key(&self, key: &str) -> Result<(), SeedError> {
        if key.starts_with("sk_live_") && key != self.default_key {
            let message = "a key of production must not reach an emulator";
            return Err(SeedError::new(None, message));
        }
        Ok(())
    }
}

fn fault(item: Item) -> Result<Fault, SeedError> {
    let line = item.line;
    let fault = faults::parse(&Value::Object(item.into_members()));
    fault.map_err(|message| SeedError::new(Some(line), message))
}

fn endpoint(item: Item) -> Result<(String, WebhookOptions), SeedError> {
    let line = item.line;
    let members = item.into_members();
    let error = |message: String| SeedError::new(Some(line), message);
    let name = |name: &str| members.get(name).and_then(Value::as_str);
    let url = name("url").ok_or_else(|| error("\"url\" must be a string".to_owned()))?;
    let options = WebhookOptions::parse(name("retries"), name("delivery")).map_err(error)?;
    Ok((url.to_owned(), options))
}
