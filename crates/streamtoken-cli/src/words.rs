//! Times in words, for people.

use jiff::Timestamp;

/// Seconds since the epoch by the machine's clock, for words alone: what is checked, the core checks.
pub(crate) fn clock() -> i64 {
    Timestamp::now().as_second()
}

/// `2018-09-20T16:19:25Z`; `None` outside the years that RFC 3339 can say.
fn date(epoch_seconds: i64) -> Option<String> {
    Timestamp::from_second(epoch_seconds)
        .ok()
        .map(|time| time.to_string())
}

/// What the time of a claim means now: `expires in 59 min`, `became valid 2 h ago`.
fn meaning(claim: &str, time: i64, now: i64) -> Option<String> {
    let span = span(time.abs_diff(now));
    let words = match (claim, time > now) {
        ("exp", true) => format!("expires in {span}"),
        ("exp", false) => format!("expired {span} ago"),
        ("nbf", true) => format!("becomes valid in {span}"),
        ("nbf", false) => format!("became valid {span} ago"),
        ("iat", true) => format!("issued in the future, in {span}"),
        ("iat", false) => format!("issued {span} ago"),
        _ => return None,
    };
    Some(words)
}

/// Date and meaning in one: `2018-09-20T16:19:25Z, expires in 59 min`.
pub(crate) fn time(claim: &str, epoch_seconds: i64, now: i64) -> Option<String> {
    let words = meaning(claim, epoch_seconds, now)?;
    Some(match date(epoch_seconds) {
        Some(date) => format!("{date}, {words}"),
        None => "no date that has a name; milliseconds?".to_owned(),
    })
}

/// A length of time in its one or two largest units, rounded down.
fn span(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match () {
        () if seconds < 60 => format!("{seconds} s"),
        () if minutes < 60 => format!("{minutes} min"),
        () if hours < 48 && minutes % 60 == 0 => format!("{hours} h"),
        () if hours < 48 => format!("{hours} h {} min", minutes % 60),
        () if days < 730 => format!("{days} days"),
        () => format!("{} years", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::{span, time};

    #[test]
    fn times_are_told_as_people_tell_them() {
        let told = |claim, at| time(claim, at, 1_537_456_765).expect("a claim with a time");
        assert_eq!(
            told("exp", 1_537_460_364),
            "2018-09-20T16:19:24Z, expires in 59 min"
        );
        assert_eq!(
            told("exp", 1_537_456_765),
            "2018-09-20T15:19:25Z, expired 0 s ago"
        );
        assert_eq!(
            told("nbf", 1_537_453_165),
            "2018-09-20T14:19:25Z, became valid 1 h ago"
        );
        assert_eq!(
            told("nbf", 1_537_462_300),
            "2018-09-20T16:51:40Z, becomes valid in 1 h 32 min"
        );
        assert_eq!(told("iat", 0), "1970-01-01T00:00:00Z, issued 48 years ago");
        assert_eq!(
            told("exp", i64::MAX),
            "no date that has a name; milliseconds?"
        );
        assert_eq!(time("sub", 0, 0), None);
        assert_eq!(
            (span(59), span(86_400 * 3), span(86_400 * 731)),
            ("59 s".into(), "3 days".into(), "2 years".into())
        );
    }
}
