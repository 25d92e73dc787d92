//! A key that was just made: saved, proved, and how to use it.

use std::path::Path;

use streamtoken::client::{CallOptions, CreatedKey};
use streamtoken::{
    Client, Error, ErrorCode, KeySet, Result, SignOptions, Signer, SigningKey, VerifyContext,
    verify,
};

use super::file::Kept;
use super::interrupt::{Stage, reach};
use super::out::Place;
use crate::commands::key::write::quoted;
use crate::output::{Stop, Ui, in_a_line, printable};

/// A new key, and the file that it is in.
pub(super) struct Made {
    pub(super) key: CreatedKey,
    pub(super) kept: Option<Kept>,
}

impl Made {
    /// Makes a key, saves it, and proves that what was saved signs.
    pub(super) fn make(client: &Client, place: Place, ui: Ui) -> Result<Self, Stop> {
        reach(Stage::Asked);
        let key = client.stream().keys().create(&CallOptions::new())?;
        reach(Stage::made(key.id()));
        let kept = place.save(&key, ui)?;
        let made = Self { key, kept };
        reach(Stage::kept(made.key.id(), made.file()));
        made.prove().map_err(|error| made.unusable(&error))?;
        Ok(made)
    }

    pub(super) fn file(&self) -> Option<&Path> {
        self.kept.as_ref().map(Kept::path)
    }

    /// The file's name; nothing for standard output.
    pub(super) fn file_name(&self) -> String {
        let path = self.file().map(Path::to_string_lossy);
        path.unwrap_or_default().into_owned()
    }

    /// Signs with what was read back from the file, and verifies with what the API answered.
    fn prove(&self) -> Result<()> {
        let Some(kept) = &self.kept else {
            return Ok(());
        };
        let key = SigningKey::load(kept.text(), None)?;
        if key.id() != self.key.id() {
            return Err(ErrorCode::KeyIdMismatch.into());
        }
        let keys = KeySet::from(&self.key.signing_key()?);
        let token = Signer::new(key).sign(PROBE, &SignOptions::new())?;
        verify(
            token.as_str(),
            &keys,
            &VerifyContext::new().identifier(PROBE),
        )?;
        Ok(())
    }

    fn unusable(&self, error: &Error) -> Error {
        let message = format!(
            "the key {} was made and is in {}, but it cannot be used: {error}",
            self.key.id(),
            self.file_name()
        );
        Error::new(error.code(), message)
    }

    /// The id, and how to use the file.
    pub(super) fn advice(&self) -> String {
        let id = in_a_line(self.key.id());
        let file = self.file_name();
        let use_it = switch(Path::new(&file));
        let file = printable(&quoted(&file));
        format!(
            "key id: {id}\n\
             file:   {file} (keep it secret)\n\
             use:    {use_it}\n\
             mint:   streamtoken sign VIDEO --key {file}\n\
             public: streamtoken key public {file}"
        )
    }
}

/// The commands that put the key into the environment, where it may be in the way of another one.
fn switch(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let path = printable(&quoted(&path.to_string_lossy()));
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let others = ["CLOUDFLARE_STREAM_KEY", "CLOUDFLARE_STREAM_KEY_ID"];
    let others: Vec<_> = others.into_iter().filter(is_set).collect();
    let unset = match &*others {
        [] => String::new(),
        others => format!("unset {}; ", others.join(" ")),
    };
    format!("{unset}export CLOUDFLARE_STREAM_KEY_FILE={path}")
}

/// What the proof is signed for; nobody has a video of that name.
const PROBE: &str = "proof";
