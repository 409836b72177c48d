//! What is known to break Automerge, and what a hostile device would try: each cannot even be written in the published
//! form, or is refused by its code, or does nothing.

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change as Chunk, ExpandedChange, ScalarValue};
use lianhu_core::change::{Change, Put};
use lianhu_core::day::Day;
use lianhu_core::entry::{About, Entry, kind};
use lianhu_core::envelope::{Head, Sealed};
use lianhu_core::exchange::{Answer, Code, Reply, Request, Signed};
use lianhu_core::hub::HubError;
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::record::{NeedStep, Strike};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::{Need, Visit};
use lianhu_ledger::{Identity, inspect};
use lianhu_tests::hostile::{an_entry, throw};
use lianhu_tests::{Phone, Village};
use std::collections::BTreeMap;
use std::num::NonZeroU64;

/// A county, a household of an honest helper, and a hostile device with a household of its own.
struct Scene {
    village: Village,
    honest: Phone,
    victim: HouseholdId,
    own: HouseholdId,
    by: Identity,
    count: u64,
}

fn scene() -> Scene {
    let mut village = Village::new(42);
    let place = village.place("北召店村", "village", None);
    let (good, bad) = (village.person("卫春建"), village.person("坏人"));
    let (victim, own) = (village.household("段志荣", place), village.household("坏人家", place));
    village.entrusts(victim, good);
    village.entrusts(own, bad);
    let mut honest = village.phone("卫春建");
    honest.exchanges(&mut village.line()).unwrap();
    let phone = village.phone("坏人");
    let by = phone.ledger().identity().unwrap();
    Scene { village, honest, victim, own, by, count: 0 }
}

impl Scene {
    fn entry(&self, about: About, kind: u16, body: Vec<u8>) -> Entry {
        an_entry(&self.by, about, kind, body, &self.village)
    }

    fn change(&self, change: &Change) -> Vec<u8> {
        self.entry(About::Household(self.own), kind::CHANGE, minicbor::to_vec(change).unwrap()).write()
    }

    fn seal(&mut self, entries: Vec<Vec<u8>>) -> Sealed {
        self.count += 1;
        let head = Head {
            county: self.by.county.clone(),
            device: self.by.device,
            incarnation: 1,
            user: self.by.user,
            number: self.count,
            prev: None,
            county_seen: 1000,
            audit: None,
        };
        Sealed::seal(head, entries, &self.by.key)
    }

    fn send(&mut self, sealed: Vec<Sealed>) -> Vec<(Answer, Option<Code>)> {
        self.count += 1;
        let count: usize = sealed.iter().map(|sealed| sealed.entries.len()).sum();
        let request = Request {
            version: lianhu_core::exchange::VERSION,
            county: self.by.county.clone(),
            device: self.by.device,
            incarnation: 1,
            counter: self.count,
            cursor: Default::default(),
            room: 1,
            digest: None,
            digests: vec![],
            waiting: vec![],
            envelopes: sealed,
            older: vec![],
            devices_since: None,
            carried: None,
            wants_pass: None,
        };
        let signed = Signed::request(&request, &self.by.key);
        let frame = inspect::pack(&minicbor::to_vec(&signed).unwrap());
        let answered = self.village.county.with(|county| county.answer(&frame)).unwrap();
        let signed: Signed = minicbor::decode(&inspect::unpack(&answered.frame).unwrap()).unwrap();
        let reply: Reply = minicbor::decode(&signed.bytes).unwrap();
        let answers = reply.receipts.iter().flat_map(|receipt| receipt.answers(count).collect::<Vec<_>>());
        answers.map(|(answer, _, code)| (answer, code)).collect()
    }

    fn hands_over(&mut self, entries: Vec<Vec<u8>>) -> Vec<(Answer, Option<Code>)> {
        let sealed = self.seal(entries);
        self.send(vec![sealed])
    }

    fn is_refused(&mut self, entry: Vec<u8>, code: Code) {
        assert_eq!(self.hands_over(vec![entry]), [(Answer::Quarantined, Some(code))]);
        self.is_sound();
    }

    /// As the body of a change, and wrapped as a value of one: there is no place in the form for a chunk.
    fn chunk_is_refused(&mut self, chunk: &[u8]) {
        let about = About::Household(self.own);
        let bare = self.entry(about, kind::CHANGE, chunk.to_vec()).write();
        self.is_refused(bare, Code::NotAnEntry);
        if chunk.len() < 60_000 {
            let wrapped = minicbor::to_vec(minicbor::bytes::ByteVec::from(chunk.to_vec())).unwrap();
            let wrapped = self.entry(about, kind::CHANGE, wrapped).write();
            self.is_refused(wrapped, Code::NotTheBody);
        }
    }

