//! Comparing speeds honestly on a machine that does other things too.
//!
//! A row is measured in blocks of some twenty milliseconds, each next to a block of its baseline, the
//! order changing every time. The ratio is taken pair by pair, so that a slow moment slows both sides
//! of one pair and disappears in the median.

use std::fmt::{self, Display};
use std::time::Duration;

use anyhow::{Context, Result};

/// Does the work `n` times and returns what that took.
pub type Work<'a> = Box<dyn FnMut(u32) -> Result<Duration> + 'a>;

/// One line of the table.
pub struct Row<'a> {
    name: &'static str,
    baseline: Option<&'static str>,
    target: Option<Target>,
    work: Work<'a>,
}

/// What a ratio to the baseline ought to be.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Target {
    /// Time a piece, as a multiple of the baseline's.
    TimeAtMost(f64),
    /// Pieces a second, as a share of the baseline's.
    RateAtLeast(f64),
}

/// How long and how often to measure.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    block: Duration,
    rounds: usize,
}

/// What was found about one row.
#[derive(Debug)]
pub struct Measured {
    name: &'static str,
    target: Option<Target>,
    /// Seconds a piece, one for each block, sorted.
    times: Vec<f64>,
    /// The row's time as a multiple of its baseline's, one for each pair, sorted; its rate where the
    /// target speaks of rates.
    ratios: Vec<f64>,
}

impl<'a> Row<'a> {
    /// A row that others are compared with.
    pub fn baseline(name: &'static str, work: Work<'a>) -> Self {
        Self {
            name,
            baseline: None,
            target: None,
            work,
        }
    }

    /// A row that is compared with the row called `baseline`, which stands above it.
    pub fn against(baseline: &'static str, name: &'static str, work: Work<'a>) -> Self {
        Self {
            baseline: Some(baseline),
            ..Self::baseline(name, work)
        }
    }

    /// The same row with a number to hold.
    #[must_use]
    pub fn target(self, target: Target) -> Self {
        Self {
            target: Some(target),
            ..self
        }
    }
}

impl Plan {
    /// Forty rounds of blocks of twenty milliseconds.
    pub const FULL: Self = Self {
        block: Duration::from_millis(20),
        rounds: 40,
    };

    /// Shows that every row runs, and nothing about speed.
    pub const QUICK: Self = Self {
        block: Duration::from_micros(100),
        rounds: 2,
    };
}

impl Target {
    fn is_met(self, ratio: f64) -> bool {
        match self {
            Self::TimeAtMost(most) => ratio <= most,
            Self::RateAtLeast(least) => ratio >= least,
        }
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimeAtMost(most) => write!(f, "time at most {most} x"),
            Self::RateAtLeast(least) => write!(f, "rate at least {least} x"),
        }
    }
}

/// Measures all rows in one run.
///
/// # Errors
/// The first failure of a row's work, or a baseline that is not in the table.
pub fn measure(rows: Vec<Row<'_>>, plan: Plan) -> Result<Vec<Measured>> {
    let mut rows = rows
        .into_iter()
        .map(|row| Running::calibrate(row, plan.block))
        .collect::<Result<Vec<_>>>()?;
    let pairs = pairs(&rows)?;
    for round in 0..plan.rounds {
        for &(row, baseline) in &pairs {
            // Whoever comes second finds the caches warm and the clock speed up.
            let row_first = round % 2 == 1;
            let early = if row_first { row } else { baseline };
            let late = if row_first { baseline } else { row };
            let early_time = rows[early].block()?;
            let late_time = rows[late].block()?;
            let ratio = late_time / early_time;
            let ratio = if row_first { ratio.recip() } else { ratio };
            rows[row].found.ratios.push(ratio);
        }
    }
    Ok(rows.into_iter().map(Running::finish).collect())
}

/// The table as text.
pub fn table(measured: &[Measured]) -> String {
    let mut text = format!(
        "{:44} {:>10} {:>8} {:>15}  target\n",
        "what", "us each", "ratio", "p10 to p90"
    );
    for row in measured {
        text.push_str(&row.line());
        text.push('\n');
    }
    text
}

impl Measured {
    /// Median time a piece.
    pub fn time(&self) -> Duration {
        Duration::from_secs_f64(quantile(&self.times, 0.5))
    }

