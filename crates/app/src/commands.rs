//! The only list of commands: everything a person can do, by name, with what it takes and gives. The window, the browser
//! and the terminal reach all of it alike; the TypeScript of the screens is written from it.

use crate::app::App;
use crate::auditing::Audit;
use crate::card::{Conflict, HouseholdCard};
use crate::checking::Checked;
use crate::comparing::{AlikeHouseholds, Comparison};
use crate::door::Door;
use crate::enrolment::{Me, Status};
use crate::entrusting::Slip;
use crate::erasing::{ErasedHousehold, ErasurePreview};
use crate::error::AppError;
use crate::exchanging::ExchangeDone;
use crate::exporting::Exported;
use crate::granting::ExportGrant;
use crate::handed::Written;
use crate::handover::{HandoverPage, HandoverPages};
use crate::history::HistoryRow;
use crate::inspecting::{InspectionTold, Pass};
use crate::joining::JoinedHouseholds;
use crate::learned::Learned;
use crate::locking::LockState;
use crate::masking::{mask_words, masked, masked_error};
use crate::pairing::PairingOutcome;
use crate::parcels::HandedFile;
use crate::recovering::ReadBack;
use crate::reporting::{Behind, CountyReport, FindingRow};
use crate::roles::HeldRole;
use crate::roster::RosterOutcome;
use crate::today::Today;
use crate::undone::Undone;
use crate::updating::Facts;
use crate::visiting::DraftRow;
use lianhu_core::day::{Day, Period};
use lianhu_core::entry::Source;
use lianhu_core::ids::{EntryId, EntryName, PersonId};
use lianhu_core::join::Pair;
use lianhu_core::role_kind::Reach;
use lianhu_core::scalar::Scalar;
use lianhu_core::visit::Visit;
use lianhu_ledger::{
    Attention, CadreRow, CarriedRow, DeviceRow, Duplicates, Entrusting, GrantRow, HouseholdPage, HouseholdRow, NeedRow,
    OtherDevice, PlaceRow, RoleKindRow, TakenIn, TakenOver, TeamRow, Tiding, Verified, VisitRow,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use ts_rs::{TS, TypeVisitor};

macro_rules! commands {
    (
        door { $($(#[doc = $at_doc:literal])* $at:ident($($at_arg:ident: $at_ty:ty),*) -> $at_returns:ty;)* }
        inside { $($(#[doc = $doc:literal])* $name:ident($($arg:ident: $ty:ty),*) -> $returns:ty;)* }
    ) => {
        /// One call, as the shells pass it: at the door, or on the [`App`] inside.
        #[allow(non_camel_case_types)]
        #[derive(Debug, Deserialize)]
        #[serde(tag = "command", content = "args", deny_unknown_fields)]
        pub enum Command {
            $($(#[doc = $at_doc])* $at {
                $(#[doc = concat!("`", stringify!($at_arg), "`, see the method of this name.")] $at_arg: $at_ty),*
            },)*
            $($(#[doc = $doc])* $name {
                $(#[doc = concat!("`", stringify!($arg), "`, see the method of this name.")] $arg: $ty),*
            },)*
        }

        /// The name of every command, in the order of the list.
        pub const NAMES: &[&str] = &[$(stringify!($at),)* $(stringify!($name)),*];

        impl Command {
            /// Its name in the list.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$at { .. } => stringify!($at),)*
                    $(Self::$name { .. } => stringify!($name)),*
                }
            }
        }

        impl Door {
            /// Carries out one command: at the door, or by the app inside, which answers only while the door is open.
            pub fn call(&self, command: Command) -> Result<serde_json::Value, AppError> {
                match command {
                    $(Command::$at { $($at_arg),* } => json(self.$at($($at_arg),*)?),)*
                    inside => self.call_inside(inside),
                }
            }
        }

        impl App {
            /// Carries out one command: in practice while that is on, else in this app's own ledger.
            pub fn call(&self, command: Command) -> Result<serde_json::Value, AppError> {
                let (name, today) = (command.name(), self.today());
                let done = match self.in_practice() {
                    Some(practice) if !command.is_of_the_device() => practice.carry_out(command),
                    _ => self.carry_out(command),
                };
                done.map(|reply| masked(name, reply, today)).map_err(masked_error)
            }

            fn carry_out(&self, command: Command) -> Result<serde_json::Value, AppError> {
                if !command.can_be_practised() {
                    self.check_is_no_practice()?;
                }
                match command {
                    $(Command::$at { .. } => Err(AppError::missing(stringify!($at))),)*
                    $(Command::$name { $($arg),* } => json(self.$name($($arg),*)?),)*
                }
            }
        }

        /// The TypeScript of every command and of every type it mentions.
        #[must_use]
        pub fn typescript() -> String {
            let cfg = ts_rs::Config::default();
            let mut out = String::from("// Generated by `cargo bindings`. Do not edit.\n\nexport interface Commands {\n");
            $(
                $(out.push_str(concat!("  /**", $at_doc, " */\n"));)*
                let args: &[(&str, String, bool)] = &[
                    $((stringify!($at_arg), <$at_ty as TS>::name(&cfg), stringify!($at_ty).starts_with("Option"))),*
                ];
                out.push_str(&line(stringify!($at), args, &<$at_returns as TS>::name(&cfg)));
            )*
            $(
                $(out.push_str(concat!("  /**", $doc, " */\n"));)*
                let args: &[(&str, String, bool)] =
                    &[$((stringify!($arg), <$ty as TS>::name(&cfg), stringify!($ty).starts_with("Option"))),*];
                out.push_str(&line(stringify!($name), args, &<$returns as TS>::name(&cfg)));
            )*
            out.push_str("}\n");
            let mut types = Types { cfg: &cfg, declared: BTreeMap::new() };
            $($(types.add::<$at_ty>();)* types.add::<$at_returns>();)*
            $($(types.add::<$ty>();)* types.add::<$returns>();)*
            types.add::<AppError>();
            types.add::<crate::app::Step>();
            types.add::<crate::touched::Touched>();
            for declared in types.declared.values() {
                out.push_str(&format!("\nexport {declared}\n"));
            }
            out
        }
    };
}

commands! {
    door {
        /// Whether this home is locked, how it is opened, how long to wait.
        lock_state() -> LockState;
        /// Opens the home with its PIN.
        unlock(pin: String) -> LockState;
        /// Locks it: nothing of it is in this program any more.
        lock() -> LockState;
        /// Chooses the PIN, or another one by the old.
        set_pin(pin: String, old: Option<String>) -> LockState;
        /// Opens a home whose PIN was forgotten with what an office read back.
        reopen(answer: String) -> LockState;
        /// Goes to the door of another person who shares this machine.
        choose_person(id: String) -> LockState;
        /// Makes a home for one more person; `mine` is what the one here is called on the start.
        add_person(name: String, mine: Option<String>) -> LockState;
    }
    inside {
    /// Enrols this device with the code of a slip.
    enrol(server: String, code: String) -> Me;
    /// 介绍信: writes the county's letter of introduction for a device without a line, on one that carries for others.
    write_introduction(path: Option<PathBuf>) -> HandedFile;
    /// Writes a file in which this device, without a line, asks to be enrolled with the code of a slip, at the county of a letter of introduction.
    ask_to_enrol(introduction: PathBuf, code: String, path: Option<PathBuf>) -> HandedFile;
    /// Enrols this device as the county's answer in a file says; taken in with `take_in_file` as well, the same file brings its households.
    enrol_by_file(path: PathBuf) -> Me;
    /// Whose this device is, what is on it only, what the county has, when both last met.
    status() -> Status;
    /// Begins to practise with three invented households that go nowhere, or ends it and forgets them.
    practice(on: bool) -> Status;
    /// How this person likes the screens: `language`, `type`; whether they have seen the first walk: `walk`; after how many minutes the home is locked: `idle`; of how many other devices of theirs they have read: `devices`.
    preferences() -> BTreeMap<String, String>;
    /// Prefers a value for one of them.
    prefer(key: String, value: String) -> BTreeMap<String, String>;
    /// Hands in what is waiting and fetches what is new.
    exchange(room: Option<u32>) -> ExchangeDone;
    /// 托人捎交: writes a file for the county with what waits; or what goes back to a device this one carries for.
    hand_over_file(path: Option<PathBuf>, to: Option<String>) -> HandedFile;
    /// Takes in such a file: to carry it to the county, or what came back to this device.
    take_in_file(path: PathBuf) -> TakenIn;
    /// The devices for which this one carries, and how far their files have come.
    carried_files() -> Vec<CarriedRow>;
    /// What a person must look at, most pressing first.
    needs_attention() -> Vec<Attention>;

    /// What came to this device and what it let go, until it was read.
    tidings() -> Vec<Tiding>;
    /// It was read.
    read_tidings() -> ();

    /// 交接包: the pages of the households held here, or of those to be taken over; pages of 40 from 0.
    handover_pages(to_take: Option<bool>, page: Option<u32>) -> HandoverPages;
    /// Leaves a word of advice for whoever takes a household over.
    write_handover(household: String, advice: String, to: Option<String>) -> HandoverPage;
    /// Takes households over: signs that their pages were looked at.
    take_over(households: Vec<String>) -> u32;
    /// What others have taken over from the person here.
    taken_over() -> Vec<TakenOver>;

    /// What is to be done today: visits due, promises due, visits begun.
    today_list(place: Option<String>) -> Today;
    /// What was done lately on this device, act by act, each with how far it has come.
    written_lately(most: Option<u32>) -> Vec<Written>;
    /// What was done last on this device, and whether it can be taken back.
    last_act() -> Option<Written>;
    /// 撤回: takes back an act of one's own of the last 24 hours, named by any entry of it. Nothing is deleted.
    undo_act(entry: EntryName) -> Undone;

    /// All places, in the order of their paths.
    places() -> Vec<PlaceRow>;
    /// Writes down a place within another: `village`, `natural_village`, `group`, `site`, `building` or `unit`.
    add_place(name: String, level: String, parent: String) -> PlaceRow;
    /// Households by name, pinyin, initials, tail of a number, room, village; pages from 0.
    households(query: Option<String>, place: Option<String>, page: Option<u32>, size: Option<u32>) -> HouseholdPage;
    /// The card of one household, by id or 户编号.
    household(id: String) -> HouseholdCard;
    /// Everything that was written about a household, on all its cards or only on this one; newest first.
    timeline(household: String, one_card: Option<bool>) -> Vec<HistoryRow>;
    /// Asks for records older than twelve months; they come with the next exchange.
    want_older(household: String) -> ();
    /// A masked fact, unmasked, for a reason that is kept.
    reveal(household: String, key: String, reason: String) -> Vec<Scalar>;

    /// Compares the last six characters of a certificate with what is written down; the number is not shown.
    check_certificate(household: String, person: PersonId, tail: String) -> Checked;
    /// A telephone number for the dialler, without showing it; that it was dialled leaves a trace.
    telephone(household: String, key: String) -> String;

    /// Places a household elsewhere: another home village, or where it lives now (`""`: there). Nothing said leaves it as it is.
    place_household(household: String, origin: Option<String>, present: Option<String>) -> HouseholdCard;
    /// Records a visit, and what was learned at it, in one act.
    record_visit(household: String, visit: Visit, source: Option<Source>, draft: Option<EntryId>, learned: Option<Learned>) -> VisitRow;
    /// Corrects a visit by another version of it, and keeps what was learned with it.
    amend_visit(visit: String, correct: Visit, source: Option<Source>, draft: Option<EntryId>, learned: Option<Learned>) -> VisitRow;
    /// Strikes a visit that should not have been; `phone`: the number that was said at it is taken back too.
    strike_visit(visit: String, reason: String, source: Option<Source>, phone: Option<bool>) -> VisitRow;
    /// Moves a visit that was written down under the wrong household; `phone`: the number that was said at it goes along.
    move_visit(visit: String, household: String, phone: Option<bool>) -> VisitRow;
    /// Ticks a promise off.
    keep_promise(visit: String, text: String) -> VisitRow;
    /// Visits of a household or a place, newest first.
    visits(household: Option<String>, place: Option<String>, from: Option<Day>, to: Option<Day>, most: Option<u32>) -> Vec<VisitRow>;
    /// Needs, open ones unless all are asked for.
    needs(household: Option<String>, all: Option<bool>) -> Vec<NeedRow>;
    /// Records how far a need has come: 受理 1, 办理 2, 办结 3, 评价 4.
    settle_need(visit: String, position: u16, step: u8, result: Option<String>) -> Vec<NeedRow>;
    /// Keeps what was typed into a form of no household yet (`register`); nothing once it is done with.
    keep_form(form: String, body: Option<String>) -> ();
    /// What was typed into it so far.
    kept_form(form: String) -> Option<String>;
    /// Keeps a visit that was begun.
    save_draft(id: Option<EntryId>, household: String, body: String) -> EntryId;
    /// Visits begun and not yet saved.
    drafts() -> Vec<DraftRow>;
    /// Lets a draft go.
    discard_draft(id: EntryId) -> bool;

    /// Changes facts of a household; `null` clears.
    update_household(household: String, facts: Facts, source: Option<Source>, draft: Option<EntryId>) -> HouseholdCard;
    /// Changes facts of a person, or writes down a new one.
    update_person(household: String, person: Option<PersonId>, facts: Facts, source: Option<Source>, draft: Option<EntryId>) -> HouseholdCard;
    /// Writes down a household met for the first time, in a place of one's own area.
    register_household(place: String, facts: Facts, persons: Vec<Facts>) -> HouseholdCard;
    /// Facts that say two things; or only those that wait for a confirmation, the longest waiting first.
    conflicts(place: Option<String>, most: Option<u32>, to_confirm: Option<bool>) -> Vec<Conflict>;
    /// Decides between several statements of one fact: by an entry that says it, masked or not, or by its value.
    choose_statement(household: String, key: String, said: Option<EntryName>, value: Option<Scalar>, source: Option<Source>) -> HouseholdCard;
    /// The facts that count only once a township or the county confirms them.
    confirmed_facts() -> Vec<String>;
    /// Says which these are: of `household_type`, `monitor_type`, `risk_cleared`, `income_per_capita`, `labour`, `relation`.
    require_confirmation(keys: Vec<String>) -> Vec<String>;
    /// 重复户: households that look as if they were written down twice, the likeliest first; pages from 0.
    duplicate_candidates(place: Option<String>, page: Option<u32>) -> Duplicates;
    /// Households that look like one that is about to be written down, or like somebody who is about to be added to one.
    alike_households(place: Option<String>, facts: Facts, persons: Vec<Facts>, household: Option<String>) -> AlikeHouseholds;
    /// Two cards side by side: what agrees, what differs, who may be who.
    compare_households(joins: String, stays: String) -> Comparison;
    /// Joins a household into another that is the same, or only persons of it who are on both lists.
    join_households(joins: String, stays: String, persons: Vec<Pair>, whole: Option<bool>, reason: String) -> HouseholdCard;
    /// Parts what was joined: everything is as it was before.
    part_households(join: EntryName, reason: String) -> HouseholdCard;
    /// 不是同一户: two households that look alike are not the same; they are shown again once facts change.
    tell_apart(household: String, other: String, reason: String) -> ();
    /// The joins in force, the newest first; pages from 0.
    joined_households(page: Option<u32>) -> JoinedHouseholds;
    /// Answers a question that a newer roster left open.
    answer_question(question: EntryName, answer: String) -> ();

    /// Reads a roster and takes it in, or only says what it would.
    import_roster(path: PathBuf, dry_run: Option<bool>) -> RosterOutcome;
    /// Reads a pairing table and takes it in, or only says what it would.
    import_pairing(path: PathBuf, dry_run: Option<bool>) -> PairingOutcome;
    /// The people who work with lianhu, of one place or all.
    cadres(place: Option<String>) -> Vec<CadreRow>;
    /// Writes down a person who is to work with lianhu.
    register_cadre(name: String, unit: Option<String>, role: String, place: Option<String>) -> CadreRow;
    /// The kinds of roles that can be given.
    role_kinds() -> Vec<RoleKindRow>;
    /// Adds a kind of role, or calls a known one otherwise.
    add_role_kind(name: String, reach: Reach, code: Option<String>) -> Vec<RoleKindRow>;
    /// The roles one person has.
    roles_of(person: String) -> Vec<HeldRole>;
    /// Gives somebody one more role.
    give_role(person: String, role: String, place: Option<String>) -> Vec<HeldRole>;
    /// Ends one.
    end_role(person: String, role: String, place: Option<String>, reason: Option<String>) -> Vec<HeldRole>;
    /// The teams known here.
    teams() -> Vec<TeamRow>;
    /// Forms a team of people; what is entrusted to it is entrusted to all of them.
    form_team(name: String, members: Vec<String>) -> TeamRow;
    /// Somebody comes into a team, or leaves it.
    set_member(team: String, person: String, left: bool) -> TeamRow;
    /// Makes enrolment slips for everybody of a place, or for one person.
    enrolment_slips(place: Option<String>, person: Option<String>) -> Vec<Slip>;
    /// Entrusts a household or a place to a person.
    entrust(household: Option<String>, place: Option<String>, person: String, duty: Option<String>) -> Vec<GrantRow>;
    /// The households entrusted to one person, one by one: what can be taken back.
    entrusted_households(person: String) -> Vec<HouseholdRow>;
    /// The places entrusted to one person or team with all their households: what can be taken back.
    entrusted_places(person: String) -> Vec<PlaceRow>;
    /// Takes back what was entrusted.
    take_back(household: Option<String>, place: Option<String>, person: String, reason: Option<String>) -> Vec<GrantRow>;

    /// What was entrusted and taken back in the last 24 hours, act by act, and whether it can be undone.
    recent_entrusting() -> Vec<Entrusting>;
    /// Undoes one of these acts as a whole.
    undo_entrusting(batch: EntryName) -> Vec<Entrusting>;
    /// The devices of the people of a place or of all: whose, enrolled when, twice, shut out.
    devices(place: Option<String>) -> Vec<DeviceRow>;
    /// The other devices of the person here: how far what was written on each has come.
    other_devices() -> Vec<OtherDevice>;
    /// Shuts a device out that was lost or is in the wrong hands.
    revoke_device(device: String, reason: String) -> Vec<DeviceRow>;
    /// Lets in what a device handed in after it was shut out, or beyond what its person held.
    let_in(device: String, reason: Option<String>) -> Vec<DeviceRow>;
    /// Leaves aside what stands aside of a device: until more comes it is not told again.
    leave_aside(device: String) -> ();
    /// After how many days without the county a device no longer shows what is sensitive.
    lease() -> i32;
    /// Sets it, for every device of the county.
    set_lease(days: i32) -> i32;
    /// What to read back to somebody who has forgotten their PIN, by the code their device shows; given once.
    recover_pin(code: String) -> ReadBack;

    /// 留痕: what was revealed, called, exported, printed …, and roles and grants; by act, of a household, of days.
    audit(act: Option<String>, household: Option<String>, from: Option<Day>, to: Option<Day>, most: Option<u32>) -> Audit;
    /// Notes that a sheet goes to the printer.
    note_print(what: String) -> ();
    /// What an erasure of a household would take away, and from how many.
    erasure_preview(household: String) -> ErasurePreview;
    /// 依法删除: erases a household everywhere, on a ground (`asked`, `wrong`, `ended`, `ordered`) and for a reason; `named` is its head, typed once more.
    erase_household(household: String, ground: String, reason: String, named: String) -> Vec<ErasedHousehold>;
    /// The households that were erased, newest first, and whether something came for them since.
    erased_households() -> Vec<ErasedHousehold>;
    /// The person has seen which households were erased from this device.
    note_erased() -> ();
    /// 督查: opens an inspection for a team that keeps no ledger; its pass is shown this once.
    open_inspection(team: String, place: Option<String>, from: Day, to: Day, period: Period, purpose: String) -> Pass;
    /// Ends one before its last day.
    end_inspection(inspection: EntryName, reason: Option<String>) -> Vec<InspectionTold>;
    /// The inspections, the newest first, and what was drawn and opened in each.
    inspections() -> Vec<InspectionTold>;
    /// 自查: walks over everything on this device and names what was altered, removed or dated back.
    verify() -> Verified;

    /// The report of a period; `stated` is a published table to hold against it.
    county_report(period: Period, place: Option<String>, stated: Option<PathBuf>) -> CountyReport;
    /// The households and records behind a figure of a report; pages from 0.
    records_behind(figure: String, page: Option<u32>) -> Behind;
    /// Holds a published table against arithmetic.
    check_table(path: PathBuf) -> Vec<FindingRow>;
    /// Writes a workbook: `report` or `ledger`.
    /// Numbers in it are masked, but for the columns of `unmasked`, within a grant of just these.
    export_workbook(path: PathBuf, kind: String, period: Option<Period>, place: Option<String>, unmasked: Option<Vec<String>>) -> Exported;

    /// 导出准许: what was asked for, runs, and has ended.
    export_grants() -> Vec<ExportGrant>;
    /// Asks a second person of the county for columns (`id_no`, `phone`) of a workbook of a place unmasked, for up to 31 days.
    ask_export_grant(template: String, place: Option<String>, columns: Vec<String>, days: i32, reason: String) -> Vec<ExportGrant>;
    /// Grants what another person has asked for.
    grant_export(wanted: EntryName) -> Vec<ExportGrant>;
    /// Refuses it.
    refuse_export(wanted: EntryName, reason: Option<String>) -> Vec<ExportGrant>;
    /// Ends early what was granted, or takes back what one has asked for.
    end_export_grant(wanted: EntryName, reason: Option<String>) -> Vec<ExportGrant>;
    }
}

impl Command {
    /// Reads a command by name with its arguments as JSON; no arguments are an empty object.
    pub fn read(name: &str, args: serde_json::Value) -> Result<Self, AppError> {
        if !NAMES.contains(&name) {
            return Err(AppError::missing(name));
        }
        let args = if args.is_null() { serde_json::json!({}) } else { args };
        serde_json::from_value(serde_json::json!({ "command": name, "args": args })).map_err(|error| AppError::File {
            sentence: mask_words(&format!("参数不对：{error}。请对照命令说明（lianhu commands）改好再试。")),
        })
    }
}

fn json(value: impl serde::Serialize) -> Result<serde_json::Value, AppError> {
    serde_json::to_value(value).map_err(|error| AppError::Bug { detail: error.to_string() })
}

fn line(name: &str, args: &[(&str, String, bool)], returns: &str) -> String {
    let args: Vec<String> =
        args.iter().map(|(name, ty, optional)| format!("{name}{}: {ty}", if *optional { "?" } else { "" })).collect();
    format!("  {name}: {{ args: {{ {} }}; returns: {returns} }};\n", args.join("; "))
}

/// The types the commands mention, each once, by name.
struct Types<'a> {
    cfg: &'a ts_rs::Config,
    declared: BTreeMap<String, String>,
}

impl Types<'_> {
    fn add<T: TS + 'static + ?Sized>(&mut self) {
        self.visit::<T>();
        T::visit_generics(self);
    }
}

impl TypeVisitor for Types<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_some() && !self.declared.contains_key(&T::ident(self.cfg)) {
            self.declared.insert(T::ident(self.cfg), T::decl(self.cfg));
            T::visit_dependencies(self);
        }
    }
}
