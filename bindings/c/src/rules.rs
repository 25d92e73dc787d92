//! Access rules: who may play a video with a token.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use streamtoken::{AccessRules, Condition, Decision, Result, Value, Viewer, host};

use crate::boundary::{
    Handle, Out, Slot, Text, answer, bytes, c_json, given, infallible, optional_text, release,
    write,
};
use crate::builder::parsed;
use crate::error::streamtoken_error;

/// The access rules of a token: at most 5, read first to last; the first that matches decides. **No match
/// means allowed.** They never change.
pub struct streamtoken_access_rules(AccessRules);

impl streamtoken_access_rules {
    pub(crate) fn new(rules: AccessRules) -> Self {
        Self(rules)
    }

    pub(crate) fn rules(&self) -> &AccessRules {
        &self.0
    }
}

/// Reads the rules from the text of the JSON list that the claim holds, for minting; `[]` means no rules:
/// `[{"type": "ip.geoip.country", "action": "allow", "country": ["GB"]}, {"type": "any", "action":
/// "block"}]`.
///
/// Ownership: `json` is only read; `rules` is yours, free it with `streamtoken_access_rules_free`.
/// NULL: `error` may be NULL; `json` may with length 0 (and is no JSON then); `rules` must not.
/// Errors: what is not strict JSON (100 to 103); the first fault of the first faulty rule (105, 106, 140 to
/// 151), with a pointer such as `/accessRules/2/ip/0`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_access_rules_parse(
    json: *const c_char,
    json_length: usize,
    rules: Option<&mut MaybeUninit<Option<Box<streamtoken_access_rules>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("rules", rules), error, || {
        // SAFETY: the caller answers for the length.
        let json = unsafe { bytes("json", json.cast(), json_length) }?;
        AccessRules::parse(json).map(streamtoken_access_rules)
    })
}

/// Allows viewers who meet at least one of the conditions and blocks everybody else: an allow rule for
/// each condition, then a block of `any`. The conditions are a JSON list of 1 to 4 of
/// `{"ip": ["192.0.2.0/24"]}`, `{"country": ["GB", "IE"]}` and `{"any": true}`.
///
/// Ownership: `conditions` is only read; `rules` is yours, free it with `streamtoken_access_rules_free`.
/// NULL: `error` may be NULL; `conditions` may with length 0 (and is no JSON then); `rules` must not.
/// Errors: what is not strict JSON (100 to 103); the codes of options (104, 105) and rules (140 to 151).
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_access_rules_allow_only(
    conditions: *const c_char,
    conditions_length: usize,
    rules: Option<&mut MaybeUninit<Option<Box<streamtoken_access_rules>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("rules", rules), error, || {
        // SAFETY: the caller answers for the length.
        let conditions = unsafe { read_conditions(conditions, conditions_length) }?;
        AccessRules::allow_only(conditions).map(streamtoken_access_rules)
    })
}

/// Blocks viewers who meet at least one of the conditions and allows everybody else: a block rule for each
/// condition and nothing after them. The conditions are a JSON list as for
/// `streamtoken_access_rules_allow_only`, of at most 5; `[]` blocks nobody.
///
/// Ownership: `conditions` is only read; `rules` is yours, free it with `streamtoken_access_rules_free`.
/// NULL: `error` may be NULL; `conditions` may with length 0 (and is no JSON then); `rules` must not.
/// Errors: what is not strict JSON (100 to 103); the codes of options (104, 105) and rules (140 to 151).
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_access_rules_block(
    conditions: *const c_char,
    conditions_length: usize,
    rules: Option<&mut MaybeUninit<Option<Box<streamtoken_access_rules>>>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Handle("rules", rules), error, || {
        // SAFETY: the caller answers for the length.
        let conditions = unsafe { read_conditions(conditions, conditions_length) }?;
        AccessRules::block(conditions).map(streamtoken_access_rules)
    })
}

/// How many rules there are, from 0 to 5. With none everybody is allowed.
///
/// Ownership: nothing changes hands.
/// NULL: `rules` may be NULL; the answer is 0 then.
/// Errors: none.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_access_rules_count(
    rules: Option<&streamtoken_access_rules>,
) -> usize {
    infallible(0, || rules.map_or(0, |rules| rules.0.rules().len()))
}

