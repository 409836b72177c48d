//! The album: `docs/tour.md` with seventeen pictures of the stories just played.

use crate::stage::Stage;
use anyhow::{Context, Result};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Picture, and what it shows.
const PAGES: [(&str, &str); 17] = [
    ("first-walk", "帮扶责任人第一次打开：照纸条登记，三步看会怎么用。"),
    ("helper-today-phone-中文-100", "今日该办：答应过的事、约好要去的户。没信号也能用。"),
    ("helper-household-phone-中文-100", "户卡：家里有谁、谁在外务工、没办结的诉求、上次谁来过。"),
    ("visit-b", "走访：见到谁、有什么诉求、答应了什么，一点一存，不用凑字数。"),
    ("visit-a-saved", "没有变化的走访，四下记完；一天之内可以撤回。"),
    ("two-statements", "两个人说得不一样，两句都留着，写明谁、什么时候、怎么知道的，由人来定。"),
    ("exchange-done", "到镇上了，交换一次：每一条到了哪里，看得见。"),
    ("secretary-village-phone-中文-100", "第一书记看本村：哪些户很久没有交上记录。只按户列，不排人。"),
    ("import-dry", "县里导入名单：先试读，什么都不写入。"),
    ("slips", "登记纸条：每页八张，剪开发给本人。"),
    ("report", "报表：每个数都能点开，看得到是哪些户、哪几次走访。"),
    ("report-findings", "与来文的表核对：108 户 40 人不可能，是哪一行、差多少，都写明。"),
    ("inspection-pass", "督查：开一次，打印通行证；督查组在浏览器里看数字和编号，抽中的样本才看得到姓名、住址、电话。"),
    ("county-entrust-desktop-English-200", "英文、两倍字号：同样看得清、点得到。"),
    ("lock", "密码：没人碰就锁上，锁着时程序里也没有一户人家；输错了等一会儿，什么都不会删。"),
    ("forgot", "忘了密码：打电话念 8 个字母、数字，听回 20 个，打开重设；没交的都在。"),
    ("carry-taken-along", "一直没信号：存成一个文件托第一书记捎到县里，他打不开里面；县里的回执再捎回来。"),
];

/// Writes `docs/tour.md` and its pictures from what was just seen.
pub(crate) fn bind(stage: &Stage, root: &Path) -> Result<()> {
    let home = root.join("docs/tour");
    fs::create_dir_all(&home)?;
    let mut text =
        "# 看一遍联户\n\n每一张都是真的窗口，由 `cargo xtask stories --tour` 边用边拍。里面的人和号码都是编的。\n"
            .to_owned();
    for (number, (picture, words)) in PAGES.iter().enumerate() {
        let name = format!("{:02}.png", number + 1);
        let seen = stage.picture(&format!("{picture}.png"));
        fs::copy(&seen, home.join(&name)).with_context(|| seen.display().to_string())?;
        let width = if picture.contains("desktop")
            || ["import-dry", "slips", "report", "report-findings", "inspection-pass"].contains(picture)
        {
            640
        } else {
            260
        };
        write!(text, "\n## {}. {words}\n\n<img src=\"tour/{name}\" width=\"{width}\" alt=\"{words}\">\n", number + 1)?;
    }
    fs::copy(stage.picture("visit.gif"), home.join("visit.gif"))?;
    fs::write(root.join("docs/tour.md"), text)?;
    Ok(())
}
