//! The stories use visible controls only: no way past them to a command, and no address but on the tour.

use super::{root, sources, text};

#[test]
fn stories_tap_and_type_and_never_call_a_command() {
    let stories: Vec<_> = sources().into_iter().filter(|(file, _)| file.starts_with("tests/stories/src/")).collect();
    assert!(stories.len() > 10, "only {} files of stories were found", stories.len());
    let page = ("tests/stories/src/page.js".to_owned(), text("tests/stories/src/page.js"));
    for (file, source) in stories.into_iter().chain([page]) {
        for past in ["__TAURI", "invoke", "fetch(", "record_visit", "\"exchange\", {}", "dispatchEvent"] {
            assert!(!source.contains(past), "{file}: {past:?} is a way past the controls");
        }
        let goes = source.contains("location.hash =");
        assert!(!goes || file.ends_with("/tour.rs"), "{file}: only the tour goes by address");
    }
}

#[test]
fn the_tour_shows_seventeen_pictures_and_a_small_moving_one() {
    let tour = text("docs/tour.md");
    let pictures: Vec<_> = tour.lines().filter_map(|line| line.split("src=\"").nth(1)?.split('"').next()).collect();
    assert_eq!(pictures.len(), 17);
    for picture in pictures {
        let length = root().join("docs").join(picture).metadata().expect(picture).len();
        assert!((2_000..400_000).contains(&length), "{picture} holds {length} bytes");
    }
    let film = root().join("docs/tour/visit.gif").metadata().expect("the moving picture").len();
    assert!((20_000..3_000_000).contains(&film), "the moving picture holds {film} bytes");
}
