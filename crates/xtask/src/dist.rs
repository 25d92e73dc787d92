//! `cargo xtask dist`: everything that is published, in one folder; and the test that each piece works
//! where nothing else of the project is.

pub(crate) mod c;
mod cli;
mod crates;
mod licences;
mod node;
mod python;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::cases::Cases;
use crate::command;
use crate::project;
use crate::step::{note, step, timed};
use crate::test::Tally;

/// Options of `cargo xtask dist`.
#[derive(clap::Args)]
#[non_exhaustive]
pub struct Options {
    /// The folder to write into; what is there under the same names is replaced
    #[arg(long, default_value = "dist")]
    pub out: PathBuf,
    /// Then install each piece into an empty environment and mint the published token there
    #[arg(long)]
    pub install: bool,
}

/// Something that is published.
struct Piece {
    name: &'static str,
    /// Builds it into the folder, and gives the files.
    build: fn(&Path) -> Result<Vec<PathBuf>>,
    /// Installs the files into an empty environment and mints the published example token there: its text.
    mint: fn(&[PathBuf]) -> Result<String>,
}

/// Builds every piece, and tries them if that is asked for.
pub fn run(options: &Options) -> Result<()> {
    let out = project::root().join(&options.out);
    for piece in PIECES {
        step(piece.name, || {
            let files = build(piece, &out)?;
            if options.install {
                install(piece, &files)?;
            }
            Ok(())
        })?;
    }
    Ok(fs::remove_dir_all(empty_root())?)
}

/// Builds every piece, installs it where nothing else is, and mints with it: one test a piece.
pub(crate) fn test(tally: &mut Tally) -> Result<()> {
    let out = project::target().join("dist");
    let mut cases = Cases::new(tally);
    for piece in PIECES {
        cases.run(piece.name, || {
            timed(piece.name, || install(piece, &build(piece, &out)?))
        });
    }
    cases.end()?;
    Ok(fs::remove_dir_all(empty_root())?)
}

fn install(piece: &Piece, files: &[PathBuf]) -> Result<()> {
    let token = (piece.mint)(files)?;
    ensure!(
        token.trim_end() == Example::read()?.token,
        "{} minted another token: {token}",
        piece.name
    );
    note("installed where nothing else is, it minted the published token");
    Ok(())
}

fn build(piece: &Piece, out: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let files = (piece.build)(out)?;
    for file in &files {
        let size = fs::metadata(file)
            .with_context(|| format!("{} was not built", file.display()))?
            .len();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        note(&format!("{name}: {} KiB", size.div_ceil(1024)));
    }
    Ok(files)
}

/// What Cloudflare's documentation publishes, and what every piece must mint from it.
pub(crate) struct Example {
    pub(crate) identifier: String,
    pub(crate) key_id: String,
    pub(crate) now: String,
    pub(crate) token: String,
}

impl Example {
    /// The time at which the published token was made, an hour before it expires.
    const NOW: &str = "1537456765";

    pub(crate) fn read() -> Result<Self> {
        let text = fs::read_to_string(project::vectors().join("example-key.json"))?;
        let json: Value = serde_json::from_str(&text)?;
        let member = |name: &str| {
            let text = json.get(name).and_then(Value::as_str);
            text.map(str::to_owned)
                .with_context(|| format!("example-key.json has no {name}"))
        };
        Ok(Self {
            identifier: "ea95132c15732412d22c1476fa83f27a".to_owned(),
            key_id: member("key_id")?,
            now: Self::NOW.to_owned(),
            token: member("token")?,
        })
    }

    /// Gives a program the published key in its environment, which says nothing else of Cloudflare then.
    pub(crate) fn give_key<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command::without_settings(command);
        command
            .env("CLOUDFLARE_STREAM_KEY_FILE", Self::key_file())
            .env("CLOUDFLARE_STREAM_KEY_ID", &self.key_id)
    }

    /// The file with the key as the API gives it.
    pub(crate) fn key_file() -> PathBuf {
        project::vectors().join("example-key.pem.base64")
    }
}

