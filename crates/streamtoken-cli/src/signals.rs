//! What the process was told about signals when it began.

/// Whether `signal` was to be ignored from the start, as under `nohup`; `None` where there is no `/proc` that
/// tells.
pub(crate) fn ignored(signal: i32) -> Option<bool> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    in_status(&status, signal)
}

fn in_status(status: &str, signal: i32) -> Option<bool> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    let mask = u64::from_str_radix(mask.trim(), 16).ok()?;
    Some(mask >> (signal - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::in_status;

    #[test]
    fn signals_are_the_bits_of_the_mask() {
        // SIGHUP and SIGPIPE.
        let status = "Name:\tx\nSigBlk:\tffffffffffffffff\nSigIgn:\t0000000000001001\n";
        for (signal, is_ignored) in [(1, true), (2, false), (13, true), (15, false), (64, false)] {
            assert_eq!(in_status(status, signal), Some(is_ignored), "{signal}");
        }
        assert_eq!(in_status("Name:\tx\n", 1), None);
        assert_eq!(in_status("SigIgn:\tx\n", 1), None);
    }
}