/// Whether a viewer may play: the first rule that matches decides, and no match means allowed. `rule` is
/// the index of the rule that decided, counted from 0, and -1 when none matched.
///
/// Ownership: `rules`, `ip` and `country` are only read.
/// NULL: `ip` and `country` may be NULL (the fact is not known), and `rule` and `error`; `rules` and
/// `allowed` must not.
/// Errors: `STREAMTOKEN_VIEWER_UNKNOWN` when a rule is reached that needs a fact that is not known;
/// `STREAMTOKEN_VIEWER_IP_INVALID`, `STREAMTOKEN_VIEWER_COUNTRY_INVALID`. `allowed` is false then.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_access_rules_evaluate(
    rules: Option<&streamtoken_access_rules>,
    ip: *const c_char,
    ip_length: usize,
    country: *const c_char,
    country_length: usize,
    allowed: Option<&mut MaybeUninit<bool>>,
    rule: Option<&mut MaybeUninit<i32>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Verdict { allowed, rule }, error, || {
        let rules = &given("rules", rules)?.0;
        // SAFETY: the caller answers for both lengths.
        let (ip, country) = unsafe {
            (
                optional_text("ip", ip, ip_length)?,
                optional_text("country", country, country_length)?,
            )
        };
        rules.evaluate(&viewer(ip, country)?)
    })
}

/// As `streamtoken_access_rules_evaluate`, for a viewer as a JSON object: `{"ip": "192.0.2.1", "country":
/// "GB"}`, where null and what is absent is not known.
///
/// Ownership: `rules` and `viewer` are only read.
/// NULL: `rule` and `error` may be NULL; `viewer` may with length 0 (and is no JSON then); `rules` and
/// `allowed` must not.
/// Errors: what is not strict JSON (100 to 103), the codes of options (104, 105), and those of
/// `streamtoken_access_rules_evaluate`. `allowed` is false then.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn streamtoken_access_rules_evaluate_json(
    rules: Option<&streamtoken_access_rules>,
    viewer: *const c_char,
    viewer_length: usize,
    allowed: Option<&mut MaybeUninit<bool>>,
    rule: Option<&mut MaybeUninit<i32>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Verdict { allowed, rule }, error, || {
        let rules = &given("rules", rules)?.0;
        // SAFETY: the caller answers for the length.
        let viewer = unsafe { parsed("viewer", viewer, viewer_length) }?;
        rules.evaluate(&Viewer::from_value(&viewer)?)
    })
}

/// The rules as the JSON list of the claim `accessRules`.
///
/// Ownership: `json` is yours; free it with `streamtoken_string_free`.
/// NULL: `rules` and `json` must not be NULL; `json_length` and `error` may.
/// Errors: `STREAMTOKEN_POINTER_NULL`.
/// Threads: any, also at the same time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn streamtoken_access_rules_to_json(
    rules: Option<&streamtoken_access_rules>,
    json: Option<&mut MaybeUninit<*mut c_char>>,
    json_length: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<Option<Box<streamtoken_error>>>>,
) -> i32 {
    answer(Text::new("json", json, json_length), error, || {
        c_json(&given("rules", rules)?.0)
    })
}

/// Frees rules. Options that were given them live on.
///
/// Ownership: takes `rules`; they must not be used again.
/// NULL: `rules` may be NULL; nothing happens then.
/// Errors: none.
/// Threads: any, once, and not while another thread uses it.
#[unsafe(no_mangle)]
pub extern "C" fn streamtoken_access_rules_free(rules: Option<Box<streamtoken_access_rules>>) {
    release(rules);
}

/// Where a decision goes.
struct Verdict<'a> {
    allowed: Slot<'a, bool>,
    rule: Slot<'a, i32>,
}

impl Out for Verdict<'_> {
    type Value = Decision;

    fn clear(&mut self) {
        write(&mut self.allowed, false);
        write(&mut self.rule, 0);
    }

    fn missing(&self) -> Option<&'static str> {
        self.allowed.is_none().then_some("allowed")
    }

    fn fill(mut self, decision: Decision) {
        // There are at most 5 rules.
        let rule = decision.rule().and_then(|rule| i32::try_from(rule).ok());
        write(&mut self.allowed, decision.is_allowed());
        write(&mut self.rule, rule.unwrap_or(-1));
    }
}

fn viewer(ip: Option<&str>, country: Option<&str>) -> Result<Viewer> {
    let fact = |name: &str, text: Option<&str>| {
        (
            name.to_owned(),
            text.map_or(Value::Null, |text| Value::String(text.to_owned())),
        )
    };
    Viewer::from_value(&Value::Object(vec![
        fact("ip", ip),
        fact("country", country),
    ]))
}

/// # Safety
/// As for [`bytes`].
unsafe fn read_conditions(text: *const c_char, length: usize) -> Result<Vec<Condition>> {
    // SAFETY: the caller answers for the length.
    host::conditions(&unsafe { parsed("conditions", text, length) }?)
}