    fn line(&self) -> String {
        let micros = quantile(&self.times, 0.5) * 1e6;
        let start = format!("{:44} {micros:>10.2}", self.name);
        if self.ratios.is_empty() {
            return start;
        }
        let ratio = quantile(&self.ratios, 0.5);
        let (low, high) = (quantile(&self.ratios, 0.1), quantile(&self.ratios, 0.9));
        let spread = format!("{low:.3} to {high:.3}");
        let line = format!("{start} {ratio:>8.3} {spread:>15}");
        match self.target {
            None => line,
            Some(target) if target.is_met(ratio) => format!("{line}  {target}: met"),
            Some(target) => format!("{line}  {target}: MISSED"),
        }
    }
}

/// A row with the number of pieces that fill a block.
struct Running<'a> {
    work: Work<'a>,
    baseline: Option<&'static str>,
    pieces: u32,
    found: Measured,
}

impl<'a> Running<'a> {
    fn calibrate(row: Row<'a>, block: Duration) -> Result<Self> {
        let mut running = Self {
            work: row.work,
            baseline: row.baseline,
            pieces: 1,
            found: Measured {
                name: row.name,
                target: row.target,
                times: Vec::new(),
                ratios: Vec::new(),
            },
        };
        while running.block()? * f64::from(running.pieces) < block.as_secs_f64() {
            running.pieces *= 2;
        }
        running.found.times.clear();
        Ok(running)
    }

    /// Measures one block: seconds a piece.
    fn block(&mut self) -> Result<f64> {
        let elapsed = (self.work)(self.pieces).context(self.found.name)?;
        let each = elapsed.as_secs_f64() / f64::from(self.pieces);
        self.found.times.push(each);
        Ok(each)
    }

    fn finish(self) -> Measured {
        let mut found = self.found;
        if matches!(found.target, Some(Target::RateAtLeast(_))) {
            for ratio in &mut found.ratios {
                *ratio = ratio.recip();
            }
        }
        found.times.sort_by(f64::total_cmp);
        found.ratios.sort_by(f64::total_cmp);
        found
    }
}

/// Index of every compared row with the index of its baseline.
fn pairs(rows: &[Running<'_>]) -> Result<Vec<(usize, usize)>> {
    let mut pairs = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(name) = row.baseline {
            let baseline = rows.iter().position(|row| row.found.name == name);
            let baseline = baseline.with_context(|| format!("no row is called {name}"))?;
            pairs.push((index, baseline));
        }
    }
    Ok(pairs)
}

/// The value below which the share `q` of the sorted values lies; NaN without values.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index between 0 and a few hundred"
    )]
    let index = (last as f64 * q).round() as usize;
    sorted[index.min(last)]
}

#[cfg(test)]
mod tests {
    use super::{Plan, Row, Target, measure, quantile, table};
    use std::time::Duration;

    fn takes(micros: u64) -> super::Work<'static> {
        Box::new(move |n| Ok(Duration::from_micros(micros) * n))
    }

    #[test]
    fn ratios_and_targets_are_those_of_the_rows() {
        let rows = vec![
            Row::baseline("bare", takes(100)),
            Row::against("bare", "slow", takes(150)).target(Target::TimeAtMost(1.4)),
            Row::against("bare", "fast", takes(80)).target(Target::TimeAtMost(1.0)),
            Row::against("bare", "busy", takes(110)).target(Target::RateAtLeast(0.95)),
        ];
        let measured = measure(rows, Plan::QUICK).expect("rows that run");
        let ratios: Vec<f64> = measured
            .iter()
            .map(|row| quantile(&row.ratios, 0.5))
            .collect();
        assert!(ratios[0].is_nan());
        for (found, expected) in ratios[1..].iter().zip([1.5, 0.8, 1.0 / 1.1]) {
            assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
        }
        let text = table(&measured);
        let endings = ["", "1.4 x: MISSED", "1 x: met", "0.95 x: MISSED"];
        for (line, ending) in text.lines().skip(1).zip(endings) {
            assert!(line.ends_with(ending), "{line}");
        }
        assert_eq!(measured[1].time(), Duration::from_micros(150));
    }

    #[test]
    fn a_failure_names_the_row() {
        let failing = || Row::baseline("broken", Box::new(|_| anyhow::bail!("no")));
        let error = measure(vec![failing()], Plan::QUICK).expect_err("it fails");
        assert_eq!(format!("{error:#}"), "broken: no");
        let lost = Row::against("nowhere", "lost", takes(1));
        assert!(measure(vec![lost], Plan::QUICK).is_err());
    }

    #[test]
    fn quantiles_are_members() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0];
        let at = |q: f64| quantile(&values, q).to_bits();
        assert_eq!(at(0.5), 3.0_f64.to_bits());
        assert_eq!(at(0.0), 1.0_f64.to_bits());
        assert_eq!(at(1.0), 5.0_f64.to_bits());
        assert!(quantile(&[], 0.5).is_nan());
    }
}
