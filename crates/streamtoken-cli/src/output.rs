//! Everything that is printed: what goes where, in which colour, and what a terminal may see.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};
use serde::Serialize;
use streamtoken::{ApiFailure, Error, ErrorCode, Finding};
pub(crate) use streamtoken_server::io_reason as reason;
use zeroize::Zeroizing;

use crate::secrets::shown;

/// The exit status of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exit(pub(crate) u8);

impl Exit {
    pub(crate) const SUCCESS: Self = Self(0);
    /// A token or some lines were refused.
    pub(crate) const FAILURE: Self = Self(1);
}

/// What a command ends with.
pub(crate) type Outcome = Result<Exit, Stop>;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A refusal, still to be printed.
    Refused(Error),
    /// Whoever read standard output went away: nothing is left to say, and nobody to say it to.
    ReaderGone,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// The exit status a shell reports for a program that SIGPIPE ended (128 + 13), as `yes | head -1` has
/// it. The signal itself is ignored, since it would take a process that serves sockets with it.
pub(crate) const READER_GONE: u8 = 141;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always, also into files and pipes
    Always,
    /// Never
    Never,
}

/// How results and errors are printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ui {
    /// Results as JSON, errors too, and both on standard output.
    pub(crate) json: bool,
    color: Color,
}

impl Ui {
    pub(crate) fn new(json: bool, color: Color) -> Self {
        Self { json, color }
    }

    /// As the arguments ask for, before anybody knows whether they make sense.
    pub(crate) fn from_args(args: &[OsString]) -> Self {
        let texts: Vec<_> = args
            .iter()
            .skip(1)
            .map(|arg| arg.to_string_lossy())
            .take_while(|arg| arg != "--")
            .collect();
        let chosen = texts
            .iter()
            .enumerate()
            .find_map(|(index, arg)| match &**arg {
                "--color" => texts.get(index + 1).map(AsRef::as_ref),
                arg => arg.strip_prefix("--color="),
            });
        let color = match chosen {
            Some("always") => Color::Always,
            Some("never") => Color::Never,
            _ => Color::Auto,
        };
        Self::new(texts.iter().any(|arg| arg == "--json"), color)
    }

