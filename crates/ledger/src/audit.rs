//! The trace 留痕 of what was looked at or taken out although it is masked, of what was joined, erased, recovered: a chain of
//! links for each incarnation of the device. Each link is an entry that goes to the county and to nobody else, and the
//! newest travels in the head of every envelope: none can be taken away later without being noticed.

use crate::author::Writing;
use crate::entries::Kept;
use crate::error::Result;
use crate::store::{Ledger, Tx};
use lianhu_core::day::Day;
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::field;
use lianhu_core::ids::{EntryName, Hash, UserId};
use lianhu_core::inspection::{Inspection, InspectionEnd, SampleDrawn};
use lianhu_core::trace::{OFFICE, Trace};
use rusqlite::params;
use std::collections::BTreeSet;

/// The directives that are traces by themselves: who may do, hold and look at what.
const GRAVE: [u16; 16] = [
    kind::ROLE_KIND,
    kind::COUNTY_ROW,
    kind::CONFIRMED_FACTS,
    kind::ROLE,
    kind::ROLE_END,
    kind::MEMBER,
    kind::GRANT,
    kind::GRANT_END,
    kind::DEVICE,
    kind::LET_IN,
    kind::INSPECTION,
    kind::INSPECTION_END,
    kind::SAMPLE_DRAWN,
    kind::EXPORT_WANTED,
    kind::EXPORT_GRANTED,
    kind::EXPORT_GRANT_END,
];

/// A trace as it reached this ledger, or a directive that says who may do and hold what: that is traced by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceRow {
    /// The entry.
    pub entry: EntryName,
    /// Which act: `reveal`, `export` …, `role`, `grant`, `grant_end`, `device`.
    pub act: String,
    /// What exactly: the key of a fact, the kind of a workbook.
    pub detail: Option<String>,
    /// What it was about.
    pub about: About,
    /// Why, in words.
    pub reason: String,
    /// On which day, by the device's clock.
    pub day: Day,
    /// Who.
    pub user: UserId,
}

impl Ledger {
    /// Leaves a trace: which act (`lianhu_core::trace::act`, with what exactly after a space), about what, and why.
    pub fn note_audit(&mut self, act: &str, about: About, reason: &str) -> Result<()> {
        self.transact(|tx| {
            tx.trace(act, about, reason)?;
            if tx.identity()?.is_county { tx.settle_own() } else { Ok(()) }
        })
    }

    /// What an act was done to, once each.
    pub fn traced(&self, act: &str) -> Result<BTreeSet<About>> {
        let traces = self.look().entries("about = ?1 and kind = ?2", params![OFFICE.key(), kind::TRACE])?;
        let of = |kept: &Kept| kept.body::<Trace>().ok().filter(|trace| trace.act() == act)?.about;
        Ok(traces.iter().filter_map(of).collect())
    }

    /// The traces and the directives about roles, grants and devices that lie here, newest first.
    pub fn traces(&self) -> Result<Vec<TraceRow>> {
        let tx = self.look();
        let traces = tx.entries("about = ?1 and kind = ?2", params![OFFICE.key(), kind::TRACE])?;
        let places = vec!["?"; GRAVE.len()].join(", ");
        let directives = tx.entries(&format!("kind in ({places})"), GRAVE)?;
        let mut rows: Vec<(i64, u64, TraceRow)> = Vec::new();
        for kept in traces.into_iter().chain(directives) {
            if let Some(row) = row(&kept) {
                rows.push((kept.entry.at.0, kept.entry.mono, row));
            }
        }
        rows.sort_by_key(|(at, mono, _)| std::cmp::Reverse((*at, *mono)));
        Ok(rows.into_iter().map(|(.., row)| row).collect())
    }
}

