//! Broken variants of who holds and counts what: joins and their ends, erasures, roles, teams and townships.

use super::{Variant, change};

const AREAS: &str = "crates/ledger/src/areas.rs";
const DIRECTING: &str = "crates/ledger/src/directing.rs";
const ERASING: &str = "crates/ledger/src/erasing.rs";
const ERASURE: &str = "crates/ledger/src/project/erasure.rs";
const GATE: &str = "crates/ledger/src/gate.rs";
const HANDOVER: &str = "crates/ledger/src/handover.rs";
const HOUSEHOLDS: &str = "crates/ledger/src/households.rs";
const JOIN: &str = "crates/ledger/src/project/join.rs";
const SCOPE: &str = "crates/ledger/src/scope.rs";

/// All of them.
pub(super) const VARIANTS: &[Variant] = &[
    Variant {
        name: "join not counted once",
        broken: "a card that is joined into another is listed and counted beside it",
        changes: &[change(
            HOUSEHOLDS,
            "\"household.id not in (select joined.household from joined)\"",
            "\"household.id not in (select joined.root from joined where joined.root is null)\"",
        )],
    },
    Variant {
        name: "scope not widened by a join",
        broken: "whoever holds one card does not come to hold what is joined with it",
        changes: &[change(
            SCOPE,
            "                self.rescope_joined([household, kept.body::<Join>()?.into], point)",
            "                kept.body::<Join>().map(drop)",
        )],
    },
    Variant {
        name: "parting leaves rows",
        broken: "the end of a join is kept and ends nothing",
        changes: &[change(
            JOIN,
            "update joining set ended = 1 where entry",
            "update joining set ended = 0 where entry",
        )],
    },
    Variant {
        name: "count of a card that went stays",
        broken: "on a phone that lets a card go, its people stay counted on the card it was joined into",
        changes: &[change(HANDOVER, "others.into_iter().try_for_each(|other| self.describe_anew(other))", "Ok(())")],
    },
    Variant {
        name: "join refused where its card went",
        broken: "a township's join is judged by where its cards lie now, not by where they lay as far as it had heard",
        changes: &[change(
            AREAS,
            "                if replaced.is_none_or(|number| seen < number) {\n                    for place in places {",
            "                if replaced.is_none_or(|number| seen + 1_000_000 < number) {\n                    for place in places {",
        )],
    },
    Variant {
        name: "erased rows kept on a device",
        broken: "an erasure takes effect at the county, and a device that hears of it goes on as before",
        changes: &[change(
            ERASURE,
            "            Some(number) => self.erase(household, number),",
            "            Some(number) if self.identity()?.is_county => self.erase(household, number),\n            Some(_) => Ok(()),",
        )],
    },
    Variant {
        name: "erased entry pushed again is kept",
        broken: "what comes later for an erased household is taken in like anything else",
        changes: &[change(
            GATE,
            "        if self.came_after(entry.about.household(), arrival.head.device, arrival.head.user)? {",
            "        if false {",
        )],
    },
    Variant {
        name: "household key not destroyed",
        broken: "the county takes out the rows of an erased household and keeps its key",
        changes: &[change(
            ERASING,
            "        if self.key_left {\n            self.key_left = self.destroy_keys_left().is_err();",
            "        if self.key_left && self.around.now().0 < 0 {\n            self.key_left = self.destroy_keys_left().is_err();",
        )],
    },
    Variant {
        name: "erased card still joins others",
        broken: "whoever held a card only through one that was erased goes on holding it",
        changes: &[change(
            ERASING,
            "            self.rescope_without(&others, Point { number: ended, at: self.around.now() })?;",
            "            drop((others, Point { number: ended, at: self.around.now() }));",
        )],
    },
    Variant {
        name: "role end ignored",
        broken: "the end of a role is told, and takes nothing from whoever had it",
        changes: &[change(
            SCOPE,
            "                Some(place) => self.rescope_area(user, place, point),\n                None => Ok(()),",
            "                Some(_) | None => Ok(()),",
        )],
    },
    Variant {
        name: "member who left still holds",
        broken: "whoever has left a team goes on holding what is entrusted to it",
        changes: &[change(
            SCOPE,
            "select team from member where member.user = ?2 and left = 0))",
            "select team from member where member.user = ?2))",
        )],
    },
    Variant {
        name: "township directs anywhere",
        broken: "a township entrusts, and takes back whatever household it likes",
        changes: &[change(
            DIRECTING,
            "                Ok(self.held_at(entry.user, entry.about, seen)?\n                    && self.is_theirs",
            "                Ok(true\n                    || self.is_theirs",
        )],
    },
    Variant {
        name: "township judged as it is now",
        broken: "what a township directed before it heard of its end is refused",
        changes: &[change(
            AREAS,
            "and (ended is null or ended > ?2)\"",
            "and (ended is null or ended > ?2 + 1000000)\"",
        )],
    },
    Variant {
        name: "moved household's loser not told",
        broken: "who held a household by its place holds it on when it goes elsewhere",
        changes: &[change(
            SCOPE,
            "            users.extend(self.holders(card)?);\n        }\n        users.into_iter().try_for_each(|user| self.recover(user, household, point))",
            "            drop(card);\n        }\n        users.into_iter().try_for_each(|user| self.recover(user, household, point))",
        )],
    },
];
