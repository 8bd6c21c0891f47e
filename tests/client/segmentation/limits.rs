//! Receiving messages in segments within fixed memory: floods, contradictions, what is too large.

use crate::script;
use crate::script::Bench;
use crate::segments::*;
use msgin5g::client::{Client, ClientMemory, Config};
use msgin5g::coap::Code;
use msgin5g::message::{Priority, UeServiceId};

#[test]
fn several_sets_grow_side_by_side() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.sets_per_originator = 4);
    let sets = ["a", "b", "c", "d"];
    for number in (1..=5).rev() {
        for set in sets {
            let extra = match number {
                1 => total(5),
                5 => LAST.to_owned(),
                _ => String::new(),
            };
            let (event, code, sent) =
                bench.exchange(&segment(set, number, &format!("{set}{number} "), &extra), 0);
            assert_eq!(code, Code::CHANGED);
            if number == 1 {
                assert!(
                    event.contains(&format!("{set}1 {set}2 {set}3 {set}4 {set}5 ")),
                    "{event}"
                );
            }
            for frame in sent {
                bench.answer(&frame, Code::CHANGED, "");
                bench.events(0);
            }
        }
    }
    assert!(bench.client.is_idle());
}

#[test]
fn what_contradicts_the_set_is_refused_and_harms_nothing() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.exchange(&segment("c", 1, "a", &total(4)), 0);
    let other_id = segment("c", 2, "evil", "").replace(&id_of("c"), &id_of("other"));
    let another_total = segment("c", 2, "x", r#","Total number of message segments":5"#);
    for wrong in [
        other_id,
        another_total,
        segment("c", 5, "x", ""),
        segment("c", 4_000, "x", ""),
        segment("c", 2, "x", LAST),
    ] {
        let (event, code, _) = bench.exchange(&wrong, 0);
        assert_eq!(code, Code::BAD_REQUEST, "{wrong} {event}");
    }
    bench.exchange(&segment("c", 4, "d", LAST), 0);
    assert_eq!(
        bench.exchange(&segment("c", 0, "x", ""), 0).1,
        Code::BAD_REQUEST,
        "from 0 or from 1"
    );
    bench.exchange(&segment("c", 2, "b", ""), 0);
    let (event, ..) = bench.exchange(&segment("c", 3, "c", ""), 0);
    assert!(event.contains("payload: \"abcd\""), "{event}");
}

#[test]
fn half_open_sets_of_one_originator_are_bounded() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let mut codes = Vec::new();
    for flood in 0..20 {
        let json = segment(&format!("flood-{flood}"), 1, "x", &total(9));
        let token = bench.post(&json);
        bench.event(0);
        let answer = bench
            .sent(0)
            .into_iter()
            .find(|frame| frame.token == token)
            .unwrap();
        codes.push(answer.code);
        if answer.code == Code::SERVICE_UNAVAILABLE {
            assert_eq!(answer.uint_option(14), Some(5), "Max-Age");
        }
    }
    assert_eq!(codes[..2], [Code::CHANGED; 2]);
    assert!(
        codes[2..]
            .iter()
            .all(|code| *code == Code::SERVICE_UNAVAILABLE)
    );
    // Others go on, whole or in segments.
    let other = |json: String| json.replace("as-meter", "as-other");
    bench.exchange(&other(segment("fine", 1, "a", &total(2))), 0);
    let (event, code, sent) = bench.exchange(&other(segment("fine", 2, "b", LAST)), 0);
    assert!(event.contains("payload: \"ab\""), "{event}");
    for frame in sent {
        bench.answer(&frame, Code::CHANGED, "");
        bench.events(0);
    }
    assert_eq!(code, Code::CHANGED);
    // And the flood ends by itself.
    let mut now = 0;
    while let Some(at) = bench.client.next_deadline() {
        now = at;
        bench.events(now);
        for frame in bench.sent(now) {
            bench.answer(&frame, Code::CHANGED, "");
            bench.events(now);
        }
    }
    assert!(now <= 5 * WAIT, "{now}");
    assert!(bench.client.is_idle());
}

