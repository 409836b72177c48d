//! The simulation, for a few seeds; `cargo xtask simulate` plays as many as one likes.

use lianhu_tests::simulation::{play, play_calm, play_losing_the_disk, play_of_nine};

fn plays(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        if let Err(broken) = play(seed) {
            panic!("{broken}");
        }
    }
}

#[test]
fn twenty_seeds_keep_every_promise() {
    plays(10_000..10_020);
}

#[test]
fn twenty_other_seeds_keep_every_promise() {
    plays(10_020..10_040);
}

/// Seeds that once broke a promise at a county that lost its disk.
#[test]
fn seeds_that_once_lost_something_with_the_countys_disk_keep_it_now() {
    let seeds = [
        (24, "a restored county could not let in what was parked there"),
        (57, "a household whose registration was refused stayed as an empty row"),
        (62, "what a device shut out had said again was looked for in the wrong place"),
        (222, "a clearing was lost with the change it was built on"),
        (266, "a change that came back with a number stayed parked"),
    ];
    for (seed, once) in seeds {
        if let Err(broken) = play_losing_the_disk(seed) {
            panic!("once {once}; now {broken}");
        }
    }
}

/// Seeds that once broke a promise; what it was stands beside each.
#[test]
fn seeds_that_once_broke_a_promise_keep_it_now() {
    let seeds = [
        (2, "a registration inside one's own area was refused"),
        (7, "digests were said to differ after a lost reply"),
        (11, "a household moved to a place that its helper was never told of"),
        (14, "the end of a grant took a household from those who hold all"),
        (25, "rebuilding forgot when scopes began and ended"),
        (56, "after damage a change was said again by the same actor, and lost"),
        (108, "an entry refused for its envelope was refused in every later one"),
        (1417, "a parked change was not merged when what it waited for came back"),
        (1510, "a change was parked for one that a replay had merged meanwhile"),
    ];
    for (seed, once) in seeds {
        if let Err(broken) = play_calm(seed) {
            panic!("once {once}; now {broken}");
        }
    }
}

/// Seeds that once broke a promise, with all that befalls them now.
#[test]
fn seeds_that_broke_a_promise_lately_keep_it_now() {
    let seeds = [
        (240, "an inspector was told of nine people in ten households"),
        (1725, "a change parked here for what was damaged stayed so when the county lost its number and the same"),
    ];
    for (seed, once) in seeds {
        if let Err(broken) = play(seed) {
            panic!("once {once}; now {broken}");
        }
    }
}

/// Seeds that once broke a promise, with the nine troubles there were.
#[test]
fn seeds_that_once_broke_a_promise_among_all_troubles_keep_it_now() {
    let seeds = [
        (7, "a clearing was given up because what it clears stood aside"),
        (20, "people of a card that went stayed counted on the card it was joined into"),
        (259, "a card erased since a back-up left what was held through it in the hands of its holders"),
        (401, "a trace that stood aside went with a household it only named"),
        (434, "whoever told two cards apart, one of them erased before they could hear, was refused"),
        (450, "a household that was forgotten after another of its envelope was erased lay nowhere any more"),
        (635, "an erasure kept the number of a life of the log that was lost"),
        (990, "a shut-out phone never said again what it had built on what the county lost"),
        (1061, "what a stranger's envelope had brought first was refused to its own author's shut-out phone"),
        (1102, "a phone in the midst of a long fetch claimed to have seen what was still on its way"),
        (1146, "an office's device set back to an old copy was said to have lost traces it then fetched"),
    ];
    for (seed, once) in seeds {
        if let Err(broken) = play_of_nine(seed) {
            panic!("once {once}; now {broken}");
        }
    }
}
