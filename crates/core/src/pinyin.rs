//! How a Chinese name sounds, without tones: `zhangsan` and `zs`, every reading that people may type.

use crate::text::is_han;
use pinyin::{ToPinyin, ToPinyinMulti};

/// How many combinations of readings one name is found by; the likeliest come first.
const MOST_COMBINATIONS: usize = 4;

/// Characters read otherwise at the head of a name. Two readings where two families read it differently.
const SURNAMES: &[(&str, &[&str])] = &[
    ("万俟", &["moqi"]),
    ("尉迟", &["yuchi"]),
    ("单于", &["chanyu"]),
    ("长孙", &["zhangsun"]),
    ("澹台", &["tantai"]),
    ("宰父", &["zaifu"]),
    ("单", &["shan"]),
    ("覃", &["qin", "tan"]),
    ("仇", &["qiu"]),
    ("区", &["ou"]),
    ("解", &["xie"]),
    ("查", &["zha"]),
    ("曾", &["zeng"]),
    ("任", &["ren"]),
    ("朴", &["piao"]),
    ("盖", &["ge", "gai"]),
    ("乐", &["yue", "le"]),
    ("缪", &["miao"]),
    ("翟", &["zhai", "di"]),
    ("繁", &["po"]),
    ("逄", &["pang"]),
    ("秘", &["bi"]),
    ("冼", &["xian"]),
    ("洗", &["xian"]),
    ("员", &["yun"]),
    ("黑", &["he", "hei"]),
    ("折", &["she"]),
    ("种", &["chong"]),
    ("撒", &["sa"]),
    ("隗", &["wei", "kui"]),
    ("召", &["shao", "zhao"]),
    ("祭", &["zhai"]),
    ("句", &["gou"]),
    ("车", &["che"]),
    ("沈", &["shen"]),
    ("盛", &["sheng"]),
    ("应", &["ying"]),
    ("薄", &["bo"]),
    ("卜", &["bu"]),
    ("谌", &["chen", "shen"]),
    ("郗", &["xi", "chi"]),
    ("柏", &["bai", "bo"]),
    ("都", &["du"]),
    ("宿", &["su"]),
    ("过", &["guo"]),
    ("莘", &["shen", "xin"]),
    ("牟", &["mu", "mou"]),
    ("贾", &["jia"]),
    ("尹", &["yin"]),
    ("於", &["yu"]),
    ("幺", &["yao"]),
    ("么", &["yao"]),
    ("那", &["na"]),
    ("曲", &["qu"]),
    ("石", &["shi"]),
    ("干", &["gan"]),
    ("瞿", &["qu"]),
    ("郇", &["xun", "huan"]),
    ("费", &["fei", "bi"]),
    ("殷", &["yin"]),
    ("宁", &["ning"]),
    ("适", &["kuo"]),
    ("角", &["jue"]),
    ("尉", &["wei", "yu"]),
    ("粘", &["nian"]),
    ("佴", &["nai"]),
    ("钭", &["tou"]),
];

/// One way a name may be read, syllable by syllable; ü is written v, as on a keyboard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading(Vec<String>);

impl Reading {
    /// All syllables in a row: `zhangsan`.
    #[must_use]
    pub fn full(&self) -> String {
        self.0.concat()
    }

    /// The first letters: `zs`.
    #[must_use]
    pub fn initials(&self) -> String {
        self.0.iter().filter_map(|syllable| syllable.chars().next()).collect()
    }
}

/// The readings of a name, the likeliest first, at most four. Empty when no character of it can be read.
#[must_use]
pub fn readings(name: &str) -> Vec<Reading> {
    let syllables = syllables_of(name);
    let mut found: Vec<Reading> = Vec::new();
    let widest = syllables.iter().map(Vec::len).max().unwrap_or(0);
    if let Some(first) = combination(&syllables, |_| 0) {
        found.push(first);
    }
    // One character read otherwise is likelier than two, so those come next, then the pairs.
    for (place, choice) in places_and_choices(syllables.len(), widest) {
        add(&mut found, combination(&syllables, |at| if at == place { choice } else { 0 }));
    }
    for (place, choice) in places_and_choices(syllables.len(), widest) {
        for (other, second) in places_and_choices(syllables.len(), widest).filter(|(other, _)| *other > place) {
            let pick = |at| {
                if at == place {
                    choice
                } else if at == other {
                    second
                } else {
                    0
                }
            };
            add(&mut found, combination(&syllables, pick));
        }
        if found.len() >= MOST_COMBINATIONS {
            break;
        }
    }
    found
}

