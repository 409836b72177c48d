//! What goes on paper: the slips, the pass, the pages of a handover are saved as PDF from the window and printed through the
//! system's own dialog, read as paper is read, and searched for what must not leave.

use crate::hand::Hand;
use crate::paper::Paper;
use crate::patience::Wait;
use crate::people::Slip;
use crate::stage::Stage;
use crate::window::{Size, Window};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Slips on one page.
const PER_PAGE: usize = 8;
/// How the system calls its dialog, and the keys that choose the first printer, which is a file, and print.
const DIALOG: &str = "Print";
const CHOOSE: [u32; 1] = [0xff54];
const PRINT: [u32; 2] = [0xffe9, 0x70];
/// Under what name the dialog leaves a file when nobody chooses another.
const LEFT_BY_DIALOG: &str = "output.pdf";

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

/// The pages of a handover, by the button and by the system's dialog; and what a browser's own menu prints: a card, the report.
pub(crate) fn prints(stage: &Stage, admin: &mut Window<'_>, helper: &mut Window<'_>) -> Result<()> {
    let heads = heads(helper)?;
    let head = heads.first().context("no household")?;
    writes_numbers(helper, head)?;
    helper.tap("更多")?;
    helper.tap("交接包")?;
    helper.at("handover")?;
    helper.see("已写")?;
    let paper = saves(stage, helper, "handover", &["交接包"])?;
    handed_over(stage, &paper, &heads)?;
    helper.picture("handover-saved")?;
    let n = heads.len();
    let print = move |window: &mut Window<'_>| window.tap(&format!("打印这 {n} 页"));
    let paper = by_the_dialog(stage, helper, "handover-dialog", print)?;
    paper.shows_somewhere(head)?;
    tells_nobody(stage, &paper)?;
    used_lately(stage)?;

    let by_menu = |window: &mut Window<'_>| window.ask("setTimeout(() => window.print(), 50); return 1").map(drop);
    helper.open_card(head)?;
    let paper = by_the_dialog(stage, helper, "card", by_menu)?;
    paper.shows_somewhere(head)?;
    tells_no_number(stage, &paper)?;
    admin.resize(Size::Desktop)?;
    admin.tap("报表")?;
    admin.see("分乡镇、村")?;
    let paper = by_the_dialog(stage, admin, "report", by_menu)?;
    paper.shows_somewhere("北召店村")?;
    tells_no_number(stage, &paper)
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
    paper.shows_somewhere("老人耳背")?;
    paper.shows_somewhere("136****1234")?;
    tells_nobody(stage, paper)
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
    named_for_nobody(window)?;
    let paper = keeps(stage, &path, name)?;
    let controls: Vec<String> = serde_json::from_value(controls)?;
    let long = controls.iter().filter(|one| one.chars().count() > 3 && !also_printed.contains(&one.as_str()));
    paper.holds_none("what can be tapped", long)?;
    Ok(paper)
}

/// The system's dialog is opened by `print`, as a hand on the keyboard goes through it.
fn by_the_dialog(
    stage: &Stage,
    window: &mut Window<'_>,
    name: &str,
    print: impl FnOnce(&mut Window<'_>) -> Result<()>,
) -> Result<Paper> {
    let before = stage.lying();
    let hand = window.hand_on_screen()?;
    let path = stage.room("home").join(LEFT_BY_DIALOG);
    // The page waits until the dialog is closed, and so does whoever tapped.
    let dialog = std::thread::spawn({
        let path = path.clone();
        move || goes_through(&hand, &path)
    });
    print(window)?;
    dialog.join().map_err(|_| anyhow::anyhow!("the hand broke"))??;
    left_only(stage, &before, &path)?;
    let paper = keeps(stage, &path, name)?;
    std::fs::remove_file(path)?;
    Ok(paper)
}

/// Chooses the file in place of a printer, and prints.
fn goes_through(hand: &Hand, path: &Path) -> Result<()> {
    let wait = Wait::begin();
    let mut pressed = false;
    loop {
        let dialog = hand.titles()?.into_iter().find(|(_, title)| title == DIALOG);
        match dialog {
            Some((window, _)) => {
                hand.press(window, &CHOOSE)?;
                hand.press(window, &PRINT)?;
                pressed = true;
            }
            None if pressed && std::fs::metadata(path).is_ok_and(|file| file.len() > 0) => return Ok(()),
            None => {}
        }
        if !wait.goes_on() {
            bail!("the dialog {}", if pressed { "did not print" } else { "did not open" });
        }
    }
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

/// The list of files used lately, once it names what the system's dialog printed, names nothing that was saved from the window.
fn used_lately(stage: &Stage) -> Result<()> {
    let wait = Wait::begin();
    let mut list = String::new();
    while !list.contains(LEFT_BY_DIALOG) {
        ensure!(wait.goes_on(), "the system does not list what its dialog printed");
        list = std::fs::read_to_string(stage.room("home").join(LATELY)).unwrap_or_default();
    }
    ensure!(list.matches("file://").count() == list.matches(LEFT_BY_DIALOG).count(), "files used lately: {list}");
    Ok(())
}

/// Windows are named after the program, whatever stands in them.
fn named_for_nobody(window: &Window<'_>) -> Result<()> {
    let titles = window.hand_on_screen()?.titles()?;
    let known = ["联户", "lianhu-desktop", "Lianhu-desktop"];
    let other: Vec<_> = titles.iter().filter(|(_, title)| !known.contains(&title.as_str())).collect();
    ensure!(!titles.is_empty() && other.is_empty(), "windows are named {other:?}");
    Ok(())
}

/// Nothing of the people in the roster but what a paper is for.
fn tells_nobody(stage: &Stage, paper: &Paper) -> Result<()> {
    tells_no_number(stage, paper)?;
    let canaries = stage.canaries()?;
    paper.holds_no_figure("an income", &canaries.incomes)?;
    paper.holds_none("a circumstance", &canaries.circumstances)
}

/// No certificate and no telephone, neither of the roster nor typed.
fn tells_no_number(stage: &Stage, paper: &Paper) -> Result<()> {
    paper.holds_no_number()?;
    paper.holds_none("a number of the roster", &stage.canaries()?.numbers)?;
    paper.holds_none("a typed number", TYPED.iter().chain(&MIDDLES))
}
