//! The preparation at the county: a roster taken in, households entrusted to people, two phones enrolled.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::pairing;
use super::server;
use super::story::{Step, Story, list, number, words};

/// Its steps.
pub(crate) const STEPS: &[Step] = &[
    Step { says: "县里建库、开服务", act: found },
    Step { says: "管理员登记自己的电脑", act: enrol_admin },
    Step { says: "名单先试读，不写入", act: try_roster },
    Step { says: "名单导入", act: import_roster },
    Step { says: "结对表导入，一户托给两人", act: pair },
    Step { says: "出登记码，交县里", act: slips },
    Step { says: "两部手机登记，取回各自的户", act: enrol_phones },
];

fn found(story: &mut Story) -> anyhow::Result<String> {
    let number = story.roster.rows.first().map(|row| row.number.clone()).unwrap_or_default();
    let code: String = number.chars().take(6).collect();
    let code = if code.len() == 6 && code.chars().all(|c| c.is_ascii_digit()) { code } else { "411321".to_owned() };
    let told = server::found(&story.programs.server, &story.data(), &code, &story.roster.county)?;
    story.start_server()?;
    story.slips = vec![told];
    Ok(format!("{}（{code}）在 {} 上", story.roster.county, story.server()?.address()))
}

fn enrol_admin(story: &mut Story) -> anyhow::Result<String> {
    let told = story.slips.pop().unwrap_or_default();
    let code = words(&told, "/enrolment_code")?;
    let me = story.admin.call("enrol", &json!({"server": story.line.url(), "code": code}))?;
    story.figures.check("县名", &story.roster.county, words(&me, "/county_name")?);
    story.admin.call("exchange", &json!({}))?;
    Ok("钥匙与登记码里的一致".to_owned())
}

fn read(story: &mut Story, dry_run: bool) -> anyhow::Result<Value> {
    let done = story.admin.call("import_roster", &json!({"path": story.roster_file, "dry_run": dry_run}))?;
    let all = story.roster.all;
    story.figures.check("名单户数", all.households, number(&done, "/households")?);
    story.figures.check("名单人数", all.persons, number(&done, "/persons")?);
    story.figures.check("新户数", all.households, number(&done, "/new_households")?);
    Ok(done)
}

fn try_roster(story: &mut Story) -> anyhow::Result<String> {
    let done = read(story, true)?;
    let held = story.admin.call("households", &json!({}))?;
    story.figures.check("试读之后本机户数", 0, number(&held, "/total")?);
    let doubts = list(&done, "/doubts")?.len();
    Ok(format!("{}户{}人，存疑 {doubts} 处，台账里还是 0 户", story.roster.all.households, story.roster.all.persons))
}

fn import_roster(story: &mut Story) -> anyhow::Result<String> {
    read(story, false)?;
    let held = story.admin.call("households", &json!({"size": 1}))?;
    story.figures.check("导入之后本机户数", story.roster.all.households, number(&held, "/total")?);
    Ok(format!("台账里 {}户", story.roster.all.households))
}

fn pair(story: &mut Story) -> anyhow::Result<String> {
    let path = if story.is_sample {
        crate::program::root().join("tests/fixtures/pairing-huanghou.xlsx")
    } else {
        let path = story.folder.join("结对花名册.xlsx");
        pairing::write(&path, &story.roster)?;
        story.workbooks.push(path.clone());
        path
    };
    let done = story.admin.call("import_pairing", &json!({"path": path}))?;
    story.figures.check("结对里找不到的户", 0, list(&done, "/unknown_households")?.len());
    story.figures.check("结对户数", number(&done, "/pairs")?, number(&done, "/entrusted")?);
    let village = story.roster.rows.first().map(|row| row.village.clone()).unwrap_or_default();
    let cadres = story.admin.call("cadres", &json!({"place": village}))?;
    let mut helpers = Vec::new();
    for cadre in list(&cadres, "")? {
        if number(cadre, "/households")? > 0 {
            helpers.push(words(cadre, "/name")?.to_owned());
        }
    }
    let [first, second, ..] = helpers.as_slice() else { anyhow::bail!("{village} 不足两名帮扶责任人") };
    for (phone, name) in story.phones.iter_mut().zip([first, second]) {
        phone.name.clone_from(name);
    }
    let held = story.admin.call("households", &json!({"place": village, "size": 50_000}))?;
    for row in list(&held, "/rows")? {
        let card = story.admin.call("household", &json!({"id": words(row, "/id")?}))?;
        let of_first = |grant: &Value| grant.get("name").and_then(Value::as_str) == Some(first.as_str());
        if list(&card, "/entrusted")?.iter().any(of_first) {
            story.household = words(row, "/id")?.to_owned();
            let grants = story.admin.call("entrust", &json!({"household": story.household, "person": second}))?;
            story.figures.check("托给几人", 2, list(&grants, "")?.len());
            let told =
                format!("{}户结对；{}家托给{first}和{second}", number(&done, "/entrusted")?, words(row, "/head")?);
            return Ok(told);
        }
    }
    anyhow::bail!("{village} 没有托给{first}的户")
}

fn slips(story: &mut Story) -> anyhow::Result<String> {
    let village = story.roster.rows.first().map(|row| row.village.clone()).unwrap_or_default();
    let slips = story.admin.call("enrolment_slips", &json!({"place": village}))?;
    story.slips = list(&slips, "")?.clone();
    let done = story.admin.call("exchange", &json!({}))?;
    story.figures.check("交换后待交", 0, number(&done, "/standing/waiting")?);
    Ok(format!("{} 张登记码，{} 条到县", story.slips.len(), number(&done, "/standing/at_county")?))
}

fn enrol_phones(story: &mut Story) -> anyhow::Result<String> {
    let mut told = Vec::new();
    for phone in story.phones.clone() {
        let of_it = |slip: &&Value| slip.get("person").and_then(Value::as_str) == Some(phone.name.as_str());
        let slip = story.slips.iter().find(of_it).with_context(|| format!("没有{}的登记码", phone.name))?;
        let (server, code) = (words(slip, "/server")?, words(slip, "/code")?);
        let me = phone.call("enrol", &json!({"server": server, "code": code}))?;
        ensure!(words(&me, "/name")? == phone.name, "登记成了别人：{me}");
        let done = phone.call("exchange", &json!({}))?;
        let holds = number(&done, "/standing/households")?;
        story.figures.check(format!("{}手机里的户数", phone.name), number(slip, "/households")?, holds);
        story.now = number(&done, "/standing/county_time")?;
        told.push(format!("{} {holds}户", phone.name));
    }
    let done = story.admin.call("exchange", &json!({}))?;
    story.seen = number(&done, "/standing/seen")?;
    Ok(format!("{}，别人的户一户也没有", told.join("，")))
}
