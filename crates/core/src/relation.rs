//! 与户主关系: the 28 labels of the national system, their GB/T 4761 codes and the sex they imply (domain.md §2.11 a).
//!
//! A label nobody listed is kept as it was written; it only has no code.

use crate::sex::Sex;
use crate::text::{tidy_cell, to_simplified};
use serde::{Deserialize, Serialize};

/// One label of the national system.
#[derive(Debug, PartialEq, Eq)]
pub struct ListedRelation {
    /// The national label, `之子`.
    pub label: &'static str,
    /// The codes of GB/T 4761 that mean it; the first is the one written out.
    pub codes: &'static [&'static str],
    /// The sex the label implies; a person of the other sex is 待核 (rule `2_12_008`).
    pub sex: Option<Sex>,
    /// What else people write for it.
    aliases: &'static [&'static str],
}

const M: Option<Sex> = Some(Sex::Male);
const F: Option<Sex> = Some(Sex::Female);

const fn row(
    label: &'static str,
    codes: &'static [&'static str],
    sex: Option<Sex>,
    aliases: &'static [&'static str],
) -> ListedRelation {
    ListedRelation { label, codes, sex, aliases }
}

/// The 28 labels in the national order.
pub static LISTED_RELATIONS: [ListedRelation; 28] = [
    row("户主", &["02", "01"], None, &["本人", "本人或户主", "户主本人"]),
    row("配偶", &["10", "11", "12"], None, &["夫妻", "爱人"]),
    row(
        "之子",
        &["20", "21", "22", "23", "24", "25", "26", "27", "29"],
        M,
        &["儿子", "子", "长子", "次子", "三子", "四子", "独生子", "养子", "继子"],
    ),
    row(
        "之女",
        &["30", "31", "32", "33", "34", "35", "36", "37", "39"],
        F,
        &["女儿", "女", "长女", "次女", "二女", "三女", "四女", "独生女", "养女", "继女"],
    ),
    row("之儿媳", &["38"], F, &["儿媳妇", "媳妇"]),
    row("之女婿", &["28"], M, &["女儿婿"]),
    row("之孙子", &["41"], M, &["孙儿"]),
    row("之孙女", &["42"], F, &["孙女儿"]),
    row("之外孙子", &["43"], M, &["外孙"]),
    row("之外孙女", &["44"], F, &[]),
    row("之父", &["51"], M, &["父亲", "父"]),
    row("之母", &["52"], F, &["母亲", "母"]),
    row("之岳父", &["55"], M, &["丈人"]),
    row("之岳母", &["56"], F, &["丈母"]),
    row("之公公", &["53"], M, &["公爹"]),
    row("之婆婆", &["54"], F, &["婆母"]),
    row("之祖父", &["61"], M, &["爷爷"]),
    row("之祖母", &["62"], F, &["奶奶"]),
    row("之外祖父", &["63"], M, &["外公", "姥爷"]),
    row("之外祖母", &["64"], F, &["外婆", "姥姥"]),
    row("之兄弟姐妹", &["70", "71", "73", "75", "77"], None, &["兄弟姐妹", "兄弟姊妹"]),
    row("之曾孙子", &["47"], M, &["重孙"]),
    row("之曾孙女", &["48"], F, &["重孙女"]),
    row("之侄儿", &["93"], M, &["侄子"]),
    row("之侄女", &["94"], F, &[]),
    row("之兄弟媳妇", &["72", "74"], F, &["嫂", "嫂子", "弟媳", "弟媳妇"]),
    row("之叔伯", &["81", "83"], M, &["伯父", "叔父", "叔叔", "伯伯"]),
    row("其他", &["97", "99"], None, &["其它", "其他亲属", "非亲属"]),
];

/// Words that say a listed relation and the sex besides: label, listed as, sex.
const SEXED: [(&str, &str, Sex); 12] = [
    ("妻", "配偶", Sex::Female),
    ("妻子", "配偶", Sex::Female),
    ("夫", "配偶", Sex::Male),
    ("丈夫", "配偶", Sex::Male),
    ("兄", "之兄弟姐妹", Sex::Male),
    ("弟", "之兄弟姐妹", Sex::Male),
    ("哥哥", "之兄弟姐妹", Sex::Male),
    ("弟弟", "之兄弟姐妹", Sex::Male),
    ("姐", "之兄弟姐妹", Sex::Female),
    ("妹", "之兄弟姐妹", Sex::Female),
    ("姐姐", "之兄弟姐妹", Sex::Female),
    ("妹妹", "之兄弟姐妹", Sex::Female),
];

/// A relation to the head of the household, as written; listed or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Relation(String);

