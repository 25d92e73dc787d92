//! The file of a key that is still to be made.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use streamtoken::{Error, Result};
use zeroize::Zeroizing;

use super::interrupt;
use crate::commands::key::write::{create, line, uncreated, unwritten};
use crate::output::reason;

/// A new file for a key that is still to be made: what may go wrong with a file goes wrong before. Unless a
/// key is kept in it, it is gone in the end.
pub(super) struct Reserved {
    name: Name,
    file: File,
    folder: Folder,
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
    folder: Folder,
    is_lasting: io::Result<()>,
    text: Zeroizing<Vec<u8>>,
}

/// A key that was not read back.
#[derive(Debug)]
pub(super) enum Unkept {
    /// There is no file with it.
    Nowhere(Error),
    /// It was written to this file, which is still there.
    Unread(PathBuf, Error),
}

/// The folder of a file, opened while nothing depends on it yet.
struct Folder(Option<File>);

impl Reserved {
    /// Makes the file, and takes its room on the disk.
    pub(super) fn new(path: &Path) -> Result<Self> {
        let folder = Folder::of(path).map_err(|error| {
            unwritten(
                path,
                &format!("its folder cannot be read: {}", reason(&error)),
            )
        })?;
        let mut state = interrupt::state();
        let file = create(path).map_err(|error| uncreated(path, &error))?;
        let name = Name::of(path, &file);
        state.file = Some(name.clone());
        drop(state);
        let mut reserved = Self {
            name,
            file,
            folder,
            is_kept: false,
        };
        let taken = reserved.file.write_all(&[b'\n'; ROOM]);
        taken
            .and_then(|()| reserved.file.sync_all())
            .map_err(|error| unwritten(path, &reason(&error)))?;
        Ok(reserved)
    }

    /// Writes `text` as a line in the place of the room, and reads it back by the file's name.
    pub(super) fn keep(mut self, text: &str) -> Result<Kept, Unkept> {
        let line = line(text);
        let path = self.name.path.clone();
        self.write(line.as_bytes())
            .map_err(|error| Unkept::Nowhere(unwritten(&path, &reason(&error))))?;
        // Whatever comes now, this may be the only copy.
        self.is_kept = true;
        let folder = Folder(self.folder.0.take());
        let is_lasting = folder.sync();
        let why = match read_back(&path, line.len()) {
            Ok(text) if *text == line.as_bytes() => {
                return Ok(Kept {
                    path,
                    folder,
                    is_lasting,
                    text,
                });
            }
            Ok(_) => "it holds something else than what was written".to_owned(),
            Err(error) => reason(&error),
        };
        let error = unwritten(&path, &why);
        Err(if self.name.is_there() {
            Unkept::Unread(path, error)
        } else {
            Unkept::Nowhere(error)
        })
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(line)?;
        self.file.set_len(line.len() as u64)?;
        self.file.sync_all()
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

    /// Why its name may be gone after a power failure.
    pub(super) fn doubt(&self) -> Option<String> {
        let error = self.is_lasting.as_ref().err()?;
        Some(format!(
            "the name of {} may not outlast a power failure: its folder cannot be synchronised: {}",
            self.path.display(),
            reason(error)
        ))
    }

    /// The same under another name, if that is free; else the name stays.
    pub(super) fn renamed(mut self, path: &Path) -> Self {
        // A link takes no name that is taken, which a renaming does.
        if std::fs::hard_link(&self.path, path).is_ok() {
            drop(std::fs::remove_file(&self.path));
            self.is_lasting = self.folder.sync();
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

impl Folder {
    fn of(path: &Path) -> io::Result<Self> {
        if !cfg!(unix) {
            return Ok(Self(None));
        }
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = File::open(folder.unwrap_or_else(|| Path::new(".")))?;
        Ok(Self(Some(folder)))
    }

    /// A name is on the disk once its folder is.
    fn sync(&self) -> io::Result<()> {
        self.0.as_ref().map_or(Ok(()), File::sync_all)
    }
}

/// More than an answer with the usual key has.
const ROOM: usize = 16 << 10;

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, File};

    use super::{Folder, Reserved, Unkept};

    fn reserved(path: &std::path::Path) -> Reserved {
        Reserved::new(path).expect("a file")
    }

    #[test]
    fn a_key_that_was_written_stays_whatever_comes_of_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let kept = reserved(&path).keep("the key").expect("it is kept");
        assert_eq!(kept.doubt(), None);
        fs::remove_file(&path).expect("the file");

        let mut file = reserved(&path);
        // Nobody can synchronise a device.
        file.folder = Folder(Some(File::open("/dev/null").expect("a device")));
        let kept = file.keep("the key").expect("it is kept");
        let doubt = kept.doubt().expect("a doubt");
        assert!(
            doubt.contains("key may not outlast a power failure"),
            "{doubt}"
        );
        assert_eq!(fs::read(&path).expect("the file"), b"the key\n");
        let other = folder.path().join("other");
        assert!(
            kept.renamed(&other)
                .doubt()
                .expect("a doubt")
                .contains("other")
        );
        assert_eq!(fs::read(&other).expect("the file"), b"the key\n");
    }

    #[test]
    fn a_key_that_cannot_be_read_back_stays_as_long_as_it_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let file = reserved(&path);
        fs::remove_file(&path).expect("the file");
        assert!(matches!(file.keep("the key"), Err(Unkept::Nowhere(_))));
        let mut file = reserved(&path);
        // What is written goes elsewhere.
        file.file = File::create(folder.path().join("other")).expect("a file");
        assert!(matches!(file.keep("the key"), Err(Unkept::Unread(..))));
        assert!(path.exists());
    }
}
