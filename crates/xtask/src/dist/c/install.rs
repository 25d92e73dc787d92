//! The tarball in the build systems of users: CMake and make with `pkg-config`, shared and static.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command;
use crate::dist::{Example, empty_folder, unpack};
use crate::project;

/// Unpacks the tarball into an empty folder and builds a user's project on it in every way; each program
/// must mint the same token.
pub(crate) fn mint(files: &[PathBuf]) -> Result<String> {
    let place = Place::unpack(files.first().context("one archive")?)?;
    for (version, expected) in VERSIONS {
        place.finds(version, expected)?;
    }
    let mut tokens = Vec::new();
    for target in ["streamtoken::streamtoken", "streamtoken::static"] {
        let programs = place.cmake(target);
        tokens.extend(programs.with_context(|| format!("CMake, {target}"))?);
    }
    for goal in ["shared", "static", "static-pie"] {
        let token = place.make(goal);
        tokens.push(token.with_context(|| format!("make {goal}"))?);
    }
    tokens.dedup();
    ensure!(
        tokens.len() == 1,
        "the programs minted different tokens: {tokens:?}"
    );
    tokens.pop().context("a token")
}

/// A folder that holds the unpacked tarball and nothing else of the project.
struct Place {
    folder: PathBuf,
    prefix: PathBuf,
}

impl Place {
    fn unpack(archive: &Path) -> Result<Self> {
        let folder = empty_folder("c")?;
        unpack(archive, &folder)?;
        let mut entries = fs::read_dir(&folder)?;
        let top = entries.next().context("the tarball is empty")??.path();
        ensure!(
            entries.next().is_none(),
            "the tarball has more than one top folder"
        );
        // Blanks are where quoting goes wrong.
        let prefix = folder.join("any where");
        fs::rename(top, &prefix)?;
        for source in ["CMakeLists.txt", "Makefile", "main.c", "main.cpp"] {
            let from = project::root()
                .join("bindings/c/tests/install")
                .join(source);
            fs::copy(from, folder.join(source))?;
        }
        Ok(Self { folder, prefix })
    }

    /// A project with `find_package`, in C and in C++.
    fn cmake(&self, target: &str) -> Result<Vec<String>> {
        let build = self.folder.join(target.replace("::", "-"));
        command::run(self.configure(&build, &format!("-DTARGET={target}")))?;
        let mut cmake = Command::new("cmake");
        cmake.arg("--build").arg(&build);
        command::run(cmake)?;
        ["main-c", "main-cpp"]
            .map(|name| mint_with(&build.join(name)))
            .into_iter()
            .collect()
    }

    /// Whether `find_package` takes the installed version for `wanted`.
    fn finds(&self, wanted: &str, expected: bool) -> Result<()> {
        let build = self.folder.join("version");
        let wanted = wanted.replace(' ', ";");
        let ended = command::capture(self.configure(&build, &format!("-DWANTED={wanted}")))?;
        fs::remove_dir_all(&build)?;
        ensure!(
            ended.status.success() == expected,
            "find_package(streamtoken {wanted}) should{} succeed: {}",
            if expected { "" } else { " not" },
            ended.output
        );
        Ok(())
    }

    fn configure(&self, build: &Path, definition: &str) -> Command {
        let mut cmake = Command::new("cmake");
        cmake
            .arg("-S")
            .arg(&self.folder)
            .arg("-B")
            .arg(build)
            .arg(format!("-DCMAKE_PREFIX_PATH={}", self.prefix.display()))
            .arg(definition);
        cmake
    }

    /// A Makefile that asks `pkg-config`.
    fn make(&self, goal: &str) -> Result<String> {
        let mut make = Command::new("make");
        make.arg("--directory")
            .arg(&self.folder)
            .arg(goal)
            .env("PKG_CONFIG_PATH", self.prefix.join("lib/pkgconfig"));
        command::run(make)?;
        mint_with(&self.folder.join(goal))
    }
}

fn mint_with(program: &Path) -> Result<String> {
    let mut mint = Command::new(program);
    Example::read()?.give_key(&mut mint);
    command::run(mint)
}

/// What a user may ask of `find_package`, and whether version 0.1.0 is that.
const VERSIONS: [(&str, bool); 8] = [
    ("0.1", true),
    ("0.1.0 EXACT", true),
    ("0.1...<0.2", true),
    ("0.0", false),
    ("0.1.1", false),
    ("0.2", false),
    ("1", false),
    ("0.1 COMPONENTS nothing", false),
];
