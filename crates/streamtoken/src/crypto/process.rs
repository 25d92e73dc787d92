//! One signer for each process that has the key.

use std::process;
use std::sync::OnceLock;

use super::RsaSigner;
use crate::Result;
use crate::fork::held_off;
use crate::key::PrivateParts;

/// A signer, and another one in each process that is forked off.
///
/// A fork copies the memory but not the threads: what one of them held of the key, AWS-LC's lock and its
/// blinding, is held in the child for ever. AWS-LC forbids to use such a key there, and its debug build
/// ends the process for it (seen with four threads that sign). So a child makes the key anew.
pub(crate) struct ProcessSigner {
    signer: RsaSigner,
    process: u32,
    child: OnceLock<Box<Self>>,
}

impl ProcessSigner {
    /// The signer of this process.
    pub(crate) fn new(signer: RsaSigner) -> Self {
        Self {
            signer,
            process: process::id(),
            child: OnceLock::new(),
        }
    }

    /// The signature over `message` with the key of `parts`, which this was made of.
    pub(crate) fn sign(&self, parts: &PrivateParts, message: &[u8]) -> Result<Vec<u8>> {
        held_off(|| self.sign_here(parts, message))
    }

    fn sign_here(&self, parts: &PrivateParts, message: &[u8]) -> Result<Vec<u8>> {
        if self.process == process::id() {
            return self.signer.sign(message);
        }
        if let Some(child) = self.child.get() {
            return child.sign_here(parts, message);
        }
        let child = Box::new(Self::new(RsaSigner::new(parts)?));
        self.child.get_or_init(|| child).sign_here(parts, message)
    }
}

#[cfg(test)]
mod tests {
    use super::ProcessSigner;
    use crate::crypto::RsaSigner;
    use crate::key::tests::example_key;

    #[test]
    fn another_process_makes_a_signer_of_its_own_once() {
        let key = example_key();
        let parts = key.parts();
        let own = ProcessSigner::new(RsaSigner::new(parts).unwrap());
        let expected = own.sign(parts, b"message").unwrap();
        assert!(own.child.get().is_none());
        let mut parent = ProcessSigner::new(RsaSigner::new(parts).unwrap());
        parent.process = 0;
        assert_eq!(parent.sign(parts, b"message").unwrap(), expected);
        let child: *const ProcessSigner = &**parent.child.get().unwrap();
        assert_eq!(parent.sign(parts, b"message").unwrap(), expected);
        assert_eq!(child, &raw const **parent.child.get().unwrap());
    }
}
