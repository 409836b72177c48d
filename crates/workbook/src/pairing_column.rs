//! The columns of a pairing table 结对花名册, and how departments write them.

use crate::alias::{Meanings, Spellings};
use serde::Serialize;
use std::sync::OnceLock;

/// A column of a pairing table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PairingField {
    /// 序号: a new number begins a new helper.
    Number,
    /// 帮扶责任人
    Helper,
    /// 单位
    Unit,
    /// 隶属: 省、市、县、乡、村
    Belongs,
    /// 职务
    Rank,
    /// 联系电话 of the helper.
    Phone,
    /// 户编号
    HouseholdNo,
    /// 户主
    Head,
    /// 县 of the household.
    County,
    /// 乡镇 of the household.
    Town,
    /// 村 of the household.
    Village,
}

/// The meanings of the headers, made once.
pub(crate) fn pairing() -> &'static Meanings<PairingField> {
    static PAIRING_MEANINGS: OnceLock<Meanings<PairingField>> = OnceLock::new();
    PAIRING_MEANINGS.get_or_init(|| Meanings::new(PAIRING))
}

const PAIRING: &Spellings<PairingField> = &[
    (PairingField::Number, &["序号", "编号", "序", "号"]),
    (
        PairingField::Helper,
        &[
            "帮扶责任人",
            "帮扶责任人姓名",
            "帮扶干部",
            "帮扶干部姓名",
            "帮扶人",
            "帮扶人姓名",
            "帮扶联系人",
            "结对帮扶责任人",
            "结对帮扶干部",
            "结对帮扶人",
            "结对干部",
            "结对干部姓名",
            "联户干部",
            "包联干部",
            "包保干部",
            "包保责任人",
            "包户干部",
            "联系干部",
            "责任人",
            "责任人姓名",
            "干部姓名",
            "姓名",
        ],
    ),
    (
        PairingField::Unit,
        &[
            "单位",
            "工作单位",
            "帮扶单位",
            "所在单位",
            "单位名称",
            "帮扶责任人单位",
            "帮扶干部单位",
            "责任人单位",
            "干部单位",
        ],
    ),
    (PairingField::Belongs, &["隶属", "隶属关系", "单位隶属", "单位隶属关系", "隶属层级", "单位层级"]),
    (PairingField::Rank, &["职务", "职务职级", "职务、职级", "职级", "职务级别", "级别"]),
    (
        PairingField::Phone,
        &[
            "联系电话",
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "电话号码",
            "联系方式",
            "帮扶责任人电话",
            "帮扶责任人联系电话",
            "帮扶干部电话",
            "帮扶干部联系电话",
            "帮扶人电话",
            "帮扶人联系电话",
            "干部电话",
            "责任人电话",
        ],
    ),
    (PairingField::HouseholdNo, &["户编号", "户编码", "户号", "家庭编号", "农户编号", "国办户编号"]),
    (
        PairingField::Head,
        &[
            "户主",
            "户主姓名",
            "被帮扶户",
            "被帮扶户主",
            "被帮扶户户主",
            "帮扶对象",
            "帮扶对象姓名",
            "结对户",
            "结对户户主",
            "脱贫户",
            "脱贫户户主",
            "贫困户",
            "贫困户户主",
            "贫困户姓名",
            "脱贫户姓名",
            "帮扶户主",
            "农户姓名",
        ],
    ),
    (PairingField::County, &["县", "县区", "区县", "县(市、区、旗)", "县(市、区)", "县市区"]),
    (PairingField::Town, &["乡", "镇", "乡镇", "乡(镇)", "乡镇(街道)", "乡(镇、街道)", "所在乡镇"]),
    (
        PairingField::Village,
        &["村", "行政村", "村名", "所在村", "村(社区)", "所属村", "户所在村", "村名称", "行政村名称"],
    ),
];
