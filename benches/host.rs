//! What the parts cost on this computer: compare two versions, not two machines.
//!
//! ```console
//! $ cargo bench
//! ```
//!
//! Instructions on a microcontroller are counted by `cargo xtask size`.

use divan::{Bencher, black_box};
use msgin5g::akma::{AfId, Kausf, Supi, UaStarId};
use msgin5g::coap::{Code, ContentFormat, OptionNumber, Outgoing, Token, stream};
use msgin5g::message::{Message, MessageId, Msg, Originator, Recipient, UeServiceId};

fn main() {
    divan::main();
}

/// K_AUSF to K_AKMA, A-TID and K_AF.
#[divan::bench]
fn keys() -> [u8; 32] {
    let supi = Supi::imsi("001010000000001").unwrap();
    let af_id = AfId::new("msgin5g.example.com", UaStarId::TLS13).unwrap();
    let (k_akma, _) = black_box(Kausf::from_octets([7; 32])).derive(&supi);
    *k_akma.k_af(&af_id).as_octets()
}

/// JSON of a message with 200 octets of text.
#[divan::bench]
fn write_message(bencher: Bencher) {
    let text = "x".repeat(200);
    let message = message(&text);
    let mut json = [0; 1024];
    bencher.bench_local(|| black_box(&message).encode(&mut json));
}

#[divan::bench]
fn read_message(bencher: Bencher) {
    let text = "x".repeat(200);
    let mut json = [0; 1024];
    let len = message(&text).encode(&mut json).unwrap();
    bencher
        .with_inputs(|| json[..len].to_vec())
        .bench_local_refs(|json| Message::decode(json).is_ok());
}

/// The frame around it, there and back.
#[divan::bench]
fn frame(bencher: Bencher) {
    let format = ContentFormat::JSON.octets();
    let post = Outgoing {
        code: Code::POST,
        token: Token::from(7),
        options: &[
            (OptionNumber::URI_PATH, b"msgin5g"),
            (OptionNumber::CONTENT_FORMAT, &format),
        ],
        payload: &[b'x'; 500],
    };
    let mut octets = [0; 1024];
    bencher.bench_local(|| {
        let len = black_box(&post).encode_stream(&mut octets).unwrap();
        stream::decode(&mut octets[..len]).is_ok()
    });
}

fn message(text: &str) -> Message<'_> {
    let from = UeServiceId::new("ue-4711@iot.example").unwrap();
    let to = UeServiceId::new("ue-0815@iot.example").unwrap();
    let mut msg = Msg::new(
        Originator::Ue(from),
        Recipient::Ue(to),
        MessageId::Uuid([7; 16]),
        text,
    );
    msg.report_wanted = true;
    Message::Msg(msg)
}