    fn is_sound(&self) {
        self.village.county.with(|county| {
            for household in county.household_rows().unwrap() {
                assert!(county.stored_dossier(household).unwrap().unwrap().is_sound());
            }
            let before = county.dump_rebuilt().unwrap();
            county.rebuild().unwrap();
            assert!(county.dump_rebuilt().unwrap() == before);
        });
    }

    fn rows(&self, table: &str) -> Vec<String> {
        self.village.county.with(|county| county.dump_rebuilt().unwrap())[table].clone()
    }
}

fn put(key: &str, value: Scalar) -> Put {
    Put { key: key.into(), value }
}

fn one(seq: u64, key: &str, value: Scalar) -> Change {
    Change { lane: 0, turn: 1, seq, deps: vec![], puts: vec![put(key, value)] }
}

fn op(key: &str, value: ScalarValue, pred: Vec<OpId>) -> Op {
    Op {
        action: OpType::Put(value),
        obj: ObjectId::Root,
        key: Key::Map(key.into()),
        pred: pred.into_iter().collect(),
        insert: false,
    }
}

fn chunk(actor: &[u8], seq: u64, start_op: u64, operations: Vec<Op>) -> Chunk {
    Chunk::from(ExpandedChange {
        operations,
        actor_id: ActorId::from(actor),
        author: None,
        hash: None,
        seq,
        start_op: NonZeroU64::new(start_op).unwrap(),
        time: 0,
        message: None,
        deps: vec![],
        extra_bytes: vec![],
    })
}

#[test]
fn a_predecessor_that_does_not_exist_cannot_be_written() {
    let mut scene = scene();
    let ghost = OpId(77, ActorId::from(&[9; 16][..]));
    let bad = chunk(&[1; 16], 1, 1, vec![op("phone", "1".into(), vec![ghost])]);
    scene.chunk_is_refused(bad.raw_bytes());
    // A list of predecessors beside the fields of the form is kept with the bytes, and means nothing.
    let mut body = minicbor::to_vec(one(1, "phone", "13811111111".into())).unwrap();
    assert_eq!(body[0], 0xa5);
    body[0] = 0xa6;
    body.extend([0x05, 0x81, 0x18, 0x63]);
    let entry = scene.entry(About::Household(scene.own), kind::CHANGE, body).write();
    assert_eq!(scene.hands_over(vec![entry]), [(Answer::Kept, None)]);
    scene.is_sound();
    let dossier = scene.village.county.with(|county| county.stored_dossier(scene.own).unwrap().unwrap());
    assert_eq!(dossier.statements("phone").len(), 2, "it overwrites nothing its author did not know");
}

#[test]
fn a_start_that_is_too_low_or_at_the_very_end_cannot_be_written() {
    let mut scene = scene();
    for start in [1, u64::from(u32::MAX) - 1] {
        let bad = chunk(&[1; 16], 1, start, vec![op("phone", "1".into(), vec![])]);
        scene.chunk_is_refused(bad.raw_bytes());
    }
}

#[test]
fn an_unknown_actor_that_does_not_begin_at_one_is_refused_as_a_gap() {
    let mut scene = scene();
    let entry = scene.change(&one(5, "phone", "1".into()));
    scene.is_refused(entry, Code::SeqGap);
}

#[test]
fn a_jump_in_the_sequence_of_an_actor_is_refused_as_a_gap() {
    let mut scene = scene();
    let first = scene.change(&one(1, "phone", "1".into()));
    let deps = vec![EntryName::of(&first)];
    assert_eq!(scene.hands_over(vec![first]), [(Answer::Kept, None)]);
    let entry = scene.change(&Change { deps, ..one(3, "phone", "2".into()) });
    scene.is_refused(entry, Code::SeqGap);
    let again = scene.change(&one(1, "address", "2".into()));
    scene.is_refused(again, Code::SeqTaken);
    let unaware = scene.change(&one(2, "address", "2".into()));
    scene.is_refused(unaware, Code::SeqGap);
}

#[test]
fn nobody_writes_as_somebody_else() {
    let mut scene = scene();
    let honest = scene.honest.ledger().identity().unwrap();
    for (user, device) in [(honest.user, honest.device), (scene.by.user, honest.device), (honest.user, scene.by.device)]
    {
        let body = minicbor::to_vec(one(1, "phone", "1".into())).unwrap();
        let entry = Entry { user, device, ..scene.entry(About::Household(scene.victim), kind::CHANGE, body) };
        scene.is_refused(entry.write(), Code::NotTheAuthor);
    }
}