fn row(kept: &Kept) -> Option<TraceRow> {
    let entry = &kept.entry;
    let of = |act: &str, reason: String| TraceRow {
        entry: kept.name,
        act: act.to_owned(),
        detail: None,
        about: entry.about,
        reason,
        day: entry.at.day(),
        user: entry.user,
    };
    let office = |act: &str, reason: String| TraceRow { about: About::County, ..of(act, reason) };
    match entry.kind {
        kind::TRACE => {
            let trace: Trace = kept.body().ok()?;
            let detail = trace.act.split_once(' ').map(|(_, detail)| detail.to_owned());
            let about = trace.about.unwrap_or(About::County);
            Some(TraceRow { detail, about, ..of(trace.act(), trace.reason.clone()) })
        }
        kind::ROLE => {
            let role: lianhu_core::directive::Role = kept.body().ok()?;
            Some(TraceRow { detail: Some(role.role), ..of("role", String::new()) })
        }
        kind::ROLE_KIND => Some(office("role_kind", kept.body::<lianhu_core::directive::RoleKind>().ok()?.name)),
        kind::COUNTY_ROW => {
            let row: lianhu_core::directive::CountyRow = kept.body().ok()?;
            Some(office("setting", format!("{} {}", row.key, row.value)))
        }
        kind::CONFIRMED_FACTS => {
            let keys = kept.body::<lianhu_core::directive::ConfirmedFacts>().ok()?.keys;
            let label = |key: &String| field::field_of_key(key).map_or(key.as_str(), |field| field.label).to_owned();
            Some(office("confirmed_facts", keys.iter().map(label).collect::<Vec<_>>().join("、")))
        }
        kind::ROLE_END => {
            let end: lianhu_core::directive::RoleEnd = kept.body().ok()?;
            Some(TraceRow { detail: Some(end.role), ..of("role_end", end.reason) })
        }
        kind::LET_IN => Some(of("let_in", kept.body::<lianhu_core::directive::LetIn>().ok()?.reason)),
        kind::MEMBER => Some(of("member", String::new())),
        kind::GRANT => Some(of("grant", kept.body::<lianhu_core::directive::Grant>().ok()?.duty)),
        kind::GRANT_END => Some(of("grant_end", kept.body::<lianhu_core::directive::GrantEnd>().ok()?.reason)),
        kind::EXPORT_WANTED => {
            let wanted: lianhu_core::export_grant::ExportWanted = kept.body().ok()?;
            let about = wanted.place.map_or(About::County, About::Place);
            Some(TraceRow { detail: Some(wanted.columns.join(",")), about, ..of("export_wanted", wanted.reason) })
        }
        kind::EXPORT_GRANTED => Some(TraceRow { about: About::County, ..of("export_granted", String::new()) }),
        kind::EXPORT_GRANT_END => {
            let end: lianhu_core::export_grant::ExportGrantEnd = kept.body().ok()?;
            Some(TraceRow { about: About::County, ..of("export_grant_end", end.reason) })
        }
        kind::DEVICE => {
            let device: lianhu_core::directive::Device = kept.body().ok()?;
            let act = if device.revoked { "shut_out" } else { "device" };
            Some(of(act, device.reason.unwrap_or_default()))
        }
        kind::INSPECTION => Some(office("inspection", kept.body::<Inspection>().ok()?.team)),
        kind::INSPECTION_END => Some(office("inspection_end", kept.body::<InspectionEnd>().ok()?.reason)),
        kind::SAMPLE_DRAWN => Some(office("sample_drawn", kept.body::<SampleDrawn>().ok()?.words)),
        _ => None,
    }
}

impl Writing<'_> {
    /// Leaves a trace together with what else is written.
    pub fn trace(&self, act: &str, about: About, reason: &str) -> Result<()> {
        self.0.trace(act, about, reason)
    }
}

impl Tx<'_> {
    pub(crate) fn trace(&self, act: &str, about: About, reason: &str) -> Result<()> {
        let me = self.identity()?;
        let trace = Trace {
            life: me.incarnation,
            prev: self.audit_head()?,
            act: act.to_owned(),
            about: Some(about),
            reason: reason.to_owned(),
        };
        let body = minicbor::to_vec(&trace).unwrap_or_default();
        let entry = self.new_entry(OFFICE, kind::TRACE, Source::Office, body)?;
        let link = trace.link(entry.at);
        let name = self.keep_own(entry)?;
        self.run("insert into audit (life, entry, hash) values (?1, ?2, ?3)", params![me.incarnation, name.0, link.0])
            .map(drop)
    }

    /// The newest link of the chain of this incarnation.
    pub(crate) fn audit_head(&self) -> Result<Option<Hash>> {
        let life = self.identity()?.incarnation;
        let sql = "select hash from audit where life = ?1 order by id desc limit 1";
        let head = self.one(sql, [life], |row| row.get::<_, Vec<u8>>(0))?;
        Ok(head.and_then(|hash| Hash::from_slice(&hash)))
    }
}
