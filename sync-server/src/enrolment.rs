//! Who works with lianhu, from the county's office: the founding with its first administrator, and a code for every
//! person who is to enrol a device.

use crate::certificate;
use crate::failure::{Failure, Result};
use crate::home::Home;
use crate::recovery_key::RecoveryKey;
use clap::Args;
use lianhu_core::directive::{Cadre, Grant, Role};
use lianhu_core::enrolment_code::{EnrolmentCode, Fingerprint};
use lianhu_core::entry::{About, Source, kind};
use lianhu_core::ids::{HouseholdId, PlaceId, UserId};
use lianhu_core::region_code::{RegionCode, RegionLevel};
use lianhu_core::role_kind::Reach;
use lianhu_core::sign::Key;
use lianhu_ledger::{Ledger, Machine};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// What the first administrator of a county is called until they say otherwise.
const FIRST: &str = "县级管理员";
/// The kind of role they have.
const COUNTY: &str = "county";

/// What a grant is called that comes with a role: as the field calls the duty.
fn duty(role: &str, name: Option<&str>) -> String {
    match (role, name) {
        (_, Some(name)) => name.to_owned(),
        ("party_contact", None) => "党员联系户".to_owned(),
        _ => "帮扶责任人".to_owned(),
    }
}

/// For whom a code is wanted, and what is entrusted to them.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
pub(crate) struct CodeWanted {
    /// 姓名；同名的人已有时是给那个人。也可以给这个人的 id。
    #[arg(long)]
    pub(crate) person: String,
    /// 职责：helper、first_secretary、township、county …，或本县自己加的。
    #[arg(long)]
    pub(crate) role: String,
    /// 地方：从县往下的名称，用 / 分开，或代码。
    #[arg(long)]
    pub(crate) place: Option<String>,
    /// 结对的户（id），可以有多个。
    #[arg(long, num_args = 1..)]
    #[serde(default)]
    pub(crate) household: Vec<String>,
}

/// Founds a county in a new directory.
pub(crate) fn found(dir: &Path, code: &str, name: &str, given: Option<(&Path, &Path)>) -> Result<Value> {
    let code = RegionCode::parse(code).ok().filter(|code| code.level() == RegionLevel::County);
    let Some(code) = code else {
        return Err(Failure::new("county_code", "县代码应是 6 位行政区划代码，如 411321。请核对 --county。"));
    };
    let home = Home::make(dir)?;
    let founded = found_in(&home, code.prefix(), name.trim(), given);
    if founded.is_err() {
        home.clear();
    }
    founded
}

fn found_in(home: &Home, code: &str, name: &str, given: Option<(&Path, &Path)>) -> Result<Value> {
    match given {
        Some((certificate, key)) => certificate::take(home, certificate, key)?,
        None => certificate::make(home, name)?,
    }
    home.mint_key()?;
    let mut ledger = home.open()?;
    ledger.found_county(code, name, &Key::mint(&Machine))?;
    let fingerprint = certificate::fingerprint(home)?;
    let wanted = CodeWanted { person: FIRST.to_owned(), role: COUNTY.to_owned(), place: None, household: Vec::new() };
    let mut told = code_for(&mut ledger, fingerprint, &wanted)?;
    if let Some(told) = told.as_object_mut() {
        told.insert("fingerprint".to_owned(), json!(fingerprint));
        told.insert("recovery_key".to_owned(), json!(RecoveryKey::mint(home)?.to_string()));
    }
    Ok(told)
}

