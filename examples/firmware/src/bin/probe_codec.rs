//! Counted: instructions of the parts, each by itself. Needs no line; `cargo xtask bench` runs it.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("built for Cortex-M by `cargo xtask bench`");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod on_target {
    use core::hint::black_box;
    use msgin5g::client::{Client, ClientMemory, Config, Event};
    use msgin5g::coap::{Code, ContentFormat, OptionNumber, Outgoing, Token};
    use msgin5g::message::{
        Message, MessageId, Msg, Originator, Priority, Recipient, SERVICE_IDENTIFIER, Segment,
        StoreAndForward, UeServiceId,
    };
    use msgin5g_firmware::{clock, console, meter::Meter, once::Once, rng, stack};

    /// What is wrong, for the console.
    struct Problem(&'static str);

    static MEMORY: Once<ClientMemory> = Once::new();
    static JSON: Once<[u8; 1024]> = Once::new();

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        clock::Clock::start();
        console::figure("client_size", size_of::<Client<'_>>() as u64);
        console::figure("client_memory_size", size_of::<ClientMemory>() as u64);
        let ended = run();
        console::figure("stack", stack::high_water().into());
        match ended {
            Ok(()) => console::exit(0),
            Err(Problem(what)) => {
                console::text("failed", what.as_bytes());
                console::exit(1)
            }
        }
    }

    fn run() -> Result<(), Problem> {
        let json = JSON.take(|| [0; 1024]).ok_or(Problem("memory"))?;
        let text = [b'x'; 200];
        let text = core::str::from_utf8(&text).map_err(|_| Problem("text"))?;
        let plain = message(text)?;
        codec(
            json,
            &plain,
            ["plain_octets", "plain_encode", "plain_decode"],
        )?;
        let full = Msg {
            application_id: Some("meter.reading"),
            report_wanted: true,
            priority: Some(Priority::High),
            store_and_forward: StoreAndForward::Yes {
                expiration: Some("2026-12-31T23:59:59Z"),
            },
            ..plain
        };
        codec(json, &full, ["full_octets", "full_encode", "full_decode"])?;
        aead()?;
        reassembly(json, &plain)
    }

    /// A message from UE to UE with nothing optional.
    fn message(text: &str) -> Result<Msg<'_>, Problem> {
        let ue = |id| UeServiceId::new(id).map_err(|_| Problem("identifier"));
        Ok(Msg::new(
            Originator::Ue(ue("ue-4711@iot.example.com")?),
            Recipient::Ue(ue("ue-0815@iot.example.com")?),
            MessageId::Uuid(*b"\x3f\x0c\x1d\x52\x7a\x44\x4e\x0b\x9c\x61\x1f\x2a\x5b\x6c\x7d\x01"),
            text,
        ))
    }

    /// Octets of JSON, and instructions to write and to read them.
    fn codec(json: &mut [u8], msg: &Msg<'_>, names: [&str; 3]) -> Result<(), Problem> {
        let [octets, encode, decode] = names;
        let meter = Meter::start();
        let written = black_box(msg).encode_for(SERVICE_IDENTIFIER, json);
        let cost = meter.stop();
        let len = written.map_err(|_| Problem("encode"))?;
        console::figure(octets, len as u64);
        console::figure(encode, cost.instructions);
        let json = json.get_mut(..len).ok_or(Problem("encode"))?;
        let meter = Meter::start();
        let read = Message::decode_from_server(SERVICE_IDENTIFIER, black_box(json));
        let cost = meter.stop();
        match read {
            Ok((Message::Msg(read), _)) if read.payload == msg.payload => {
                console::figure(decode, cost.instructions);
                Ok(())
            }
            _ => Err(Problem("decode")),
        }
    }

    /// AES-128-GCM in software, as a session seals its records.
    fn aead() -> Result<(), Problem> {
        use msgin5g::session::tls13::crypto::{Aead, CipherSuite, Crypto, RustCrypto};
        let key = <RustCrypto as Crypto>::Aead::new(CipherSuite::Aes128GcmSha256, &[7; 16]);
        let mut key = key.ok_or(Problem("aead"))?;
        let mut octets = [0; 256];
        for (len, name) in [(64, "seal_64"), (256, "seal_256")] {
            let text = octets.get_mut(..len).ok_or(Problem("aead"))?;
            let meter = Meter::start();
            let tag = key.seal(&[1; 12], &[2; 5], black_box(text));
            let cost = meter.stop();
            black_box(tag.ok_or(Problem("aead"))?);
            console::figure(name, cost.instructions);
        }
        Ok(())
    }

    /// A client takes four segments of 200 octets in and hands the message over.
    fn reassembly(json: &mut [u8], whole: &Msg<'_>) -> Result<(), Problem> {
        const SEGMENTS: u16 = 4;
        let memory = MEMORY.take(ClientMemory::new).ok_or(Problem("memory"))?;
        let us = UeServiceId::new("ue-0815@iot.example.com").map_err(|_| Problem("identifier"))?;
        let client = Client::new(Config::new(us), memory.pieces(), &mut rng::board_rng());
        let mut client = client.map_err(|_| Problem("configuration"))?;
        client.connected();
        let mut instructions = 0;
        let mut payload = 0;
        for number in 1..=SEGMENTS {
            let is_first = number == 1;
            let segment = Segment {
                set: "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d01",
                number,
                total: is_first.then_some(SEGMENTS),
                last: number == SEGMENTS,
            };
            let msg = Msg {
                segment: Some(segment),
                store_and_forward: StoreAndForward::Unstated,
                ..*whole
            };
            let written = msg.encode_for(SERVICE_IDENTIFIER, json);
            let len = written.map_err(|_| Problem("encode"))?;
            let post = Outgoing {
                code: Code::POST,
                token: Token::from(u32::from(number)),
                options: &[(OptionNumber::CONTENT_FORMAT, &ContentFormat::JSON.octets())],
                payload: json.get(..len).ok_or(Problem("encode"))?,
            };
            let framed = post.encode_stream(client.recv_space());
            let framed = framed.map_err(|_| Problem("frame"))?;
            let meter = Meter::start();
            client.received(framed);
            let event = client.poll_event(1);
            instructions += meter.stop().instructions;
            match event {
                Some(Event::Segment(_)) if number < SEGMENTS => {}
                Some(Event::Message { msg, .. }) if number == SEGMENTS => {
                    payload = msg.payload.len();
                }
                _ => return Err(Problem("reassembly")),
            }
            // The answer goes out, uncounted; before the first one the client's settings.
            for _ in 0..2 {
                let octets = client.poll_transmit(1).len();
                client.transmitted(octets);
            }
        }
        console::figure("reassembly_octets", payload as u64);
        console::figure("reassembly", instructions);
        Ok(())
    }
}
