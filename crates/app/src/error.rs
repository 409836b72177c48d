//! What can go wrong for a person: a code exists only if a screen does something different for it. Every code has a
//! sentence that says what to do next.

use crate::other_table::Table;
use lianhu_core::enrolment_code::EnrolmentCode;
use lianhu_core::hub::HubError;
use lianhu_core::problem::Problem;
use lianhu_ledger::{LedgerError, NoParcel};
use lianhu_workbook::WorkbookError;
use serde::Serialize;
use ts_rs::TS;

/// An act that did not come about. Everything entered before is still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AppError {
    /// Something filled in does not fit; each field is named.
    Invalid {
        /// What, field by field.
        problems: Vec<Problem>,
    },
    /// There is no such thing on this device.
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// More than one fits what was asked for.
    NotUnique {
        /// What was looked for.
        what: String,
    },
    /// The county has not been met for longer than the lease: what is sensitive is not shown, writing goes on.
    LeaseOver {
        /// How many days it is.
        #[ts(type = "number")]
        days: i64,
    },
    /// The county has shut this device out: what is sensitive is not shown, writing goes on.
    ShutOut,
    /// This person may not do this.
    NotAllowed,
    /// No grant runs for just these columns of this place: numbers are masked.
    NoGrant,
    /// Nobody grants what they have asked for themselves.
    NeedsSecond,
    /// This is practice: nothing of it is handed in, counted or printed.
    OnlyPractice,
    /// The device in one's hand cannot be shut out by itself.
    OwnDevice,
    /// An act is older than the day in which it can be undone.
    TooLate,
    /// An act was undone already.
    UndoneAlready,
    /// Something later stands on an act that was to be undone.
    BuiltOn,
    /// What one did oneself is longer ago than the day in which it can be taken back.
    ActTooOld,
    /// It was taken back already.
    ActUndone,
    /// Somebody else has gone on from it.
    ActBuiltOn,
    /// A household or person is joined into another one already, or joining would go round in a circle.
    JoinedAlready,
    /// The household is no longer entrusted: it can be read, not written.
    HandedOver,
    /// The household was erased by law: nothing is written about it any more.
    Erased,
    /// The home is locked: its PIN is asked for first.
    Locked,
    /// Not the PIN. So many seconds until the next try.
    WrongPin {
        /// Seconds.
        #[ts(type = "number")]
        wait: u64,
    },
    /// Too many wrong PINs: nothing is tried for so many seconds.
    Wait {
        /// Seconds.
        #[ts(type = "number")]
        wait: u64,
    },
    /// A PIN that the first who tries would find.
    WeakPin {
        /// `short`, `trivial`, `date`, `digits`, `short_phrase`.
        why: String,
    },
    /// The system's keystore does not answer, and without it this home does not open.
    NoKeystore,
    /// Beside others a home has to have a PIN.
    NoPin,
    /// What was read back does not open this home.
    WrongAnswer,
    /// The county knows no home with this code.
    NoSuchRecovery,
    /// The code was answered before.
    UsedRecovery,
    /// This device has not been enrolled yet.
    NotEnrolled,
    /// This device is enrolled already.
    AlreadyEnrolled,
    /// The enrolment code is mistyped or unknown.
    WrongCode {
        /// In which group of five the wrong letter most likely is, where the code itself tells.
        group: Option<u8>,
    },
    /// The enrolment code was used by another device.
    UsedCode,
    /// The county cannot be reached. Everything is kept and can be handed in later.
    Offline,
    /// Another key answers than the county's.
    WrongKey,
    /// The county does not know this device any more.
    Unknown,
    /// The address of the county cannot be used.
    WrongAddress,
    /// The versions of this program and of the county do not fit.
    TooOld,
    /// The county is busy.
    Busy,
    /// What came back was no answer.
    Broken,
    /// The ledger was written by a newer version of this program.
    LedgerTooNew {
        /// Its version.
        #[ts(type = "number")]
        found: i64,
        /// The newest known here.
        #[ts(type = "number")]
        known: i64,
    },
    /// The ledger cannot be opened with the key in this home.
    LedgerLocked,
    /// Another program has this home open.
    InUse,
    /// The disk is full.
    DiskFull,
    /// The file is nothing that was handed over to be carried.
    NotAParcel,
    /// It was not copied to its end.
    ParcelCutShort,
    /// It is not as it was signed.
    ParcelAltered,
    /// It is another county's.
    ParcelOtherCounty,
    /// It is meant for another device.
    ParcelNotForThis,
    /// Everything in it is here already.
    ParcelOld,
    /// This device may not carry others' files.
    MayNotCarry,
    /// The file is no letter of introduction.
    NotAnIntroduction,
    /// The letter of introduction is not from the county whose code was typed, or was altered.
    NotIntroduced,
    /// A workbook cannot be read or written.
    Workbook {
        /// Why, and what to do next.
        sentence: String,
    },
    /// A table was chosen under the wrong import: it is the other one.
    OtherTable {
        /// Which.
        is: Table,
    },
    /// A file cannot be read or written.
    File {
        /// Why.
        sentence: String,
    },
    /// A mistake of this program's; the detail holds no personal facts.
    Bug {
        /// What went wrong, for whoever mends it.
        detail: String,
    },
}

