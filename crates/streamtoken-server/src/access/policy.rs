//! What the tokens of a credential must be like.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use streamtoken::{AccessRules, Error, ErrorCode, MAX_LIFETIME, Result, SignOptions, api};

/// The videos that a credential mints for. Without lists, all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Videos {
    /// These identifiers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Identifiers that begin like one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prefixes: Vec<String>,
}

impl Videos {
    fn contain(&self, identifier: &str) -> bool {
        self.only.is_empty() && self.prefixes.is_empty()
            || self.only.iter().any(|only| only == identifier)
            || self
                .prefixes
                .iter()
                .any(|prefix| identifier.starts_with(prefix.as_str()))
    }
}

/// Limits on the tokens that a credential mints; the default sets none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Policy {
    /// Which videos.
    pub videos: Videos,
    /// Longest time from now to `exp`, in seconds. A request without `exp` gets no more than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_lifetime: Option<u64>,
    /// The access rules of every token, as the endpoint takes them. A request may leave them out, or give
    /// the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_rules: Option<Json>,
    /// Whether `downloadable` is refused.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub forbid_downloadable: bool,
}

impl Policy {
    /// Refuses limits that no token can keep, before they are stored.
    ///
    /// # Errors
    /// [`ErrorCode::IdentifierInvalid`] for a video, [`ErrorCode::OptionValue`] for a lifetime, those of
    /// [`AccessRules::parse`]; each with a pointer such as `/videos/only/0`, `/max_lifetime`,
    /// `/accessRules/1/ip/0`.
    pub fn check(&self) -> Result<()> {
        let lists = [
            ("only", &self.videos.only),
            ("prefixes", &self.videos.prefixes),
        ];
        for (name, list) in lists {
            for (index, text) in list.iter().enumerate() {
                api::identifier(text)
                    .map_err(|error| error.at(format!("/videos/{name}/{index}")))?;
            }
        }
        if self
            .max_lifetime
            .is_some_and(|seconds| !(1..=MAX_LIFETIME).contains(&seconds))
        {
            let message = format!("max_lifetime is 1 to {MAX_LIFETIME} seconds");
            return Err(Error::new(ErrorCode::OptionValue, message).at("/max_lifetime"));
        }
        match &self.access_rules {
            Some(rules) => AccessRules::parse(rules.to_string()).map(drop),
            None => Ok(()),
        }
    }

    /// The options of a token for `identifier` under this policy.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyForbids`] at the member that goes beyond it;
    /// [`ErrorCode::StoreDamaged`] for rules that cannot be read.
    pub fn apply(&self, identifier: &str, options: SignOptions, now: u64) -> Result<SignOptions> {
        if !self.videos.contain(identifier) {
            return Err(forbidden(
                "the policy of the credential does not have this video",
                "/identifier",
            ));
        }
        if self.forbid_downloadable && options.is_downloadable() {
            return Err(forbidden(
                "the policy of the credential forbids downloads",
                "/downloadable",
            ));
        }
        self.limit_lifetime(self.force_rules(options)?, now)
    }

    fn force_rules(&self, options: SignOptions) -> Result<SignOptions> {
        let Some(rules) = &self.access_rules else {
            return Ok(options);
        };
        let rules = AccessRules::parse(rules.to_string()).map_err(|_| ErrorCode::StoreDamaged)?;
        if options.rules().is_empty() {
            return Ok(options.access_rules(rules));
        }
        if *options.rules() == rules {
            return Ok(options);
        }
        Err(forbidden(
            "the policy of the credential sets the access rules; leave them out",
            "/accessRules",
        ))
    }

    fn limit_lifetime(&self, options: SignOptions, now: u64) -> Result<SignOptions> {
        let Some(longest) = self.max_lifetime else {
            return Ok(options);
        };
        if options.resolved_exp(now)?.saturating_sub(now) <= longest {
            return Ok(options);
        }
        if options.has_lifetime() {
            return Err(forbidden(
                &format!("the policy of the credential allows {longest} s from now to exp"),
                "/exp",
            ));
        }
        Ok(options.expires_in(Duration::from_secs(longest)))
    }
}

fn forbidden(message: &str, pointer: &str) -> Error {
    Error::new(ErrorCode::PolicyForbids, message).at(pointer)
}

#[cfg(test)]
mod tests {
    use super::{Policy, Videos};
    use serde_json::json;
    use streamtoken::{ErrorCode, SignOptions};

