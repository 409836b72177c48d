//! The tour: every screen of a person at both sizes, in both languages, at usual and at double type. Whatever a person
//! would trip over is a fault: words wider than their box, raw word keys, targets a thumb misses, sideways scrolling,
//! what a screen reader cannot tell (axe: serious and critical), anything the page complained about.

use crate::window::{Size, Window};
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::path::Path;

/// How a screen is reached on the tour, and what it is called.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) name: &'static str,
    pub(crate) path: String,
}

impl Stop {
    pub(crate) fn new(name: &'static str, path: impl Into<String>) -> Self {
        Self { name, path: path.into() }
    }
}

/// Looks at every stop of one person in every way. Names all faults at once.
pub(crate) fn walk(window: &mut Window<'_>, who: &str, stops: &[Stop], root: &Path) -> Result<usize> {
    crate::people::awake(window)?;
    let axe = std::fs::read_to_string(root.join("ui/node_modules/axe-core/axe.min.js"))?;
    window.ask(&format!("{axe}; return typeof axe"))?;
    let (mut looked, mut faults) = (0, Vec::new());
    for language in ["中文", "English"] {
        speak(window, language)?;
        for size in [Size::Phone, Size::Desktop] {
            window.resize(size)?;
            for double in [false, true] {
                let root_size = if double { "200%" } else { "" };
                window.ask(&format!("document.documentElement.style.fontSize = {}; return 1", json!(root_size)))?;
                for stop in stops {
                    let named = [who, stop.name, size.name(), language, if double { "200" } else { "100" }].join("-");
                    looked += 1;
                    faults
                        .extend(look(window, stop, size, &named)?.into_iter().map(|fault| format!("{named}: {fault}")));
                }
            }
            window.ask("document.documentElement.style.fontSize = ''; return 1")?;
        }
    }
    speak(window, "中文")?;
    if faults.is_empty() {
        return Ok(looked);
    }
    bail!("{} faults on {looked} looks:\n  {}", faults.len(), faults.join("\n  "))
}

/// The words of the lock's controls in a language: lock now, forgot, back to the PIN.
const LOCK: [(&str, [&str; 3]); 2] =
    [("中文", ["现在锁上", "忘记密码", "回去输密码"]), ("English", ["Lock now", "Forgot the PIN", "Back to the PIN"])];

/// Looks at the lock and at 忘记密码 in every way.
pub(crate) fn walk_locked(window: &mut Window<'_>, who: &str) -> Result<usize> {
    let (mut looked, mut faults) = (0, Vec::new());
    for (language, [lock, forgot, back]) in LOCK {
        speak(window, language)?;
        window.tap(lock)?;
        window.at("lock")?;
        for size in [Size::Phone, Size::Desktop] {
            window.resize(size)?;
            for double in [false, true] {
                let root_size = if double { "200%" } else { "" };
                window.ask(&format!("document.documentElement.style.fontSize = {}; return 1", json!(root_size)))?;
                for name in ["lock", "forgot"] {
                    if name == "forgot" {
                        window.tap(forgot)?;
                    }
                    let named = [who, name, size.name(), language, if double { "200" } else { "100" }].join("-");
                    looked += 1;
                    let found = look(window, &Stop::new(name, "more"), size, &named)?;
                    faults.extend(found.into_iter().map(|fault| format!("{named}: {fault}")));
                }
                window.tap(back)?;
            }
            window.ask("document.documentElement.style.fontSize = ''; return 1")?;
        }
        crate::people::unlock(window)?;
    }
    speak(window, "中文")?;
    if faults.is_empty() { Ok(looked) } else { bail!("{} faults:\n  {}", faults.len(), faults.join("\n  ")) }
}

fn speak(window: &mut Window<'_>, language: &str) -> Result<()> {
    window.ask("location.hash = '#/more'; return 1")?;
    window.at("more")?;
    window.tap(language)
}

fn look(window: &Window<'_>, stop: &Stop, size: Size, named: &str) -> Result<Vec<String>> {
    window.ask(&format!("location.hash = {}; return 1", json!(format!("#/{}", stop.path))))?;
    window.wait_for(stop.name, &format!("return at() === {}", json!(stop.name)))?;
    // Until the screen has its answer: nothing moved between two looks.
    let quiet = "const before = document.body.innerHTML.length;
        setTimeout(() => done(before === document.body.innerHTML.length && !document.querySelector('[aria-busy=true]')), 120)";
    for _ in 0..20 {
        if window.ask_later(quiet)? == Value::Bool(true) {
            break;
        }
    }
    let mut found: Vec<String> =
        serde_json::from_value(window.ask(&format!("return faults({})", size == Size::Phone))?)?;
    let axe = "axe.run(document, { resultTypes: ['violations'] }).then((told) => done(told.violations
        .filter((one) => ['serious', 'critical'].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes.slice(0, 2).map((node) => node.html.slice(0, 120)).join(' | ')}`)),
        (error) => done([String(error)]))";
    found.extend(serde_json::from_value::<Vec<String>>(window.ask_later(axe)?)?);
    found.extend(window.troubles()?);
    window.ask("globalThis.__troubles.length = 0; return 1")?;
    window.picture(named)?;
    Ok(found)
}
