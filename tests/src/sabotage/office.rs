//! Broken variants of what only the county does: inspections and their samples, and unmasked exports.

use super::{Variant, change};

const ENTITLE: &str = "crates/ledger/src/entitle.rs";
const EXPORTS: &str = "crates/ledger/src/export_grants.rs";
const INSPECTED: &str = "crates/ledger/src/inspected.rs";
const INSPECTIONS: &str = "crates/ledger/src/inspections.rs";
const OUTSIDE: &str = "crates/core/src/outside.rs";
const PROJECTED: &str = "crates/ledger/src/project/inspection.rs";
const SAMPLING: &str = "crates/ledger/src/sampling.rs";

/// All of them.
pub(super) const VARIANTS: &[Variant] = &[
    Variant {
        name: "erased are drawn",
        broken: "the list that samples are drawn from holds households that were erased",
        changes: &[change(
            INSPECTED,
            "and (?1 is null or town = ?1 or village = ?1)\"",
            "and (?1 is null or town = ?1 or village = ?1) union all select household, null, null from erased where number is not null\"",
        )],
    },
    Variant {
        name: "erased sample stays",
        broken: "a household that was drawn and erased since stands among the samples",
        changes: &[change(
            INSPECTIONS,
            "                || self.erased_by(household)?.is_some()\n                || self.one(is_kept, [household.bytes()], |_| Ok(()))?.is_none()\n",
            "                || (self.erased_by(household)?.is_none()\n                    && self.one(is_kept, [household.bytes()], |_| Ok(()))?.is_none())\n",
        )],
    },
    Variant {
        name: "drawn twice",
        broken: "whoever was drawn in an earlier draw of the inspection is on the list again",
        changes: &[change(
            SAMPLING,
            "                before.insert(self.root_of(*household)?);",
            "                if self.root_of(*household)?.bytes().is_empty() {\n                    before.insert(*household);\n                }",
        )],
    },
    Variant {
        name: "drawn twice by two cards",
        broken: "a household that was drawn and then joined into another is on the list again as that one",
        changes: &[change(SAMPLING, "before.insert(self.root_of(*household)?);", "before.insert(*household);")],
    },
    Variant {
        name: "opening told to nobody",
        broken: "an opening comes to whoever looks after the household, and their device tells them nothing of it",
        changes: &[change(
            PROJECTED,
            "        let Some(household) = kept.entry.about.household() else { return Ok(()) };\n        self.run(",
            "        let Some(household) = kept.entry.about.household() else { return Ok(()) };\n        if !self.identity()?.is_county {\n            return Ok(());\n        }\n        self.run(",
        )],
    },
    Variant {
        name: "opening kept at the office",
        broken: "an opening is noted with the office and not with the household",
        changes: &[change(SAMPLING, "record(about, kind::SAMPLE_OPENED,", "record(OFFICE, kind::SAMPLE_OPENED,")],
    },
    Variant {
        name: "office makes up an opening",
        broken: "draws and openings are let in from whoever may write about what they are about",
        changes: &[change(
            ENTITLE,
            "if matches!(entry.kind, kind::SAMPLE_DRAWN | kind::SAMPLE_OPENED) {",
            "if matches!(entry.kind, kind::SAMPLE_DRAWN | kind::SAMPLE_OPENED) && entry.body.is_empty() {",
        )],
    },
    Variant {
        name: "inspection that never ends",
        broken: "the end of an inspection is kept and ends nothing",
        changes: &[change(
            INSPECTIONS,
            "if self.ended.is_some() || today > self.inspection.to {",
            "if today > self.inspection.to {",
        )],
    },
    Variant {
        name: "opened after the end",
        broken: "a sample is opened whenever its inspection has a number",
        changes: &[change(
            SAMPLING,
            "= tx.inspection(row.entry)?.filter(|row| row.stage(today) == Stage::Running) else {",
            "= tx.inspection(row.entry)?.filter(|row| row.number.is_some() || row.stage(today) == Stage::Running) else {",
        )],
    },
    Variant {
        name: "few can be worked out",
        broken: "a figure about a few is withheld, and nothing else with it",
        changes: &[change(
            OUTSIDE,
            "        if gone.len() > 1 && is_safe(&sum) {",
            "        if !gone.is_empty() || is_safe(&sum) {",
        )],
    },
    Variant {
        name: "grants their own",
        broken: "whoever asks for an export grants it themselves",
        changes: &[change(ENTITLE, "(asker != entry.user && in_time)", "(asker != asker || in_time)")],
    },
    Variant {
        name: "helper decides exports",
        broken: "what is asked, granted and ended of exports is let in from whoever is enrolled",
        changes: &[change(ENTITLE, "return Ok(may(self.holds_everything(entry.user)?));", "return Ok(may(true));")],
    },
    Variant {
        name: "county's hand grants",
        broken: "a grant counts whoever has written it, once it is numbered",
        changes: &[change(
            EXPORTS,
            "row.asked_by != entry.user && of_county && in_time",
            "row.asked_by != entry.user && (of_county || in_time)",
        )],
    },
    Variant {
        name: "granted after its end",
        broken: "what was refused or ended is granted all the same",
        changes: &[
            change(
                EXPORTS,
                "                        && row.granted.is_none()\n                        && row.ended.is_none()\n",
                "                        && row.granted.is_none()\n",
            ),
            change(EXPORTS, "        self.ended.is_none() && granted", "        granted"),
        ],
    },
    Variant {
        name: "grant counts before its number",
        broken: "a grant counts on the device that wrote it although the county has not numbered it",
        changes: &[change(
            EXPORTS,
            ".filter(|granted| granted.numbered && self.numbered);",
            ".filter(|granted| granted.numbered || self.numbered);",
        )],
    },
    Variant {
        name: "end of a grant only by who asked",
        broken: "nobody but who asked for an export can end it",
        changes: &[change(
            EXPORTS,
            "                    if let Some(row) = row {",
            "                    if let Some(row) = row.filter(|row| row.asked_by == entry.user) {",
        )],
    },
];