#[test]
fn a_message_that_never_fits_is_refused_for_good() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let long = "x".repeat(400);
    let (event, code, sent) = bench.exchange(&segment("big", 1, &long, &total(9)), 0);
    assert_eq!(code, Code::REQUEST_ENTITY_TOO_LARGE, "{event}");
    let report = sent[0].json();
    assert_eq!(
        (
            report["Delivery Status"].as_str(),
            report["Failure Cause"].as_str()
        ),
        (Some("failure"), Some("payload too large"))
    );
    bench.answer(&sent[0], Code::CHANGED, "");
    assert_eq!(
        bench.exchange(&segment("big", 2, &long, ""), 0).1,
        Code::REQUEST_ENTITY_TOO_LARGE
    );

    // The same where nobody tells the total.
    for number in 2..9 {
        let (_, code, _) = bench.exchange(&segment("blind", number, &long, ""), 0);
        let fits = number < 6;
        assert_eq!(code == Code::CHANGED, fits, "segment {number} {code}");
        assert!(fits || code == Code::REQUEST_ENTITY_TOO_LARGE);
    }
    assert!(bench.client.is_idle() || bench.client.pending() == 0);
}

#[test]
fn memory_that_another_set_holds_is_there_later() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let long = "x".repeat(400);
    for number in 1..5 {
        let extra = if number == 1 { total(5) } else { String::new() };
        bench.exchange(&segment("one", number, &long, &extra), 0);
    }
    bench.exchange(&segment("two", 1, "small", &total(2)), 0);
    let second = segment("two", 2, &long, LAST);
    assert_eq!(bench.exchange(&second, 0).1, Code::SERVICE_UNAVAILABLE);
    let (event, _, sent) = bench.exchange(&segment("one", 5, "end", LAST), 0);
    assert!(event.contains("xend"), "{event}");
    for frame in sent {
        bench.answer(&frame, Code::CHANGED, "");
        bench.events(0);
    }
    let (event, ..) = bench.exchange(&second, 0);
    assert!(event.contains("smallxxx"), "{event}");
}

#[test]
fn without_room_for_report_and_confirmation_the_last_segment_comes_again() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.exchange(&segment("s", 1, "a", &total(2)), 0);
    let mut sent = Vec::new();
    for _ in 0..6 {
        bench.send("x", Priority::Low);
        sent.extend(bench.sent(0));
    }
    let last = segment("s", 2, "b", LAST);
    assert_eq!(bench.exchange(&last, 0).1, Code::SERVICE_UNAVAILABLE);
    bench.answer(&sent[0], Code::CHANGED, "");
    bench.events(0);
    let (event, ..) = bench.exchange(&last, 0);
    assert!(event.contains("payload: \"ab\""), "{event}");
}

#[test]
fn without_memory_for_segments_none_is_taken() {
    let mut memory = ClientMemory::<1024, 1024, 1024, 4, 0, 0>::new();
    let config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    let client = Client::new(config, memory.pieces(), &mut script::Counter(1)).unwrap();
    let mut bench = Bench::of(client);
    bench.client.connected();
    bench.register();
    let (_, code, _) = bench.exchange(&segment("s", 1, "a", &total(2)), 0);
    assert!(
        matches!(
            code,
            Code::SERVICE_UNAVAILABLE | Code::REQUEST_ENTITY_TOO_LARGE
        ),
        "{code}"
    );
}

#[test]
fn a_message_cut_anew_replaces_its_older_set() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.exchange(&segment("old", 1, "abcd", &total(2)), 0);
    let anew = |json: String| json.replace(&id_of("new"), &id_of("old"));
    bench.exchange(&anew(segment("new", 1, "ab", &total(2))), 0);
    let (event, ..) = bench.exchange(&anew(segment("new", 2, "cd", LAST)), 0);
    assert!(event.contains("payload: \"abcd\""), "{event}");
    assert_ne!(
        bench.client.next_deadline(),
        Some(WAIT),
        "a half-open set is left"
    );
}

