//! The county's recovery key 县恢复钥匙: printed once, kept on paper in a safe. Backups are sealed for it, so that a stolen
//! backup tells nothing, and a county whose machine has burnt down opens its last one with it.

use crate::failure::{Failure, Result};
use crate::home::Home;
use data_encoding::BASE32_NOPAD;
use lianhu_core::closed;
use lianhu_core::ids::{Hash, PublicKey};
use lianhu_core::sign::Key;
use lianhu_core::spelling::write_spelt;
use lianhu_core::surroundings::Surroundings;
use lianhu_ledger::Machine;
use std::fmt;

/// The half that stays with the server: it seals and cannot open.
pub(crate) const PUBLIC: &str = "recovery.pub";
/// What is sealed, in a backup.
const ABOUT: &str = "lianhu backup 1";
const CHECK: usize = 3;
const GROUP: usize = 4;
/// Where a program is given the key by its caller; a person types it.
const NAMED: &str = "LIANHU_RECOVERY_KEY";

/// The private half, which nothing but the paper holds.
pub(crate) struct RecoveryKey([u8; 32]);

impl RecoveryKey {
    /// Makes one for a county that has none. The server keeps the public half.
    pub(crate) fn mint(home: &Home) -> Result<Self> {
        if home.path(PUBLIC).exists() {
            return Err(Failure::new("recovery_key", "这个县已经有恢复钥匙，只在建立时打印过一次。请找出那张纸。"));
        }
        let mut seed = [0; 32];
        Machine.fill(&mut seed);
        let key = Self(seed);
        home.keep(PUBLIC, format!("{}\n", key.key().public()).as_bytes())?;
        Ok(key)
    }

    /// Reads what stands on the paper.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let letters: String = text.to_ascii_uppercase().chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let bytes = BASE32_NOPAD.decode(letters.as_bytes()).ok()?;
        let (seed, check) = bytes.split_at_checked(32)?;
        let key = Self(seed.try_into().ok()?);
        (check == key.check()).then_some(key)
    }

    /// From the environment, else from standard input: never an argument, which every program of the machine could read.
    pub(crate) fn given() -> Result<Self> {
        let text = match std::env::var(NAMED) {
            Ok(text) => text,
            Err(_) => {
                eprintln!("请输入县恢复钥匙（{} 个字母，可以有空格），按回车：", (32 + CHECK) * 8 / 5);
                let mut line = String::new();
                std::io::stdin().read_line(&mut line).map_err(|_| wrong())?;
                line
            }
        };
        Self::parse(&text).ok_or_else(wrong)
    }

    /// Opens what was sealed for it.
    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Vec<u8>> {
        closed::open(&self.key(), ABOUT, &[], sealed).ok_or_else(wrong)
    }

    fn key(&self) -> Key {
        Key::from_seed(&self.0)
    }

    fn check(&self) -> Vec<u8> {
        Hash::of(&[b"lianhu recovery key", &self.0]).0.into_iter().take(CHECK).collect()
    }
}

impl fmt::Display for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.0[..], &self.check()].concat();
        write_spelt(f, &bytes, GROUP)
    }
}

/// Seals for the paper of this county; nothing where it has none, because it was founded before there were any.
pub(crate) fn seal(home: &Home, what: &[u8]) -> Result<Option<Vec<u8>>> {
    if !home.path(PUBLIC).exists() {
        return Ok(None);
    }
    let text = home.read(PUBLIC)?;
    let public = std::str::from_utf8(&text).ok().and_then(PublicKey::parse);
    let sealed = public.and_then(|public| closed::close(public, ABOUT, &[], what, &Machine));
    sealed.map(Some).ok_or_else(|| Failure::new("recovery_key", "recovery.pub 已损坏。请从备份中取回它再试。"))
}

fn wrong() -> Failure {
    Failure::new("recovery_key", "恢复钥匙不对。请对照纸上逐组核对；每个县的不一样。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_the_paper_is_read_back_and_a_slip_is_noticed() {
        let key = RecoveryKey([9; 32]);
        let paper = key.to_string();
        assert_eq!(paper.split(' ').count(), 14);
        for typed in [paper.clone(), paper.to_lowercase(), paper.replace(' ', ""), format!(" {paper}\n")] {
            assert_eq!(RecoveryKey::parse(&typed).map(|key| key.0), Some([9; 32]));
        }
        let last = paper.chars().last().unwrap();
        let slip = format!("{}{}", paper.get(..paper.len() - 1).unwrap(), if last == 'A' { 'B' } else { 'A' });
        assert!(RecoveryKey::parse(&slip).is_none() && RecoveryKey::parse("").is_none());
    }
}
