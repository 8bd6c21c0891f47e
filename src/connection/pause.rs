//! Pauses between attempts: they double, are bounded, and differ from device to device.

use rand_core::RngCore;

use super::Settings;

/// How many attempts in a row came to nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Failures(u8);

impl Failures {
    pub(super) const NONE: Self = Self(0);

    /// How many there are.
    pub(super) fn count(self) -> u8 {
        self.0
    }

    /// One more; how long to wait now, in milliseconds.
    pub(super) fn next_pause(&mut self, settings: &Settings<'_>, rng: &mut impl RngCore) -> u64 {
        let doublings = u32::from(self.0).min(32);
        self.0 = self.0.saturating_add(1);
        let longest = u64::from(settings.longest_pause_ms);
        let pause = u64::from(settings.first_pause_ms).saturating_mul(1 << doublings);
        let pause = pause.min(longest);
        // From a half of it to one and a half.
        let shift = u64::from(rng.next_u32()).saturating_mul(pause) >> 32;
        (pause / 2).saturating_add(shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::akma::{AfId, UaStarId};
    use rand_core::OsRng;

    #[test]
    fn pauses_double_within_their_bounds_and_are_spread() {
        let af_id = AfId::new("af.example.net", UaStarId::TLS13).unwrap();
        let mut settings = Settings::new(af_id);
        (settings.first_pause_ms, settings.longest_pause_ms) = (1_000, 60_000);
        let mut firsts = std::vec::Vec::new();
        for _ in 0..50 {
            let mut failures = Failures::NONE;
            for n in 0..300 {
                let base = (1_000_u64 << n.min(40)).min(60_000);
                let pause = failures.next_pause(&settings, &mut OsRng);
                assert!((base / 2..=base * 3 / 2).contains(&pause), "{n}: {pause}");
                if n == 0 {
                    firsts.push(pause);
                }
            }
        }
        firsts.sort_unstable();
        firsts.dedup();
        assert!(firsts.len() > 20, "{firsts:?}");
    }
}
