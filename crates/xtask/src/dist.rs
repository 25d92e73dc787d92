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

use crate::command;
use crate::project;
use crate::step::{note, step};
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
    let mut broken = Vec::new();
    for piece in PIECES {
        match step(piece.name, || install(piece, &build(piece, &out)?)) {
            Ok(()) => tally.passed += 1,
            Err(error) => {
                tally.failed += 1;
                broken.push(format!("{error:#}"));
            }
        }
    }
    ensure!(broken.is_empty(), "{}", broken.join("; "));
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
        let text = fs::read_to_string(Self::folder().join("example-key.json"))?;
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

    /// The file with the key as the API gives it.
    pub(crate) fn key_file() -> PathBuf {
        Self::folder().join("example-key.pem.base64")
    }

    fn folder() -> PathBuf {
        project::root().join("crates/streamtoken/vectors")
    }
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
        mint: python::mint,
    },
    Piece {
        name: "dist: Python sdist",
        build: python::sdist,
        mint: python::mint,
    },
];
