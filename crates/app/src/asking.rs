//! Reading what a person or a program asks for: places by path, people by name, households by id or number.

use crate::app::App;
use crate::error::{AppError, Result};
use lianhu_core::ids::{EntryName, HouseholdId, PlaceId, UserId};

impl App {
    /// A place by its path, code, id or unique name.
    pub(crate) fn place_of(&self, text: &str) -> Result<PlaceId> {
        self.ledger().find_place(text)?.ok_or_else(|| AppError::missing(text))
    }

    /// The same, where nothing means everywhere.
    pub(crate) fn place_or_all(&self, text: Option<&str>) -> Result<Option<PlaceId>> {
        text.filter(|text| !text.trim().is_empty()).map(|text| self.place_of(text)).transpose()
    }

    /// A household by its id or its 户编号: the card it is shown on.
    pub(crate) fn household_of(&self, text: &str) -> Result<HouseholdId> {
        let card = self.card_itself(text)?;
        Ok(self.ledger().card_of(card)?)
    }

    /// The card with this id or 户编号, whether it is joined into another or not.
    pub(crate) fn card_itself(&self, text: &str) -> Result<HouseholdId> {
        let ledger = self.ledger();
        if let Some(id) = HouseholdId::parse(text)
            && ledger.household_row(id)?.is_some()
        {
            return Ok(id);
        }
        ledger.household_by_national_no(text.trim())?.ok_or_else(|| AppError::missing(text))
    }

    /// A person by name (with `name@unit` where several have it) or id.
    pub(crate) fn cadre_of(&self, text: &str) -> Result<UserId> {
        let (name, unit) = text.split_once('@').map_or((text, None), |(name, unit)| (name, Some(unit.trim())));
        let found = self.ledger().find_cadre(name.trim(), unit)?;
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(AppError::missing(text)),
            _ => Err(AppError::NotUnique { what: text.to_owned() }),
        }
    }

    /// The root of a visit, by the name of any entry of it.
    pub(crate) fn visit_of(&self, text: &str) -> Result<EntryName> {
        let name = EntryName::parse(text).ok_or_else(|| AppError::missing(text))?;
        self.ledger().visit_root(name)?.ok_or_else(|| AppError::missing(text))
    }
}
