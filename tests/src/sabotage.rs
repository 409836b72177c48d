//! Broken variants of the ledger, each a few words of its source changed: what the simulation must catch (docs/proofs.md).

mod hands;
mod office;

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

const AUTHOR: &str = "crates/ledger/src/author.rs";
const COUNTY: &str = "crates/ledger/src/county.rs";
const APPROVAL: &str = "crates/ledger/src/project/approval.rs";
const DIRECTING: &str = "crates/ledger/src/directing.rs";
const ENTRIES: &str = "crates/ledger/src/entries.rs";
const GATE: &str = "crates/ledger/src/gate.rs";
const HANDOVER: &str = "crates/ledger/src/handover.rs";
const HOUSEHOLD: &str = "crates/ledger/src/project/household.rs";
const LAPSE: &str = "crates/ledger/src/lapse.rs";
const LIVES: &str = "crates/ledger/src/lives.rs";
const PAGE: &str = "crates/ledger/src/page.rs";
const PARCELS: &str = "crates/ledger/src/parcels.rs";
const PHONE: &str = "crates/ledger/src/phone.rs";
const REPLAY: &str = "crates/ledger/src/replay.rs";
const STORE: &str = "crates/ledger/src/store.rs";

/// All of them.
pub fn variants() -> impl Iterator<Item = &'static Variant> {
    VARIANTS.iter().chain(hands::VARIANTS).chain(office::VARIANTS)
}