/// Mints a code for a person; writes down who they are, what they may do and what they hold, as far as it is new.
pub(crate) fn code_for(ledger: &mut Ledger, fingerprint: Fingerprint, wanted: &CodeWanted) -> Result<Value> {
    let name = wanted.person.trim();
    if name.is_empty() {
        return Err(Failure::new("person", "请给出姓名（--person）。"));
    }
    let place = wanted.place.as_deref().map(|path| find_place(ledger, path)).transpose()?;
    let kinds = ledger.role_kinds()?;
    let Some(kind_of_role) = kinds.iter().find(|row| row.code == wanted.role) else {
        let known: Vec<_> = kinds.iter().map(|row| row.code.as_str()).collect();
        return Err(Failure::new("role", format!("没有这种职责。请把 --role 写成其中一个：{}。", known.join("、"))));
    };
    let reach = kind_of_role.reach;
    if place.is_none() && reach.needs_place() {
        return Err(Failure::new(
            "place",
            "第一书记、乡镇等职责要说明是哪里的：请加 --place，如 --place 皇后乡/北召店村。",
        ));
    }
    let households = households(ledger, &wanted.household)?;
    let known = person(ledger, name)?;
    let user = known.unwrap_or_else(|| UserId::mint(&Machine));
    let role = Role { role: wanted.role.clone(), place: place.filter(|_| reach != Reach::Entrusted) };
    let held = if known.is_some() { ledger.roles_of(user)? } else { Vec::new() };
    let mut granted: Vec<_> = households.into_iter().map(About::Household).collect();
    granted.extend(place.filter(|_| reach == Reach::Entrusted).map(About::Place));
    let mut new = Vec::new();
    for about in granted {
        if !ledger.grants_about(about)?.iter().any(|grant| grant.user == user) {
            new.push(about);
        }
    }
    ledger.direct(|office| {
        if known.is_none() {
            let cadre = Cadre { name: name.to_owned(), ..Cadre::default() };
            office.record(About::Cadre(user), kind::CADRE, Source::Office, &cadre)?;
        }
        if !held.contains(&role) {
            office.record(About::Cadre(user), kind::ROLE, Source::Office, &role)?;
        }
        for about in &new {
            let grant = Grant { user, duty: duty(&wanted.role, kind_of_role.name.as_deref()) };
            office.record(*about, kind::GRANT, Source::Office, &grant)?;
        }
        Ok(())
    })?;
    let secret = ledger.mint_secret(user)?;
    let code = EnrolmentCode::new(fingerprint, secret).to_string();
    let name = ledger.cadre_name(user)?;
    Ok(json!({ "enrolment_code": code, "person": user, "name": name, "role": role.role }))
}

/// The person of this name or id; nobody, when the name is new.
fn person(ledger: &Ledger, name: &str) -> Result<Option<UserId>> {
    let found = ledger.find_cadre(name, None)?;
    match found.as_slice() {
        [] if UserId::parse(name).is_some() => Err(Failure::new("person", "没有这个 id 的人。请核对 --person。")),
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => {
            let units = ledger.cadres()?;
            let units = units.iter().filter(|cadre| several.contains(&cadre.id));
            let units: Vec<_> =
                units.map(|cadre| format!("{} {}", cadre.unit.as_deref().unwrap_or("（无单位）"), cadre.id)).collect();
            let sentence = format!("叫{name}的不止一人：{}。请把 --person 写成其中一个 id。", units.join("；"));
            Err(Failure::new("person", sentence))
        }
    }
}

fn households(ledger: &Ledger, ids: &[String]) -> Result<Vec<HouseholdId>> {
    let mut households = Vec::new();
    for text in ids {
        let unknown = || Failure::new("household", format!("没有 id 为 {text} 的户。请核对 --household。"));
        let id = HouseholdId::parse(text).ok_or_else(unknown)?;
        if ledger.household_row(id)?.is_none() {
            return Err(unknown());
        }
        households.push(id);
    }
    Ok(households)
}

fn find_place(ledger: &Ledger, path: &str) -> Result<PlaceId> {
    if let Some(place) = ledger.find_place(path)? {
        return Ok(place);
    }
    let mut names: Vec<&str> = path.trim().trim_matches('/').split('/').collect();
    while names.pop().is_some() && !names.is_empty() {
        let outer = ledger.find_place(&names.join("/"))?.and_then(|id| ledger.place(id).transpose()).transpose()?;
        if let Some(outer) = outer {
            let sentence =
                format!("没有“{path}”；找得到的最近一级是“{}”。请核对它下面的名称，或先导入名册。", outer.path);
            return Err(Failure::new("place", sentence));
        }
    }
    Err(Failure::new("place", format!("没有“{path}”。请从县往下写全，如 南召县/皇后乡/北召店村，或先导入名册。")))
}
