//! Countries, as rules and viewers name them.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::{Error, ErrorCode, Result};

/// A country: two upper-case letters, or `T1`.
///
/// Its text is read in any case and accepted when it is officially assigned in ISO 3166-1 alpha-2, or
/// one of `T1` (Tor), `XX` (unknown) and `XK` (Kosovo), which Cloudflare reports besides. Cloudflare
/// does not document which letter case rules take; writing upper case is our choice.
///
/// A country of somebody else's token may be any two letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

impl Country {
    /// The code in upper case.
    pub fn as_str(&self) -> &str {
        // Always ASCII, by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Any two letters or `T1`, in any case, assigned or not: what viewers and foreign tokens may say.
    pub(super) fn from_letters(text: &str) -> Option<Self> {
        let code: [u8; 2] = text.as_bytes().try_into().ok()?;
        let code = code.map(|byte| byte.to_ascii_uppercase());
        (code == *b"T1" || code.iter().all(u8::is_ascii_uppercase)).then_some(Self(code))
    }

    /// Refuses a code that a rule of ours may not name.
    pub(super) fn check(&self) -> Result<()> {
        let code = self.as_str();
        if ASSIGNED.binary_search(&code).is_ok() || BESIDES.contains(&code) {
            return Ok(());
        }
        let hint = SLIPS
            .iter()
            .find_map(|(slip, hint)| (*slip == code).then_some(*hint));
        Err(Error::new(
            ErrorCode::CountryInvalid,
            match hint {
                Some(hint) => format!("{code} is no ISO 3166-1 alpha-2 code; {hint}"),
                None => format!("{code} is no officially assigned ISO 3166-1 alpha-2 code"),
            },
        ))
    }
}

impl FromStr for Country {
    type Err = Error;

    /// # Errors
    /// [`ErrorCode::CountryInvalid`].
    fn from_str(text: &str) -> Result<Self> {
        let country = Self::from_letters(text).ok_or_else(|| {
            let message = "a country is an ISO 3166-1 alpha-2 code of two letters, such as GB";
            Error::new(ErrorCode::CountryInvalid, message)
        })?;
        country.check()?;
        Ok(country)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({self})")
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Codes outside the standard that Cloudflare reports for viewers.
const BESIDES: [&str; 3] = ["T1", "XK", "XX"];

/// Mistaken codes whose meaning is certain.
const SLIPS: [(&str, &str); 3] = [
    ("EL", "did you mean GR?"),
    ("EU", "list the countries of the union one by one"),
    ("UK", "did you mean GB?"),
];

/// The officially assigned codes of ISO 3166-1 alpha-2, sorted.
#[rustfmt::skip]
const ASSIGNED: [&str; 249] = [
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ",
    "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS",
    "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN",
    "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE",
    "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF",
    "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM",
    "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM",
    "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC",
    "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
    "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA",
    "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG",
    "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW",
    "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS",
    "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO",
    "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ASSIGNED, Country};
    use crate::Value;

    #[test]
    fn the_table_is_the_standard() {
        const STANDARD: &str = "/usr/share/iso-codes/json/iso_3166-1.json";
        let text = std::fs::read(STANDARD)
            .unwrap_or_else(|error| panic!("{STANDARD}: {error}; run apt-get install iso-codes"));
        let standard = Value::parse(text).unwrap();
        let codes: BTreeSet<_> = standard
            .get("3166-1")
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|country| country.get("alpha_2").unwrap().as_str().unwrap())
            .collect();
        assert_eq!(BTreeSet::from(ASSIGNED), codes);
        assert!(ASSIGNED.is_sorted());
    }

    #[test]
    fn codes_are_read_in_any_case_and_written_in_upper_case() {
        for (text, code) in [
            ("gb", "GB"),
            ("Fr", "FR"),
            ("t1", "T1"),
            ("xk", "XK"),
            ("XX", "XX"),
        ] {
            assert_eq!(text.parse::<Country>().unwrap().to_string(), code);
        }
        for text in [
            "", "G", "GBR", " GB", "G B", "G1", "1T", "T2", "ZZ", "UK", "é", "GB\n",
        ] {
            assert!(text.parse::<Country>().is_err(), "{text:?}");
        }
    }
}
