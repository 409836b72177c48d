//! One phone of a simulation, its line, and what it is owed: everything its person has saved and not yet seen arrive.

use crate::{BadLine, County, Phone};
use lianhu_core::change::Change;
use lianhu_core::entry::{Entry, kind};
use lianhu_core::exchange::{Answer, Reply, Signed};
use lianhu_core::hub::{Hub, HubError, Progress};
use lianhu_core::ids::{EntryId, EntryName, HouseholdId, PublicKey};
use lianhu_core::scalar::Scalar;
use lianhu_ledger::inspect;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Values that a change has put, but for clearings.
pub(super) type Values = Vec<(String, Scalar)>;

/// Something saved that has to arrive.
#[derive(Debug, Clone)]
pub(super) struct Owed {
    pub(super) household: Option<HouseholdId>,
    pub(super) values: Values,
    /// Keys that it clears: clearings look alike, so these are looked for at the end only.
    pub(super) clears: Vec<String>,
}

/// A copy of a phone, kept aside.
#[derive(Debug, Clone)]
pub(super) struct Copied {
    pub(super) path: PathBuf,
    pub(super) owes: BTreeMap<EntryName, Owed>,
    pub(super) settled: BTreeMap<EntryName, Owed>,
    pub(super) drafts: BTreeMap<EntryId, (HouseholdId, String)>,
}

/// A phone in the simulation.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) phone: Phone,
    pub(super) ear: Ear,
    pub(super) owes: BTreeMap<EntryName, Owed>,
    /// What has arrived: owed again should the county lose it.
    pub(super) settled: BTreeMap<EntryName, Owed>,
    /// Visits begun.
    pub(super) drafts: BTreeMap<EntryId, (HouseholdId, String)>,
    /// Numbers the county was heard to give, by entry, and in which life of its log.
    pub(super) heard: BTreeMap<EntryName, BTreeSet<(usize, u64)>>,
    /// Whether a test has damaged its file since the digests last agreed.
    pub(super) damaged: bool,
    /// The life of the county's log that it last heard of.
    pub(super) life: Option<usize>,
    pub(super) copy: Option<Copied>,
    /// Whether it was told that somebody has taken along what it handed over.
    pub(super) taken_along: bool,
    /// Whether the last exchange came to an end with the county having nothing more to say.
    pub(super) at_rest: bool,
}

/// A line on which everything said is overheard.
#[derive(Debug)]
pub(super) struct Ear {
    pub(super) line: BadLine<County>,
    pub(super) overheard: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Hub for Ear {
    fn exchange(&mut self, frame: &[u8], progress: &mut dyn FnMut(Progress)) -> Result<Vec<u8>, HubError> {
        let reply = self.line.exchange(frame, progress);
        self.overheard.push((frame.to_vec(), reply.as_ref().ok().cloned()));
        reply
    }
}

/// The reply in a frame, if the county gave it to just this request.
pub(super) fn genuine(request: &[u8], reply: &[u8], county: PublicKey) -> Option<Reply> {
    let (asked, _) = inspect::read_request(request)?;
    let signed: Signed = minicbor::decode(&inspect::unpack(reply).ok()?).ok()?;
    let reply = minicbor::decode(&signed.bytes).ok()?;
    signed.is_reply_to(asked.hash(), county).then_some(reply)
}

/// What a reply says of single entries.
pub(super) fn told(request: &[u8], reply: &Reply) -> Vec<(EntryName, Answer, Option<u64>)> {
    let mut told = Vec::new();
    let envelopes = inspect::read_request(request).map(|(_, request)| request.envelopes).unwrap_or_default();
    for receipt in &reply.receipts {
        let header =
            envelopes.iter().map(|sealed| sealed.header()).find(|header| header.name() == receipt.terms.envelope);
        let names = header.map(|header| header.names).unwrap_or_default();
        let answers: Vec<_> = receipt.answers(names.len()).collect();
        told.extend(names.iter().zip(answers).map(|(name, (answer, number, _))| (*name, answer, number)));
    }
    told.extend(reply.fates.iter().filter_map(|fate| Some((fate.entry, fate.answer?, fate.number))));
    told.extend(reply.page.iter().map(|paged| (EntryName::of(&paged.bytes), Answer::Had, Some(paged.number))));
    told
}

/// What a change puts, but for clearings, which look alike.
pub(super) fn values_of(entry: &Entry) -> Values {
    if entry.kind != kind::CHANGE {
        return Vec::new();
    }
    let change: Change = minicbor::decode(&entry.body).expect("a change reads back");
    let puts = change.puts.into_iter().map(|put| (put.key, put.value));
    puts.filter(|(_, value)| *value != Scalar::Null).collect()
}

/// The keys that a change clears.
pub(super) fn cleared_by(entry: &Entry) -> Vec<String> {
    if entry.kind != kind::CHANGE {
        return Vec::new();
    }
    let change: Change = minicbor::decode(&entry.body).expect("a change reads back");
    change.puts.into_iter().filter(|put| put.value == Scalar::Null).map(|put| put.key).collect()
}

impl Member {
    /// Notes what was just saved on it.
    pub(super) fn saved(&mut self, names: impl IntoIterator<Item = EntryName>) {
        let names: BTreeSet<_> = names.into_iter().collect();
        for held in self.phone.ledger().all_held().expect("entries are read") {
            if names.contains(&held.name) {
                let entry = Entry::read(&held.bytes).expect("an own entry reads back");
                let (values, clears) = (values_of(&entry), cleared_by(&entry));
                let owed = Owed { household: entry.about.household(), values, clears };
                self.owes.insert(held.name, owed);
            }
        }
        let missing = names.iter().find(|name| !self.owes.contains_key(name));
        assert!(missing.is_none(), "{missing:?} was saved and is not in the ledger");
    }
}
