//! Directives: what an authority has decided about who may hold what. They take effect in the order of the county's
//! numbers, wherever and whenever they were written.

use crate::ids::{Hash, PlaceId, PublicKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A place of a tree; what it is about names the place itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Place {
    /// What people call it.
    #[n(0)]
    pub name: String,
    /// `county` 县, `town` 乡镇, `village` 村, `natural_village` 屯/自然村, `group` 组, `site` 安置点, `building` 楼栋,
    /// `unit` 单元.
    #[n(1)]
    pub level: String,
    /// The place it lies in; the county itself has none.
    #[n(2)]
    pub parent: Option<PlaceId>,
    /// The official code, where there is one (domain.md §2.1). An attribute, never the id.
    #[n(3)]
    pub code: Option<String>,
}

/// Where a household belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Placement {
    /// 迁出地 or home village: 县/乡/村/屯/组.
    #[n(0)]
    pub origin: PlaceId,
    /// Where they live now, if elsewhere: village, or 安置点/楼栋/单元.
    #[n(1)]
    pub present: Option<PlaceId>,
}

/// A person who works with lianhu. No ID number, no political record (domain.md §2.9).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Cadre {
    /// Their name.
    #[n(0)]
    pub name: String,
    /// 单位.
    #[n(1)]
    pub unit: Option<String>,
    /// 隶属: 省/市/县/乡/村.
    #[n(2)]
    pub belongs: Option<String>,
    /// 职务.
    #[n(3)]
    pub rank: Option<String>,
    /// The telephone number they use for work.
    #[n(4)]
    pub phone: Option<String>,
}

/// What a person may do; about the cadre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Role {
    /// The code of its kind, see [`crate::role_kind`].
    #[n(0)]
    pub role: String,
    /// Where, for the roles that have an area.
    #[n(1)]
    pub place: Option<PlaceId>,
}

/// Ends it: the role of this kind for this place; about the cadre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct RoleEnd {
    /// The code of its kind.
    #[n(0)]
    pub role: String,
    /// Where it was.
    #[n(1)]
    pub place: Option<PlaceId>,
    /// Why, in words; may be empty.
    #[n(2)]
    pub reason: String,
}

/// A kind of role; about the county. What a kind reaches is said once: later directives may only call it otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct RoleKind {
    /// Its code.
    #[n(0)]
    pub code: String,
    /// What people call it.
    #[n(1)]
    pub name: String,
    /// How far it reaches: `entrusted`, `area`, `directs`, `county`.
    #[n(2)]
    pub reach: String,
}

/// A team; about the organisation. Whatever is granted to a user of the same id is granted to all its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Team {
    /// Its name: 驻北召店村工作队, 项目攻坚小组 …
    #[n(0)]
    pub name: String,
}

/// Who is in a team; about the organisation. The newest word about a person holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Member {
    /// Who.
    #[n(0)]
    pub user: crate::ids::UserId,
    /// Whether they have left.
    #[n(1)]
    pub left: bool,
}

/// A device of a person; about the cadre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Device {
    /// The key it signs with.
    #[n(0)]
    pub key: PublicKey,
    /// Its id.
    #[n(1)]
    pub device: crate::ids::DeviceId,
    /// What its owner calls it.
    #[n(2)]
    pub label: String,
    /// Whether it is shut out.
    #[n(3)]
    pub revoked: bool,
    /// Why it is shut out, in words.
    #[n(4)]
    pub reason: Option<String>,
}

/// A number that a county has set for itself; about the county. The newest one of a key holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct CountyRow {
    /// Which: `lease_days`.
    #[n(0)]
    pub key: String,
    /// How much.
    #[n(1)]
    pub value: i64,
}

/// Lets in what a device handed in that stands aside only for who wrote it: it was shut out, or its person was not
/// entitled; about its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct LetIn {
    /// Which device.
    #[n(0)]
    pub device: crate::ids::DeviceId,
    /// Why, in words; may be empty.
    #[n(1)]
    pub reason: String,
}

/// Entrusts what it is about, a household or a place with all its households, to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Grant {
    /// To whom.
    #[n(0)]
    pub user: crate::ids::UserId,
    /// 帮扶责任人, 第一书记 … as the field calls the duty.
    #[n(1)]
    pub duty: String,
}

/// Takes it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct GrantEnd {
    /// From whom.
    #[n(0)]
    pub user: crate::ids::UserId,
    /// Why, in words; may be empty.
    #[n(1)]
    pub reason: String,
}

/// A secret with which a person may enrol one device, once; about the cadre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Enrolment {
    /// SHA-256 of the secret.
    #[n(0)]
    pub secret: Hash,
}

/// What opens a home beside its PIN, sealed so that only the county opens it; about the cadre whose home it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Escrow {
    /// The code the locked home shows.
    #[n(0)]
    pub code: String,
    /// Sealed for the county's key.
    #[n(1)]
    pub sealed: ByteVec,
}

/// Confirms what an entry says of a fact that counts only once it is confirmed; about the household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Approval {
    /// The fact, by its key in the dossier.
    #[n(0)]
    pub key: String,
    /// The change that says what counts from here on.
    #[n(1)]
    pub said: crate::ids::EntryName,
}

/// Which facts count only once a township or the county confirms them; about the county. The newest one holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct ConfirmedFacts {
    /// Their keys as fields, `household_type`, `income_per_capita` …
    #[n(0)]
    pub keys: Vec<String>,
}

/// Erases a household by law; about the county, so that everybody whose device may hold it, or has held it, hears of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Erasure {
    /// Which.
    #[n(0)]
    pub household: crate::ids::HouseholdId,
    /// On what ground, one of [`ground`]. The words of the reason stand in the trace, which reaches the county alone.
    #[n(1)]
    pub ground: String,
}

/// The grounds on which a household is erased (个保法 47). Any other word is kept and shown as it stands.
pub mod ground {
    /// The people concerned have asked for it, or taken back their consent.
    pub const ASKED: &str = "asked";
    /// It was written down against the law, or by mistake: no such household was ever to be kept.
    pub const WRONG: &str = "wrong";
    /// What it was kept for is over, or its term has run out.
    pub const ENDED: &str = "ended";
    /// An authority has decided so.
    pub const ORDERED: &str = "ordered";
    /// It was erased before the county was restored from a backup that still knew it.
    pub const RESTORED: &str = "restored";
    /// Those a person may choose from.
    pub const ALL: [&str; 4] = [ASKED, WRONG, ENDED, ORDERED];
}

/// What an erased household had added to the figures of its village, day by day: counts alone. By the county's own hand,
/// about the village, or about the county where nobody had placed the household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct LawfulCount {
    /// Each day once.
    #[n(0)]
    pub days: Vec<DayCount>,
}

/// One day of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(array)]
pub struct DayCount {
    /// The day.
    #[n(0)]
    pub day: crate::day::Day,
    /// Visits on it.
    #[n(1)]
    pub visits: u32,
    /// Needs raised on it.
    #[n(2)]
    pub needs: u32,
}
