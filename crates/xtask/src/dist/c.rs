//! The C library as users install it: header, wrapper, both libraries, `pkg-config` and CMake files,
//! licences and examples, in a folder that works wherever it is unpacked.

mod archive;
mod install;
mod symbols;

pub(crate) use install::mint;
pub(crate) use symbols::declared as declared_functions;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{LICENCES, empty_folder, licences, pack, triple};
use crate::command::{self, cargo_line};
use crate::project;

/// Builds the library in a Cargo profile and installs it into `destination`, which is made anew.
/// Returns `destination`.
///
/// # Errors
/// When a tool of binutils is missing or fails, or a file cannot be written.
pub(crate) fn prefix(profile: &str, destination: &Path) -> Result<PathBuf> {
    let built = libraries(profile)?;
    if destination.exists() {
        fs::remove_dir_all(destination)?;
    }
    let lib = destination.join("lib");
    fs::create_dir_all(&lib)?;
    copy_sources(
        &project::root().join("include"),
        &destination.join("include"),
    )?;
    let shared = Shared::install(&built.join("libstreamtoken.so"), &lib)?;
    let functions = symbols::declared(&fs::read_to_string(header())?);
    archive::reduce(&built.join("libstreamtoken.a"), &functions, &lib)?;
    templates(&shared, &lib)?;
    documents(&destination.join("share/doc/streamtoken"))?;
    Ok(destination.to_owned())
}

/// The prefix as users get it, packed under one top folder with version and target in its name.
pub(crate) fn build(out: &Path) -> Result<Vec<PathBuf>> {
    let name = format!("streamtoken-c-{VERSION}-{}", triple()?);
    let folder = prefix("release", &empty_folder("pack-c")?.join(&name))?;
    let archive = out.join(format!("{name}.tar.gz"));
    pack(&folder, &archive)?;
    Ok(vec![archive])
}

/// The header, as it is in the tree.
pub(crate) fn header() -> PathBuf {
    project::root().join("include/streamtoken.h")
}

/// Builds both libraries; returns the folder that holds them.
fn libraries(profile: &str) -> Result<PathBuf> {
    ensure!(
        cfg!(target_os = "linux"),
        "the C library is packaged for Linux alone; elsewhere, build it with cargo"
    );
    let mut cargo = cargo_line("build --quiet --locked -p streamtoken-capi --profile");
    cargo.arg(profile);
    command::run(cargo)?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(project::target().join(folder))
}

/// How the shared library is called.
struct Shared {
    /// With the full version: `libstreamtoken.so.0.1.0`.
    file: String,
    /// What programs ask for at run time: `libstreamtoken.so.0.1`.
    soname: String,
}

impl Shared {
    /// Copies the library under its full name and links the two shorter ones to it.
    fn install(built: &Path, lib: &Path) -> Result<Self> {
        let shared = Self {
            file: format!("{LINK_NAME}.{VERSION}"),
            soname: soname(built)?,
        };
        ensure!(
            shared.file.starts_with(&format!("{}.", shared.soname)),
            "{} does not lead to {}",
            shared.soname,
            shared.file
        );
        archive::strip(built, &lib.join(&shared.file))?;
        symlink(&shared.file, lib.join(&shared.soname))?;
        symlink(&shared.soname, lib.join(LINK_NAME))?;
        Ok(shared)
    }

    /// The part of the version within which the ABI stays: `0.1`.
    fn abi_version(&self) -> &str {
        self.soname
            .trim_start_matches(LINK_NAME)
            .trim_start_matches('.')
    }
}

/// The name that the library carries inside, which `build.rs` chose.
pub(crate) fn soname(library: &Path) -> Result<String> {
    let mut readelf = Command::new("readelf");
    readelf.arg("--dynamic").arg("--wide").arg(library);
    let output = command::run(readelf)?;
    let line = output.lines().find(|line| line.contains("(SONAME)"));
    line.and_then(|line| line.split(['[', ']']).nth(1))
        .map(str::to_owned)
        .with_context(|| format!("{} has no SONAME", library.display()))
}

fn templates(shared: &Shared, lib: &Path) -> Result<()> {
    let folder = project::root().join("bindings/c");
    for (from, to) in [
        ("pkgconfig/streamtoken.pc", "pkgconfig"),
        ("cmake/streamtokenConfig.cmake", "cmake/streamtoken"),
        ("cmake/streamtokenConfigVersion.cmake", "cmake/streamtoken"),
    ] {
        let template = folder.join(format!("{from}.in"));
        let filled = fill(&fs::read_to_string(&template)?, shared);
        ensure!(
            !filled.contains('@'),
            "{} has a name left",
            template.display()
        );
        let to = lib.join(to);
        fs::create_dir_all(&to)?;
        let name = Path::new(from)
            .file_name()
            .context("a template has a name")?;
        fs::write(to.join(name), filled)?;
    }
    Ok(())
}

fn fill(template: &str, shared: &Shared) -> String {
    let pointer = size_of::<usize>();
    [
        ("@VERSION@", VERSION),
        ("@ABI_VERSION@", shared.abi_version()),
        ("@SHARED_FILE@", &shared.file),
        ("@SONAME@", &shared.soname),
        ("@SYSTEM_LIBRARIES@", SYSTEM_LIBRARIES),
        (
            "@SYSTEM_LIBRARIES_LIST@",
            &SYSTEM_LIBRARIES.replace(' ', ";"),
        ),
        ("@POINTER_SIZE@", &pointer.to_string()),
        ("@POINTER_BITS@", &(pointer * 8).to_string()),
    ]
    .iter()
    .fold(template.to_owned(), |text, (name, value)| {
        text.replace(name, value)
    })
}

/// Licences, ours and those of what is linked in, and the examples.
fn documents(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let root = project::root();
    for licence in LICENCES {
        fs::copy(root.join(licence), folder.join(licence))?;
    }
    licences::write("streamtoken-capi", &folder.join("THIRD-PARTY.txt"))?;
    copy_sources(&root.join("bindings/c/examples"), &folder.join("examples"))
}

/// Copies a folder of source files, with their times: a build that includes them stays warm.
fn copy_sources(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_sources(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            let modified = entry.metadata()?.modified()?;
            fs::File::options()
                .write(true)
                .open(&target)?
                .set_modified(modified)?;
        }
    }
    Ok(())
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
const LINK_NAME: &str = "libstreamtoken.so";
/// What the static library needs, as `rustc --print native-static-libs` says, less what every compiler
/// driver adds by itself: libc, and the unwinder, which is another library in a static program.
const SYSTEM_LIBRARIES: &str = "-lutil -lrt -lpthread -lm -ldl";
