#![allow(clippy::arithmetic_side_effects, reason = "a test")]

use super::*;
use std::vec;
use std::vec::Vec;

proptest::proptest! {
    /// In any order and overlap, the message is whole when every octet has come and not
    /// before, and is what was sent.
    #[test]
    fn fragments_make_the_message(
        len in 1usize..200,
        cuts in proptest::collection::vec((0usize..200, 1usize..80), 1..60),
    ) {
        let message: Vec<u8> = (0..len).map(|i| i.to_le_bytes()[0]).collect();
        let (mut reassembly, mut store) = (Reassembly::default(), vec![0; 200]);
        let mut come = vec![false; len];
        for (offset, part) in cuts {
            let offset = offset % len;
            let end = (offset + part).min(len);
            let fragment = Fragment { kind: 1, len, message: 0, offset, part: end - offset };
            match reassembly.add(&fragment, &message[offset..end], &mut store).unwrap() {
                Added::Dropped => continue,
                added => {
                    come[offset..end].fill(true);
                    let whole = come.iter().all(|c| *c);
                    proptest::prop_assert_eq!(added == Added::Complete, whole);
                    if whole {
                        proptest::prop_assert_eq!(&store[..len], &message[..]);
                        return Ok(());
                    }
                }
            }
        }
    }
}
