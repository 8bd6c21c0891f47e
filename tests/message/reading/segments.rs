//! Segments and their ranges.

use super::*;

#[test]
fn segment_ranges_in_four_forms() {
    let ranges = |list: &str| {
        let json = format!(
            r#"{{"Message Type":"SEGREC","Segmentation Set Identifier":"s","List of Segment range":{list}}}"#
        );
        decode(&json, |message| {
            message.map(|message| match message {
                Message::SegmentsRecovery(recovery) => {
                    let list: Vec<_> = recovery.ranges.iter().map(|r| (r.first, r.last)).collect();
                    (list, recovery.ranges.is_capped())
                }
                other => panic!("{other:?}"),
            })
        })
    };
    let good = |list: &str| ranges(list).unwrap().0;
    let expected = vec![(5, 7), (10, 10), (15, 19)];
    for list in [
        r#"[{"start":5,"end":7},{"end":10,"start":10},{"start":"15","end":"19","x":[]}]"#,
        r#"["5-7","10-10","15 - 19"]"#,
        r#"["5-7",10,"15-19"]"#,
        "[[5,7],[10,10],[15,19]]",
        r#""5-7, 10-10, 15-19""#,
        r#""(5-7),(10),(15-19)""#,
        r#"["15-19",5,6,7,"10-10",[16,17]]"#,
        "[7,6,5,10,15,19,18,17,16]",
    ] {
        assert_eq!(good(list), expected, "{list}");
    }
    assert_eq!(good("3"), [(3, 3)]);
    assert_eq!(good("[]"), []);
    assert_eq!(good(r#""""#), []);
    assert_eq!(
        good("[[1,4],[2,3],[5,9]]"),
        [(1, 9)],
        "overlapping and touching ones are one"
    );
    assert_eq!(
        good("[[1,2147483647]]"),
        [(1, 65535)],
        "cut to what a set can have"
    );
    assert_eq!(
        good("[[70000,80000],[9,3],[2,2]]"),
        [(2, 2)],
        "outside and backward ones are none"
    );

    let many = |count| {
        (0..count)
            .map(|n| (n * 2).to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    assert_eq!(
        ranges(&format!("[{}]", many(32))).map(|(list, capped)| (list.len(), capped)),
        Ok((32, false))
    );
    assert_eq!(
        ranges(&format!("[{}]", many(33))).map(|(list, capped)| (list.len(), capped)),
        Ok((32, true))
    );
    assert_eq!(
        ranges(&format!("\"{}\"", many(500))).map(|(list, capped)| (list.len(), capped)),
        Ok((32, true))
    );

    for list in [
        r#"[{"start":5}]"#,
        "[[1]]",
        "[[1,2,3]]",
        "[true]",
        r#"[[1,{}]]"#,
        "{}",
    ] {
        assert_eq!(ranges(list), Err(mistyped(Member::SegmentRanges)), "{list}");
    }
    for list in [r#""5-""#, r#""a""#, r#""5-7-9""#, r#"["5x"]"#, r#""-5""#] {
        assert_eq!(
            ranges(list),
            Err(DecodeError::Unusable(Member::SegmentRanges)),
            "{list}"
        );
    }
    assert_eq!(
        ranges("[-5]"),
        Err(DecodeError::OutOfRange(Member::SegmentRanges))
    );
    assert_eq!(
        ranges("null"),
        Err(DecodeError::Missing(Member::SegmentRanges))
    );
}

#[test]
fn segments_at_their_bounds() {
    let segment = |members: &str| {
        let json = text_with(&format!(r#""segId":"s",{members}"#));
        decode(&json, |message| {
            message.map(|message| match message {
                Message::Msg(msg) => msg.segment.map(|s| (s.number, s.total, s.last)).unwrap(),
                other => panic!("{other:?}"),
            })
        })
    };
    assert_eq!(
        segment(r#""segNumb":0,"totalSegCount":1,"lastSegFlag":1"#),
        Ok((0, Some(1), true))
    );
    assert_eq!(segment(r#""segNumb":65535"#), Ok((65535, None, false)));
    assert_eq!(
        segment(r#""segNumb":65536"#),
        Err(DecodeError::OutOfRange(Member::SegmentNumber))
    );
    assert_eq!(
        segment(r#""segNumb":1,"totalSegCount":0"#),
        Err(DecodeError::OutOfRange(Member::SegmentTotal))
    );
    assert_eq!(
        segment(r#""lastSegFlag":true"#),
        Err(DecodeError::Missing(Member::SegmentNumber))
    );
    assert_eq!(
        error_with(r#""segInd":true,"segNumb":1"#),
        DecodeError::Missing(Member::SegmentSet)
    );
    msg_with(r#""segInd":false"#, |msg| assert_eq!(msg.segment, None));
    let long = "s".repeat(65);
    assert_eq!(
        error_with(&format!(r#""segId":"{long}","segNumb":1"#)),
        DecodeError::Unusable(Member::SegmentSet)
    );
}
