//! A full disk and files that cannot be written: keys are refused, tokens are minted, and it passes.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{ACCOUNT, Client, Process, prepare, reason, with_service};

fn run(command: &str, args: &[&str], path: &Path) {
    let output = Command::new(command).args(args).arg(path).output();
    let output = output.unwrap_or_else(|error| panic!("{command}: {error}"));
    assert!(
        output.status.success(),
        "{command} {args:?} needs root: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A file system of 1 MiB in memory.
struct Disk(TempDir);

impl Disk {
    fn mount() -> Self {
        let disk = Self(tempfile::tempdir().unwrap());
        run(
            "mount",
            &["-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs"],
            disk.path(),
        );
        disk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn remount(&self, how: &str) {
        run("mount", &["-o", &format!("remount,{how}")], self.path());
    }

    /// Fills the disk up to this many bytes.
    fn fill_but(&self, free: u64) -> PathBuf {
        let path = self.path().join("ballast");
        let mut file = File::create(&path).unwrap();
        // Bounded by the size of the disk.
        while file.write_all(&[0; 4096]).is_ok() {}
        file.set_len(file.metadata().unwrap().len().saturating_sub(free))
            .unwrap();
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.path()).status());
    }
}

/// A service on `folder`, and a client with a credential.
fn start(folder: &Path) -> (Process, Client) {
    let secret = prepare(folder, &[ACCOUNT.to_owned()]);
    let mut process = Process::start(folder);
    let address = process.address();
    (process, Client { address, secret })
}

/// Makes a key, and gives its id.
fn create(client: &Client) -> String {
    let (status, answer) = client.create_key(ACCOUNT).unwrap();
    assert_eq!(status, 200, "{answer}");
    answer["result"]["id"].as_str().unwrap().to_owned()
}

fn refuses_keys_and_mints(client: &Client) {
    for _ in 0..3 {
        let (status, answer) = client.create_key(ACCOUNT).unwrap();
        assert_eq!(
            (status, reason(&answer)),
            (503, "store_unavailable"),
            "{answer}"
        );
        let (status, answer) = client.mint(ACCOUNT).unwrap();
        assert_eq!(status, 200, "{answer}");
    }
}

fn has_keys(folder: &Path, ids: &[String]) {
    with_service(folder, async |service| {
        let keys = service.list_keys(ACCOUNT).await.unwrap();
        let mut found: Vec<_> = keys.into_iter().map(|key| key.id).collect();
        let mut ids = ids.to_vec();
        found.sort();
        ids.sort();
        assert_eq!(found, ids);
    });
}

#[test]
fn a_full_disk_refuses_keys_until_there_is_room() {
    let disk = Disk::mount();
    let (process, client) = start(disk.path());
    let mut ids = vec![create(&client)];
    let ballast = disk.fill_but(64 << 10);
    let refused = (0..100).any(|_| match client.create_key(ACCOUNT).unwrap() {
        (200, answer) => {
            ids.push(answer["result"]["id"].as_str().unwrap().to_owned());
            false
        }
        (status, answer) => {
            assert_eq!(
                (status, reason(&answer)),
                (503, "store_unavailable"),
                "{answer}"
            );
            true
        }
    });
    assert!(
        refused && ids.len() > 1,
        "the disk is not full with {} keys",
        ids.len()
    );
    refuses_keys_and_mints(&client);
    fs::remove_file(ballast).unwrap();
    ids.push(create(&client));
    process.kill();
    has_keys(disk.path(), &ids);
}

#[test]
fn a_file_that_cannot_be_written_refuses_keys_until_it_can() {
    // An immutable file stays so for those who have it open, on ext4 at least; a file system cannot be
    // made read-only under a file that is open for writing.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (process, client) = start(folder.path());
    let mut ids = vec![create(&client)];
    let files = ["store.db", "store.db-wal"].map(|name| folder.path().join(name));
    let mut log = File::options().append(true).open(&files[1]).unwrap();
    let protection = Protection(&files);
    protection.set("+i");
    assert!(
        log.write(b"x").is_err(),
        "the file system does not enforce chattr +i on open files: use ext4"
    );
    refuses_keys_and_mints(&client);
    drop(protection);
    ids.push(create(&client));
    process.kill();
    has_keys(folder.path(), &ids);
}

struct Protection<'f>(&'f [PathBuf]);

impl Protection<'_> {
    fn set(&self, flag: &str) {
        for file in self.0 {
            run("chattr", &[flag], file);
        }
    }
}

impl Drop for Protection<'_> {
    fn drop(&mut self) {
        self.set("-i");
    }
}

#[test]
fn a_disk_that_was_read_only_at_the_start_takes_keys_when_it_is_not() {
    let disk = Disk::mount();
    let (process, Client { secret, .. }) = start(disk.path());
    process.kill();
    disk.remount("ro");
    let mut process = Process::start(disk.path());
    let address = process.address();
    let client = Client { address, secret };
    refuses_keys_and_mints(&client);
    disk.remount("rw");
    let id = create(&client);
    refuses_nothing_more(&client, &id);
    process.kill();
    has_keys(disk.path(), &[id]);
}

/// What was written is read as well.
fn refuses_nothing_more(client: &Client, id: &str) {
    let (status, answer) = client.list_keys(ACCOUNT).unwrap();
    assert_eq!((status, &answer["result"][0]["id"]), (200, &id.into()));
}
