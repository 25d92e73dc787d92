//! Lines on their way to where the log goes. Requests never wait for it: who does not read it loses lines.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How many lines wait at most.
const MAX_LINES: usize = 4096;
/// How many bytes they have at most.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// How long the end of the process waits for them.
const END: Duration = Duration::from_secs(1);

/// Takes lines from everybody; one thread writes them.
#[derive(Clone, Default)]
pub(super) struct Queue(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// The thread has lines that it has not written yet.
    is_writing: bool,
    dropped: u64,
}

impl Queue {
    /// A queue whose lines a thread of its own writes to `writer`.
    pub(super) fn to(mut writer: impl Write + Send + 'static) -> Self {
        let queue = Self::default();
        let lines = queue.clone();
        thread::spawn(move || {
            loop {
                for line in lines.take() {
                    // There is nobody to tell.
                    drop(writer.write_all(&line));
                }
                if let dropped @ 1.. = lines.written() {
                    tracing::error!(target: "streamtoken", dropped, "lines of the log were dropped");
                }
            }
        });
        queue
    }

    fn push(&self, line: &[u8]) {
        let mut state = self.state();
        if state.lines.len() < MAX_LINES && state.bytes + line.len() <= MAX_BYTES {
            state.bytes += line.len();
            state.lines.push_back(line.to_vec());
        } else {
            state.dropped += 1;
        }
        drop(state);
        self.0.changed.notify_all();
    }

    /// Waits for lines, and takes all there are.
    fn take(&self) -> VecDeque<Vec<u8>> {
        let mut state = self
            .0
            .changed
            .wait_while(self.state(), |state| state.lines.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        state.is_writing = true;
        state.bytes = 0;
        std::mem::take(&mut state.lines)
    }

    /// What was taken is written; gives how many lines were dropped, once there is room to say so.
    fn written(&self) -> u64 {
        let mut state = self.state();
        state.is_writing = false;
        let dropped = if state.lines.is_empty() {
            std::mem::take(&mut state.dropped)
        } else {
            0
        };
        drop(state);
        self.0.changed.notify_all();
        dropped
    }

    /// Waits until everything is written, but not for long.
    pub(super) fn flush(&self) {
        let waited = self
            .0
            .changed
            .wait_timeout_while(self.state(), END, |state| {
                state.is_writing || !state.lines.is_empty()
            });
        drop(waited);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call a line.
impl Write for &Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'q> MakeWriter<'q> for Queue {
    type Writer = &'q Self;

    fn make_writer(&'q self) -> Self::Writer {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{END, MAX_LINES, Queue};
    use std::io::{self, Read, Write};
    use std::time::Instant;

    #[test]
    fn lines_are_written_in_order() {
        let (mut reader, writer) = io::pipe().unwrap();
        let queue = Queue::to(writer);
        for line in 0..1000 {
            writeln!(&queue, "{line}").unwrap();
        }
        queue.flush();
        let expected: String = (0..1000).map(|line| format!("{line}\n")).collect();
        let mut written = vec![0; expected.len()];
        reader.read_exact(&mut written).unwrap();
        assert_eq!(written, expected.as_bytes());
    }

    #[test]
    fn what_nobody_reads_is_dropped_and_not_waited_for() {
        let (_reader, writer) = io::pipe().unwrap();
        let queue = Queue::to(writer);
        let line = [b'x'; 1024];
        // More than the pipe, the thread and the queue hold.
        for _ in 0..3 * MAX_LINES {
            (&queue).write_all(&line).unwrap();
        }
        assert!(queue.state().lines.len() <= MAX_LINES);
        assert!(queue.state().dropped > 0);
        let begun = Instant::now();
        queue.flush();
        assert!(begun.elapsed() < 30 * END);
    }
}
