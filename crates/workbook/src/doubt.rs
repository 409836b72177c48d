//! A doubt about one place of a workbook: where, which kind, and the sentence that says what to do next. A doubt never
//! keeps a row out: what can be read is read, and the doubt stands beside it.

use lianhu_core::mask::{mask_certificates_in_text, mask_id, mask_phone};
use serde::{Deserialize, Serialize};

/// Where a kind of doubt is put, so that one and the same fault is always named at the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The faulty cell itself.
    Cell,
    /// The row; column and header are empty.
    Row,
    /// The sheet; row is 0, column and header are empty.
    Sheet,
}

macro_rules! kinds {
    ($($kind:ident $code:literal $anchor:ident $label:literal $next:literal,)*) => {
        /// What is doubted. The serialised name is stable; answer keys and screens refer to it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum DoubtKind {
            $(#[doc = $label] #[serde(rename = $code)] $kind,)*
        }

        impl DoubtKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// The stable name.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)* }
            }

            /// A few words for a list of kinds.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$kind => $label,)* }
            }

            /// Where it is put.
            #[must_use]
            pub fn anchor(self) -> Anchor {
                match self { $(Self::$kind => Anchor::$anchor,)* }
            }

            /// What is wrong and what to do next, when nothing more is known.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$kind => $next,)* }
            }
        }
    };
}

kinds! {
    Checksum "checksum" Cell "校验码对不上" "第18位与前17位对不上，有一位抄错了；请照证件逐位核对。",
    ImpossibleDate "impossible_date" Cell "出生日期不存在" "第7至14位不是存在的日期；请照证件核对出生年月日。",
    FutureBirth "future_birth" Cell "出生在今天之后" "第7至14位的出生日期在今天之后；请照证件核对。",
    Placeholder "placeholder_999999" Cell "999999替代号" "999999开头是“没有证件”的替代号；请留空并填原因。",
    DisabilityType "disability_type" Cell "残疾类别不对" "第19位应为残疾类别1至7；请照残疾人证核对。",
    DisabilityGrade "disability_grade" Cell "残疾等级不对" "第20位应为残疾等级1至4；请照残疾人证核对。",
    CertificateReissue "certificate_reissue" Cell "补办次数不对" "第21、22位应为补办次数（如B1）；请照残疾人证核对。",
    IdLength "id_length" Cell "证件号码位数不对" "证件号码应为18、20或22位；请照证件核对。",
    IdCharacters "id_characters" Cell "证件号码有别的字" "证件号码里有不该出现的字；请照证件核对。",
    IdDestroyedByFloat "id_destroyed_by_float" Cell "号码被当成数字存坏" "长号码被表格当成数字存过，后几位已经丢失；请把该列设为文本，照证件或原表重填。",
    IdMissing "id_missing" Cell "没有证件号码" "没有填证件号码；请补上，确实没有证件的请写明原因，不要编号码。",
    DuplicatePerson "duplicate_person" Cell "同一证件号码在两处" "同一个证件号码出现了两次；请核对这个人现在属于哪一户，从另一户里去掉。",
    DuplicatePersonNo "duplicate_person_no" Cell "人编号重复" "同一个人编号用在了两个人身上；请照国家名单核对。",
    DuplicateRow "duplicate_row" Row "重复行" "这一行与前面的行重复，只算了一次；请删掉多余的一行。",
    SharedPhone "shared_phone" Cell "两户同一电话" "两户写了同一个联系电话；请核对是谁的，给另一户补上自己的。",
    PhoneFormat "phone_format" Cell "电话号码不对" "不像一个电话号码；请填11位手机号或带区号的座机。",
    TwoHeads "two_heads" Cell "一户两个户主" "一户只能有一个户主；请核对户口簿，把另一个改成与户主的关系。",
    NoHead "no_head" Cell "没有户主" "这一户没有户主；请核对户口簿，在户主那一行写“户主”。",
    TwoSpouses "two_spouses" Cell "一户两个配偶" "户主最多一个配偶；请核对户口簿，改正其中一个的关系。",
    SpouseSameSex "spouse_same_sex" Cell "配偶与户主同性别" "配偶与户主的性别相同；请核对两人的证件号码和关系。",
    RelationSex "relation_sex" Cell "关系与性别不符" "与户主关系和本人性别不符；请核对关系和证件号码。",
    SexVsId "sex_vs_id" Cell "性别与证件不符" "性别与证件号码第17位不符；请照证件核对。",
    BirthVsId "birth_vs_id" Cell "出生日期与证件不符" "出生日期与证件号码第7至14位不符；请照证件核对。",
    UnknownRelation "unknown_relation" Cell "关系认不出" "与户主关系认不出；请改成国家名单里的写法（如配偶、之子、之女、之父）。",
    UnknownNation "unknown_nation" Cell "民族认不出" "民族认不出；请改成民族名称（如汉族、苗族）。",
    NameMissing "name_missing" Cell "没有姓名" "没有填姓名；请照证件补上。",
    NameCharacters "name_characters" Cell "姓名里有别的字" "姓名里有不该出现的字；请照证件核对，备注请另写一列。",
    NameUnrecoverable "name_unrecoverable" Cell "名字有字丢失" "名字里有字已经丢失或被遮掉，认不出原来是什么；请照证件重新填写。",
    TotalRow "total_row" Row "合计行" "这是合计行，没有当作人员读取；不用处理，合计数已用来核对。",
    DoubledHeader "doubled_header" Row "重复的表头" "这是重复的表头，已跳过；不用处理，下次导出时可以删掉。",
    StrayRow "stray_row" Row "不像人员的行" "这一行看不出是哪个人，没有读取；是人员的请补上姓名和证件号码，不是的请删掉。",
    HiddenRow "hidden_row" Row "隐藏的行" "这一行在表里是隐藏的，照样读取了；不该导入的请删掉这一行再导入。",
    HiddenSheet "hidden_sheet" Sheet "隐藏的工作表" "这张工作表是隐藏的，没有读取；需要导入的请取消隐藏再导入。",
    MergedCells "merged_cells" Cell "合并的单元格" "这几行的单元格合并了，已按同一内容读取；请核对是不是同一内容，最好取消合并再填满。",
    WrongVillage "wrong_village" Cell "一户写了两个村" "同一户的这一行写的村与其他行不同；请核对户编号或村名。",
    HouseholdCellDiffers "household_cell_differs" Cell "一户内写法不一" "同一户的这一格与其他行不同，取了户主那一行的；请核对。",
    MemberCountDiffers "member_count_differs" Cell "人数与行数不符" "写的人数与这一户的行数不符；请核对是缺了人还是多了人。",
    MissingHouseholdNo "missing_household_no" Cell "没有户编号" "没有户编号，按前后行归到了一户；请照国家名单补上户编号。",
    HouseholdSplit "household_split" Cell "一户的行不连着" "这一户的行没有连在一起，已按户编号合到一户；不用处理，核对户编号没有写错即可。",
    YearFormat "year_format" Cell "年份或日期认不出" "年份或日期认不出；请写成2018、201812或2018-12-01这样。",
    NumberFormat "number_format" Cell "数字认不出" "这里应当是数字；请只填数字，不写“约”“余”等字。",
    RegionMissing "region_missing" Cell "没有写村" "没有写是哪个村，这一户归不到村；请补上。",
    EduAndSchool "edu_and_school" Cell "文化程度和在校都填了" "在校生不填文化程度，已离校的不填在校生状况；请核对后留一个。",
    HelperMissing "helper_missing" Cell "没有帮扶责任人" "这一户没有写帮扶责任人，没有结对；请补上姓名。",
    HouseholdMissing "household_missing" Cell "没有写哪一户" "这一行没有户编号也没有户主，不知道帮扶哪一户；请补上。",
    DuplicatePair "duplicate_pair" Cell "重复结对" "同一帮扶责任人和同一户写了两次，只算了一次；请删掉一行。",
    HelperTwoUnits "helper_two_units" Cell "同一人两个单位" "同一个帮扶责任人写了两个单位；请核对是不是同一个人，改成一样的单位或写不同的电话。",
    HelperTwoPhones "helper_two_phones" Cell "同名同单位两个电话" "同一单位同一名字的帮扶责任人写了两个电话，按两个人处理；请核对是不是同一个人。",
}

