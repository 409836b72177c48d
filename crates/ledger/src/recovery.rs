//! 忘记密码: what opens a home beside its PIN is kept at the county, sealed so that nobody else can read it. The county's
//! answer is given once, to whoever may speak for the person, and leaves a link in the chain of what was looked at.

use crate::entries::Kept;
use crate::error::{LedgerError, Result};
use crate::store::{Ledger, Tx};
use lianhu_core::closed;
use lianhu_core::directive::Escrow;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{DeviceId, EntryName, PublicKey, UserId};
use lianhu_core::surroundings::Surroundings;
use lianhu_core::trace::act;
use rusqlite::params;
use serde::{Deserialize, Serialize};

/// What is closed here.
const ESCROWED: &str = "lianhu recovery 1";
/// How long the same device is answered once more, in seconds: its first answer may have been lost on the line.
const AGAIN: i64 = 600;

/// What the county answers to a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// What is to be read back: twenty letters.
    pub answer: String,
    /// Whose home it opens.
    pub user: UserId,
    /// Their name: whoever reads it back makes sure that it is they who asks.
    pub name: String,
}

/// Why the county gives no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotRecovered {
    /// No home has this code, as far as the county knows.
    Unknown,
    /// It was answered before.
    Used,
    /// Whoever asks may not speak for this person.
    NotEntitled,
}

impl Ledger {
    /// Hands what opens this home, sealed for the county, to the county: with the next exchange.
    pub fn escrow(&mut self, code: &str, sealed: Vec<u8>) -> Result<EntryName> {
        let me = self.identity()?;
        let body = Escrow { code: code.to_owned(), sealed: sealed.into() };
        self.write(|w| w.record(About::Cadre(me.user), kind::ESCROW, Source::Office, &body))
    }

    /// Answers a code, at the county: once to a device of an office that may speak for the person, or, where no device is
    /// named, to whoever sits at the county's own machine, there again if need be.
    pub fn answer_recovery(
        &mut self,
        code: &str,
        asker: Option<DeviceId>,
    ) -> Result<std::result::Result<Recovered, NotRecovered>> {
        let me = self.identity()?;
        if !me.is_county {
            return Err(LedgerError::NotThis("the county"));
        }
        let asker = asker.unwrap_or(me.device);
        let now = self.around.now();
        self.transact(|tx| {
            let Some((user, sealed)) = tx.escrowed(code)? else { return Ok(Err(NotRecovered::Unknown)) };
            if !tx.may_speak_for(asker, user)? {
                return Ok(Err(NotRecovered::NotEntitled));
            }
            let sql = "select device, at from recovered where code = ?1";
            let before = tx.one(sql, [code], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)))?;
            match before {
                Some((device, at)) if device == asker.bytes() && (0..AGAIN).contains(&(now.0 - at)) => {}
                // Whoever lost the letters on the line is not shut out of their own work: the county's own machine says them
                // again, and notes it each time.
                Some(_) if asker != me.device => return Ok(Err(NotRecovered::Used)),
                _ => {
                    let sql = "insert or replace into recovered (code, device, at) values (?1, ?2, ?3)";
                    tx.run(sql, params![code, asker.bytes(), now.0])?;
                    tx.trace(act::RECOVER, About::Cadre(user), &format!("{code} {asker}"))?;
                    tx.settle_own()?;
                }
            }
            let opened = closed::open(&me.key, ESCROWED, code.as_bytes(), &sealed)
                .and_then(|bytes| String::from_utf8(bytes).ok());
            let Some(answer) = opened else { return Ok(Err(NotRecovered::Unknown)) };
            let sql = "select name from cadre where id = ?1";
            let name = tx.one(sql, [user.bytes()], |row| row.get::<_, String>(0))?.unwrap_or_default();
            Ok(Ok(Recovered { answer, user, name }))
        })
    }
}

/// Closes what opens a home for the county, under this code alone.
#[must_use]
pub fn seal_escrow(county: PublicKey, code: &str, answer: &str, around: &dyn Surroundings) -> Option<Vec<u8>> {
    closed::close(county, ESCROWED, code.as_bytes(), answer.as_bytes(), around)
}

