//! What goes on paper: the slips, the pass, the pages of a handover are saved as PDF from the window, read as paper is read, and
//! searched for what must not leave. The system's dialog is not gone through: in the one
//! try under the driver none opened, and why is not known.

use crate::paper::Paper;
use crate::patience::Wait;
use crate::people::{self, Slip};
use crate::stage::Stage;
use crate::window::Window;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Slips on one page.
const PER_PAGE: usize = 8;
/// Where the system lists the files used lately, for every program to read.
const LATELY: &str = ".local/share/recently-used.xbel";

/// What is typed into free text about a household, which the papers show masked or not at all.
const TYPED: [&str; 3] = ["13655501234", "411321196507084315", "13755504321"];
/// Eight figures in a row out of their middle.
const MIDDLES: [&str; 3] = ["65550123", "19650708", "75550432"];

/// The slips: eight on a page, all of them, each whole.
pub(crate) fn slips(stage: &Stage, admin: &mut Window<'_>, slips: &[Slip]) -> Result<()> {
    let paper = saves(stage, admin, "slips", &["登记纸条"])?;
    admin.see("印出来就删掉")?;
    admin.picture("slips-saved")?;
    let pages = slips.len().div_ceil(PER_PAGE);
    paper.has_pages(pages)?;
    for page in paper.pages() {
        let whole = |slip: &&Slip| page.shows(&slip.person) && page.shows(&slip.code);
        let there = slips.iter().filter(whole).count();
        let wanted = PER_PAGE.min(slips.len() - (page.number - 1) * PER_PAGE);
        ensure!(there == wanted, "page {} of the slips shows {there} whole slips, not {wanted}", page.number);
        page.shows_all(&["南召县", "登记纸条", "一张纸条登记一台设备"])?;
    }
    tells_nobody(stage, &paper)
}

/// The pass, on one page.
pub(crate) fn pass(stage: &Stage, admin: &mut Window<'_>, team: &str) -> Result<()> {
    let read = |what: &str| -> Result<String> {
        let found = admin.ask(&format!("return plain(document.querySelector('.pass {what}')?.innerText)"))?;
        Ok(found.as_str().context("no pass")?.to_owned())
    };
    let (address, code) = (read(".address")?, read(".code")?);
    let paper = saves(stage, admin, "pass", &[])?;
    paper.has_pages(1)?;
    for page in paper.pages() {
        page.shows_all(&["南召县", "督查通行证", team, &address, &code, "SHA-256", "走访记录核查"])?;
    }
    tells_nobody(stage, &paper)
}

/// The pages of a handover: one for each household.
pub(crate) fn handover(stage: &Stage, helper: &mut Window<'_>) -> Result<()> {
    people::awake(helper)?;
    let heads = heads(helper)?;
    writes_numbers(helper, heads.first().context("no household")?)?;
    helper.tap("更多")?;
    helper.tap("交接包")?;
    helper.at("handover")?;
    helper.see("已写")?;
    let paper = saves(stage, helper, "handover", &["交接包"])?;
    handed_over(stage, &paper, &heads)?;
    helper.picture("handover-saved").map(drop)
}

/// A page for each household, which says whose it is, what was said, and where both sign.
fn handed_over(stage: &Stage, paper: &Paper, heads: &[String]) -> Result<()> {
    paper.has_pages(heads.len())?;
    for page in paper.pages() {
        page.shows_all(&["南召县", "交接包", "村", "交出人", "接手人"])?;
        let whose = heads.iter().filter(|head| page.shows(head)).count();
        ensure!(whose == 1, "page {} of the handover names {whose} heads", page.number);
    }
    for head in heads {
        paper.shows_somewhere(head)?;
    }
    tells_nobody(stage, paper)?;
    paper.shows_no_figure("an income", &stage.canaries()?.incomes)?;
    // It is the note that was searched.
    paper.shows_somewhere("老人耳背")?;
    paper.shows_somewhere("136****1234")
}