/// Lets the module or addon that a command compiles have one of functions that are alike, so that the package
/// stays below its limit. LLD can do that, with which Rust links here; the linker of whoever compiles it from its
/// sources may be another, and is not asked.
pub(crate) fn small(command: &mut Command) -> &mut Command {
    if cfg!(all(
        target_os = "linux",
        target_arch = "x86_64",
        target_env = "gnu"
    )) {
        command.env("STREAMTOKEN_LINK_ARG", "-Wl,--icf=all");
    }
    command
}

/// An empty folder outside of the project, whose manifests would be found from below it otherwise.
pub(crate) fn empty_folder(name: &str) -> Result<PathBuf> {
    let folder = empty_root().join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Where the empty folders are. It goes when all went well, and stays for whoever looks into a failure.
fn empty_root() -> PathBuf {
    std::env::temp_dir().join(format!("streamtoken-dist-{}", std::process::id()))
}

/// Packs `folder` as the only thing in `archive`, the same bytes for the same files.
pub(crate) fn pack(folder: &Path, archive: &Path) -> Result<()> {
    let parent = folder.parent().context("a folder has a parent")?;
    let name = folder.file_name().context("a folder has a name")?;
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--mtime=@0", "--owner=0", "--group=0"])
        .args(["--numeric-owner", "-czf"])
        .arg(archive)
        .arg("-C")
        .arg(parent)
        .arg(name);
    command::run(tar).map(drop)
}

/// Unpacks `archive` into `folder`.
pub(crate) fn unpack(archive: &Path, folder: &Path) -> Result<()> {
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(archive).arg("-C").arg(folder);
    command::run(tar).map(drop)
}

/// The target triple of what is built here.
pub(crate) fn triple() -> Result<String> {
    let mut rustc = Command::new("rustc");
    rustc.arg("-vV");
    let output = command::run(rustc)?;
    output
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc names no host")
}

/// The budget of a package that is loaded into another program: bytes packed, and bytes installed.
pub(crate) const MOST_PACKED: u64 = 4 << 20;
pub(crate) const MOST_INSTALLED: u64 = 8 << 20;

/// The licences, which go into every piece.
pub(crate) const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

const PIECES: &[Piece] = &[
    Piece {
        name: "dist: C library",
        build: c::build,
        mint: c::mint,
    },
    Piece {
        name: "dist: command line",
        build: cli::build,
        mint: cli::mint,
    },
    Piece {
        name: "dist: crates",
        build: crates::build,
        mint: crates::mint,
    },
    Piece {
        name: "dist: npm package",
        build: node::build,
        mint: node::mint,
    },
    Piece {
        name: "dist: Python wheel",
        build: python::wheel,
        mint: python::mint_and_try,
    },
    Piece {
        name: "dist: Python sdist",
        build: python::sdist,
        mint: python::mint,
    },
];

#[cfg(test)]
mod tests {
    use std::env;
    use std::process::Command;

    use super::Example;
    use crate::command;

    #[test]
    fn the_published_key_is_all_that_a_program_hears_of_cloudflare() {
        // What a process hears is settled when it starts: this test starts itself once more.
        if env::var_os("CLOUDFLARE_STREAM_KEY").is_none() {
            let mut again = Command::new(env::current_exe().unwrap());
            again
                .args([
                    "--exact",
                    "dist::tests::the_published_key_is_all_that_a_program_hears_of_cloudflare",
                ])
                .env("CLOUDFLARE_STREAM_KEY", "a developer's")
                .env("CLOUDFLARE_STREAM_KEY_ID", "theirs")
                .env("CLOUDFLARE_STREAM_CUSTOMER_CODE", "theirs");
            assert!(command::run(again).unwrap().contains("1 passed"));
            return;
        }
        let example = Example::read().unwrap();
        let mut program = Command::new("env");
        example.give_key(&mut program);
        let output = command::run(program).unwrap();
        let mut heard: Vec<_> = output
            .lines()
            .filter(|line| line.starts_with("CLOUDFLARE_"))
            .collect();
        heard.sort_unstable();
        let file = Example::key_file();
        let expected = [
            format!("CLOUDFLARE_STREAM_KEY_FILE={}", file.display()),
            format!("CLOUDFLARE_STREAM_KEY_ID={}", example.key_id),
        ];
        assert_eq!(heard, expected);
    }
}
