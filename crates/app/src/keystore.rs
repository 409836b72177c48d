//! The system's keystore, as far as a home needs it: a secret of 32 bytes under a name, which does not lie among the
//! files that somebody could copy.

/// No keystore answers on this machine, or not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoKeystore;

/// Where a system keeps secrets for programs.
pub trait Keystore: Send + Sync {
    /// The secret of this name; nothing where none was kept.
    fn secret(&self, name: &str) -> Result<Option<[u8; 32]>, NoKeystore>;
    /// Keeps a secret under this name.
    fn keep(&self, name: &str, secret: &[u8; 32]) -> Result<(), NoKeystore>;
    /// Lets it go.
    fn forget(&self, name: &str) -> Result<(), NoKeystore>;
}

/// A machine without one.
impl Keystore for NoKeystore {
    fn secret(&self, _: &str) -> Result<Option<[u8; 32]>, Self> {
        Err(Self)
    }

    fn keep(&self, _: &str, _: &[u8; 32]) -> Result<(), Self> {
        Err(Self)
    }

    fn forget(&self, _: &str) -> Result<(), Self> {
        Err(Self)
    }
}
