//! A correction of a visit as it is meant. What the lease covered was shown as nothing, and comes back as nothing: it is what
//! stood there. Each is found by what it was shown as and by what of it could be read, never by its place alone; where it
//! cannot be told which was meant, all that stood there stays. Nothing that covers words is ever written down.

use crate::lease::COVERED;
use crate::masking::{mask_words, restored};
use lianhu_core::circumstance;
use lianhu_core::visit::Visit;

/// What the things that were brought are shown as once they are covered: told apart, so that each is found again.
pub(crate) fn covered_item(place: usize) -> String {
    if place == 0 { COVERED.to_owned() } else { format!("{COVERED}{}", place + 1) }
}

/// A correction with the words of what it corrects where they were covered, and its numbers where they were masked.
pub(crate) fn uncovered(mut correct: Visit, was: &Visit) -> Visit {
    words(&mut correct.note, was.note.as_deref());
    words(&mut correct.purpose, was.purpose.as_deref());
    correct.needs = listed(
        correct.needs,
        &was.needs,
        |need| &mut need.text,
        |need| !need.text.is_empty(),
        |sent, need, _| sent.text == COVERED && sent.category == need.category,
    );
    let plain = correct.aid.iter().filter(|aid| aid.item == COVERED).count();
    correct.aid = listed(
        correct.aid,
        &was.aid,
        |aid| &mut aid.item,
        |_| true,
        // A form that was kept before they were told apart calls them all alike.
        |sent, aid, place| {
            sent.unit == aid.unit && (sent.item == covered_item(place) || (plain > 1 && sent.item == COVERED))
        },
    );
    correct.promises = listed(
        correct.promises,
        &was.promises,
        |promise| &mut promise.text,
        |promise| circumstance::tells(&promise.text),
        |sent, promise, _| {
            let covered = circumstance::cover(&promise.text);
            sent.text == covered || sent.text == mask_words(&covered)
        },
    );
    restored(correct, was)
}

/// Words with what was covered in them as it stood there.
fn words(text: &mut Option<String>, was: Option<&str>) {
    let Some(sent) = text.as_deref().filter(|sent| sent.contains(COVERED)) else { return };
    let mut meant = sent.replacen(COVERED, was.unwrap_or_default(), 1);
    // What is covered was itself covered in words only in part.
    if !was.is_some_and(|was| was.contains(COVERED)) {
        meant = meant.replace(COVERED, "");
    }
    *text = (!meant.trim().is_empty()).then_some(meant);
}