/// A doubt, with the place it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// The name of the sheet.
    pub sheet: String,
    /// The row as Excel counts, from 1; 0 for the sheet as a whole.
    pub row: u32,
    /// The column letter; empty for a row as a whole.
    pub column: String,
    /// The header of that column, tidied.
    pub header: String,
    /// What is doubted.
    pub kind: DoubtKind,
    /// What stands there; numbers of people are masked (domain.md §5 L05).
    pub value_masked: String,
    /// What is wrong and what to do next.
    pub reason: String,
}

/// How what stands in a doubted cell may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// As a certificate number: two and two.
    Certificate,
    /// As a phone: three and four.
    Phone,
    /// As it is, but for numbers of people within it.
    Plain,
}

impl Shown {
    /// The masked text, at most 40 characters of it.
    pub(crate) fn mask(self, text: &str) -> String {
        let masked = match self {
            Self::Certificate => mask_id(text),
            Self::Phone if text.chars().filter(char::is_ascii_digit).count() > 12 => mask_certificates_in_text(text),
            Self::Phone => mask_phone(text),
            Self::Plain => mask_certificates_in_text(text),
        };
        masked.chars().take(40).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_one_name_and_says_what_to_do_next() {
        let codes: BTreeSet<&str> = DoubtKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), DoubtKind::ALL.len());
        for kind in DoubtKind::ALL {
            let sentence = kind.sentence();
            assert!(sentence.contains('请') || sentence.contains("不用处理"), "{kind:?}");
            assert!(sentence.ends_with('。'), "{kind:?}");
            assert!(kind.code().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
        }
    }

    #[test]
    fn no_whole_number_of_a_person_is_shown() {
        assert_eq!(Shown::Certificate.mask("522731196202140014"), "52**************14");
        assert_eq!(Shown::Phone.mask("13812341234"), "138****1234");
        assert_eq!(Shown::Phone.mask("13812341234/13912341234"), "138****1234/139****1234");
        assert_eq!(Shown::Plain.mask("张三522731196202140014"), "张三52**************14");
    }
}
