//! The lives of the county's log: one begins when the county is founded, another whenever a back-up takes the place of
//! what was lost. A device that read another life has to know how far both agree.

use crate::error::Result;
use crate::store::Tx;
use lianhu_core::ids::Epoch;

impl Tx<'_> {
    /// Begins a life of the log that agrees with the ones before it up to this number.
    pub(crate) fn begin_life(&self, base: u64) -> Result<()> {
        let mut lives = if self.meta::<Vec<u8>>("epoch")?.is_some() { self.lives()? } else { Vec::new() };
        let mut epoch = Epoch::default();
        self.around.fill(&mut epoch.0);
        lives.push((epoch, base));
        self.set_meta("epoch", epoch.0.to_vec())?;
        self.set_meta("base", base.cast_signed())?;
        self.set_meta("lives", minicbor::to_vec(&lives).unwrap_or_default())
    }

    /// The lives that this log has come through, each with the number at which it began.
    fn lives(&self) -> Result<Vec<(Epoch, u64)>> {
        let stored: Option<Vec<u8>> = self.meta("lives")?;
        let base = self.meta::<i64>("base")?.unwrap_or(0).cast_unsigned();
        Ok(match stored.and_then(|bytes| minicbor::decode(&bytes).ok()) {
            Some(lives) => lives,
            None => vec![(self.epoch()?, base)],
        })
    }

    /// Up to which number a device that read that life of the log and this one have the same. Of a life that was lost
    /// altogether nothing can be said: nothing is taken for the same.
    pub(crate) fn agreed(&self, epoch: Option<Epoch>) -> Result<u64> {
        let lives = self.lives()?;
        let own = lives.last().map_or(0, |(_, base)| *base);
        let Some(epoch) = epoch else { return Ok(own) };
        let since = lives.iter().position(|(known, _)| *known == epoch);
        let later = since.map(|at| lives.iter().skip(at + 1).map(|(_, base)| *base).min());
        Ok(later.map_or(0, |lowest| lowest.unwrap_or(own)))
    }

    /// Whether a back-up has ever taken the place of this log.
    pub(crate) fn was_restored(&self) -> Result<bool> {
        Ok(self.lives()?.len() > 1)
    }
}