fn add(found: &mut Vec<Reading>, reading: Option<Reading>) {
    if let Some(reading) = reading
        && found.len() < MOST_COMBINATIONS
        && !found.contains(&reading)
    {
        found.push(reading);
    }
}

fn places_and_choices(places: usize, widest: usize) -> impl Iterator<Item = (usize, usize)> {
    (1..widest).flat_map(move |choice| (0..places).map(move |place| (place, choice)))
}

fn combination(syllables: &[Vec<String>], choice: impl Fn(usize) -> usize) -> Option<Reading> {
    let picked: Option<Vec<String>> =
        syllables.iter().enumerate().map(|(at, of)| of.get(choice(at)).cloned()).collect();
    picked.filter(|syllables| !syllables.is_empty()).map(Reading)
}

/// The readings of each character in turn; a compound surname counts as its syllables together.
fn syllables_of(name: &str) -> Vec<Vec<String>> {
    let mut syllables = Vec::new();
    let mut rest = name;
    if let Some((surname, read)) = SURNAMES.iter().find(|(surname, _)| name.starts_with(surname)) {
        if surname.chars().count() == 1 {
            syllables.push(read.iter().map(|syllable| (*syllable).to_owned()).collect());
            rest = name.strip_prefix(surname).unwrap_or("");
        } else if let Some(compound) = compound_syllables(surname, read) {
            syllables.extend(compound);
            rest = name.strip_prefix(surname).unwrap_or("");
        }
    }
    syllables.extend(rest.chars().filter_map(readings_of));
    syllables
}

/// Splits `moqi` at the second character's own place, so that the initials are `mq`.
fn compound_syllables(surname: &str, read: &[&str]) -> Option<Vec<Vec<String>>> {
    let whole = read.first()?;
    let split = match surname {
        "万俟" | "尉迟" => 2,
        "单于" => 4,
        "长孙" => 5,
        _ => 3,
    };
    Some(vec![vec![whole.get(..split)?.to_owned()], vec![whole.get(split..)?.to_owned()]])
}

fn readings_of(c: char) -> Option<Vec<String>> {
    if !is_han(c) {
        return c.is_ascii_alphanumeric().then(|| vec![c.to_ascii_lowercase().to_string()]);
    }
    let mut found: Vec<String> = Vec::new();
    let multi = c.to_pinyin_multi().into_iter().flatten().map(|reading| reading.plain());
    for reading in c.to_pinyin().map(|reading| reading.plain()).into_iter().chain(multi) {
        let typed = reading.replace('ü', "v").replace('ê', "e");
        if !found.contains(&typed) {
            found.push(typed);
        }
    }
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, full: &[&str]) {
        let found: Vec<String> = readings(name).iter().map(Reading::full).collect();
        assert_eq!(found, full, "{name}");
    }

    #[test]
    fn a_surname_is_read_as_a_surname() {
        for (name, full) in [
            ("单桂花", "shanguihua"),
            ("覃小妹", "qinxiaomei"),
            ("仇英", "qiuying"),
            ("区天才", "outiancai"),
            ("解林", "xielin"),
            ("查英", "zhaying"),
            ("曾国", "zengguo"),
            ("任飞", "renfei"),
            ("朴英", "piaoying"),
            ("盖林", "gelin"),
            ("吕芳", "lvfang"),
        ] {
            let found = readings(name);
            assert_eq!(found.first().map(Reading::full).as_deref(), Some(full), "{name}");
        }
        check("任飞", &["renfei"]);
        check("覃飞", &["qinfei", "tanfei"]);
        check("尉迟飞", &["yuchifei"]);
        assert_eq!(readings("万俟飞").first().map(Reading::initials).as_deref(), Some("mqf"));
        assert_eq!(readings("长孙飞").first().map(Reading::initials).as_deref(), Some("zsf"));
    }

    #[test]
    fn a_character_with_two_readings_is_found_by_both() {
        check("张长飞", &["zhangzhangfei", "zhangchangfei"]);
        let single: Vec<String> = readings("林单飞").iter().map(Reading::full).collect();
        assert_eq!(single, ["lindanfei", "linchanfei", "linshanfei"]);
    }

    #[test]
    fn a_name_has_at_most_four_readings_and_each_once() {
        let found = readings("行长单重解");
        assert_eq!(found.len(), MOST_COMBINATIONS);
        let each: std::collections::BTreeSet<_> = found.iter().collect();
        assert_eq!(each.len(), found.len());
    }

    #[test]
    fn dots_and_letters_do_no_harm() {
        check("阿依·古丽A", &["ayigulia", "eyigulia", "ayikulia", "eyikulia"]);
        check("", &[]);
        check("·", &[]);
    }
}
