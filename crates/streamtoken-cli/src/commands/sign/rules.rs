//! Access rules from flags.

use streamtoken::{AccessRules, Condition, Result, Rule};

use crate::input;

/// Who may watch.
#[derive(clap::Args)]
#[command(next_help_heading = "Access rules")]
pub(crate) struct RuleFlags {
    /// Rules as a JSON list, at most 5; the first match decides, no match means allowed
    #[arg(long, value_name = "JSON|@FILE", conflicts_with_all = ["allow_country", "allow_ip", "block_country", "block_ip"])]
    access_rules: Option<String>,
    /// Allow viewers from these countries; whom no --allow flag names is blocked
    #[arg(long, value_name = "CC,CC", value_delimiter = ',')]
    allow_country: Vec<String>,
    /// Allow viewers with these addresses or networks; whom no --allow flag names is blocked
    #[arg(long, value_name = "IP,CIDR", value_delimiter = ',')]
    allow_ip: Vec<String>,
    /// Block viewers from these countries, even when an --allow flag names them
    #[arg(long, value_name = "CC,CC", value_delimiter = ',')]
    block_country: Vec<String>,
    /// Block viewers with these addresses or networks, even when an --allow flag names them
    #[arg(long, value_name = "IP,CIDR", value_delimiter = ',')]
    block_ip: Vec<String>,
}

impl RuleFlags {
    /// The rules, when a flag is about them. Blocks come first, since the first match decides.
    pub(crate) fn read(&self) -> Result<Option<AccessRules>> {
        if let Some(argument) = &self.access_rules {
            let rules = input::json(argument, "the access rules")?;
            return AccessRules::from_value(&rules).map(Some);
        }
        let blocked = conditions(&self.block_ip, &self.block_country)?;
        let allowed = conditions(&self.allow_ip, &self.allow_country)?;
        if allowed.is_empty() {
            let is_given = !blocked.is_empty();
            return is_given.then(|| AccessRules::block(blocked)).transpose();
        }
        let blocks = AccessRules::block(blocked)?;
        let allows = AccessRules::allow_only(allowed)?;
        let rules: Vec<Rule> = [blocks, allows]
            .iter()
            .flat_map(AccessRules::rules)
            .cloned()
            .collect();
        AccessRules::new(rules).map(Some)
    }
}

fn conditions(networks: &[String], countries: &[String]) -> Result<Vec<Condition>> {
    let mut conditions = Vec::new();
    if !networks.is_empty() {
        conditions.push(Condition::ip(networks)?);
    }
    if !countries.is_empty() {
        conditions.push(Condition::country(countries)?);
    }
    Ok(conditions)
}
