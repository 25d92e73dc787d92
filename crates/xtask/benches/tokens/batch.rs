//! `streamtoken sign --batch` as a process: its rate, its peak memory, and whether it keeps the cores
//! busy. Read from `/proc`, so on Linux only.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::fixture::{Fixture, IDENTIFIER};

/// Signs `lines` tokens; `None` when there is no release build of the command line.
pub(crate) fn run(fixture: &Fixture, lines: usize) -> Result<Option<String>> {
    let Some(program) = program() else {
        return Ok(None);
    };
    let folder = tempfile::tempdir()?;
    let key = folder.path().join("key.pem");
    fs::write(&key, &fixture.pem)?;
    let (input, output) = (folder.path().join("input"), folder.path().join("output"));
    write_lines(&input, lines)?;

    let start = Instant::now();
    let child = Command::new(program)
        .args(["sign", "--batch", "--key-id", &fixture.key_id, "--key"])
        .arg(&key)
        .stdin(File::open(&input)?)
        .stdout(File::create(&output)?)
        .stderr(Stdio::null())
        .spawn()
        .context("the command line cannot be started")?;
    let used = watch(child)?;
    let wall = start.elapsed();
    ensure!(tokens(&output)? == lines, "not every line became a token");
    Ok(Some(report(lines, wall, &used)?))
}

/// The release build beside this program's own folder (`target/release/deps`).
pub(crate) fn program() -> Option<PathBuf> {
    let folder = std::env::current_exe().ok()?.parent()?.parent()?.to_owned();
    let program = folder.join("streamtoken");
    (folder.ends_with("release") && program.exists()).then_some(program)
}

fn write_lines(path: &Path, lines: usize) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for _ in 0..lines {
        writeln!(file, "{{\"identifier\":\"{IDENTIFIER}\"}}")?;
    }
    Ok(file.flush()?)
}

fn tokens(path: &Path) -> Result<usize> {
    let mut count = 0;
    for line in BufReader::new(File::open(path)?).lines() {
        count += usize::from(line?.contains("\"token\":"));
    }
    Ok(count)
}

#[derive(Default)]
struct Used {
    peak_kib: u64,
    cpu: Duration,
}

/// Looks at the process until it has ended, then collects it.
fn watch(mut child: Child) -> Result<Used> {
    let folder = PathBuf::from(format!("/proc/{}", child.id()));
    let mut used = Used::default();
    loop {
        // Until it is collected an ended process keeps its times, but no longer its memory.
        let stat = fs::read_to_string(folder.join("stat"))?;
        let (_, fields) = stat.rsplit_once(") ").context("/proc/PID/stat")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        used.cpu = cpu(&fields)?;
        if fields.first() == Some(&"Z") {
            break;
        }
        let status = fs::read_to_string(folder.join("status"))?;
        used.peak_kib = used.peak_kib.max(peak(&status).unwrap_or(0));
        thread::sleep(Duration::from_millis(10));
    }
    let status = child.wait()?;
    ensure!(status.success(), "the command line failed ({status})");
    Ok(used)
}

/// User and system time; Linux counts them for `/proc` in hundredths of a second.
fn cpu(fields: &[&str]) -> Result<Duration> {
    let ticks = |index: usize| -> Result<u64> { Ok(fields.get(index).context("stat")?.parse()?) };
    Ok(Duration::from_millis(10 * (ticks(11)? + ticks(12)?)))
}

fn peak(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn report(lines: usize, wall: Duration, used: &Used) -> Result<String> {
    let seconds = wall.as_secs_f64();
    let rate = f64::from(u32::try_from(lines)?) / seconds;
    let cores = thread::available_parallelism()?.get();
    let busy = 100.0 * used.cpu.as_secs_f64() / seconds / f64::from(u32::try_from(cores)?);
    Ok(format!(
        "sign --batch, {lines} lines: {seconds:.1} s, {rate:.0} tokens/s, \
         {busy:.0} % of {cores} cores, {:.1} MiB resident at most",
        f64::from(u32::try_from(used.peak_kib)?) / 1024.0
    ))
}
