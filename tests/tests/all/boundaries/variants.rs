//! The broken variants that the simulation has to catch still find the words they break.

use super::text;
use lianhu_tests::sabotage::variants;

#[test]
fn every_broken_variant_finds_its_place_exactly_once() {
    assert!(variants().count() >= 40);
    for variant in variants() {
        for change in variant.changes {
            let found = text(change.file).matches(change.from).count();
            assert_eq!(found, 1, "{}: {} holds so many of: {}", variant.name, change.file, change.from);
        }
    }
}
