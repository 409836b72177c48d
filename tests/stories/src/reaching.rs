//! How a person reaches what the eye finds by what stands beside it, by searching, or in a list that opens.

use crate::window::Window;
use anyhow::{Result, ensure};
use serde_json::json;

/// Keys as a driver names them.
const BACKSPACE: char = '\u{e003}';
const ESCAPE: &str = "\u{e00c}";

/// What the search above the list of households is called.
const SEARCH: &str = "姓名、拼音、号码尾数、房号";

impl Window<'_> {
    /// Taps the control of this name in the smallest row that says these words.
    pub(crate) fn tap_beside(&mut self, words: &str, name: &str) -> Result<()> {
        println!("    taps {name} beside {words}");
        let found = format!(
            "[...reachable().querySelectorAll('li, tr, section, article')]
                .filter((row) => seen(row) && plain(row.innerText).includes({words}))
                .sort((a, b) => a.innerText.length - b.innerText.length)
                .flatMap((row) => [...row.querySelectorAll(CONTROLS)].filter((one) => seen(one) && plain(labelled(one)).startsWith({name})))[0]",
            words = json!(words),
            name = json!(name)
        );
        self.tap_found(name, &found)
    }

    /// Chooses from a list that opens.
    pub(crate) fn pick(&mut self, field: &str, option: &str) -> Result<()> {
        println!("    picks {option} for {field}");
        let found = format!(
            "[...(control({}, true)?.options ?? [])].find((one) => plain(one.label) === {})",
            json!(field),
            json!(option)
        );
        self.ask(&format!("control({}, true).scrollIntoView({{ block: 'center' }}); return 1", json!(field)))?;
        self.tap_option(&found)?;
        ensure!(self.value(field)? == option, "{field} is {}", self.value(field)?);
        Ok(())
    }

    /// Takes out what a field holds.
    pub(crate) fn clear(&mut self, field: &str) -> Result<()> {
        let held = self.value(field)?.chars().count();
        if held > 0 {
            self.fill(field, &BACKSPACE.to_string().repeat(held))?;
        }
        Ok(())
    }

    /// Presses Esc.
    pub(crate) fn escape(&mut self) -> Result<()> {
        self.press(ESCAPE)
    }

    /// Looks for households by these words.
    pub(crate) fn find_household(&mut self, words: &str) -> Result<()> {
        self.tap("户")?;
        self.at_list()?;
        self.clear(SEARCH)?;
        self.fill(SEARCH, words)?;
        let only = format!(
            "const rows = [...document.querySelectorAll('.households .rows a')];
             return rows.length > 0 && rows.every((one) => plain(one.innerText).includes({}))",
            json!(words)
        );
        self.wait_for(words, &only)
    }

    /// Looks for a household by its head and opens its card.
    pub(crate) fn open_card(&mut self, head: &str) -> Result<()> {
        self.find_household(head)?;
        self.tap_found(head, "document.querySelector('.households .rows a')")?;
        self.at("household")?;
        self.see(&format!("{head} 家"))
    }

    /// The list shows all households again.
    pub(crate) fn search_no_more(&mut self) -> Result<()> {
        self.tap("户")?;
        self.at_list()?;
        self.clear(SEARCH)
    }

    /// On a wide window a card may stand beside the list.
    fn at_list(&self) -> Result<()> {
        self.see_some("[data-at=households]")
    }
}
