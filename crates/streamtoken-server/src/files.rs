//! Files that only their owner reads, and that are there after a crash.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use aws_lc_rs::rand;

/// Makes an empty file with mode 0600; `false` when there is one.
#[cfg(feature = "sqlite")]
pub(crate) fn create(path: &Path) -> io::Result<bool> {
    match private().open(path) {
        Ok(file) => {
            file.sync_all()?;
            sync_folder(path)?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a new file with mode 0600; `false` when there is one. Nobody ever sees half of it: it gets its name
/// when it is complete.
pub(crate) fn create_with(path: &Path, text: &str) -> io::Result<bool> {
    // A name of its own: what a crash left behind, or another process writes, is in nobody's way.
    let mut random = [0; 8];
    rand::fill(&mut random).map_err(|_| io::Error::other("no random numbers"))?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}.new", u64::from_ne_bytes(random)));
    let unnamed = Path::new(&name);
    let mut file = private().open(unnamed)?;
    let named = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(unnamed, path));
    fs::remove_file(unnamed)?;
    match named {
        Ok(()) => sync_folder(path).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// The folder that a file is in.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The name of a new file is on disk when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder(path))?.sync_all()?;
    }
    Ok(())
}

/// The operating system's reason for a failure, without the number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_lowercase()
}

#[cfg(all(test, unix))]
mod tests {
    use super::{create, create_with};
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_new_file_is_the_owners_and_an_old_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (empty, full) = (folder.path().join("empty"), folder.path().join("full"));
        assert!(create(&empty).unwrap());
        assert!(create_with(&full, "text").unwrap());
        for (path, text) in [(&empty, ""), (&full, "text")] {
            let mode = fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            assert!(!create(path).unwrap());
            assert!(!create_with(path, "other").unwrap());
            assert_eq!(fs::read_to_string(path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        assert!(create(&folder.path().join("no/file")).is_err());
        assert!(create_with(&folder.path().join("no/file"), "").is_err());
    }
}