/// What most of an app's doings end in.
pub type Result<T> = std::result::Result<T, AppError>;

impl AppError {
    /// A mistyped code, with the group where the wrong letter most likely is.
    pub(crate) fn wrong_code(typed: &str) -> Self {
        Self::WrongCode { group: EnrolmentCode::suspect(typed).and_then(|group| u8::try_from(group).ok()) }
    }

    /// One field that does not fit.
    #[must_use]
    pub fn field(field: &str, kind: lianhu_core::problem::ProblemKind) -> Self {
        Self::Invalid { problems: vec![Problem::new(field, kind)] }
    }

    /// Nothing of this name.
    #[must_use]
    pub fn missing(what: &str) -> Self {
        Self::NotFound { what: what.to_owned() }
    }

    /// The error as every shell tells it: its code, its details, and `sentence`.
    #[must_use]
    pub fn told(&self) -> serde_json::Value {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.insert("sentence".to_owned(), self.sentence().into());
        }
        value
    }

    /// What to tell a person at a terminal, and what to do next.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Invalid { problems } => {
                let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
                format!("有几处没有填对：{}。请改好再保存，已填的内容都在。", fields.join("、"))
            }
            Self::NotFound { what } => format!("本机没有“{what}”。请核对名称，或先交换一次再找。"),
            Self::NotUnique { what } => format!("“{what}”不止一个。请写全路径或单位再试。"),
            Self::NotAllowed => "您的职责里没有这一项。请找县级管理员办理。".to_owned(),
            Self::NoGrant => "没有正在生效的导出准许，或地方、列、文件种类对不上，没有导出。请先申请，由另一位县级管理员同意、县里编号后再导出。".to_owned(),
            Self::NeedsSecond => "自己申请的要由另一位县级管理员同意。请他在自己的设备上办理。".to_owned(),
            Self::OnlyPractice => "这是练习，不交、不数、不打印、不打电话。请先结束练习，再办这件事。".to_owned(),
            Self::OwnDevice => "不能停用正在使用的这台设备。请换一台设备办理，或请县级管理员停用。".to_owned(),
            Self::LeaseOver { days } => {
                format!("超过 {days} 天没有和县里交换，先不显示详细内容。写的都照常存下。请交换一次，就恢复。")
            }
            Self::ShutOut => {
                "这台设备已经停用，不再显示详细内容。写的都照常存下，交上去由乡镇或县里收下。请找发登记码的人。".to_owned()
            }
            Self::TooLate => "已超过 24 小时，不能撤销。请到“交给与收回”里重新办理。".to_owned(),
            Self::UndoneAlready => "这一批已经撤销，或后来已改办，不用再撤销。请刷新列表核对。".to_owned(),
            Self::ActTooOld => "已超过 24 小时，不能撤回。请打开这一户，更正或作废那条记录。".to_owned(),
            Self::ActUndone => "这件事已经撤回，或后来又改回去了，不用再撤回。".to_owned(),
            Self::ActBuiltOn => {
                "别人已接着写了，撤回会盖掉他的话，没有动。请打开这一户看两种说法，或更正、作废。".to_owned()
            }
            Self::OtherTable { is: Table::Pairing } => {
                "这是结对花名册，不是户和人的名单。请选“结对花名册”再导入。".to_owned()
            }
            Self::OtherTable { is: Table::Roster } => {
                "这是户和人的名单，不是结对花名册。请选“户和人的名单”再导入。".to_owned()
            }
            Self::BuiltOn => {
                "这一批之后，其中的户又有了记录或已交给别人，不能整批撤销。请到“交给与收回”里逐户办理。".to_owned()
            }
            Self::JoinedAlready => {
                "其中一户（或一人）已经并入别的户，或者会绕成一圈。请先打开那一户拆开，再来合并。".to_owned()
            }
            Self::HandedOver => "这户已交接给别人，只能看不能改。有新情况请告诉现在的帮扶责任人。".to_owned(),
            Self::Erased => {
                "这户已按县里的决定依法删除，不再记录。确需重新建档的，请作为新户登记；有疑问请找县级管理员。"
                    .to_owned()
            }
            Self::Locked => "本机锁着。请先输入密码解锁，内容都在。".to_owned(),
            Self::WrongPin { wait: 0 } => "密码不对，请再输一次。内容都在，不会删除。".to_owned(),
            Self::WrongPin { wait } | Self::Wait { wait } => {
                format!("密码不对的次数多了，请等 {wait} 秒再试。内容都在，不会删除；想不起来请点“忘记密码”。")
            }
            Self::WeakPin { why } => crate::pin::sentence(why).to_owned(),
            Self::NoKeystore => {
                "系统的钥匙库没有应答，只凭密码打不开。请登录系统、解开钥匙库后再试；还不行请点“忘记密码”。".to_owned()
            }
            Self::NoPin => "先给自己设密码，再让别人用这台设备。".to_owned(),
            Self::WrongAnswer => "打不开：请对照听到的 20 个字母逐组核对，或请对方再念一遍。".to_owned(),
            Self::NoSuchRecovery => "县里没有这个代码。请让对方再念一遍屏幕上的 8 个字母。".to_owned(),
            Self::UsedRecovery => {
                "这个代码已经答复过一次，不能再用。请本人打开后重设密码；打不开请找县级管理员。".to_owned()
            }
            Self::NotEnrolled => "本机还没有登记。请先输入登记码（enrol）。".to_owned(),
            Self::AlreadyEnrolled => "本机已经登记过，不用再登记。换人使用请另建一个目录。".to_owned(),
            Self::WrongCode { group: Some(group) } => {
                format!("登记码不对，多半是第 {group} 组有一个字母打错。请对照纸条先看这一组。")
            }
            Self::WrongCode { group: None } => "登记码不对。请对照纸条逐组核对，或找发码的人重新要一个。".to_owned(),
            Self::UsedCode => "这个登记码已经在别的设备上用过。请找发码的人重新要一个。".to_owned(),
            Self::Offline => "现在连不上县里。内容都已存在本机，有信号时再交。".to_owned(),
            Self::WrongKey => "应答的不是登记时的县服务器，没有交出任何内容。请核对网址，或联系县级管理员。".to_owned(),
            Self::Unknown => "县里不认识这台设备。内容都在本机，请联系县级管理员重新登记。".to_owned(),
            Self::WrongAddress => "这个网址不能用。请对照登记纸条重新输入；不是本机的服务器必须用 https。".to_owned(),
            Self::TooOld => "本机程序和县里的版本对不上。内容都在本机，请更新程序后再交。".to_owned(),
            Self::Busy => "县服务器正忙。过几分钟再交，内容都在本机。".to_owned(),
            Self::Broken => "收到的不是有效应答，可能被网络改动。请换个网络再试，内容都在本机。".to_owned(),
            Self::LedgerTooNew { found, known } => {
                format!("台账是更新版本（{found}）写的，本程序只认到 {known}。请更新程序后再打开。")
            }
            Self::LedgerLocked => "台账打不开：钥匙不对或文件已损坏。不要删除，请联系县级管理员。".to_owned(),
            Self::InUse => "另一个程序正在使用这个目录。请先关掉它再试。".to_owned(),
            Self::DiskFull => "存储空间满了，这一次没有保存；之前的都在。请清出一些空间再试。".to_owned(),
            Self::NotAParcel => "这不是捎带文件。请选以 .lhx 结尾的那一个。".to_owned(),
            Self::ParcelCutShort => "文件没有拷完整，一条也没有收。请从原来的设备重新拷一次再收。".to_owned(),
            Self::ParcelAltered => "文件被改动过，一条也没有收。请从原来的设备重新生成一个再收。".to_owned(),
            Self::ParcelOtherCounty => "这是别的县的文件，没有收。请核对是谁交来的。".to_owned(),
            Self::ParcelNotForThis => {
                "这份文件不是给本机的，没有收。交县里的请给第一书记或乡镇的电脑，回来的请给原来那台设备。".to_owned()
            }
            Self::ParcelOld => "这份文件比本机旧，里面的本机都有了，不用再收。".to_owned(),
            Self::MayNotCarry => {
                "本机还不能替别人捎交：要有第一书记、乡镇或县的职责，并且交换过。请先交换一次再收。".to_owned()
            }
            Self::NotAnIntroduction => {
                "这不是介绍信，或没有拷完整。请从第一书记或乡镇的电脑上重新拷一份“介绍信”。".to_owned()
            }
            Self::NotIntroduced => {
                "这封介绍信和登记码不是同一个县的，或被改动过，没有采用。请核对登记码，再重新拷一份介绍信。".to_owned()
            }
            Self::Workbook { sentence } | Self::File { sentence } => sentence.clone(),
            Self::Bug { detail } => format!("程序出错了，已保存的内容都在。请把这句话告诉开发者：{detail}"),
        }
    }
}

