//! Lines of standard input, as soon as they are there and in constant memory.
//!
//! A thread reads and hands over what one read returned, so a slow producer gets each answer at once.
//! What waits between the threads is bounded in bytes, since a line may have a megabyte.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use streamtoken::{Error, ErrorCode, MAX_LINE, Result};

use crate::input;
use crate::output::reason;

/// The lines of standard input, without their `\n`. Of a line that is longer than the core takes, only
/// so much is kept that the core sees that.
pub(crate) struct Lines(Arc<Shared>);

impl Lines {
    /// Takes standard input for `what` and begins to read.
    pub(crate) fn of_stdin(what: &str) -> Result<Self> {
        let stdin = input::take_stdin(what)?;
        Ok(Self::of(move || stdin.lock()))
    }

    /// `open` runs in the thread that reads: a lock of standard input stays in its thread.
    fn of<R: Read>(open: impl FnOnce() -> R + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let filled = Arc::clone(&shared);
        thread::spawn(move || {
            let end = fill(open(), &filled);
            filled.queue().end = Some(end);
            filled.changed.notify_all();
        });
        Self(shared)
    }

    /// The lines that are there, at least one; none at the end.
    ///
    /// # Errors
    /// [`ErrorCode::FileUnreadable`] when standard input breaks off, after what came before.
    pub(crate) fn take(&self) -> Result<Vec<Vec<u8>>> {
        let mut queue = self.0.queue();
        while queue.lines.is_empty() && queue.end.is_none() {
            queue = self.0.wait(queue);
        }
        let taken = queue.take();
        self.0.changed.notify_all();
        match &queue.end {
            Some(Err(error)) if taken.is_empty() => Err(broken_off(error)),
            _ => Ok(taken),
        }
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, queue: MutexGuard<'a, Queue>) -> MutexGuard<'a, Queue> {
        self.changed
            .wait(queue)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
struct Queue {
    lines: VecDeque<Vec<u8>>,
    /// Bytes in `lines`.
    bytes: usize,
    end: Option<io::Result<()>>,
}

impl Queue {
    fn push(&mut self, line: Vec<u8>) {
        self.bytes += line.len();
        self.lines.push_back(line);
    }

    fn is_full(&self) -> bool {
        self.bytes >= MOST_BYTES || self.lines.len() >= 2 * MOST_LINES
    }

    fn take(&mut self) -> Vec<Vec<u8>> {
        let mut taken = Vec::with_capacity(self.lines.len().min(MOST_LINES));
        let mut bytes = 0;
        while taken.len() < MOST_LINES && bytes < MOST_BYTES {
            let Some(line) = self.lines.pop_front() else {
                break;
            };
            bytes += line.len();
            taken.push(line);
        }
        self.bytes -= bytes;
        taken
    }
}

/// Reads to the end; waits while the queue is full.
fn fill(mut input: impl Read, shared: &Shared) -> io::Result<()> {
    let mut buffer = vec![0; READ];
    let mut splitter = Splitter::default();
    loop {
        let count = match input.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let mut queue = shared.queue();
        while queue.is_full() {
            queue = shared.wait(queue);
        }
        if count == 0 {
            splitter.finish(|line| queue.push(line));
            return Ok(());
        }
        splitter.feed(&buffer[..count], |line| queue.push(line));
        shared.changed.notify_all();
    }
}

/// Cuts bytes into lines.
#[derive(Default)]
struct Splitter {
    line: Vec<u8>,
}

impl Splitter {
    fn feed(&mut self, bytes: &[u8], mut push: impl FnMut(Vec<u8>)) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.keep(&rest[..end]);
            push(std::mem::take(&mut self.line));
            rest = &rest[end + 1..];
        }
        self.keep(rest);
    }

    fn finish(&mut self, push: impl FnOnce(Vec<u8>)) {
        if !self.line.is_empty() {
            push(std::mem::take(&mut self.line));
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LONGEST - self.line.len();
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

fn broken_off(error: &io::Error) -> Error {
    let message = format!("standard input cannot be read: {}", reason(error));
    Error::new(ErrorCode::FileUnreadable, message)
}

/// A line of the largest size, its `\r`, and one byte more, by which the core sees that it is too long.
const LONGEST: usize = MAX_LINE + 2;
const READ: usize = 64 << 10;
/// What is handed over at once: enough that the cores end together, and that a new round costs nothing.
const MOST_LINES: usize = 1024;
/// Reached before `MOST_LINES` when lines are long. Each side holds as much, and one line more.
const MOST_BYTES: usize = 2 << 20;

#[cfg(test)]
mod tests {
    use super::{LONGEST, Lines, Splitter};

    fn split(chunks: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let mut splitter = Splitter::default();
        for chunk in chunks {
            splitter.feed(chunk, |line| lines.push(line));
        }
        splitter.finish(|line| lines.push(line));
        lines
    }

    #[test]
    fn lines_are_cut_wherever_the_reads_ended() {
        let expected: [&[u8]; 4] = [b"ab", b"", b"c\r", b"d"];
        for chunks in [
            &[&b"ab\n\nc\r\nd"[..]][..],
            &[b"a", b"b\n", b"\nc\r", b"\n", b"d\n"],
        ] {
            assert_eq!(split(chunks), expected);
        }
        assert!(split(&[]).is_empty());
    }

    #[test]
    fn long_lines_are_cut_short_and_the_next_is_whole() {
        let long = vec![b'x'; 10 << 20];
        let lines = split(&[&long, &long, b"\nnext\n"]);
        assert_eq!((lines[0].len(), &*lines[1]), (LONGEST, &b"next"[..]));
    }

    #[test]
    fn many_lines_pass_in_order_through_the_bounded_queue() {
        let text: String = (0..10_000).map(|n| format!("{n}\n")).collect();
        let lines = Lines::of(move || std::io::Cursor::new(text));
        let mut next = 0;
        loop {
            let taken = lines.take().expect("a cursor does not fail");
            if taken.is_empty() {
                break;
            }
            for line in taken {
                assert_eq!(line, next.to_string().as_bytes());
                next += 1;
            }
        }
        assert_eq!(next, 10_000);
    }

    #[test]
    fn what_came_before_a_failure_is_answered_first() {
        use std::io::Read as _;
        struct Fails;
        impl std::io::Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("gone"))
            }
        }
        let lines = Lines::of(|| (&b"one\ntw"[..]).chain(Fails));
        assert_eq!(lines.take().expect("the first line"), [b"one"]);
        assert!(lines.take().is_err());
    }
}
