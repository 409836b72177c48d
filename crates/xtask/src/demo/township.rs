//! Act 2, the township: a bad line. It is cut in the request and in the reply, one reply is lost; then all is through,
//! once.

use std::collections::BTreeSet;

use anyhow::ensure;
use serde_json::{Value, json};

use super::line::Weather;
use super::person::Person;
use super::story::{Step, Story, list, number, words};

/// Its steps.
pub(crate) const STEPS: &[Step] = &[
    Step { says: "县服务器开了，线路在请求里断开", act: cut_request },
    Step { says: "再交一次，线路在应答里断开", act: cut_reply },
    Step { says: "另一部手机的应答整个丢了", act: lose_reply },
    Step { says: "线路好了，回执到了", act: come_through },
    Step { says: "两种说法都在，各有谁和何时", act: both_stand },
];

fn waits(story: &mut Story, phone: usize, waiting: i64) -> anyhow::Result<()> {
    let Some(phone) = story.phones.get(phone) else { return Ok(()) };
    let status = phone.call("status", &json!({}))?;
    story.figures.check(format!("断线后{}待交", phone.name), waiting, number(&status, "/standing/waiting")?);
    story.figures.check(format!("断线后{}已到县", phone.name), 0, number(&status, "/standing/at_county")?);
    Ok(())
}

fn cut_request(story: &mut Story) -> anyhow::Result<String> {
    story.start_server()?;
    story.line.next_is(Weather::CutRequest(200));
    let [phone, _] = story.phones.clone();
    phone.refused("exchange", &json!({}), "offline")?;
    waits(story, 0, 2)?;
    Ok("请求只过去 200 字节，手机照旧说连不上，2 条都在本机".to_owned())
}

/// Hands in over a line that takes the request and gives only so many bytes back.
fn unanswered(story: &mut Story, phone: usize, bytes: usize, kept: &str) -> anyhow::Result<()> {
    let server = story.server()?;
    server.forget_log();
    story.line.next_is(Weather::CutReply(bytes));
    let Some(person) = story.phones.get(phone) else { return Ok(()) };
    let act = person.begin("exchange", &json!({}))?;
    server.hears(kept)?;
    story.line.hang_up();
    act.refused("exchange", "offline")?;
    Ok(())
}

fn cut_reply(story: &mut Story) -> anyhow::Result<String> {
    unanswered(story, 0, 300, "kept=2 had=0")?;
    waits(story, 0, 2)?;
    Ok("县里已收下 2 条，回执只到了 300 字节；手机没有见到回执，就还当作没交".to_owned())
}

fn lose_reply(story: &mut Story) -> anyhow::Result<String> {
    unanswered(story, 1, 0, "kept=1 had=0")?;
    waits(story, 1, 1)?;
    Ok("县里已收下 1 条，手机还当作没交".to_owned())
}

fn come_through(story: &mut Story) -> anyhow::Result<String> {
    let mut told = Vec::new();
    for (phone, entries) in story.phones.clone().iter().zip([2, 1]) {
        story.server()?.forget_log();
        phone.call("exchange", &json!({}))?;
        // The county says itself that it had them.
        story.server()?.hears(&format!("kept=0 had={entries}"))?;
        let status = phone.call("status", &json!({}))?;
        story.figures.check(format!("{}待交", phone.name), 0, number(&status, "/standing/waiting")?);
        story.figures.check(format!("{}已到县", phone.name), entries, number(&status, "/standing/at_county")?);
        told.push(format!("{} {entries} 条", phone.name));
    }
    // The first has not seen yet what the second wrote.
    if let Some(phone) = story.phones.first() {
        phone.call("exchange", &json!({}))?;
    }
    let done = story.admin.call("exchange", &json!({}))?;
    let new = number(&done, "/standing/seen")? - story.seen;
    story.figures.check("县里新编的号", 3, new);
    story.figures.check("县里新到的条目", 3, number(&done, "/fetched")?);
    Ok(format!("{}，待交 0 条；县里只编了 {new} 个号，重交的一条也没有重计", told.join("，")))
}

fn both_stand(story: &mut Story) -> anyhow::Result<String> {
    let (mut told, mut days) = (String::new(), BTreeSet::new());
    let people: Vec<_> = story.phones.iter().chain([&story.admin]).cloned().collect();
    for person in people {
        let conflicts = person.call("conflicts", &json!({}))?;
        let of_phone = |conflict: &&Value| conflict.pointer("/fact/key").and_then(Value::as_str) == Some("phone");
        let found = list(&conflicts, "")?.iter().find(of_phone).cloned().unwrap_or_default();
        let mut said = Vec::new();
        for chip in found.pointer("/fact/said").and_then(Value::as_array).into_iter().flatten() {
            said.push(format!("{}说 {}", words(chip, "/by/0/name")?, words(chip, "/value")?));
            let at = number(chip, "/by/0/at")?;
            ensure!((story.now - 5..story.now + 3600).contains(&at), "说法的时间不对：{chip}");
            days.insert(super::day::day(at, 0));
        }
        said.sort();
        let said_by = |(phone, value): (&Person, &str)| format!("{}说 {value}", phone.name);
        let mut expected: Vec<_> = story.phones.iter().zip(["137****1234", "139****5678"]).map(said_by).collect();
        expected.sort();
        told = said.join("，");
        story.figures.check(format!("{}看到的两种说法", person.name), expected.join("，"), &told);
    }
    Ok(format!("{told}（{}），两部手机和县里看到的一样", days.into_iter().collect::<Vec<_>>().join("、")))
}
