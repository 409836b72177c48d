//! The history of a household, in words: everything that was written, who, when, how they know, how far it has come.

use crate::app::App;
use crate::covering::Cover;
use crate::error::Result;
use crate::told::{FactTold, Told};
use lianhu_core::day::{Day, Moment};
use lianhu_core::entry::Source;
use lianhu_core::ids::{EntryName, HouseholdId};
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::{Need, Visit};
use lianhu_ledger::{Attention, Happened, Tiding};
use serde::Serialize;
use ts_rs::TS;

/// One thing that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HistoryRow {
    /// The entry.
    pub entry: EntryName,
    /// On which card of the household it is written.
    pub card: HouseholdId,
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
    /// 已到乡镇: a carrier has taken it along, and the county has not numbered it yet.
    pub carried: bool,
    /// 待核.
    pub to_verify: bool,
    /// In Chinese words, masked, for a terminal.
    pub words: String,
    /// The same, for a screen to put in its own words.
    pub told: Told,
}

impl App {
    /// Everything about a household, newest first: what stands on all its cards, or on this one only.
    pub fn timeline(&self, household: String, one_card: Option<bool>) -> Result<Vec<HistoryRow>> {
        self.check_lease()?;
        let one_card = one_card.unwrap_or(false);
        let household = if one_card { self.card_itself(&household)? } else { self.household_of(&household)? };
        self.rows_of(household, one_card, None)
    }

    /// The same, with its words covered as in a list.
    pub(crate) fn rows_of(&self, id: HouseholdId, one_card: bool, cover: Option<Cover>) -> Result<Vec<HistoryRow>> {
        Ok(self.ledger().timeline(id, one_card)?.into_iter().map(|happened| row(&happened, cover)).collect())
    }

    /// What came to this device and what it let go, until it was read.
    pub fn tidings(&self) -> Result<Vec<Tiding>> {
        Ok(self.ledger().tidings()?)
    }

    /// Its person has read it.
    pub fn read_tidings(&self) -> Result<()> {
        Ok(self.ledger().read_tidings()?)
    }

    /// What a person must look at, most pressing first.
    pub fn needs_attention(&self) -> Result<Vec<Attention>> {
        Ok(self.ledger().attention(500)?)
    }
}

pub(crate) fn row(happened: &Happened, cover: Option<Cover>) -> HistoryRow {
    let mut told = Told::of(happened);
    if let Some(cover) = cover {
        cover.over_told(&mut told);
    }
    let (what, words) = words(&told);
    HistoryRow {
        entry: happened.entry,
        card: happened.card,
        what: what.to_owned(),
        day: happened.day,
        at: happened.at,
        by: happened.by.clone(),
        source: happened.source,
        number: happened.number,
        carried: happened.carried,
        to_verify: happened.late,
        words,
        told,
    }
}

/// The kind of it, and its words.
fn words(told: &Told) -> (&'static str, String) {
    match told {
        Told::Visit { visit } => ("visit", visit_words(visit)),
        Told::Change { facts } => {
            let facts: Vec<_> = facts.iter().map(fact_words).collect();
            ("change", facts.join("；"))
        }
        Told::Strike { reason, .. } => ("strike", format!("作废：{reason}")),
        Told::Restored { .. } => ("restored", "撤回作废，又算数".to_owned()),
        Told::Remark { text, .. } => ("remark", text.clone()),
        Told::Registration => ("registration", "新登记户".to_owned()),
        Told::NeedStep { step, result } => {
            let reached = ["登记", "受理", "办理", "办结", "评价"].get(usize::from(*step)).copied().unwrap_or("更新");
            ("need_step", format!("诉求{reached} {}", result.as_deref().unwrap_or_default()))
        }
        Told::Absent { file } => ("absent", format!("新名单《{file}》里没有，待核实")),
        Told::AbsentAnswer { answer } => ("absent_answer", answer.clone()),
        Told::Handover { advice } => ("handover", format!("交接：{advice}")),
        Told::PlacementWanted { reason } => ("placement_wanted", reason.clone()),
        Told::Placement => ("placement", "落实所在地".to_owned()),
        Told::Grant { duty } => ("grant", format!("结对：{duty}")),
        Told::GrantEnd { reason } => ("grant_end", format!("结束结对 {reason}")),
        Told::Approval { label, .. } => ("approval", format!("确认：{label}")),
        Told::Join { whole: true, .. } => ("join", "与另一户合并，算同一户".to_owned()),
        Told::Join { persons, .. } => ("join", format!("{persons}人与另一户名单上的人算同一人")),
        Told::JoinEnd { reason } => ("join_end", format!("拆开合并 {reason}")),
        Told::Apart { reason } => ("apart", format!("与另一户不是同一户 {reason}")),
        Told::SampleOpened { team } => ("sample_opened", format!("督查组{team}为入户核查打开了户主姓名、住址、电话")),
        Told::Other => ("other", "更新版本写的内容".to_owned()),
    }
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
    let need = |need: Need| format!("诉求：{} {}", guarantee_words(&need.category), need.text).trim_end().to_owned();
    words.extend(visit.needs_raised().into_iter().map(need));
    words.extend(visit.promises.iter().map(|promise| format!("承诺：{}", promise.text)));
    words.extend(visit.aid.iter().map(|aid| format!("送：{}", aid.item)));
    words.join("；")
}

/// What was found wanting at a visit raises a need by its code; people read the word.
fn guarantee_words(category: &str) -> &str {
    match category {
        "food" => "吃",
        "clothing" => "穿",
        "schooling" => "上学",
        "insurance" => "医保",
        "housing" => "住房",
        "water" => "饮水",
        said => said,
    }
}

fn fact_words(fact: &FactTold) -> String {
    match &fact.value {
        Scalar::Null => format!("{} （清空）", fact.label),
        value => format!("{} {value}", fact.label),
    }
}
