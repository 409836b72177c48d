//! Broken variants of the ledger, each a few words of its source changed: what the simulation must catch (docs/proofs.md).

/// A variant and how it is made.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// What it is called.
    pub name: &'static str,
    /// What was broken, in one line.
    pub broken: &'static str,
    /// Which words of which file become which.
    pub changes: &'static [Change],
}

/// Words of a file that become other words. They must stand there exactly once.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The file, from the root of the tree.
    pub file: &'static str,
    /// What stands there.
    pub from: &'static str,
    /// What it becomes.
    pub to: &'static str,
}

const fn change(file: &'static str, from: &'static str, to: &'static str) -> Change {
    Change { file, from, to }
}

const COUNTY: &str = "crates/ledger/src/county.rs";
const GATE: &str = "crates/ledger/src/gate.rs";
const HANDOVER: &str = "crates/ledger/src/handover.rs";
const LAPSE: &str = "crates/ledger/src/lapse.rs";
const LIVES: &str = "crates/ledger/src/lives.rs";
const PAGE: &str = "crates/ledger/src/page.rs";
const PHONE: &str = "crates/ledger/src/phone.rs";
const REPLAY: &str = "crates/ledger/src/replay.rs";
const STORE: &str = "crates/ledger/src/store.rs";

/// All of them.
pub const VARIANTS: &[Variant] = &[
    Variant {
        name: "ack before commit",
        broken: "the county's answer leaves while its transaction is still open; it is committed with the next request",
        changes: &[
            change(
                COUNTY,
                "self.transact(|tx| tx.answer(&request, &known, hash)).map_err(|_| HubError::Busy)",
                "if !self.conn.is_autocommit() { self.conn.execute_batch(\"commit\").ok(); }\n        \
                 self.conn.execute_batch(\"begin immediate\").map_err(|_| HubError::Busy)?;\n        \
                 self.look().answer(&request, &known, hash).map_err(|_| HubError::Busy)",
            ),
            change(
                STORE,
                "        self.conn.execute_batch(\"begin immediate\")?;",
                "        if !self.conn.is_autocommit() { self.conn.execute_batch(\"commit\").ok(); }\n        \
                 self.conn.execute_batch(\"begin immediate\")?;",
            ),
        ],
    },
    Variant {
        name: "outbox emptied on send",
        broken: "what was put into a request counts as handed over, whatever becomes of the request",
        changes: &[
            change(
                PHONE,
                "        let entries = request.envelopes.iter().map(",
                "        self.run(\"update envelope set receipt = x'' where receipt is null\", [])?;\n        \
                 let entries = request.envelopes.iter().map(",
            ),
            change(
                PHONE,
                "            waiting: self.unsettled()?,",
                "            waiting: self.unsettled()?.into_iter().take(0).collect(),",
            ),
        ],
    },
    Variant {
        name: "number taken before commit",
        broken: "the county takes a number for every entry of a request in a transaction of its own, before it looks at them",
        changes: &[
            change(
                COUNTY,
                "        self.transact(|tx| tx.answer(&request, &known, hash))",
                "        let wanted = request.envelopes.iter().map(|sealed| sealed.entries.len()).sum::<usize>();\n        \
                 self.transact(|tx| (0..wanted).try_for_each(|_| tx.count_up(\"top\").map(drop))).map_err(|_| HubError::Busy)?;\n        \
                 self.transact(|tx| tx.answer(&request, &known, hash))",
            ),
            change(
                GATE,
                "        let number = self.count_up(\"top\")?;",
                "        let number = self.count_up(\"given\")?;\n        \
                 let top = self.meta::<i64>(\"top\")?.unwrap_or(0).max(number.cast_signed());\n        \
                 self.set_meta(\"top\", top)?;",
            ),
        ],
    },
    Variant {
        name: "grant end drops unsent",
        broken: "a phone forgets a household as soon as it hears of the end, whatever still waits",
        changes: &[change(HANDOVER, "        Ok(!waiting && !draft)", "        Ok(!waiting || !draft)")],
    },
    Variant {
        name: "no idempotency",
        broken: "an entry that comes again is given a number again",
        changes: &[change(
            GATE,
            "        if let Some(known) = self.fate(name)?.filter(|(answer, ..)| *answer != Answer::Quarantined) {",
            "        if let Some(kept) = self.entry(name)?.filter(|kept| kept.number.is_some()) {\n            \
             return Ok((Answer::Kept, Some(self.number(kept, arrival.point_at)?), None));\n        }\n        \
             if let Some(known) = self.fate(name)?.filter(|(answer, ..)| *answer != Answer::Quarantined) {",
        )],
    },
    Variant {
        name: "back-fill skipped",
        broken: "a newly granted household comes without what was numbered before the grant",
        changes: &[change(PAGE, "let fill_left = self.back_fill(reply, &mut room, top)?;", "let fill_left = false;")],
    },
    Variant {
        name: "digest adopted",
        broken: "the digest a phone sends is taken for right instead of compared with what the county computes",
        changes: &[change(
            PAGE,
            "reply.agrees = Some(self.whole_digest()? == theirs);",
            "reply.agrees = Some(theirs == theirs);",
        )],
    },
    Variant {
        name: "page dropped",
        broken: "the entry that no longer fits into a page is passed over by the cursor",
        changes: &[change(
            PAGE,
            "            if !self.take(reply, room, reserve, row)? {\n                return Ok(true);\n            }\n            reply.cursor.number = number;",
            "            reply.cursor.number = number;\n            if !self.take(reply, room, reserve, row)? {\n                return Ok(true);\n            }",
        )],
    },
    Variant {
        name: "envelope renumbered",
        broken: "what got no receipt is sealed anew in an envelope with the next number instead of sent again as it was",
        changes: &[change(
            PHONE,
            "        let envelopes = self.open_envelopes(room_up)?;",
            "        self.run(\"update entry set envelope = null where number is null and envelope in (select id from envelope where receipt is null)\", [])?;\n        \
             self.run(\"delete from envelope where receipt is null\", [])?;\n        \
             let envelopes = self.open_envelopes(room_up)?;",
        )],
    },
    Variant {
        name: "parked lost at reopen",
        broken: "what the county has parked does not outlive its process",
        changes: &[change(
            STORE,
            "        if found == 0 {",
            "        if found > 0 { conn.execute_batch(\"delete from entry where standing = 1 and number is null\")?; }\n        \
             if found == 0 {",
        )],
    },
    Variant {
        name: "scope join removed",
        broken: "the live log is sent to whoever asks, not only what is in scope",
        changes: &[change(
            PAGE,
            "from scope cross join entry on entry.about = scope.about and entry.number > max(?2, scope.since)",
            "from scope cross join entry on entry.number > max(?2, scope.since)",
        )],
    },
    Variant {
        name: "end never told",
        broken: "the news of an ended grant is left out, so a phone keeps the household for ever",
        changes: &[change(
            PAGE,
            "            reply.grants.push(GrantNews { about, since, horizon: horizon.map(Day), ended });",
            "            if ended.is_none() { reply.grants.push(GrantNews { about, since, horizon: horizon.map(Day), ended }); }",
        )],
    },
    Variant {
        name: "turn used twice",
        broken: "what is said again is said by the same actor as the first time",
        changes: &[change(REPLAY, "unwrap_or(1) + 1;", "unwrap_or(1);")],
    },
    Variant {
        name: "epoch ignored",
        broken: "a phone takes the new life of a restored county's log for the old one and goes on",
        changes: &[change(LAPSE, "        let went_back = cursor.epoch.is_some();", "        let went_back = false;")],
    },
    Variant {
        name: "envelopes dropped on forget",
        broken: "with a household that is handed over, the sealed envelopes go in which it was handed over",
        changes: &[change(HANDOVER, "        self.keep_sealed(About::Household(household))?;\n", "")],
    },
    Variant {
        name: "only the last life told",
        broken: "a restored county tells every device the number at which its own life began, whatever life that device read",
        changes: &[change(
            LIVES,
            "        Ok(later.map_or(0, |lowest| lowest.unwrap_or(own)))",
            "        Ok(later.map_or(own, |_| own))",
        )],
    },
    Variant {
        name: "said again knowing nothing",
        broken: "a change built on what the county has lost is said again as if its author had known nothing at all",
        changes: &[change(
            REPLAY,
            "                open.extend(kept.body::<Change>()?.deps);",
            "                drop(kept);",
        )],
    },
    Variant {
        name: "forgotten with a draft",
        broken: "a household is forgotten although a visit to it was begun and not finished, and the draft with it",
        changes: &[
            change(HANDOVER, "        Ok(!waiting && !draft)", "        Ok(!waiting && (!draft || draft))"),
            change(
                HANDOVER,
                "        self.run(\"delete from granted where about = ?1\", [&about])?;",
                "        self.run(\"delete from draft where household = ?1\", [household.bytes()])?;\n        \
                 self.run(\"delete from granted where about = ?1\", [&about])?;",
            ),
        ],
    },
    Variant {
        name: "counter not stored",
        broken: "a phone's request counter begins anew whenever the ledger is opened",
        changes: &[change(
            STORE,
            "        if found == 0 {",
            "        if found > 0 { conn.execute_batch(\"delete from meta where key = 'counter'\")?; }\n        if found == 0 {",
        )],
    },
];
