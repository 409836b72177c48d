//! Verifying 自查: a walk over everything that lies here, without a line. It names what was altered, removed, put in another
//! order or dated back, and says what it cannot prove. It speaks of entries, envelopes and numbers, never of people.

mod audit;
mod entries;
mod envelopes;
mod erased;
mod numbers;
mod words;

use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::ids::{EntryName, EnvelopeName};
use serde::Serialize;
use ts_rs::TS;

/// The most findings told one by one.
const MOST: usize = 1_000;
/// Up to so many entries the tables are computed again and compared.
const FEW: u64 = 300_000;

/// What was found to be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The bytes of an entry are not those it was named by.
    EntryAltered,
    /// An entry that was handed over, or numbered, is not here any more.
    EntryRemoved,
    /// An entry that no signed envelope names.
    EntryUnsigned,
    /// What stands beside an entry's bytes says something else than they do.
    RowAltered,
    /// The number of an entry is not the one in its receipt.
    NumberDiffers,
    /// Two entries, or several, stand in another order than the county gave them numbers.
    Reordered,
    /// An envelope is not as it was signed.
    EnvelopeAltered,
    /// An envelope of the chain is not here any more.
    EnvelopeRemoved,
    /// An envelope does not follow the one before it.
    EnvelopeReordered,
    /// A receipt is not as the county signed it.
    ReceiptAltered,
    /// An entry has a number, and there is no receipt for its envelope.
    ReceiptMissing,
    /// It is said to have come at another time than its receipt tells.
    BackDated,
    /// A link of the trace of what was looked at is not as it was.
    TraceAltered,
    /// A link of that trace is not here any more.
    TraceRemoved,
    /// What is held does not add up to the sum kept of it.
    SumDiffers,
    /// A table is not what the entries add up to.
    TableDiffers,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Finding {
    /// What is wrong.
    pub fault: Fault,
    /// With which entry; the beginning of its name where only that is known.
    pub entry: Option<String>,
    /// With which number, or from which on.
    #[ts(type = "number | null")]
    pub number: Option<u64>,
    /// With which envelope.
    pub envelope: Option<EnvelopeName>,
    /// In which table.
    pub table: Option<String>,
    /// In Chinese words, for a terminal.
    pub words: String,
}

/// Something that cannot be proved from what lies here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Unproven {
    /// Others' entries came with the name of their envelope only: who signed them the county can prove.
    OthersSignatures,
    /// In which order others' entries were numbered: the chain of numbers lies at the county.
    OthersOrder,
    /// Envelopes whose receipt is older than half a year were let go, or given up for a new incarnation.
    LetGo,
    /// What has no receipt yet its device could still write anew.
    NotReceipted,
    /// What stands in quarantine lies there without its envelope.
    Quarantined,
    /// Whoever has the county's key could write its whole log anew; only the receipts on the phones would tell.
    CountyKey,
    /// What a clock said when something was written is its word only.
    Clocks,
    /// The tables were not computed again: there are too many entries.
    Tables,
}

/// What a walk over a ledger brought to light.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Verified {
    /// Whether nothing was found.
    pub clean: bool,
    /// Entries looked at.
    #[ts(type = "number")]
    pub entries: u64,
    /// Envelopes looked at.
    #[ts(type = "number")]
    pub envelopes: u64,
    /// Receipts looked at.
    #[ts(type = "number")]
    pub receipts: u64,
    /// Entries that were erased with their household, by the number of the directive; 0 where it is not known here.
    #[ts(type = "[number, number][]")]
    pub erased: Vec<(u64, u32)>,
    /// What is wrong, at most a thousand.
    pub findings: Vec<Finding>,
    /// What cannot be proved, with how often it comes up.
    pub unproven: Vec<(Unproven, u32)>,
}

impl Ledger {
    /// Walks over everything that lies here. Nothing is changed by it.
    pub fn verify(&mut self) -> Result<Verified> {
        let mut walk = Walk::default();
        {
            let tx = self.look();
            walk.entries(&tx)?;
            walk.erased(&tx)?;
            walk.envelopes(&tx)?;
            walk.numbers(&tx)?;
            walk.trace(&tx)?;
        }
        self.tables(&mut walk)?;
        Ok(walk.told())
    }

    /// The tables that are not what the entries add up to. They are computed again, and then everything is as it was.
    fn computed_again(&mut self) -> Result<Vec<String>> {
        let before = self.dump_rebuilt()?;
        self.conn.execute_batch("begin immediate")?;
        let again = self.look().rebuild().and_then(|()| self.dump_rebuilt());
        self.conn.execute_batch("rollback")?;
        // Who may hold what is kept, not computed; the sums were looked at one by one.
        let tables = again?.into_iter().filter(|(table, _)| table != "scope" && table != "digest");
        Ok(tables.filter(|(table, rows)| before.get(table) != Some(rows)).map(|(table, _)| table).collect())
    }

    fn tables(&mut self, walk: &mut Walk) -> Result<()> {
        if walk.entries > FEW {
            walk.cannot(Unproven::Tables, 1);
            return Ok(());
        }
        match self.computed_again() {
            Ok(differs) => {
                for table in differs {
                    walk.found(Fault::TableDiffers, |finding| finding.table = Some(table));
                }
            }
            // An entry that cannot be read adds up to nothing; it was named already.
            Err(_) if !walk.findings.is_empty() => walk.cannot(Unproven::Tables, 1),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// What was seen so far.
#[derive(Debug, Default)]
struct Walk {
    entries: u64,
    envelopes: u64,
    receipts: u64,
    erased: std::collections::BTreeMap<u64, u32>,
    /// What lies in own envelopes that are kept whole.
    whole: std::collections::BTreeSet<EntryName>,
    findings: Vec<Finding>,
    unproven: std::collections::BTreeMap<Unproven, u32>,
}

impl Walk {
    fn found(&mut self, fault: Fault, say: impl FnOnce(&mut Finding)) {
        let mut finding =
            Finding { fault, entry: None, number: None, envelope: None, table: None, words: String::new() };
        say(&mut finding);
        finding.words = words::of(&finding);
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    fn entry(&mut self, fault: Fault, entry: EntryName, number: Option<u64>) {
        self.found(fault, |finding| (finding.entry, finding.number) = (Some(entry.to_string()), number));
    }

    fn envelope(&mut self, fault: Fault, envelope: EnvelopeName) {
        self.found(fault, |finding| finding.envelope = Some(envelope));
    }

    fn cannot(&mut self, what: Unproven, often: u32) {
        if often > 0 {
            *self.unproven.entry(what).or_default() += often;
        }
    }

    fn told(mut self) -> Verified {
        let clean = self.findings.is_empty();
        self.findings.truncate(MOST);
        Verified {
            clean,
            entries: self.entries,
            envelopes: self.envelopes,
            receipts: self.receipts,
            erased: self.erased.into_iter().collect(),
            findings: self.findings,
            unproven: self.unproven.into_iter().collect(),
        }
    }
}

impl Tx<'_> {
    fn count(&self, sql: &str) -> Result<u32> {
        Ok(self.one(sql, [], |row| row.get(0))?.unwrap_or(0))
    }
}
