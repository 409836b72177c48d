//! The dossier 户档 of one household: the facts about it that people may change, merged without a clock.
//!
//! This is the only file that names Automerge. The document is flat: every key at the root, every value a scalar, so
//! two phones that write down the same household with no common ancestor still merge. Nothing is ever deleted;
//! clearing puts `Null`. What is stored is a cache: it can be rebuilt from the changes at any time.

use crate::change::{Change, Put, lane};
use crate::ids::{Actor, EntryName};
use crate::scalar::Scalar;
use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{
    ActorId, Automerge, Change as Chunk, ChangeHash, ExpandedChange, ObjId, ROOT, ReadDoc, ScalarValue, Value,
};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU64;

/// The merged dossier of one household, with the entries it was made from.
#[derive(Debug, Clone, Default)]
pub struct Dossier {
    doc: Automerge,
    log: Vec<Logged>,
    places: BTreeMap<EntryName, usize>,
    by_hash: BTreeMap<[u8; 32], usize>,
}

/// One change taken in, in the order it was.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct Logged {
    #[n(0)]
    name: EntryName,
    #[n(1)]
    hash: ByteArray<32>,
    #[n(2)]
    actor: Actor,
    #[n(3)]
    seq: u64,
    #[n(4)]
    max_op: u64,
    #[n(5)]
    lane: u8,
    #[n(6)]
    deps: Vec<u32>,
}

/// The stored form.
#[derive(Encode, Decode)]
struct Stored {
    #[n(0)]
    doc: ByteVec,
    #[n(1)]
    log: Vec<Logged>,
}

/// What one or several people say of one key: equal values are one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What is said.
    pub value: Scalar,
    /// The entries that say it, in the order they were taken in.
    pub entries: Vec<EntryName>,
}

/// Why a change cannot be taken in, or a stored dossier not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DossierError {
    /// Changes it builds on are not here yet.
    #[error("{} changes it builds on are not here yet", .0.len())]
    MissingDeps(Vec<EntryName>),
    /// Another change of the same actor stands at this place already: the device was copied.
    #[error("another change stands at this place of its actor")]
    SeqTaken,
    /// Changes of the same actor before it are not among those it knew.
    #[error("a change of its own actor before it is not among those it knew")]
    SeqGap,
    /// The stored bytes cannot be read; rebuild from the entries.
    #[error("the stored dossier cannot be read")]
    Unreadable,
    /// The merged document would not read back.
    #[error("the document would not read back")]
    Poisoned,
}

impl Dossier {
    /// Reads a stored dossier.
    pub fn read(bytes: &[u8]) -> Result<Self, DossierError> {
        let stored: Stored = minicbor::decode(bytes).map_err(|_| DossierError::Unreadable)?;
        let doc = Automerge::load(&stored.doc).map_err(|_| DossierError::Unreadable)?;
        let mut dossier = Self { doc, ..Self::default() };
        for logged in stored.log {
            dossier.note(logged);
        }
        Ok(dossier)
    }