    /// `style` around `text` where standard output takes colour.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        painted(self.colored(io::stdout().is_terminal()), style, text)
    }

    /// Writes `text` to standard output as it is.
    pub(crate) fn print(self, text: &str) -> Result<(), Stop> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| unwritten(&error))
    }

    /// Writes `text` and a newline.
    pub(crate) fn line(self, text: &str) -> Result<(), Stop> {
        self.print(&format!("{text}\n"))
    }

    /// Writes `value` as one line of JSON; the texts are wiped, since it may be a key.
    pub(crate) fn object(self, value: &impl Serialize) -> Result<(), Stop> {
        let mut text = Zeroizing::new(Vec::with_capacity(ENOUGH_FOR_A_KEY));
        serde_json::to_writer(&mut *text, value).expect(HAS_STRING_KEYS);
        self.json_text(str::from_utf8(&text).expect("JSON is UTF-8"))
    }

    /// Writes JSON as one line; the text is wiped, since it may be a key.
    pub(crate) fn json_text(self, text: &str) -> Result<(), Stop> {
        let mut line = Zeroizing::new(escape_json(text));
        line.push('\n');
        self.print(&line)
    }

    /// Tells people something on standard error. Programs that asked for JSON are not told.
    pub(crate) fn note(self, text: &str) {
        if !self.json {
            // A closed standard error is no reason to fail.
            drop(writeln!(io::stderr().lock(), "{}", printable(text)));
        }
    }

    /// Tells people a warning about what was done all the same, in one line on standard error. Programs that
    /// asked for JSON have it in the object.
    pub(crate) fn warn(self, finding: &Finding) {
        if self.json {
            return;
        }
        let head = format!("{}[{}]", finding.level(), finding.id());
        let head = painted(self.colored(io::stderr().is_terminal()), WARNING, &head);
        let text = format!(
            "{} ({}); {}",
            finding.message(),
            finding.field(),
            finding.remedy()
        );
        drop(writeln!(
            io::stderr().lock(),
            "{head}: {}",
            in_a_line(&text)
        ));
    }

    /// Writes a line to standard error that was asked for, whoever reads it.
    #[cfg(feature = "client")]
    pub(crate) fn aside(self, text: &str) {
        drop(writeln!(io::stderr().lock(), "{}", in_a_line(text)));
    }

    /// Prints a refusal; the exit code is the error code's.
    pub(crate) fn refuse(self, error: &Error) -> Exit {
        let code = error.code().exit_code();
        if self.json {
            #[derive(Serialize)]
            struct Refusal<'a> {
                error: &'a Error,
            }
            match self.object(&Refusal { error }) {
                Ok(()) => return Exit(code),
                Err(Stop::ReaderGone) => return Exit(READER_GONE),
                // Standard output cannot be written, which may be what the error is about.
                Err(Stop::Refused(_)) => {}
            }
        }
        let line = self.refusal(self.colored(io::stderr().is_terminal()), error);
        let facts = error.api().map(facts).unwrap_or_default();
        drop(writeln!(io::stderr().lock(), "{line}{facts}"));
        Exit(code)
    }

    /// `error[slug]: message (field)`.
    pub(crate) fn refusal(self, colored: bool, error: &Error) -> String {
        let head = painted(colored, ERROR, &format!("error[{}]", error.code().slug()));
        let field = error.field().map(|field| format!(" ({field})"));
        let text = format!("{}{}", error.message(), field.unwrap_or_default());
        // One line: a name with a line end in it must not look like a second error.
        format!("{head}: {}", in_a_line(&text))
    }

    /// Help and version, which clap hands over as errors; and what it does not understand.
    pub(crate) fn usage(self, error: clap::Error) -> Outcome {
        use clap::error::ErrorKind::{
            DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion,
        };
        let error = abridged(error);
        let text = error.render();
        if matches!(
            error.kind(),
            DisplayHelp | DisplayVersion | DisplayHelpOnMissingArgumentOrSubcommand
        ) {
            return self.help(&text);
        }
        let text = text.to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
        if self.json {
            let sentence = text.split("\n\n").next().unwrap_or_default();
            let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
            return Err(Error::new(ErrorCode::UsageInvalid, sentence).into());
        }
        let colored = self.colored(io::stderr().is_terminal());
        let head = painted(colored, ERROR, "error[usage_invalid]");
        drop(writeln!(io::stderr().lock(), "{head}: {}", printable(text)));
        Ok(Exit(ErrorCode::UsageInvalid.exit_code()))
    }

    fn help(self, text: &StyledStr) -> Outcome {
        if self.out_colored() {
            self.print(&text.ansi().to_string())?;
        } else {
            self.print(&text.to_string())?;
        }
        Ok(Exit::SUCCESS)
    }

    pub(crate) fn clap_color(self) -> clap::ColorChoice {
        if self.colored(io::stdout().is_terminal()) {
            clap::ColorChoice::Always
        } else {
            clap::ColorChoice::Never
        }
    }

    /// Whether standard output takes colour.
    pub(crate) fn out_colored(self) -> bool {
        self.colored(io::stdout().is_terminal())
    }

    fn colored(self, is_terminal: bool) -> bool {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                is_terminal
                    && set("NO_COLOR").is_none()
                    && set("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

/// What stands behind an error of the API, in lines below it.
fn facts(api: &ApiFailure) -> String {
    let attempts = match api.attempts() {
        1 => "1 attempt".to_owned(),
        attempts => format!("{attempts} attempts"),
    };
    let known = [
        api.status().map(|status| format!("status {status}")),
        api.ray().map(|ray| format!("cf-ray {ray}")),
        api.retry_after()
            .map(|wait| format!("retry after {} s", wait.as_secs())),
        Some(attempts),
    ];
    let known: Vec<_> = known.into_iter().flatten().collect();
    let mut lines = vec![known.join(", ")];
    // The first error is in the message.
    for error in api.errors().iter().skip(1).chain(api.messages()) {
        let code = error.code().map(|code| format!(" (code {code})"));
        if let Some(message) = error.message() {
            lines.push(format!("{message}{}", code.unwrap_or_default()));
        }
    }
    let pages = api.errors().iter().filter_map(|e| e.documentation_url());
    lines.extend(pages.map(|page| format!("see {page}")));
    let lines = lines.iter();
    lines
        .map(|line| format!("\n  {}", in_a_line(line)))
        .collect()
}

/// One line of JSON that is safe to show: what a terminal might act on is escaped.
pub(crate) fn json(value: &impl Serialize) -> String {
    escape_json(&serde_json::to_string(value).expect(HAS_STRING_KEYS))
}

/// Escapes in JSON text what JSON itself lets stand. Line ends between members stay.
pub(crate) fn escape_json(text: &str) -> String {
    // With room for the end of the line.
    let mut out = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        if character != '\n' && is_hazard(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// Text with everything escaped that a terminal might act on. Line ends stay.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character != '\n' && is_hazard(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// The same, and line ends too.
pub(crate) fn in_a_line(text: &str) -> String {
    printable(text).replace('\n', "\\n")
}

/// Control characters (C0, DEL, C1), and what reorders or hides the text around it: bidirectional
/// controls, zero-width characters, line separators, tags.
fn is_hazard(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn painted(colored: bool, style: Style, text: &str) -> String {
    if colored {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

/// The error without arguments that are too long to be shown.
fn abridged(mut error: clap::Error) -> clap::Error {
    let long: Vec<_> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => {
                Some((kind, shown(text))).filter(|(_, short)| short != text)
            }
            _ => None,
        })
        .collect();
    if long.is_empty() {
        return error;
    }
    // Tips repeat the argument.
    error.insert(ContextKind::Suggested, ContextValue::None);
    for (kind, text) in long {
        error.insert(kind, ContextValue::String(text));
    }
    error
}

fn unwritten(error: &io::Error) -> Stop {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Stop::ReaderGone;
    }
    let message = format!("standard output cannot be written: {}", reason(error));
    Stop::Refused(Error::new(ErrorCode::FileUnwritable, message))
}

const HAS_STRING_KEYS: &str = "what is printed has string keys";
/// A buffer that grows leaves copies of a key behind; the longest form of the largest key has less.
const ENOUGH_FOR_A_KEY: usize = 16 << 10;
/// What is refused.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// Names of members, and headings.
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default();
/// What is worth a second look.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What is well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();

#[cfg(test)]
mod tests {
    use super::{escape_json, printable};

    #[test]
    fn what_a_terminal_acts_on_is_escaped_and_nothing_else() {
        assert_eq!(
            printable("a\u{1b}[31m\u{9b}\u{7f}\u{202e}é\n"),
            "a\\u{1b}[31m\\u{9b}\\u{7f}\\u{202e}é\n"
        );
        let text = serde_json::to_string("\u{1b}\u{9b}\u{e0041}\u{200b}é日").expect("JSON");
        let escaped = escape_json(&text);
        assert_eq!(escaped, "\"\\u001b\\u009b\\udb40\\udc41\\u200bé日\"");
        let back: String = serde_json::from_str(&escaped).expect("still JSON");
        assert_eq!(back, "\u{1b}\u{9b}\u{e0041}\u{200b}é日");
    }
}