    const NOW: u64 = 1_537_456_765;

    fn options(json: &str) -> SignOptions {
        SignOptions::from_json(json).unwrap()
    }

    fn refused(policy: &Policy, identifier: &str, json: &str) -> Option<String> {
        let error = policy.apply(identifier, options(json), NOW).unwrap_err();
        assert_eq!(error.code(), ErrorCode::PolicyForbids);
        error.field().map(str::to_owned)
    }

    #[test]
    fn without_limits_nothing_changes() {
        let given = options(r#"{"exp":1537460000,"downloadable":true}"#);
        assert_eq!(
            Policy::default().apply("v", given.clone(), NOW).unwrap(),
            given
        );
    }

    #[test]
    fn videos_are_listed_or_begin_alike() {
        let policy = Policy {
            videos: Videos {
                only: vec!["one".into()],
                prefixes: vec!["ab".into()],
            },
            ..Policy::default()
        };
        for identifier in ["one", "ab", "abc"] {
            assert!(policy.apply(identifier, SignOptions::new(), NOW).is_ok());
        }
        for identifier in ["on", "ones", "a", "AB"] {
            assert_eq!(
                refused(&policy, identifier, "{}").as_deref(),
                Some("/identifier")
            );
        }
    }

    #[test]
    fn a_lifetime_is_cut_where_none_was_given_and_refused_where_it_is_longer() {
        let policy = Policy {
            max_lifetime: Some(600),
            ..Policy::default()
        };
        let exp = |json| {
            let applied = policy.apply("v", options(json), NOW).unwrap();
            applied.resolved_exp(NOW).unwrap() - NOW
        };
        assert_eq!(exp("{}"), 600);
        assert_eq!(exp(r#"{"exp":1537457365}"#), 600);
        assert_eq!(exp(r#"{"expires_in":60}"#), 60);
        assert_eq!(
            refused(&policy, "v", r#"{"exp":1537457366}"#).as_deref(),
            Some("/exp")
        );
        assert_eq!(
            refused(&policy, "v", r#"{"expires_in":601}"#).as_deref(),
            Some("/exp")
        );
    }

    #[test]
    fn rules_and_downloads_are_the_policys() {
        let rules = json!([{"type": "any", "action": "block"}]);
        let policy = Policy {
            access_rules: Some(rules.clone()),
            forbid_downloadable: true,
            ..Policy::default()
        };
        let forced = policy.apply("v", SignOptions::new(), NOW).unwrap();
        assert_eq!(forced.rules().rules().len(), 1);
        assert!(
            policy
                .apply(
                    "v",
                    options(&json!({"accessRules": rules}).to_string()),
                    NOW
                )
                .is_ok()
        );
        let other = r#"{"accessRules":[{"type":"any","action":"allow"}]}"#;
        assert_eq!(
            refused(&policy, "v", other).as_deref(),
            Some("/accessRules")
        );
        assert_eq!(
            refused(&policy, "v", r#"{"downloadable":true}"#).as_deref(),
            Some("/downloadable")
        );
    }

    #[test]
    fn limits_that_no_token_can_keep_are_refused_where_they_are() {
        let refused = |policy: serde_json::Value| {
            let policy: Policy = serde_json::from_value(policy).unwrap();
            let error = policy.check().unwrap_err();
            (error.code(), error.field().unwrap_or_default().to_owned())
        };
        let at = |code, field: &str| (code, field.to_owned());
        assert!(Policy::default().check().is_ok());
        assert_eq!(
            refused(json!({"videos": {"only": ["a", "a b"]}})),
            at(ErrorCode::IdentifierInvalid, "/videos/only/1")
        );
        assert_eq!(
            refused(json!({"videos": {"prefixes": [""]}})),
            at(ErrorCode::IdentifierInvalid, "/videos/prefixes/0")
        );
        for seconds in [0, 86_401, u64::MAX] {
            assert_eq!(
                refused(json!({"max_lifetime": seconds})),
                at(ErrorCode::OptionValue, "/max_lifetime")
            );
        }
        let rules = json!([{"type": "ip.src", "action": "allow", "ip": ["192.0.2.1/24"]}]);
        assert_eq!(
            refused(json!({"access_rules": rules})),
            at(ErrorCode::NetworkHostBits, "/accessRules/0/ip/0")
        );
    }
}
