//! Act 1, the hillside: no signal and no server. What is saved stays saved, whatever happens to the phone.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::person::Person;
use super::story::{Step, Story, list, number, words};

/// Its steps.
pub(crate) const STEPS: &[Step] = &[
    Step { says: "关掉县服务器", act: stop_server },
    Step { says: "走访中逐项保存，反复断电（kill -9）", act: lose_power_while_filling_in },
    Step { says: "保存走访时断电（kill -9）", act: lose_power_while_saving },
    Step { says: "两部手机给同一户记下两个号码", act: two_numbers },
];

/// How often the battery dies while a form is filled in.
const DEATHS: u32 = 8;
/// The numbers that both write down.
pub(crate) const NUMBERS: [&str; 2] = ["13700001234", "13900005678"];

fn stop_server(story: &mut Story) -> anyhow::Result<String> {
    let server = story.server.take().context("服务器没有开")?;
    let id = server.id();
    server.stop(&story.data())?;
    story.line.leads_to(None);
    let [phone, _] = &story.phones;
    let sentence = phone.refused("exchange", &json!({}), "offline")?;
    Ok(format!("进程 {id} 已退出，系统里没有任何服务器进程；手机说“{sentence}”"))
}

/// What a form holds after so many taps.
fn form(story: &Story, taps: u32) -> Value {
    json!({"day": story.day(0), "taps": taps, "note": "水管裂了".repeat(usize::try_from(taps).unwrap_or(1))})
}

fn only_draft(phone: &Person) -> anyhow::Result<(String, Value)> {
    let drafts = phone.call("drafts", &json!({}))?;
    let [draft] = list(&drafts, "")?.as_slice() else { anyhow::bail!("应有一份草稿：{drafts}") };
    Ok((words(draft, "/id")?.to_owned(), serde_json::from_str(words(draft, "/body")?)?))
}

fn lose_power_while_filling_in(story: &mut Story) -> anyhow::Result<String> {
    let [phone, _] = story.phones.clone();
    let tap =
        |id: Option<&str>, taps| json!({"id": id, "household": story.household, "body": form(story, taps).to_string()});
    let id = phone.call("save_draft", &tap(None, 1))?;
    let id = id.as_str().context("草稿没有编号")?.to_owned();
    let begun = Instant::now();
    phone.call("save_draft", &tap(Some(&id), 2))?;
    let whole = begun.elapsed();
    let (mut completed, mut taps, mut after) = (2, 2, 0);
    for death in 1..=DEATHS {
        taps += 1;
        let act = phone.begin("save_draft", &tap(Some(&id), taps))?;
        let answered = act.killed_after(whole * death / DEATHS)?.is_some();
        let (_, kept) = only_draft(&phone)?;
        let is = |taps| kept == form(story, taps);
        ensure!(is(taps) || (!answered && is(completed)), "第 {taps} 下之后断电，草稿成了 {kept}");
        if is(taps) {
            after += 1;
            completed = taps;
        }
        taps += 1;
        phone.call("save_draft", &tap(Some(&id), taps))?;
        completed = taps.max(completed);
    }
    let (kept_id, kept) = only_draft(&phone)?;
    ensure!(kept_id == id && kept == form(story, completed), "草稿成了 {kept}");
    story.figures.check("草稿保存到第几下", taps, number(&kept, "/taps")?);
    Ok(format!("断电 {DEATHS} 次（{after} 次已存下，{} 次在存之前），存下的一下不少", DEATHS - after))
}

fn lose_power_while_saving(story: &mut Story) -> anyhow::Result<String> {
    let [phone, _] = story.phones.clone();
    let (draft, _) = only_draft(&phone)?;
    let visit = json!({
        "day": story.day(0), "mode": "home", "who_met": "head",
        "needs": [{"category": "饮水", "text": "水管裂了"}],
        "promises": [{"text": "联系水管站来修", "due": story.day(7)}],
    });
    let save = json!({"household": story.household, "visit": visit, "draft": draft});
    let mut deaths = 0;
    // Ever later in the saving, until the saving is through.
    let found = loop {
        let time = if deaths < 12 { Duration::from_millis(4 * (deaths + 1)) } else { Duration::from_secs(60) };
        let answered = phone.begin("record_visit", &save)?.killed_after(time)?.is_some();
        let visits = phone.call("visits", &json!({"household": story.household}))?;
        match list(&visits, "")?.as_slice() {
            [] => {
                ensure!(!answered, "应答了，却没有存下");
                only_draft(&phone)?;
            }
            [one] => break one.clone(),
            more => anyhow::bail!("记了 {} 次", more.len()),
        }
        deaths += 1;
        ensure!(deaths < 20, "一直没有存下");
    };
    // A visit with its draft beside it would be saved a second time.
    let drafts = phone.call("drafts", &json!({}))?;
    story.figures.check("走访存下之后的草稿", 0, list(&drafts, "")?.len());
    story.figures.check("走访的诉求", "水管裂了", words(&found, "/visit/needs/0/text")?);
    story.visit = words(&found, "/root")?.to_owned();
    Ok(format!("存下之前断电 {deaths} 次，草稿都在；最后记下 1 次走访，不多不少"))
}

fn two_numbers(story: &mut Story) -> anyhow::Result<String> {
    let phones = story.phones.clone();
    for (phone, phone_number) in phones.iter().zip(NUMBERS) {
        let facts = json!({"household": story.household, "facts": {"phone": phone_number}});
        phone.call("update_household", &facts)?;
    }
    let mut told = Vec::new();
    for (phone, waiting) in phones.iter().zip([2, 1]) {
        let status = phone.call("status", &json!({}))?;
        story.figures.check(format!("{}待交", phone.name), waiting, number(&status, "/standing/waiting")?);
        told.push(format!("{}现在丢了，会丢 {} 条", phone.name, number(&status, "/lost_now")?));
    }
    Ok(told.join(" "))
}
