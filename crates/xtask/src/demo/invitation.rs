//! After the story: the county stays open, and three things can be tried by hand.

use std::path::Path;
use std::process::Child;

use super::story::Story;

/// Says what can be tried, and keeps the line open until the screens are closed or Ctrl-C is pressed.
pub(crate) fn stay_open(story: &Story, screens: Option<Child>) -> anyhow::Result<()> {
    let server = story.server()?;
    let lianhu = story.programs.lianhu.display();
    let [first, second] = &story.phones;
    let call = |home: &Path, rest: &str| format!("  {lianhu} --home {} call {rest}", home.display());
    let fact = |number: &str| {
        format!("update_household '{{\"household\":\"{}\",\"facts\":{{\"phone\":\"{number}\"}}}}'", story.household)
    };
    let visit = format!(
        "record_visit '{{\"household\":\"{}\",\"visit\":{{\"day\":\"{}\",\"unchanged\":true}}}}'",
        story.household,
        story.day(0)
    );
    println!("\n县服务器还开着，可以试三件事（开着窗口的那个人在窗口里做，另一部手机在另一个终端里做）：");
    println!("\n一、试读自己的名单（.xlsx，只看不写）");
    println!("{}", call(story.admin.home(), "import_roster '{\"path\":\"/路径/名单.xlsx\",\"dry_run\":true}'"));
    println!("\n二、关掉县服务器，照样记走访；再打开，交上去");
    println!("  kill {}", server.id());
    println!("{}", call(first.home(), &visit));
    println!("{}", call(first.home(), "status"));
    let (program, data) = (story.programs.server.display(), story.data());
    println!("  {program} run --data {} --listen {} &", data.display(), server.address());
    println!("{}", call(first.home(), "exchange"));
    println!("\n三、两部手机改同一项，各交一次，看两种说法");
    println!("{}", call(first.home(), &fact("13600000001")));
    println!("{}", call(second.home(), &fact("13600000002")));
    for phone in [first, second, first] {
        println!("{}", call(phone.home(), "exchange"));
    }
    println!("{}", call(first.home(), "conflicts"));
    println!("\n关上窗口，或按 Ctrl-C，就结束。");
    if let Some(mut screens) = screens {
        screens.wait()?;
    }
    Ok(())
}