    /// The bytes to store.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let stored = Stored { doc: self.doc.save_nocompress().into(), log: self.log.clone() };
        minicbor::to_vec(stored).unwrap_or_default()
    }

    fn note(&mut self, logged: Logged) {
        self.places.insert(logged.name, self.log.len());
        self.by_hash.insert(*logged.hash, self.log.len());
        self.log.push(logged);
    }

    /// Whether this change is in it.
    #[must_use]
    pub fn knows(&self, name: EntryName) -> bool {
        self.places.contains_key(&name)
    }

    /// How many changes are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log.len()
    }

    /// Whether nothing was written yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.log.is_empty()
    }

    /// The newest changes: what someone who writes now knows.
    #[must_use]
    pub fn heads(&self) -> Vec<EntryName> {
        let mut heads: Vec<_> = self.doc.get_heads().iter().filter_map(|hash| Some(self.logged(hash)?.name)).collect();
        heads.sort_unstable();
        heads
    }

    /// The last change that the import of rosters made.
    #[must_use]
    pub fn last_import(&self) -> Option<EntryName> {
        self.log.iter().rev().find(|logged| logged.lane == lane::IMPORT).map(|logged| logged.name)
    }

    /// What rosters say of a fact, with the change that says it.
    #[must_use]
    pub fn imported(&self, key: &str) -> Option<Statement> {
        let heads = self.hashes(self.last_import().into_iter()).ok()?;
        self.group(self.alternatives(key, &heads)).into_iter().next()
    }

    /// Whether the import of rosters made this change.
    #[must_use]
    pub fn is_import(&self, name: EntryName) -> bool {
        self.log.iter().any(|logged| logged.name == name && logged.lane == lane::IMPORT)
    }

    fn logged(&self, hash: &ChangeHash) -> Option<&Logged> {
        self.log.get(*self.by_hash.get(&hash.0)?)
    }

    /// Composes a change by an actor that puts these keys over every alternative known, leaving out what already
    /// stands alone; nothing is left to say, nothing is composed. `knowing` names the changes it builds on.
    #[must_use]
    pub fn compose(
        &self,
        puts: BTreeMap<String, Scalar>,
        knowing: &[EntryName],
        lane: u8,
        turn: u64,
        actor: impl Fn(&Change) -> Actor,
    ) -> Option<Change> {
        self.compose_or_repeat(puts, knowing, (lane, turn), false, actor)
    }

    /// Composes a change that says even what is said already: a person has looked at it and means it.
    #[must_use]
    pub fn compose_again(
        &self,
        puts: BTreeMap<String, Scalar>,
        knowing: &[EntryName],
        turn: u64,
        actor: impl Fn(&Change) -> Actor,
    ) -> Option<Change> {
        self.compose_or_repeat(puts, knowing, (crate::change::lane::PERSON, turn), true, actor)
    }

    fn compose_or_repeat(
        &self,
        puts: BTreeMap<String, Scalar>,
        knowing: &[EntryName],
        (lane, turn): (u8, u64),
        repeat: bool,
        actor: impl Fn(&Change) -> Actor,
    ) -> Option<Change> {
        let deps: BTreeSet<EntryName> = knowing.iter().copied().collect();
        let hashes = self.hashes(deps.iter().copied()).ok()?;
        let says_more = |key: &String, value: &Scalar| {
            let known = self.alternatives(key, &hashes);
            repeat || known.len() != 1 || known.first().is_none_or(|(known, _)| known != value)
        };
        let puts: Vec<_> = puts
            .into_iter()
            .filter(|(key, value)| says_more(key, value))
            .filter(|(key, value)| *value != Scalar::Null || !self.alternatives(key, &hashes).is_empty())
            .map(|(key, value)| Put { key, value })
            .collect();
        if puts.is_empty() {
            return None;
        }
        let mut change = Change { lane, turn, seq: 1, deps: deps.into_iter().collect(), puts };
        let actor = actor(&change);
        change.seq =
            1 + self.log.iter().filter(|logged| logged.actor == actor).map(|logged| logged.seq).max().unwrap_or(0);
        Some(change)
    }

    /// Takes in a change. Taking it in twice changes nothing; a change that cannot be taken in changes nothing.
    pub fn apply(&mut self, name: EntryName, actor: Actor, change: &Change) -> Result<(), DossierError> {
        if self.knows(name) {
            return Ok(());
        }
        let missing: Vec<_> = change.deps.iter().copied().filter(|dep| !self.knows(*dep)).collect();
        if !missing.is_empty() {
            return Err(DossierError::MissingDeps(missing));
        }
        self.check_seq(actor, change)?;
        let deps = self.hashes(change.deps.iter().copied())?;
        let places: Vec<_> = change.deps.iter().filter_map(|dep| self.places.get(dep)).copied().collect();
        let before = places.iter().filter_map(|place| self.log.get(*place)).map(|logged| logged.max_op).max();
        let start_op = 1 + before.unwrap_or(0);
        let operations = change.puts.iter().map(|put| self.operation(put, &deps)).collect();
        let chunk = Chunk::from(ExpandedChange {
            operations,
            actor_id: ActorId::from(&actor.0[..]),
            author: None,
            hash: None,
            seq: change.seq,
            start_op: NonZeroU64::new(start_op).unwrap_or(NonZeroU64::MIN),
            time: 0,
            message: None,
            deps,
            extra_bytes: Vec::new(),
        });
        let (hash, max_op) = (chunk.hash(), chunk.max_op());
        self.doc.apply_changes([chunk]).map_err(|_| DossierError::Poisoned)?;
        let deps = places.iter().filter_map(|place| u32::try_from(*place).ok()).collect();
        self.note(Logged { name, hash: hash.0.into(), actor, seq: change.seq, max_op, lane: change.lane, deps });
        Ok(())
    }

    /// Whether the change is the next of its actor and its author knew the one before.
    fn check_seq(&self, actor: Actor, change: &Change) -> Result<(), DossierError> {
        let own = self.log.iter().enumerate().filter(|(_, logged)| logged.actor == actor);
        let (mut last, mut taken) = (None, false);
        for (place, logged) in own {
            taken |= logged.seq == change.seq;
            last = last.max(Some((logged.seq, place)));
        }
        if taken {
            return Err(DossierError::SeqTaken);
        }
        match last {
            None if change.seq == 1 => Ok(()),
            Some((seq, place)) if seq + 1 == change.seq && self.reaches(change, place) => Ok(()),
            _ => Err(DossierError::SeqGap),
        }
    }

    /// Whether what the change knew includes the change at this place of the log.
    fn reaches(&self, change: &Change, goal: usize) -> bool {
        let mut open: Vec<usize> = change.deps.iter().filter_map(|dep| self.places.get(dep)).copied().collect();
        let mut seen = BTreeSet::new();
        while let Some(place) = open.pop() {
            if place == goal {
                return true;
            }
            // A change only builds on changes taken in before it, so nothing earlier than the goal can lead to it.
            if place > goal && seen.insert(place) {
                let deps = self.log.get(place).map(|logged| logged.deps.as_slice()).unwrap_or_default();
                open.extend(deps.iter().map(|dep| *dep as usize));
            }
        }
        false
    }

    fn hashes(&self, names: impl Iterator<Item = EntryName>) -> Result<Vec<ChangeHash>, DossierError> {
        let mut hashes = Vec::new();
        for name in names {
            let logged = self.places.get(&name).and_then(|place| self.log.get(*place));
            hashes.push(ChangeHash(*logged.ok_or_else(|| DossierError::MissingDeps(vec![name]))?.hash));
        }
        hashes.sort_unstable();
        Ok(hashes)
    }

    fn alternatives(&self, key: &str, heads: &[ChangeHash]) -> Vec<(Scalar, ObjId)> {
        let found = if heads.is_empty() { Ok(Vec::new()) } else { self.doc.get_all_at(ROOT, key, heads) };
        scalars(found.unwrap_or_default())
    }

    fn operation(&self, put: &Put, heads: &[ChangeHash]) -> Op {
        let pred = self.alternatives(&put.key, heads).into_iter().filter_map(|(_, id)| match id {
            ObjId::Id(counter, actor, _) => Some(OpId(counter, actor)),
            ObjId::Root => None,
        });
        Op {
            action: OpType::Put(stored(&put.value)),
            obj: ObjectId::Root,
            key: Key::Map(put.key.as_str().into()),
            pred: pred.collect(),
            insert: false,
        }
    }

    /// Whether the document reads back from its own bytes with the same heads.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.write_sound().is_some()
    }

    /// The bytes to store, if the document reads back from them with the same heads.
    #[must_use]
    pub fn write_sound(&self) -> Option<Vec<u8>> {
        let doc = self.doc.save_nocompress();
        let sound = Automerge::load(&doc).is_ok_and(|read| read.get_heads() == self.doc.get_heads());
        let stored = Stored { doc: doc.into(), log: self.log.clone() };
        sound.then(|| minicbor::to_vec(stored).unwrap_or_default())
    }

    /// Everything said of a key, in the order of `rank` of the entries (lowest first); one statement when all agree.
    #[must_use]
    pub fn statements(&self, key: &str) -> Vec<Statement> {
        let found = scalars(self.doc.get_all(ROOT, key).unwrap_or_default());
        self.group(found)
    }

    fn group(&self, found: Vec<(Scalar, ObjId)>) -> Vec<Statement> {
        let mut by_value: BTreeMap<Scalar, BTreeSet<(usize, EntryName)>> = BTreeMap::new();
        for (value, id) in found {
            let place = self.doc.hash_for_opid(&id).and_then(|hash| self.by_hash.get(&hash.0)).copied();
            let by = by_value.entry(value).or_default();
            if let Some((place, logged)) = place.and_then(|place| Some((place, self.log.get(place)?))) {
                by.insert((place, logged.name));
            }
        }
        by_value
            .into_iter()
            .map(|(value, by)| Statement { value, entries: by.into_iter().map(|(_, name)| name).collect() })
            .collect()
    }

    /// Every key with what is said of it, in one pass; only keys that say several things are looked at twice.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, Vec<Statement>> {
        let items = self.doc.map_range(ROOT, ..);
        let said = items.map(|item| {
            let statements = if item.conflict {
                self.statements(&item.key)
            } else {
                let id = item.id();
                self.group(scalars(vec![(item.value.into_value(), id)]))
            };
            (item.key.into_owned(), statements)
        });
        said.collect()
    }

    /// Everything that was said of a key as the author of these changes knew it.
    #[must_use]
    pub fn statements_at(&self, key: &str, names: &[EntryName]) -> Vec<Statement> {
        let heads = self.hashes(names.iter().copied()).unwrap_or_default();
        self.group(self.alternatives(key, &heads))
    }

    /// The values as the author of these changes knew them, where nobody disagreed.
    #[must_use]
    pub fn values_at(&self, names: &[EntryName]) -> BTreeMap<String, Scalar> {
        let Ok(heads) = self.hashes(names.iter().copied()) else { return BTreeMap::new() };
        if heads.is_empty() {
            return BTreeMap::new();
        }
        let keys: Vec<String> = self.doc.keys_at(ROOT, &heads).collect();
        keys.into_iter()
            .filter_map(|key| {
                let (value, _) = self.alternatives(&key, &heads).into_iter().next()?;
                Some((key, value))
            })
            .collect()
    }
}

fn scalars(found: Vec<(Value<'_>, ObjId)>) -> Vec<(Scalar, ObjId)> {
    found
        .into_iter()
        .filter_map(
            |(value, id)| if let Value::Scalar(scalar) = value { Some((read_back(&scalar)?, id)) } else { None },
        )
        .collect()
}

/// A value as the document holds it.
fn stored(value: &Scalar) -> ScalarValue {
    match value {
        Scalar::Null => ScalarValue::Null,
        Scalar::Bool(yes) => ScalarValue::Boolean(*yes),
        Scalar::Int(int) => ScalarValue::Int(*int),
        Scalar::Text(text) => ScalarValue::Str(text.as_str().into()),
    }
}

/// A value of the document; nothing for what no change can put.
fn read_back(value: &ScalarValue) -> Option<Scalar> {
    Some(match value {
        ScalarValue::Null => Scalar::Null,
        ScalarValue::Boolean(yes) => Scalar::Bool(*yes),
        ScalarValue::Int(int) => Scalar::Int(*int),
        ScalarValue::Str(text) => Scalar::Text(text.to_string()),
        _ => return None,
    })
}