const VARIANTS: &[Variant] = &[
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
        changes: &[change(HANDOVER, "        Ok(!waiting && !draft &&", "        Ok((!waiting || !draft) &&")],
    },
    Variant {
        name: "no idempotency",
        broken: "an entry that comes again is given a number again",
        changes: &[change(
            GATE,
            "        if let Some(known) = self.fate(name)?.filter(|(answer, ..)| *answer != Answer::Quarantined) {",
            "        if let Some(kept) = self.entry(name)?.filter(|kept| kept.number.is_some()) {\n            \
             return Ok((Answer::Kept, Some(self.number(kept, arrival.point_at)?.1.number), None));\n        }\n        \
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
            "        let made = match found {",
            "        if found > 0 { conn.execute_batch(\"delete from entry where standing = 1 and number is null\")?; }\n        \
             let made = match found {",
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
        name: "begun is not finished",
        broken: "a household that was taken back is not written about, whatever was begun before",
        changes: &[change(
            AUTHOR,
            "        if me.is_county || self.begun.get() == Some(household) {",
            "        if me.is_county {",
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
            change(HANDOVER, "        Ok(!waiting && !draft &&", "        Ok(!waiting && (!draft || draft) &&"),
            change(
                HANDOVER,
                "        self.run(\"delete from granted where about = ?1\", [&about])?;",
                "        self.run(\"delete from draft where household = ?1\", [household.bytes()])?;\n        \
                 self.run(\"delete from granted where about = ?1\", [&about])?;",
            ),
        ],
    },
    Variant {
        name: "last-writer projection",
        broken: "of two statements the one with the later clock counts and nobody is asked, instead of both standing side by side",
        changes: &[
            change(
                HOUSEHOLD,
                "                if statements.len() > 1 {\n                    let asks",
                "                if statements.len() > 1_000 {\n                    let asks",
            ),
            change(
                HOUSEHOLD,
                "                self.counting(&statements)?.map(|statement| statement.value.clone())\n            };",
                "                let mut latest: Option<(lianhu_core::day::Moment, Scalar)> = None;\n                \
                 for (statement, name) in statements.iter().flat_map(|said| said.entries.iter().map(move |name| (said, name))) {\n                    \
                     let at = self.living(*name)?.map(|kept| kept.entry.at).unwrap_or(lianhu_core::day::Moment(0));\n                    \
                     if latest.as_ref().is_none_or(|(last, _)| *last <= at) { latest = Some((at, statement.value.clone())); }\n                \
                 }\n                latest.map(|(_, value)| value)\n            };",
            ),
        ],
    },
    Variant {
        name: "no actor fork after restore",
        broken: "a phone that is told that it exists twice goes on as the one it was",
        changes: &[change(
            REPLAY,
            "        let mut chance = [0; 2];",
            "        if self.around.now().0 > 0 {\n            return Ok(());\n        }\n        let mut chance = [0; 2];",
        )],
    },
    Variant {
        name: "forgets before receipt",
        broken: "a household that has ended is forgotten, and what was sealed of it, once all of it is sealed, whether or not the county has it",
        changes: &[
            change(
                HANDOVER,
                "number is null and standing = ?2 and device = ?3 limit 1\"",
                "number is null and envelope is null and standing = ?2 and device = ?3 limit 1\"",
            ),
            change(HANDOVER, "        self.keep_sealed(About::Household(household))?;\n", ""),
        ],
    },
    Variant {
        name: "equal said twice",
        broken: "two people who say the same at the same time are two statements between which somebody has to choose",
        changes: &[change(
            HOUSEHOLD,
            "                if statements.len() > 1 {\n                    let asks",
            "                if statements.iter().map(|said| said.entries.len()).sum::<usize>() > 1 {\n                    let asks",
        )],
    },
    Variant {
        name: "mark without receipt",
        broken: "what a carrier has taken along bears the county's mark before the county has said a word",
        changes: &[change(
            PARCELS,
            "        let carried = self.carried()?;",
            "        self.run(\"update entry set number = (select coalesce(max(number), 0) + 1 from entry) where name = (select name from entry where number is null and envelope in (select id from envelope where carried is not null) limit 1)\", [])?;\n        \
             let carried = self.carried()?;",
        )],
    },
    Variant {
        name: "old answer taken whole",
        broken: "of a file that answers what was asked long ago everything is taken, not the receipts alone",
        changes: &[change(
            PARCELS,
            "        if minicbor::to_vec(&now).unwrap_or_default() == cursor {",
            "        if minicbor::to_vec(&now).unwrap_or_default().len() < cursor.len() + 99 {",
        )],
    },
    Variant {
        name: "half an act kept",
        broken: "each write of an act is by itself: what it had written before the disk was full, or before it was refused, stays",
        changes: &[
            change(
                STORE,
                "        self.conn.execute_batch(\"begin immediate\")?;\n        let tx = self.look();",
                "        let tx = self.look();",
            ),
            change(STORE, "self.conn.execute_batch(\"commit\").map(|()| value).map_err(Into::into)", "Ok(value)"),
        ],
    },
    Variant {
        name: "anybody directs",
        broken: "a directive is let in from whoever is enrolled",
        changes: &[change(
            DIRECTING,
            "            _ if areas.is_empty() => Ok(false),",
            "            _ if areas.is_empty() => Ok(true),",
        )],
    },
    Variant {
        name: "anybody plays the roster",
        broken: "what claims to be from the import of rosters is let in from whoever holds the household",
        changes: &[change(GATE, "change.lane != lane::PERSON)", "change.lane > lane::IMPORT)")],
    },
    Variant {
        name: "first confirmation for ever",
        broken: "of several confirmations the first one counts instead of the last",
        changes: &[change(
            APPROVAL,
            "is_none_or(|(highest, _)| *highest <= rank)",
            "is_none_or(|(highest, _)| *highest > rank)",
        )],
    },
    Variant {
        name: "registration left behind",
        broken: "a household that was registered long ago, or by a clock that was behind, comes to a new helper without its place",
        changes: &[change(
            ENTRIES,
            "OF_A_DAY: [u16; 2] = [kind::VISIT, kind::REMARK];",
            "OF_A_DAY: [u16; 2] = [kind::VISIT, kind::REGISTRATION];",
        )],
    },
    Variant {
        name: "counter not stored",
        broken: "a phone's request counter begins anew whenever the ledger is opened",
        changes: &[change(
            STORE,
            "        let made = match found {",
            "        if found > 0 { conn.execute_batch(\"delete from meta where key = 'counter'\")?; }\n        let made = match found {",
        )],
    },
];
