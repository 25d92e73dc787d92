//! The shared library, as the tests of C and C++ link it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::built;
use crate::dist;
use crate::project;

/// A folder with the shared library under every name by which it is looked for. It is a copy: a later
/// build with other features does not change it.
pub(crate) struct Library(PathBuf);

impl Library {
    /// The library as it is shipped, of the dev profile.
    pub(crate) fn build() -> Result<Self> {
        Self::with(&[], "lib")
    }

    /// The library whose functions panic on demand.
    pub(super) fn provoking() -> Result<Self> {
        Self::with(&["streamtoken-capi/provoke-panic"], "lib-provoking")
    }

    /// The arguments with which a C or C++ compiler links the library, and finds it when the program runs.
    pub(crate) fn link(&self) -> [String; 3] {
        let folder = self.0.display();
        [
            format!("-L{folder}"),
            format!("-Wl,-rpath,{folder}"),
            "-lstreamtoken".to_owned(),
        ]
    }

    /// The shared library itself.
    pub(crate) fn file(&self) -> PathBuf {
        self.0.join(FILE)
    }

    fn with(features: &[&str], folder: &str) -> Result<Self> {
        built::workspace(features)?;
        let library = Self(project::target().join("c").join(folder));
        fs::create_dir_all(&library.0)?;
        fs::copy(project::target().join("debug").join(FILE), library.file())?;
        link_to(&library.0.join(dist::c::soname(&library.file())?))?;
        Ok(library)
    }
}

fn link_to(name: &Path) -> Result<()> {
    if name.symlink_metadata().is_ok() {
        fs::remove_file(name)?;
    }
    symlink(FILE, name).with_context(|| name.display().to_string())
}

const FILE: &str = "libstreamtoken.so";
