//! Words that tell of somebody's health, income, allowance or monitoring. A row of a list and a reminder are read by whoever
//! looks over a shoulder: there they are covered, and whoever opens the card reads them.

/// What is covered; longer words before those they begin with.
const WORDS: [&str; 30] = [
    "边缘易致贫",
    "突发严重困难",
    "脱贫不稳定",
    "慢性病",
    "精神病",
    "精神障碍",
    "尿毒症",
    "监测对象",
    "监测户",
    "低保",
    "五保",
    "特困",
    "残疾",
    "大病",
    "重病",
    "透析",
    "化疗",
    "艾滋",
    "癌",
    "返贫",
    "致贫",
    "贫困",
    "收入",
    "欠债",
    "吸毒",
    "服刑",
    "怀孕",
    "流产",
    "救助金",
    "补助金",
];

/// What stands in the place of such a word.
const COVER: &str = "••";

/// The text with each of these words covered.
#[must_use]
pub fn cover(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, word| text.replace(word, COVER))
}

/// Whether such a word stands in it.
#[must_use]
pub fn tells(text: &str) -> bool {
    WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_covered_and_the_rest_says_what_is_to_be_done() {
        assert_eq!(cover("送低保申请表"), "送••申请表");
        assert_eq!(cover("陪去县医院办慢性病证、残疾证"), "陪去县医院办••证、••证");
        assert_eq!(cover("送助学表"), "送助学表");
        for (at, word) in WORDS.iter().enumerate() {
            assert!(tells(word) && !tells(&cover(word)));
            let hidden = WORDS.iter().take(at).find(|before| word.contains(*before) && word != *before);
            assert_eq!(hidden, None, "{word} is never reached");
        }
    }
}
