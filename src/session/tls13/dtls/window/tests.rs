#![allow(clippy::arithmetic_side_effects, reason = "a test")]

use super::*;
use std::collections::HashSet;
use std::vec::Vec;

proptest::proptest! {
    /// Against a set: never a record twice, and any of the last 64 once.
    #[test]
    fn no_record_is_taken_twice(numbers in proptest::collection::vec(0u64..300, 0..400)) {
        let (mut window, mut set) = (Window::default(), HashSet::new());
        for number in numbers {
            let highest = set.iter().max().copied().unwrap_or(0);
            let expected = !set.contains(&number) && number + 64 > highest;
            proptest::prop_assert_eq!(window.is_new(number), expected);
            if window.is_new(number) {
                window.add(number);
                set.insert(number);
            }
        }
    }

    #[test]
    fn the_number_is_found_from_its_low_bits(next in 0u64..1 << 40, ahead in -100i64..100) {
        let window = Window { next, seen: 0 };
        if let Some(number) = next.checked_add_signed(ahead) {
            proptest::prop_assert_eq!(window.nearest(number & 0xff, 8), number);
            proptest::prop_assert_eq!(window.nearest(number & 0xffff, 16), number);
        }
    }
}

#[test]
fn the_window_is_64_records_wide() {
    let mut window = Window::default();
    window.add(100);
    let new: Vec<u64> = (0..=100).filter(|n| window.is_new(*n)).collect();
    assert_eq!(new, (37..100).collect::<Vec<_>>());
}
