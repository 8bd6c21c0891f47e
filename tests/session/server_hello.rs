//! Every field of a ServerHello, spoiled: which error names it.

use crate::backend::*;
use msgin5g::session::{SessionError, Unsupported};

/// A ServerHello to be spoiled.
#[derive(Clone)]
struct Hello {
    legacy_version: u16,
    random: [u8; 32],
    session_id: Vec<u8>,
    suite: u16,
    compression: u8,
    extensions: Vec<(u16, Vec<u8>)>,
}

impl Default for Hello {
    fn default() -> Self {
        // The base point of P-256 (SEC 2 clause 2.4.2): a point on the curve that is no secret.
        let base = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                    4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
        let mut share = vec![0, 0x17, 0, 65];
        share.extend(hex::decode(base).unwrap());
        Self {
            legacy_version: 0x0303,
            random: [7; 32],
            session_id: vec![],
            suite: 0x1301,
            compression: 0,
            extensions: vec![(43, vec![3, 4]), (51, share), (41, vec![0, 0])],
        }
    }
}

impl Hello {
    fn extension(mut self, kind: u16, data: &[u8]) -> Self {
        self.extensions.retain(|(k, _)| *k != kind);
        self.extensions.push((kind, data.to_vec()));
        self
    }

    fn without(mut self, kind: u16) -> Self {
        self.extensions.retain(|(k, _)| *k != kind);
        self
    }

    fn message(&self) -> Vec<u8> {
        let mut list = Vec::new();
        for (kind, data) in &self.extensions {
            list.extend(kind.to_be_bytes());
            list.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            list.extend(data);
        }
        let mut body = self.legacy_version.to_be_bytes().to_vec();
        body.extend(self.random);
        body.push(u8::try_from(self.session_id.len()).unwrap());
        body.extend(&self.session_id);
        body.extend(self.suite.to_be_bytes());
        body.push(self.compression);
        body.extend(u16::try_from(list.len()).unwrap().to_be_bytes());
        body.extend(list);
        let mut message = vec![2, 0];
        message.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        message.extend(body);
        message
    }

    /// The error of opening towards this ServerHello and a protected record after it.
    fn answer<B: Backend>(&self) -> SessionError {
        answer::<B>(&self.message())
    }
}

fn answer<B: Backend>(message: &[u8]) -> SessionError {
    let mut octets = vec![22, 3, 3];
    octets.extend(u16::try_from(message.len()).unwrap().to_be_bytes());
    octets.extend(message);
    octets.extend([23, 3, 3, 0, 40]);
    octets.extend([0x77; 40]);
    let mut memory = B::memory(Link::saying(&octets));
    failure::<B>(&mut memory, 1000).expect("opened")
}

fn a_good_server_hello_from_somebody_without_the_key_opens_nothing<B: Backend>() {
    assert_eq!(
        Hello::default().answer::<B>(),
        SessionError::ServerNotAuthenticated
    );
}

fn a_server_hello_that_chose_something_else_is_told_by_what<B: Backend>() {
    let good = Hello::default;
    let retry: [u8; 32] =
        hex::decode("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
            .unwrap()
            .try_into()
            .unwrap();
    let unsupported = |what| SessionError::Unsupported(what);
    // To choose what was not offered is illegal (RFC 8446 section 4.1.3), and the crate's own core
    // says no more than that.
    let chosen = |what| B::pick(unsupported(what), SessionError::MalformedHandshake);
    let mut x25519 = vec![0, 0x1D, 0, 32];
    x25519.extend([9; 32]);
    let cases = [
        (good().without(41), SessionError::PskDeclined),
        (
            good().without(43),
            unsupported(Unsupported::Version(0x0303)),
        ),
        (
            good().extension(43, &[3, 3]),
            chosen(Unsupported::Version(0x0303)),
        ),
        (
            Hello {
                suite: 0x1302,
                ..good()
            },
            chosen(Unsupported::CipherSuite(0x1302)),
        ),
        (
            good().extension(51, &x25519),
            chosen(Unsupported::Group(0x001D)),
        ),
        (
            Hello {
                random: retry,
                ..good()
            }
            .without(41)
            .extension(51, &[0, 0x1D])
            .extension(44, &[0, 1, 7]),
            chosen(Unsupported::HelloRetryRequest),
        ),
        // TLS 1.2 with an extension that has no place in TLS 1.3, and one without any.
        (
            good().without(43).extension(0xFF01, &[0]),
            chosen(Unsupported::Version(0x0303)),
        ),
        (
            Hello {
                extensions: vec![],
                ..good()
            },
            unsupported(Unsupported::Version(0x0303)),
        ),
    ];
    for (hello, expected) in cases {
        assert_eq!(hello.answer::<B>(), expected);
    }
}

fn a_server_hello_that_breaks_the_protocol_is_refused<B: Backend>() {
    let good = Hello::default;
    let share = |point: &[u8]| {
        let mut share = vec![0, 0x17];
        share.extend(u16::try_from(point.len()).unwrap().to_be_bytes());
        share.extend(point);
        share
    };
    let mut twice = good();
    twice.extensions.push((41, vec![0, 0]));
    let cases = [
        (
            "legacy version",
            Hello {
                legacy_version: 0x0301,
                ..good()
            },
        ),
        (
            "session id",
            Hello {
                session_id: vec![1],
                ..good()
            },
        ),
        (
            "compression",
            Hello {
                compression: 1,
                ..good()
            },
        ),
        ("other identity", good().extension(41, &[0, 1])),
        ("long identity", good().extension(41, &[0, 0, 0])),
        ("no key share", good().without(51)),
        ("no point", good().extension(51, &share(&[]))),
        ("compressed point", good().extension(51, &share(&[2; 33]))),
        ("infinity", good().extension(51, &share(&[0]))),
        ("off the curve", good().extension(51, &share(&[4; 65]))),
        (
            "octets after the point",
            good().extension(51, &[share(&[4; 65]), vec![0]].concat()),
        ),
        ("twice", twice),
        ("unknown extension", good().extension(0xFF01, &[0])),
        ("cookie", good().extension(44, &[0, 1, 7])),
    ];
    for (what, hello) in cases {
        let expected = match what {
            "legacy version" => B::pick(
                SessionError::MalformedHandshake,
                SessionError::Unsupported(Unsupported::Version(0x0303)),
            ),
            _ => SessionError::MalformedHandshake,
        };
        assert_eq!(hello.answer::<B>(), expected, "{what}");
    }
    let good = good().message();
    for end in 1..good.len() {
        // The rest could come in another record of the same type.
        let expected = B::pick(
            SessionError::MalformedHandshake,
            SessionError::UnexpectedRecord { content_type: 23 },
        );
        assert_eq!(answer::<B>(&good[..end]), expected, "{end}");
    }
    let longer = [&good[..], &[0]].concat();
    assert_eq!(answer::<B>(&longer), SessionError::MalformedHandshake);
    let other_type = [&[1], &good[1..]].concat();
    assert_eq!(answer::<B>(&other_type), SessionError::MalformedHandshake);
}

for_both_backends! {
    a_good_server_hello_from_somebody_without_the_key_opens_nothing,
    a_server_hello_that_chose_something_else_is_told_by_what,
    a_server_hello_that_breaks_the_protocol_is_refused,
}
