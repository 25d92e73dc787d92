//! The file of a key that is still to be made.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use streamtoken::Result;
use zeroize::Zeroizing;

use super::interrupt;
use crate::commands::key::write::{create, line, uncreated, unwritten};
use crate::output::reason;

/// A new file for a key that is still to be made: what may go wrong with a file goes wrong before. Unless a
/// key is kept in it, it is gone in the end.
pub(super) struct Reserved {
    name: Name,
    file: File,
    is_kept: bool,
}

/// The name of a file that was made here, as long as it is still that file's.
#[derive(Clone)]
pub(super) struct Name {
    path: PathBuf,
    #[cfg(unix)]
    place: Option<(u64, u64)>,
}

/// A file with a key in it, and what was read back from it.
pub(super) struct Kept {
    path: PathBuf,
    text: Zeroizing<Vec<u8>>,
}

impl Reserved {
    /// Makes the file, and takes its room on the disk.
    pub(super) fn new(path: &Path) -> Result<Self> {
        let mut state = interrupt::state();
        let file = create(path).map_err(|error| uncreated(path, &error))?;
        let name = Name::of(path, &file);
        state.file = Some(name.clone());
        drop(state);
        let mut reserved = Self {
            name,
            file,
            is_kept: false,
        };
        let taken = reserved.file.write_all(&[b'\n'; ROOM]);
        taken
            .and_then(|()| reserved.file.sync_all())
            .map_err(|error| unwritten(path, &reason(&error)))?;
        Ok(reserved)
    }

    /// Writes `text` as a line in the place of the room, and reads it back by the file's name.
    pub(super) fn keep(mut self, text: &str) -> Result<Kept> {
        let line = line(text);
        let kept = self
            .write(line.as_bytes())
            .and_then(|()| read_back(&self.name.path, line.len()));
        let text = kept.map_err(|error| unwritten(&self.name.path, &reason(&error)))?;
        if *text != line.as_bytes() {
            return Err(unwritten(
                &self.name.path,
                "it holds something else than what was written",
            ));
        }
        self.is_kept = true;
        Ok(Kept {
            path: self.name.path.clone(),
            text,
        })
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(line)?;
        self.file.set_len(line.len() as u64)?;
        self.file.sync_all()?;
        sync_folder(&self.name.path)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if !self.is_kept {
            interrupt::state().file = None;
            self.name.remove();
        }
    }
}

impl Name {
    fn of(path: &Path, file: &File) -> Self {
        #[cfg(not(unix))]
        let _ = file;
        Self {
            path: path.to_owned(),
            #[cfg(unix)]
            place: file.metadata().ok().map(|about| place(&about)),
        }
    }

    /// Removes the file, unless its name is another one's by now.
    pub(super) fn remove(&self) {
        if self.is_there() {
            drop(std::fs::remove_file(&self.path));
        }
    }

    #[cfg(unix)]
    fn is_there(&self) -> bool {
        let there = std::fs::symlink_metadata(&self.path).ok();
        there.is_some_and(|there| self.place == Some(place(&there)))
    }

    #[cfg(not(unix))]
    fn is_there(&self) -> bool {
        true
    }
}

/// What no two files have in common.
#[cfg(unix)]
fn place(about: &std::fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (about.dev(), about.ino())
}

impl Kept {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The same under another name, if that is free; else the name stays.
    pub(super) fn renamed(mut self, path: &Path) -> Self {
        // A link takes no name that is taken, which a renaming does.
        if std::fs::hard_link(&self.path, path).is_ok() {
            drop(std::fs::remove_file(&self.path));
            drop(sync_folder(path));
            self.path = path.to_owned();
        }
        self
    }
}

fn read_back(path: &Path, length: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(Vec::with_capacity(length + 1));
    let file = File::open(path)?;
    file.take(length as u64 + 1).read_to_end(&mut text)?;
    Ok(text)
}

/// A name is on the disk once its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

/// More than an answer with the usual key has.
const ROOM: usize = 16 << 10;