impl Relation {
    /// Keeps what a cell says; a code of GB/T 4761 becomes its label.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let written = to_simplified(&tidy_cell(text)).replace(' ', "");
        let coded = LISTED_RELATIONS.iter().find(|listed| listed.codes.contains(&written.as_str()));
        Self(coded.map_or(written, |listed| listed.label.to_owned()))
    }

    /// As it was written, without spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The national label it means, if it means one.
    #[must_use]
    pub fn listed(&self) -> Option<&'static ListedRelation> {
        let label = SEXED.iter().find(|(word, ..)| *word == self.0).map_or(self.0.as_str(), |(_, label, _)| *label);
        let bare = label.strip_prefix('之').unwrap_or(label);
        LISTED_RELATIONS.iter().find(|listed| {
            let own = listed.label.strip_prefix('之').unwrap_or(listed.label);
            own == bare || listed.aliases.contains(&bare)
        })
    }

    /// The code of GB/T 4761 to write out; `None` when the label is not listed.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.listed()?.codes.first().copied()
    }

    /// The sex the word implies.
    #[must_use]
    pub fn implied_sex(&self) -> Option<Sex> {
        let said = SEXED.iter().find(|(word, ..)| *word == self.0).map(|(.., sex)| *sex);
        said.or_else(|| self.listed()?.sex)
    }

    /// Whether it is the head: exactly one per household (R-FAM-1).
    #[must_use]
    pub fn is_head(&self) -> bool {
        self.listed().is_some_and(|listed| listed.label == "户主")
    }

    /// Whether it is the spouse: at most one, of the other sex than the head (R-FAM-1).
    #[must_use]
    pub fn is_spouse(&self) -> bool {
        self.listed().is_some_and(|listed| listed.label == "配偶")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_national_labels_have_the_codes_of_the_standard() {
        for (label, code, sex) in [
            ("户主", "02", None),
            ("配偶", "10", None),
            ("之子", "20", M),
            ("之女", "30", F),
            ("之儿媳", "38", F),
            ("之女婿", "28", M),
            ("之孙子", "41", M),
            ("之孙女", "42", F),
            ("之外孙子", "43", M),
            ("之外孙女", "44", F),
            ("之父", "51", M),
            ("之母", "52", F),
            ("之岳父", "55", M),
            ("之岳母", "56", F),
            ("之公公", "53", M),
            ("之婆婆", "54", F),
            ("之祖父", "61", M),
            ("之祖母", "62", F),
            ("之外祖父", "63", M),
            ("之外祖母", "64", F),
            ("之兄弟姐妹", "70", None),
            ("之曾孙子", "47", M),
            ("之曾孙女", "48", F),
            ("之侄儿", "93", M),
            ("之侄女", "94", F),
            ("之兄弟媳妇", "72", F),
            ("之叔伯", "81", M),
            ("其他", "97", None),
        ] {
            let relation = Relation::read(label);
            assert_eq!((relation.code(), relation.implied_sex()), (Some(code), sex), "{label}");
            assert_eq!(Relation::read(code).as_str(), label, "code {code}");
        }
    }

    #[test]
    fn what_people_write_means_a_listed_label() {
        for (written, label, sex) in [
            ("儿子", "之子", M),
            ("子", "之子", M),
            ("长女", "之女", F),
            ("妻子", "配偶", F),
            ("丈夫", "配偶", M),
            ("之 儿 媳", "之儿媳", F),
            ("孫子", "之孙子", M),
            ("哥哥", "之兄弟姐妹", M),
            ("本人", "户主", None),
            ("岳母", "之岳母", F),
            ("外孙", "之外孙子", M),
            ("其它", "其他", None),
        ] {
            let relation = Relation::read(written);
            assert_eq!(relation.listed().map(|listed| listed.label), Some(label), "{written}");
            assert_eq!(relation.implied_sex(), sex, "{written}");
        }
    }

    #[test]
    fn a_label_nobody_listed_is_kept() {
        let godchild = Relation::read("干女儿");
        assert_eq!(
            (godchild.as_str(), godchild.listed(), godchild.code(), godchild.implied_sex()),
            ("干女儿", None, None, None)
        );
        assert!(!godchild.is_head() && !godchild.is_spouse());
        assert!(Relation::read("户主").is_head() && Relation::read("妻").is_spouse());
    }

    #[test]
    fn no_code_and_no_word_means_two_relations() {
        let codes: Vec<_> = LISTED_RELATIONS.iter().flat_map(|listed| listed.codes).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        let words: Vec<_> = LISTED_RELATIONS
            .iter()
            .flat_map(|listed| listed.aliases.iter().copied().chain([listed.label]))
            .chain(SEXED.iter().map(|(word, ..)| *word))
            .collect();
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
    }
}
