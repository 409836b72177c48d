//! 脱敏 of what people typed: every reply and every error goes through here before it leaves, whatever command it answers. A
//! certificate or telephone number written into any words of it is masked; names of things are left as they are. Nobody has
//! to think of it where a new field of words is added: it is masked until it is said here that it names a thing.

use crate::error::AppError;
use lianhu_core::day::Day;
use lianhu_core::mask::{mask_certificates_in_text, numbers_in_text};
use lianhu_core::resident_id::ResidentId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The commands whose answer is there to be whole: one fact for a reason, a number for the dialler, codes that are typed, a
/// form that its author has not finished.
const WHOLE: [&str; 5] = ["reveal", "telephone", "enrolment_slips", "recover_pin", "kept_form"];

/// Fields that name a thing and hold no words of a person: where a file lies, a key, a code, a hash, an address. `body` is a
/// draft, which is its author's own form.
const NAMES: [&str; 11] =
    ["path", "file", "server", "code", "key", "figure", "body", "sheet", "county", "template", "columns"];

/// Numbers by which a list names households and people: as long as a certificate's, and to be read.
const NUMBERS: &str = "national_no";

/// A reply as it leaves the app.
pub(crate) fn masked(command: &str, mut reply: Value, today: Day) -> Value {
    if !WHOLE.contains(&command) {
        mask(&mut reply, "", today);
    }
    reply
}

fn mask(value: &mut Value, field: &str, today: Day) {
    match value {
        Value::String(_) if NAMES.contains(&field) => {}
        Value::String(text) if field == NUMBERS => *text = number_of_list(text, today),
        Value::String(text) if !is_id(text) => *text = mask_words(text),
        Value::Array(many) => many.iter_mut().for_each(|one| mask(one, field, today)),
        Value::Object(fields) => {
            // What is said of a fact is what the fact is: the number of a list is one there too.
            let key = fields.get("key").and_then(Value::as_str).unwrap_or_default();
            let of_list = key == NUMBERS || key.ends_with("/national_no");
            for (name, inside) in fields.iter_mut() {
                mask_inside(inside, name, of_list, today);
            }
        }
        _ => {}
    }
}

/// The number of a list is to be read; a certificate that stands in its place is one.
pub(crate) fn number_of_list(text: &str, today: Day) -> String {
    if ResidentId::parse(text, today).is_ok() { mask_certificates_in_text(text) } else { text.to_owned() }
}

fn mask_inside(value: &mut Value, name: &str, of_list: bool, today: Day) {
    match value {
        Value::Array(many) if of_list => many.iter_mut().for_each(|one| mask_inside(one, name, true, today)),
        Value::Object(fields) if of_list => {
            fields.iter_mut().for_each(|(name, inside)| mask_inside(inside, name, true, today));
        }
        Value::String(_) if of_list && !NAMES.contains(&name) => mask(value, NUMBERS, today),
        _ => mask(value, name, today),
    }
}

/// Words with every certificate and telephone number in them masked.
pub(crate) fn mask_words(text: &str) -> String {
    // Most words hold no number at all: they are not taken apart.
    let digits = text.chars().filter(|letter| letter.is_ascii_digit() || ('０'..='９').contains(letter)).count();
    if digits < 10 { text.to_owned() } else { mask_certificates_in_text(text) }
}

/// A name or id as they are all spelled: hexadecimal of 12, 16 or 32 bytes, or a UUID.
fn is_id(text: &str) -> bool {
    let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let bytes = text.as_bytes();
    match bytes.len() {
        24 | 32 | 64 => bytes.iter().all(hex),
        36 => {
            bytes.split(|byte| *byte == b'-').map(<[u8]>::len).eq([8, 4, 4, 4, 12])
                && bytes.iter().all(|byte| hex(byte) || *byte == b'-')
        }
        _ => false,
    }
}

/// An error as it leaves the app: it may say again what was typed.
pub(crate) fn masked_error(error: AppError) -> AppError {
    match error {
        AppError::NotFound { what } => AppError::NotFound { what: mask_unless_id(what) },
        AppError::NotUnique { what } => AppError::NotUnique { what: mask_unless_id(what) },
        AppError::Workbook { sentence } => AppError::Workbook { sentence: mask_words(&sentence) },
        AppError::File { sentence } => AppError::File { sentence: mask_words(&sentence) },
        AppError::Bug { detail } => AppError::Bug { detail: mask_words(&detail) },
        other => other,
    }
}

fn mask_unless_id(text: String) -> String {
    if is_id(&text) { text } else { mask_words(&text) }
}

/// What a form meant that was filled with masked words and sent back: where the mask of a number still stands, the number
/// stands that was there. Of several that have the same mask the one counts that stood in the same place; elsewhere only
/// what fits alone.
pub(crate) fn restored<T: Serialize + DeserializeOwned>(sent: T, was: &T) -> T {
    let (Ok(mut value), Ok(before)) = (serde_json::to_value(&sent), serde_json::to_value(was)) else { return sent };
    let mut known = Vec::new();
    texts(&before, &mut known);
    let mut numbers: Vec<(String, String)> = known.iter().flat_map(|text| numbers_in_text(text)).collect();
    numbers.sort();
    numbers.dedup();
    if numbers.is_empty() {
        return sent;
    }
    known.sort();
    known.dedup();
    restore(&mut value, Some(&before), &known, &numbers);
    serde_json::from_value(value).unwrap_or(sent)
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(many) => many.iter().for_each(|one| texts(one, found)),
        Value::Object(fields) => fields.values().for_each(|inside| texts(inside, found)),
        _ => {}
    }
}