/// Numbers in every free text of a visit, left where they were typed.
fn writes_numbers(helper: &mut Window<'_>, head: &str) -> Result<()> {
    helper.open_card(head)?;
    helper.tap("走访")?;
    helper.at("visit")?;
    helper.tap("户主")?;
    helper.fill("说几句", &format!("老人耳背，打 {}，证件 {}", TYPED[0], TYPED[1]))?;
    helper.fill("答应了什么", &format!("回电话 {}", TYPED[2]))?;
    helper.tap("存下")?;
    helper.see(&format!("{head} 家，已记在本机"))
}

/// The heads of all households held, in the order of the list, which is that of the pages.
fn heads(helper: &mut Window<'_>) -> Result<Vec<String>> {
    helper.tap("户")?;
    helper.at("households")?;
    helper.search_no_more()?;
    let found = helper
        .ask("return [...document.querySelectorAll('.households .rows a .name')].map((one) => plain(one.innerText))")?;
    Ok(serde_json::from_value(found)?)
}

/// 存成 PDF: read where the words say it lies. Nothing else was left lying, what can be tapped is not on it, and the names of the
/// windows tell nothing.
fn saves(stage: &Stage, window: &mut Window<'_>, name: &str, also_printed: &[&str]) -> Result<Paper> {
    let controls = window.ask("return names()")?;
    let before = stage.lying();
    window.tap("存成 PDF")?;
    window.see("已存成 PDF：")?;
    let words = window.words()?;
    let after = words.split("已存成 PDF：").nth(1).context("no path")?;
    let path = PathBuf::from(after.split(".pdf").next().map(|path| format!("{path}.pdf")).context("no path")?);
    ensure!(path.starts_with(stage.room("home/下载")), "{} is not among the downloads", path.display());
    left_only(stage, &before, &path)?;
    not_used_lately(stage)?;
    named_for_nobody(window)?;
    let paper = keeps(stage, &path, name)?;
    let controls: Vec<String> = serde_json::from_value(controls)?;
    let long = controls.iter().filter(|one| one.chars().count() > 3 && !also_printed.contains(&one.as_str()));
    paper.holds_none("what can be tapped", long)?;
    Ok(paper)
}

/// A copy of it stays beside the pictures.
fn keeps(stage: &Stage, path: &Path, name: &str) -> Result<Paper> {
    let kept = stage.picture(&format!("printed-{name}.pdf"));
    std::fs::copy(path, &kept).with_context(|| path.display().to_string())?;
    Paper::read(&kept)
}

/// Of a print nothing is left lying but the file itself, and the system's list of files used lately.
fn left_only(stage: &Stage, before: &BTreeSet<PathBuf>, path: &Path) -> Result<()> {
    let known = [path.to_owned(), stage.room("home").join(LATELY)];
    let more: Vec<_> = stage.lying().difference(before).filter(|lies| !known.contains(lies)).cloned().collect();
    ensure!(more.is_empty(), "a print left {more:?} lying");
    Ok(())
}

/// The system notes what was printed among the files used lately, and it is taken out again.
fn not_used_lately(stage: &Stage) -> Result<()> {
    let wait = Wait::begin();
    loop {
        let list = std::fs::read_to_string(stage.room("home").join(LATELY));
        if list.as_ref().is_ok_and(|list| !list.contains(".pdf")) {
            return Ok(());
        }
        ensure!(wait.goes_on(), "files used lately: {list:?}");
    }
}

/// Windows are named after the program, whatever stands in them.
fn named_for_nobody(window: &Window<'_>) -> Result<()> {
    let titles = window.titles()?;
    let known = ["联户", "lianhu-desktop", "Lianhu-desktop"];
    let other: Vec<_> = titles.iter().filter(|title| !known.contains(&title.as_str())).collect();
    ensure!(!titles.is_empty() && other.is_empty(), "windows are named {other:?}");
    Ok(())
}

/// Nothing of the people in the roster but what a paper is for.
fn tells_nobody(stage: &Stage, paper: &Paper) -> Result<()> {
    tells_no_number(stage, paper)?;
    paper.holds_none("a circumstance", &stage.canaries()?.circumstances)
}

/// No certificate and no telephone, neither of the roster nor typed.
fn tells_no_number(stage: &Stage, paper: &Paper) -> Result<()> {
    paper.holds_no_number()?;
    paper.holds_none("a number of the roster", &stage.canaries()?.numbers)?;
    paper.holds_none("a typed number", TYPED.iter().chain(&MIDDLES))
}
