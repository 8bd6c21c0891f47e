use super::*;
use std::vec::Vec;

const WORST: ExchangeImage = ExchangeImage {
    state: StateImage::AwaitingFor(u64::MAX),
    token: Some(u32::MAX),
    attempts: u8::MAX,
    breaks: u8::MAX,
};

fn len(value: &impl Serialize) -> usize {
    let mut octets = [0; 512];
    let written: Vec<u8> = postcard::to_slice(value, &mut octets).unwrap().to_vec();
    written.len()
}

/// Every number at its longest: the constants that size the caller's buffer hold.
#[test]
fn no_image_is_longer_than_its_constant() {
    let head = Head {
        membership: MembershipImage::Deregistering(WORST),
        refresh_left: Some(u64::MAX),
        number: u32::MAX,
        message_id: u16::MAX,
        link: Link::Stream {
            peer_limit: Some(u32::MAX),
        },
        duplicates: u8::MAX,
        sizes: Sizes {
            slots: u32::MAX,
            outbox: u32::MAX,
            incoming_slots: u32::MAX,
            incoming: u32::MAX,
        },
    };
    let seen: Seen = ([0xff; 16], [0xff; 8]);
    let all = len(&head) + crate::client::receiving::duplicates::REMEMBERED * len(&seen);
    assert!(all <= HEAD_MAX, "{all}");
    let entry = Entry {
        kind: KindImage::Segmented(SegmentingImage {
            step: u32::MAX,
            payload_len: u32::MAX,
            total: u16::MAX,
            current: u16::MAX,
            streamed: true,
            told: true,
            confirmed: true,
            restarts: u8::MAX,
            kept_for: Some(u64::MAX),
        }),
        priority: u8::MAX,
        uuid: Some([0xff; 16]),
        exchange: WORST,
        ticket: Some(u32::MAX),
        may_segment: true,
        renewed: true,
        gathering: GatheringImage::Until(Some(u64::MAX)),
        verdict: Some(VerdictImage::TooLarge(u32::MAX)),
        json_len: u32::MAX,
    };
    assert!(len(&(entry, u32::MAX)) <= ENTRY_MAX, "{}", len(&entry));
    let arriving = Arriving {
        state: ArrivingState::Reports,
        total: Some(u16::MAX),
        last: Some(u16::MAX),
        count: u16::MAX,
        deadline_left: u64::MAX,
        recoveries: u8::MAX,
        exchange: WORST,
        expected: u32::MAX,
    };
    let all = len(&(arriving, u32::MAX));
    assert!(all <= ARRIVING_MAX, "{all}");
}

#[test]
fn what_is_left_of_a_time_is_counted_on_by_the_new_clock() {
    let before = Clock {
        now: 1_000_000,
        asleep_ms: 0,
    };
    let after = |asleep_ms| Clock { now: 5, asleep_ms };
    let due = |at| Exchange {
        state: ExchangeState::Due(at),
        ..Exchange::NEW
    };
    let image = ExchangeImage::of(due(1_000_700), before);
    assert_eq!(image.restore(after(300)), due(405));
    // Its time came while nobody was there.
    assert_eq!(image.restore(after(700)), due(0));
    assert_eq!(ExchangeImage::of(due(3), before).restore(after(0)), due(0));
}