#[test]
fn an_actor_of_no_bytes_cannot_be_written() {
    let mut scene = scene();
    let bad = chunk(&[], 1, 1, vec![op("phone", "1".into(), vec![])]);
    scene.chunk_is_refused(bad.raw_bytes());
}

#[test]
fn a_key_of_a_mebibyte_is_refused_and_so_is_one_of_eighty_one_bytes() {
    let mut scene = scene();
    let entry = scene.change(&one(1, &"k".repeat(1 << 20), Scalar::Null));
    scene.is_refused(entry, Code::NotAnEntry);
    let entry = scene.change(&one(1, &"k".repeat(81), Scalar::Null));
    scene.is_refused(entry, Code::NotTheBody);
}

#[test]
fn there_is_no_container_that_a_value_could_replace() {
    let mut scene = scene();
    let before = scene.rows("person");
    for (at, key) in (1..).zip(["person", "person/", "person//name", "household", ""]) {
        let change = one(at, key, "gone".into());
        let deps = Vec::new();
        let entry = scene.change(&Change { turn: at, seq: 1, deps, ..change });
        let answers = scene.hands_over(vec![entry]);
        assert!(
            matches!(answers[0], (Answer::Kept, None) | (Answer::Quarantined, Some(Code::NotTheBody))),
            "{answers:?}"
        );
    }
    assert_eq!(scene.rows("person"), before);
    scene.is_sound();
}

#[test]
fn a_run_length_bomb_is_no_change() {
    let mut scene = scene();
    let many = chunk(&[1; 16], 1, 1, vec![op("a", ScalarValue::Null, vec![]); 100_000]);
    assert!(many.raw_bytes().len() < 200, "{} bytes hold 100,000 operations", many.raw_bytes().len());
    scene.chunk_is_refused(many.raw_bytes());
    let puts = vec![put("a", Scalar::Null); 2001];
    let entry = scene.change(&Change { puts, ..one(1, "a", Scalar::Null) });
    scene.is_refused(entry, Code::NotTheBody);
}

#[test]
fn a_deflate_bomb_is_no_change_and_a_frame_that_unpacks_to_too_much_is_no_frame() {
    let mut scene = scene();
    let long = "a".repeat(8 << 20);
    let mut bomb = chunk(&[1; 16], 1, 1, vec![op("phone", long.as_str().into(), vec![])]);
    let packed = bomb.bytes().to_vec();
    assert!(packed.len() < 64 * 1024, "{} bytes unpack to 8 MiB", packed.len());
    scene.chunk_is_refused(&packed);
    let frame = zstd::bulk::compress(&vec![0; 64 << 20], 3).unwrap();
    let answered = scene.village.county.with(|county| county.answer(&frame));
    assert!(matches!(answered, Err(HubError::Broken)));
    scene.is_sound();
}

#[test]
fn a_flood_of_orphans_ends_at_a_bound() {
    let mut scene = scene();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for batch in 0_u64..3 {
        let orphans = (0..4000_u64).map(|at| {
            let nobody = EntryName::of(&(batch * 4000 + at).to_be_bytes());
            scene.change(&Change { deps: vec![nobody], turn: 1 + batch * 4000 + at, ..one(1, "phone", "1".into()) })
        });
        let orphans = orphans.collect();
        for (answer, _) in scene.hands_over(orphans) {
            *counts.entry(format!("{answer:?}")).or_default() += 1;
        }
    }
    assert_eq!(counts, BTreeMap::from([("Later".to_owned(), 2000), ("Parked".to_owned(), 10_000)]));
    scene.honest.visits(scene.victim, "2026-09-10");
    assert_eq!(scene.honest.exchanges(&mut scene.village.line()).unwrap().numbered, 1, "nobody else is held up");
}

#[test]
fn no_bit_of_what_was_sealed_can_be_flipped() {
    let mut scene = scene();
    let entry = scene.change(&one(1, "phone", "13811111111".into()));
    let sealed = scene.seal(vec![entry.clone()]);
    for bit in (0..entry.len() * 8).step_by(11) {
        let mut flipped = entry.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let sealed = Sealed { entries: vec![flipped.into()], ..sealed.clone() };
        assert_eq!(scene.send(vec![sealed]), [(Answer::Quarantined, Some(Code::NotSigned))], "bit {bit}");
    }
    assert_eq!(scene.send(vec![sealed]), [(Answer::Kept, None)]);
    scene.is_sound();
}

