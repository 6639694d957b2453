//! The code point tables of the specification, and how to look one up.
//!
//! The tables are the published ones (`spec/tables`), never the runtime's properties: what a text may hold must
//! not depend on the Unicode version of who reads it (MOTD-TEXT-7).

mod ambiguous;
mod marks;
mod permitted;
mod wide;

pub(crate) use ambiguous::AMBIGUOUS;
pub(crate) use marks::MARKS;
pub(crate) use permitted::PERMITTED;
pub(crate) use wide::WIDE;

/// Whether `table` holds `character`: a binary search over its ranges.
pub(crate) fn contains(table: &[(u32, u32)], character: char) -> bool {
    let point = u32::from(character);
    table
        .binary_search_by(|&(first, last)| {
            if last < point {
                core::cmp::Ordering::Less
            } else if first > point {
                core::cmp::Ordering::Greater
            } else {
                core::cmp::Ordering::Equal
            }
        })
        .is_ok()
}