fn restore(value: &mut Value, was: Option<&Value>, known: &[String], numbers: &[(String, String)]) {
    match value {
        Value::String(text) => *text = restored_text(text, was.and_then(Value::as_str), known, numbers),
        Value::Array(many) => {
            // Of a list from which something was taken the places mean nothing.
            let before = was.and_then(Value::as_array).filter(|before| before.len() == many.len());
            for (at, one) in many.iter_mut().enumerate() {
                restore(one, before.and_then(|before| before.get(at)), known, numbers);
            }
        }
        Value::Object(fields) => {
            for (name, inside) in fields.iter_mut() {
                restore(inside, was.and_then(|was| was.get(name)), known, numbers);
            }
        }
        _ => {}
    }
}

fn restored_text(sent: &str, here: Option<&str>, known: &[String], numbers: &[(String, String)]) -> String {
    if let Some(whole) = here.filter(|whole| mask_words(whole) == sent) {
        return whole.to_owned();
    }
    let mut fitting = known.iter().filter(|whole| mask_words(whole) == sent);
    if let (Some(whole), None) = (fitting.next(), fitting.next()) {
        return whole.clone();
    }
    let stood = here.map(numbers_in_text).unwrap_or_default();
    let mut text = sent.to_owned();
    for (whole, shown) in numbers {
        if numbers.iter().filter(|(_, other)| other == shown).count() == 1 {
            text = text.replace(shown.as_str(), whole);
            continue;
        }
        // Several have this mask: in the same place, and as many of them, they stand in their order.
        let in_order: Vec<_> = stood.iter().filter(|(_, other)| other == shown).collect();
        if !in_order.is_empty() && text.matches(shown.as_str()).count() == in_order.len() {
            for (one, _) in in_order {
                text = text.replacen(shown.as_str(), one, 1);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TODAY: Day = Day(20_000);

    #[test]
    fn words_are_masked_wherever_they_stand_and_names_of_things_are_not() {
        let reply = json!({
            "note": "身份证522731196202140014",
            "rows": [{"reason": "打13812341234", "path": "/data/13812341234.xlsx", "of": ["证522731196202140014"]}],
            "id": "12345678-1234-1234-1234-123456789012",
            "entry": "123456789012345678901234567890123456789012345678901234567890abcd",
            "national_no": "411321100000001",
            "n": 13_812_341_234_i64,
        });
        let shown = json!({
            "note": "身份证52**************14",
            "rows": [{"reason": "打138****1234", "path": "/data/13812341234.xlsx", "of": ["证52**************14"]}],
            "id": "12345678-1234-1234-1234-123456789012",
            "entry": "123456789012345678901234567890123456789012345678901234567890abcd",
            "national_no": "411321100000001",
            "n": 13_812_341_234_i64,
        });
        assert_eq!(masked("visits", reply.clone(), TODAY), shown);
        assert_eq!(masked("telephone", reply.clone(), TODAY), reply);
    }

    #[test]
    fn the_number_of_a_list_is_read_and_a_certificate_in_its_place_is_not() {
        let fact = |key: &str, value: &str| json!({"key": key, "said": [{"value": value, "by": [{"name": value}]}]});
        let said = |value: Value| masked("household", value, TODAY)["said"][0]["value"].clone();
        assert_eq!(said(fact("national_no", "411321100000001")), "411321100000001");
        assert_eq!(said(fact("person/x/national_no", "41132110000000101")), "41132110000000101");
        assert_eq!(said(fact("national_no", "11010519491231002X")), "11**************2X");
        assert_eq!(said(fact("address", "411321100000001")), "41***********01");
    }

    #[test]
    fn what_was_sent_back_masked_is_what_stood_there() {
        let was = json!({"note": "打13812341234", "needs": [{"text": "证522731196202140014"}], "late": "下雨"});
        let sent = json!({"note": "打138****1234", "needs": [{"text": "又打138****1234"}], "late": "下雪"});
        let meant = json!({"note": "打13812341234", "needs": [{"text": "又打13812341234"}], "late": "下雪"});
        assert_eq!(restored(sent, &was), meant);
        let two = json!(["打13812341234或13856781234", "打13812341234"]);
        let sent = json!(["打138****1234", "先打138****1234"]);
        assert_eq!(restored(sent, &two), json!(["打13812341234", "先打13812341234"]), "the second stood there alone");
        let alike = json!([{"text": "证522731196202140014"}, {"text": "证522731199003050014", "day": 1}]);
        let sent = json!([{"text": "证52**************14"}, {"text": "证52**************14，又来", "day": 2}]);
        let meant = json!([{"text": "证522731196202140014"}, {"text": "证522731199003050014，又来", "day": 2}]);
        assert_eq!(restored(sent, &alike), meant, "nobody gets another one's number");
        let moved = json!([{"text": "证52**************14"}]);
        assert_eq!(restored(moved.clone(), &alike), moved, "which of both stood there nobody knows");
    }
}