impl Tx<'_> {
    /// Keeps what was sealed, under its code. Who comes second with a code takes nothing from the first.
    pub(crate) fn project_escrow(&self, kept: &Kept) -> Result<()> {
        let About::Cadre(user) = kept.entry.about else { return Ok(()) };
        let escrow: Escrow = kept.body()?;
        self.run(
            "insert or ignore into escrow (code, user, sealed) values (?1, ?2, ?3)",
            params![escrow.code, user.bytes(), escrow.sealed.as_slice()],
        )?;
        Ok(())
    }

    fn escrowed(&self, code: &str) -> Result<Option<(UserId, Vec<u8>)>> {
        let sql = "select user, sealed from escrow where code = ?1";
        let found = self.one(sql, [code], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        Ok(found.and_then(|(user, sealed)| Some((UserId::from_slice(&user)?, sealed))))
    }

    /// Whether a device may have a person's home opened: the county's own, one of a county office, or one of a township
    /// for the people of its area who stand below it.
    fn may_speak_for(&self, asker: DeviceId, user: UserId) -> Result<bool> {
        let me = self.identity()?;
        if asker == me.device {
            return Ok(true);
        }
        let Some(known) = self.known(asker)?.filter(|known| !known.revoked) else { return Ok(false) };
        Ok(self.holds_everything(known.user)? || self.may_open_home_of(user, known.user)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Enrolling, FileKey, InProcess, exchange};
    use lianhu_core::day::Moment;
    use lianhu_core::directive::Cadre;
    use lianhu_core::sign::Key;
    use lianhu_core::surroundings::Staged;
    use std::sync::{Arc, Mutex};

    #[test]
    fn an_answer_leaves_a_link_in_the_countys_chain_and_nobody_takes_a_code_from_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let around = Arc::new(Staged::new(3, Moment(1_790_000_000)));
        let open = |name: &str| Ledger::open(&dir.path().join(name), &FileKey([7; 32]), around.clone()).unwrap();
        let mut county = open("county.sqlite");
        county.found_county("411321", "南召县", &Key::mint(&*around)).unwrap();
        let mut phones = Vec::new();
        for name in ["卫春建", "曾建国"] {
            let user = UserId::mint(&*around);
            let body = Cadre { name: name.into(), ..Cadre::default() };
            county.direct(|w| w.record(About::Cadre(user), kind::CADRE, Source::Office, &body)).unwrap();
            let (secret, key) = (county.mint_secret(user).unwrap(), Key::mint(&*around));
            let asking = Enrolling { secret: String::new(), key: key.public(), label: "a".into(), device: None };
            let enrolled = county.enrol(&asking, &secret).unwrap().unwrap();
            let mut phone = open(name);
            phone.adopt(&enrolled, &key).unwrap();
            phones.push(phone);
        }
        let county_key = county.identity().unwrap().county_key;
        let county = Arc::new(Mutex::new(county));
        for (phone, answer) in phones.iter_mut().zip(["his", "not his"]) {
            let sealed = seal_escrow(county_key, "ABCDEFGH", answer, &*around).unwrap();
            phone.escrow("ABCDEFGH", sealed).unwrap();
            exchange(phone, &mut InProcess(county.clone()), 0, &mut |_| ()).unwrap().unwrap();
        }
        let mut county = county.lock().unwrap();
        let head = county.look().audit_head().unwrap();
        let found = county.answer_recovery("ABCDEFGH", None).unwrap().unwrap();
        assert_eq!((found.answer.as_str(), found.name.as_str()), ("his", "卫春建"), "who came first keeps the code");
        assert_ne!(county.look().audit_head().unwrap(), head);
        county.rebuild().unwrap();
        let phone = phones.first().unwrap().identity().unwrap().device;
        assert_eq!(county.answer_recovery("ABCDEFGH", Some(phone)).unwrap(), Err(NotRecovered::NotEntitled));
        around.pass(AGAIN);
        let head = county.look().audit_head().unwrap();
        assert!(county.answer_recovery("ABCDEFGH", None).unwrap().is_ok(), "the county's own machine says it again");
        assert_ne!(county.look().audit_head().unwrap(), head, "and notes it each time");
        assert_eq!(county.answer_recovery("AAAAAAAA", None).unwrap(), Err(NotRecovered::Unknown));
    }
}