/// The older set makes room for it even where one is all that its originator may have.
#[test]
fn a_message_cut_anew_needs_no_place_of_its_own() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| config.sets_per_originator = 1);
    bench.exchange(&segment("old", 1, "abcd", &total(2)), 0);
    let anew = segment("new", 1, "ab", &total(2)).replace(&id_of("new"), &id_of("old"));
    assert_eq!(bench.exchange(&anew, 0).1, Code::CHANGED);
    let other = segment("other", 1, "ab", &total(2));
    assert_eq!(bench.exchange(&other, 0).1, Code::SERVICE_UNAVAILABLE);
}

/// Otherwise its sender would be told of a success first, and then of a failure.
#[test]
fn a_message_that_comes_whole_after_all_has_no_missing_segments() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.exchange(&segment("both", 1, "ab", &total(2)), 0);
    bench.exchange(&segment("other", 1, "ab", &total(2)), 0);
    let whole = segment("both", 1, "abcd", r#","Delivery status required":true"#)
        .replace(r#""Message is segmented":true,"#, "")
        .replace(r#""Segmentation Set Identifier":"both","#, "")
        .replace(r#""Message segment number":1,"#, "");
    let (event, _, sent) = bench.exchange(&whole, 0);
    assert!(event.contains("payload: \"abcd\""), "{event}");
    assert_eq!(ends(&sent), ["IMDN success"]);
    bench.answer(&sent[0], Code::CHANGED, "");
    assert_eq!(bench.client.poll_event(0), None);
    // The other set goes on.
    assert_eq!(bench.client.poll_event(WAIT), None);
    let asked = bench.request(WAIT).json();
    assert_eq!(asked["Segmentation Set Identifier"], "other");
}

#[test]
fn a_message_that_just_fits_may_come_from_behind() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let long = "x".repeat(450);
    bench.exchange(&segment("back", 4, &long, LAST), 0);
    bench.exchange(&segment("back", 3, &long, ""), 0);
    bench.exchange(&segment("back", 2, &long, ""), 0);
    let (event, ..) = bench.exchange(&segment("back", 1, &long, &total(4)), 0);
    assert!(event.contains(&"x".repeat(1800)), "{event}");
}

/// Two sets that each hold half of what the other needs would wait for ever.
#[test]
fn memory_is_promised_to_those_that_came_first() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let long = "x".repeat(400);
    assert_eq!(
        bench.exchange(&segment("one", 1, &long, &total(4)), 0).1,
        Code::CHANGED
    );
    let second = segment("two", 1, &long, &total(3));
    assert_eq!(bench.exchange(&second, 0).1, Code::SERVICE_UNAVAILABLE);
    for number in 2..5 {
        let extra = if number == 4 { LAST } else { "" };
        let (_, code, sent) = bench.exchange(&segment("one", number, &long, extra), 0);
        assert_eq!(code, Code::CHANGED);
        for frame in sent {
            bench.answer(&frame, Code::CHANGED, "");
            bench.events(0);
        }
    }
    assert_eq!(bench.exchange(&second, 0).1, Code::CHANGED);
}

#[test]
fn an_overlong_application_id_costs_nothing_but_itself() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let first = segment(
        "id",
        1,
        "a",
        &total(2).replace("app.meter", &"m".repeat(300)),
    );
    bench.exchange(&first, 0);
    let (event, _, sent) = bench.exchange(&segment("id", 2, "b", LAST), 0);
    assert!(event.contains("application_id: None"), "{event}");
    assert_eq!(ends(&sent), ["IMDN success", "SEGCONFIR success"]);
}
