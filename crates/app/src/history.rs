//! The history of a household, in words: everything that was written, who, when, how they know, how far it has come.

use crate::app::App;
use crate::error::Result;
use lianhu_core::change::Change;
use lianhu_core::day::{Day, Moment};
use lianhu_core::directive::{Grant, GrantEnd};
use lianhu_core::entry::{Source, kind};
use lianhu_core::field::{self, Class};
use lianhu_core::ids::EntryName;
use lianhu_core::mask::{mask_certificates_in_text, mask_phone};
use lianhu_core::record::{Absent, AbsentAnswer, NeedStep, PlacementWanted, Remark, Strike};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use lianhu_ledger::{Attention, Happened};
use serde::Serialize;
use ts_rs::TS;

/// One thing that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HistoryRow {
    /// The entry.
    pub entry: EntryName,
    /// What it is: `visit`, `change`, `strike` …; `other` for a kind that a later version knows.
    pub what: String,
    /// The day it speaks of.
    pub day: Day,
    /// What the author's clock said.
    pub at: Moment,
    /// Who.
    pub by: Option<String>,
    /// How they know.
    pub source: Source,
    /// 已到县: the county's number; none means it is on this device only.
    #[ts(type = "number | null")]
    pub number: Option<u64>,
    /// 待核.
    pub to_verify: bool,
    /// In words, masked.
    pub words: String,
}

impl App {
    /// Everything about a household, newest first.
    pub fn timeline(&self, household: String) -> Result<Vec<HistoryRow>> {
        let household = self.household_of(&household)?;
        Ok(self.ledger().timeline(household)?.into_iter().map(|happened| row(&happened)).collect())
    }

    /// What a person must look at, most pressing first.
    pub fn needs_attention(&self) -> Result<Vec<Attention>> {
        Ok(self.ledger().attention(500)?)
    }
}

fn row(happened: &Happened) -> HistoryRow {
    let (what, words) = words(happened);
    HistoryRow {
        entry: happened.entry,
        what: what.to_owned(),
        day: happened.day,
        at: happened.at,
        by: happened.by.clone(),
        source: happened.source,
        number: happened.number,
        to_verify: happened.late,
        words: mask_certificates_in_text(&words),
    }
}

fn body<T: for<'b> minicbor::Decode<'b, ()>>(happened: &Happened) -> Option<T> {
    minicbor::decode(&happened.body).ok()
}

fn words(happened: &Happened) -> (&'static str, String) {
    let said = match happened.kind {
        kind::VISIT => body::<Visit>(happened).map(|visit| ("visit", visit_words(&visit))),
        kind::CHANGE => body::<Change>(happened).map(|change| ("change", change_words(&change))),
        kind::STRIKE => body::<Strike>(happened).map(|strike| ("strike", format!("作废：{}", strike.reason))),
        kind::REMARK => body::<Remark>(happened).map(|remark| ("remark", remark.text)),
        kind::REGISTRATION => Some(("registration", "新登记户".to_owned())),
        kind::NEED_STEP => body::<NeedStep>(happened).map(|step| {
            let reached =
                ["登记", "受理", "办理", "办结", "评价"].get(usize::from(step.step)).copied().unwrap_or("更新");
            ("need_step", format!("诉求{reached} {}", step.result.unwrap_or_default()))
        }),
        kind::ABSENT => {
            body::<Absent>(happened).map(|absent| ("absent", format!("新名单《{}》里没有，待核实", absent.file)))
        }
        kind::ABSENT_ANSWER => body::<AbsentAnswer>(happened).map(|answer| ("absent_answer", answer.answer)),
        kind::PLACEMENT_WANTED => body::<PlacementWanted>(happened).map(|wanted| ("placement_wanted", wanted.reason)),
        kind::PLACEMENT => Some(("placement", "落实所在地".to_owned())),
        kind::GRANT => body::<Grant>(happened).map(|grant| ("grant", format!("结对：{}", grant.duty))),
        kind::GRANT_END => body::<GrantEnd>(happened).map(|end| ("grant_end", format!("结束结对 {}", end.reason))),
        _ => None,
    };
    said.unwrap_or_else(|| ("other", "更新版本写的内容".to_owned()))
}

fn visit_words(visit: &Visit) -> String {
    let mut words = Vec::new();
    if !visit.amends.is_empty() {
        words.push("更正".to_owned());
    }
    if visit.unchanged {
        words.push("无变化".to_owned());
    }
    words.extend(visit.note.clone());
    words.extend(visit.needs_raised().iter().map(|need| format!("诉求：{} {}", need.category, need.text)));
    words.extend(visit.promises.iter().map(|promise| format!("承诺：{}", promise.text)));
    words.extend(visit.aid.iter().map(|aid| format!("送：{}", aid.item)));
    words.join("；")
}

fn change_words(change: &Change) -> String {
    let put = |put: &lianhu_core::change::Put| {
        let field = field::field_of_key(&put.key)?;
        let value = match &put.value {
            Scalar::Null => "（清空）".to_owned(),
            _ if field.class >= Class::P3 || field.key == "birth" => "••".to_owned(),
            Scalar::Text(text) if field.key == "phone" => mask_phone(text),
            value => value.to_string(),
        };
        Some(format!("{} {value}", field.label))
    };
    let puts: Vec<_> = change.puts.iter().filter_map(put).collect();
    puts.join("；")
}
