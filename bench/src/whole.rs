//! A whole county: 30,000 households by the product's own import, a hundred visits of each put straight into the tables.

use crate::texts::Split;
use crate::village::Village;
use anyhow::{Context, Result};
use lianhu_core::ids::{HouseholdId, UserId};
use lianhu_ledger::Ledger;
use std::time::Instant;

/// How many households.
pub(crate) const HOUSEHOLDS: usize = 30_000;
/// How many visits of each.
pub(crate) const EACH: u32 = 100;
/// How many households one helper's phone holds.
pub(crate) const HELD: usize = 300;
/// How many households one village has, as in a county of some 300 villages.
const VILLAGE: usize = 100;
/// Over how many days the visits lie.
const DAYS: u64 = 1095;

/// The county and two devices in it.
pub(crate) struct Whole {
    /// All that belongs to it.
    pub(crate) village: Village,
    /// The households of the helper.
    pub(crate) held: Vec<HouseholdId>,
    /// The helper's phone, still empty.
    pub(crate) phone: Ledger,
    /// A helper of the same households, still empty too.
    pub(crate) colleague: Ledger,
    /// A computer of the county's office, which may hold everything.
    pub(crate) office: Ledger,
    /// How long it took to make.
    pub(crate) took: f64,
}

impl Whole {
    /// Makes it; this takes a minute or two.
    pub(crate) fn make() -> Result<Self> {
        let begun = Instant::now();
        let mut village = Village::new(Split::Unseen, 81)?;
        let mut houses = Vec::new();
        while houses.len() < HOUSEHOLDS {
            village.settle()?;
            houses.extend(village.households(VILLAGE, None)?);
        }
        let today = village.today();
        let mut bodies: Vec<_> = (0..4000).map(|_| village.texts.visit(&mut village.chance, today)).collect();
        for body in &mut bodies {
            body.day = today.plus(-i32::try_from(village.chance.below(DAYS)).unwrap_or(0));
        }
        village.ledger().fill_with_visits(EACH, &bodies)?;
        let people: Vec<UserId> =
            ["helper", "helper", "county"].iter().map(|role| village.person(role)).collect::<Result<_>>()?;
        let (helper, other, office) = match people.as_slice() {
            [one, two, three] => (*one, *two, *three),
            _ => anyhow::bail!("three people"),
        };
        let held: Vec<_> = houses.iter().step_by(HOUSEHOLDS / HELD).copied().take(HELD).collect();
        village.entrust(&held, helper)?;
        village.entrust(&held, other)?;
        let (phone, colleague) = (village.phone(helper, "phone")?, village.phone(other, "colleague")?);
        let mut office = village.phone(office, "office").context("the office's computer")?;
        office.pretend_to_hold(&village.ledger())?;
        Ok(Self { village, held, phone, colleague, office, took: begun.elapsed().as_secs_f64() })
    }
}