/// A list as it is meant: whatever of it is covered is the one of those that stood there which was shown so.
fn listed<T: Clone + PartialEq>(
    mut sent: Vec<T>,
    was: &[T],
    text: impl Fn(&mut T) -> &mut String,
    is_covered: impl Fn(&T) -> bool,
    shown_as: impl Fn(&T, &T, usize) -> bool,
) -> Vec<T> {
    let covers = |one: &T| text(&mut one.clone()).contains(COVERED);
    // What somebody wrote with such dots themselves stands as it is.
    let open: Vec<usize> =
        (0..sent.len()).filter(|at| sent.get(*at).is_some_and(|one| covers(one) && !was.contains(one))).collect();
    // Where nothing was taken out and nothing added, the places still hold.
    let same_places = sent.len() == was.len() && sent.iter().all(|one| covers(one) || was.contains(one));
    let mut found: Vec<Option<usize>> = vec![None; sent.len()];
    let fits = |found: &[Option<usize>], at: usize| -> Vec<usize> {
        let free = |place: &usize| !found.contains(&Some(*place));
        let shown = |place: &usize| match (sent.get(at), was.get(*place)) {
            (Some(one), Some(whole)) => is_covered(whole) && shown_as(one, whole, *place),
            _ => false,
        };
        (0..was.len()).filter(free).filter(shown).collect()
    };
    // One found leaves fewer for the others.
    loop {
        let sure = open.iter().filter(|at| found.get(**at) == Some(&None)).find_map(|at| {
            let fit = fits(&found, *at);
            let in_place = same_places && fit.contains(at);
            match fit.as_slice() {
                [one] => Some((*at, *one)),
                _ => in_place.then_some((*at, *at)),
            }
        });
        let Some((at, place)) = sure else { break };
        if let Some(found) = found.get_mut(at) {
            *found = Some(place);
        }
    }
    if open.iter().any(|at| found.get(*at) == Some(&None)) {
        let read = sent.into_iter().filter(|one| !covers(one));
        return was.iter().filter(|whole| is_covered(whole)).cloned().chain(read).collect();
    }
    for (one, place) in sent.iter_mut().zip(found) {
        if let Some(whole) = place.and_then(|place| was.get(place)) {
            let whole = text(&mut whole.clone()).clone();
            *text(one) = whole;
        }
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::covering::Cover;
    use lianhu_core::visit::{Aid, Need, Promise};

    fn need(category: &str, text: &str) -> Need {
        Need { category: category.into(), text: text.into() }
    }

    fn aid(item: &str, unit: &str) -> Aid {
        Aid { item: item.into(), quantity_hundredths: 100, unit: unit.into() }
    }

    fn whole() -> Visit {
        Visit {
            note: Some("屋顶漏雨".into()),
            purpose: Some("低保年审".into()),
            needs: vec![need("医疗", "住院报销"), need("住房", "修屋顶"), need("饮水", "")],
            aid: vec![aid("大米", "袋"), aid("食用油", "桶"), aid("化肥", "袋"), aid("种子", "袋")],
            promises: vec![
                Promise { text: "送低保申请表".into(), due: None },
                Promise { text: "修路".into(), due: None },
                Promise { text: "问残疾证".into(), due: None },
            ],
            ..Visit::default()
        }
    }

    fn shown(whole: &Visit) -> Visit {
        let mut shown = whole.clone();
        Cover::Everything.over_visit(&mut shown);
        shown
    }

    #[test]
    fn whatever_is_taken_out_of_a_covered_visit_the_rest_is_what_it_was() {
        let was = whole();
        assert_eq!(uncovered(shown(&was), &was), was);
        // Every set of needs, things and promises that can be left.
        for kept in 0..(1_usize << 10) {
            let keeps = |at: usize| kept & (1 << at) != 0;
            let pick = |visit: &Visit| {
                let mut visit = visit.clone();
                let mut at = 0;
                let mut left = |_: &()| {
                    at += 1;
                    keeps(at - 1)
                };
                visit.needs.retain(|_| left(&()));
                visit.aid.retain(|_| left(&()));
                visit.promises.retain(|_| left(&()));
                visit
            };
            assert_eq!(uncovered(pick(&shown(&was)), &was), pick(&was), "{kept:b}");
        }
    }

    #[test]
    fn what_is_written_beside_covered_words_is_kept_with_them() {
        let was = whole();
        let mut sent = shown(&was);
        sent.note = Some("••，又来看过".into());
        sent.aid.remove(0);
        sent.aid.push(aid("牛奶", "箱"));
        sent.aid[0].quantity_hundredths = 300;
        sent.needs.remove(0);
        let meant = uncovered(sent, &was);
        assert_eq!(meant.note.as_deref(), Some("屋顶漏雨，又来看过"));
        let items: Vec<_> = meant.aid.iter().map(|aid| (aid.item.as_str(), aid.quantity_hundredths)).collect();
        assert_eq!(items, [("食用油", 300), ("化肥", 100), ("种子", 100), ("牛奶", 100)]);
        assert_eq!(meant.needs[0].text, "修屋顶");
    }

    #[test]
    fn where_it_cannot_be_told_which_was_meant_all_that_stood_there_stays() {
        // A form kept when all were called alike, of which one was taken out.
        let was = whole();
        let mut sent = shown(&was);
        sent.aid.iter_mut().for_each(|aid| aid.item = COVERED.into());
        sent.aid.remove(2);
        sent.aid.push(aid("牛奶", "箱"));
        let meant = uncovered(sent, &was);
        assert_eq!(meant.aid[..4], was.aid);
        assert_eq!(meant.aid[4].item, "牛奶");
        // Somebody else has corrected it meanwhile: nothing there was shown so.
        let other =
            Visit { needs: vec![need("就学升学", "学费")], aid: vec![], promises: vec![], note: None, ..whole() };
        let meant = uncovered(shown(&was), &other);
        assert_eq!((meant.needs[0].clone(), meant.aid, meant.note), (other.needs[0].clone(), vec![], None));
        assert_eq!(meant.needs[1..], [need("饮水", "")], "what could be read is as it was sent");
    }

    #[test]
    fn no_correction_whatever_writes_what_covers() {
        let was = whole();
        let texts = ["••", "••2", "••3", "•• 和 ••", "••9", "修路"];
        for (one, note) in texts.iter().enumerate() {
            for other in texts {
                let mut sent = shown(&was);
                sent.note = Some((*note).into());
                sent.needs = vec![need("医疗", note), need("其他", other)];
                sent.aid = vec![aid(other, "袋"), aid(note, "桶"), aid(texts[5 - one], "床")];
                sent.promises = vec![Promise { text: other.into(), due: None }];
                let meant = uncovered(sent, &was);
                let written = serde_json::to_string(&meant).unwrap();
                assert!(!written.contains(COVERED), "{note} {other}: {written}");
            }
        }
    }
}
