//! How whoever acts here knows what they write: a desk decides, a helper goes by what they heard and saw.

use crate::app::App;
use crate::error::Result;
use lianhu_core::entry::Source;

impl App {
    /// How this person knows, where no screen asked: decided at the desk by the county and a township, else as in the field.
    /// A helper who decides something is never "the office": their name would be read as the county's.
    pub(crate) fn known_by(&self, asked: Option<Source>, in_the_field: Source) -> Result<Source> {
        if let Some(asked) = asked {
            return Ok(asked);
        }
        Ok(if self.directs()? { Source::Office } else { in_the_field })
    }
}
