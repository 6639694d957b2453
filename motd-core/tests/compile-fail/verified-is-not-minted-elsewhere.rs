//! The proof has no constructor but the ones that say who vouches.

use motd_core::{Document, Verified};

fn vouch(document: Document) -> Verified<Document> {
    Verified(document)
}

fn main() {}