#[test]
fn nobody_takes_a_persons_row_by_writing_their_id_into_another_household() {
    let mut scene = scene();
    let before = scene.rows("person");
    let dossier = scene.village.county.with(|county| county.stored_dossier(scene.victim).unwrap().unwrap());
    let key = dossier.all().into_keys().find(|key| key.ends_with("/name")).unwrap();
    let entry = scene.change(&one(1, &key, "别人".into()));
    assert_eq!(scene.hands_over(vec![entry]), [(Answer::Kept, None)]);
    assert!(before.iter().all(|row| scene.rows("person").contains(row)));
    scene.is_sound();
}

#[test]
fn nobody_strikes_amends_or_steps_a_record_of_another_household_by_naming_it() {
    let mut scene = scene();
    let needs = vec![Need { category: "饮水".into(), text: String::new() }];
    let visit = Visit { day: Day::parse("2026-09-10").unwrap(), needs, ..Visit::default() };
    let target = scene.honest.writes_visit(scene.victim, &visit).unwrap();
    scene.honest.exchanges(&mut scene.village.line()).unwrap();
    let tables = ["visit", "need"].map(|table| scene.rows(table));
    let own = About::Household(scene.own);
    let strike = minicbor::to_vec(Strike { record: target, reason: String::new() }).unwrap();
    let amend = minicbor::to_vec(Visit { day: visit.day, amends: vec![target], ..Visit::default() }).unwrap();
    let step = minicbor::to_vec(NeedStep { visit: target, index: 0, step: 4, day: visit.day, result: None }).unwrap();
    let entries = [(kind::STRIKE, strike), (kind::VISIT, amend), (kind::NEED_STEP, step)]
        .map(|(kind, body)| scene.entry(own, kind, body).write());
    assert!(scene.hands_over(entries.to_vec()).iter().all(|answer| *answer == (Answer::Kept, None)));
    for (table, before) in ["visit", "need"].iter().zip(&tables) {
        let now = scene.rows(table);
        assert!(before.iter().all(|row| now.contains(row)), "{table}: {before:?} became {now:?}");
    }
    scene.is_sound();
}

#[test]
fn an_entry_refused_for_a_strangers_envelope_is_kept_in_its_authors_own() {
    let mut scene = scene();
    let name = scene.honest.visits(scene.victim, "2026-09-10");
    let held = scene.honest.ledger().all_held().unwrap();
    let bytes = held.iter().find(|held| held.name == name).unwrap().bytes.clone();
    assert_eq!(scene.hands_over(vec![bytes]), [(Answer::Quarantined, Some(Code::NotTheAuthor))]);
    assert_eq!(scene.honest.exchanges(&mut scene.village.line()).unwrap().numbered, 1);
}

#[test]
fn a_refusal_keeps_its_code_when_the_entry_comes_again() {
    let mut scene = scene();
    let body = minicbor::to_vec(one(1, "phone", "1".into())).unwrap();
    let entry = scene.entry(About::Household(scene.victim), kind::CHANGE, body).write();
    for _ in 0..3 {
        scene.is_refused(entry.clone(), Code::NotEntitled);
    }
}

#[test]
fn a_device_with_good_keys_cannot_make_the_countys_ledger_look_altered() {
    let mut scene = scene();
    scene.honest.visits(scene.victim, "2026-09-01");
    scene.honest.exchanges(&mut scene.village.line()).unwrap();
    let theirs = scene.village.county.with(|county| county.all_held().unwrap().pop().unwrap().bytes);
    let named = scene.seal(vec![theirs]);
    scene.send(vec![named]);
    // One after the other, and neither says that it follows the first.
    let visit = |scene: &Scene| {
        let visit = Visit { day: Day::parse("2026-09-02").unwrap(), ..Visit::default() };
        scene.entry(About::Household(scene.own), kind::VISIT, minicbor::to_vec(&visit).unwrap()).write()
    };
    let entries = [visit(&scene), visit(&scene)];
    let sealed = entries.map(|entry| scene.seal(vec![entry])).to_vec();
    assert!(scene.send(sealed).iter().all(|(answer, _)| *answer == Answer::Kept));
    let verified = scene.village.county.with(|county| county.verify().unwrap());
    assert!(verified.clean, "{:?}", verified.findings);
}

#[test]
fn some_thousand_mutants_do_no_harm() {
    for seed in 500..502 {
        let done = throw(seed, 1500).unwrap_or_else(|harm| panic!("{harm}"));
        assert!(done.mutants >= 1500 && done.kept > 0, "{done:?}");
    }
}