impl From<LedgerError> for AppError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Full => Self::DiskFull,
            LedgerError::TooNew { found, known } => Self::LedgerTooNew { found, known },
            LedgerError::WrongKey => Self::LedgerLocked,
            LedgerError::InUse => Self::InUse,
            LedgerError::NotFound(what) => Self::missing(what),
            LedgerError::NotThis("enrolled") => Self::NotEnrolled,
            LedgerError::NotThis("new") => Self::AlreadyEnrolled,
            LedgerError::HandedOver => Self::HandedOver,
            LedgerError::Erased => Self::Erased,
            LedgerError::Io(error) => error.into(),
            other => Self::Bug { detail: other.to_string() },
        }
    }
}

impl From<NoParcel> for AppError {
    fn from(why: NoParcel) -> Self {
        match why {
            NoParcel::Other => Self::NotAParcel,
            NoParcel::CutShort => Self::ParcelCutShort,
            NoParcel::Altered => Self::ParcelAltered,
            NoParcel::OtherCounty => Self::ParcelOtherCounty,
            NoParcel::NotForThis => Self::ParcelNotForThis,
            NoParcel::Old => Self::ParcelOld,
            NoParcel::MayNotCarry => Self::MayNotCarry,
        }
    }
}

impl From<std::io::Error> for AppError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            std::io::ErrorKind::NotFound => {
                Self::File { sentence: "没有这个文件或目录。请核对路径。".to_owned() }
            }
            std::io::ErrorKind::PermissionDenied => Self::File {
                sentence: "没有权限读写这个位置。请换一个目录，或请管理员开放权限。".to_owned(),
            },
            _ => Self::File { sentence: format!("文件读写失败（{error}）。请换一个位置再试。") },
        }
    }
}

impl From<HubError> for AppError {
    fn from(error: HubError) -> Self {
        match error {
            HubError::Offline => Self::Offline,
            HubError::WrongKey => Self::WrongKey,
            HubError::NotEnrolled => Self::Unknown,
            HubError::TooOld => Self::TooOld,
            HubError::Busy => Self::Busy,
            HubError::Broken => Self::Broken,
        }
    }
}

impl From<crate::http_hub::AddressError> for AppError {
    fn from(_: crate::http_hub::AddressError) -> Self {
        Self::WrongAddress
    }
}

impl From<WorkbookError> for AppError {
    fn from(error: WorkbookError) -> Self {
        Self::Workbook { sentence: error.sentence() }
    }
}
