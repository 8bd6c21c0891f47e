//! AKMA keys by a vendor's command, through a modem whose socket is in use. The command is invented.

use core::fmt::{self, Write};
use core::task::Poll;
use std::cell::RefCell;

use msgin5g::akma::{
    AKid, AfId, AkmaContext, AkmaError, AkmaKey, AkmaKeySource, HomeNetwork, Kakma, Kausf,
    KausfSource, KeySourceError, RoutingIndicator, Supi, UaStarId,
};
use msgin5g::modem_keys::{KeyCommand, ModemKeys, fields};
use msgin5g::transport::at::{Ask, NO_ANSWER, Quectel, REFUSED, UNSENDABLE, Way, common};
use msgin5g::transport::{Faults, StreamTransport, TransportError};
use msgin5g_testnet::modem::{ModemAkma, ModemFaults, ModemKind};

use crate::world::{Desk, Ill, OnDesk, Uart};

const K_AUSF: &str = "474698caf02cc715db2ec0726510cfee6caa5bb1a649cb01224f2e23af94de1b";
const K_AKMA: &str = "176cdc89b8bc8634d912bf84cb7ed7b85afe1b8802afa110d1100a881df659a3";

/// `AT+XAKMA="<name of the AF>"`, answered by `+XAKMA: "<A-KID>","<K_AKMA>"`.
#[derive(Debug)]
struct Invented;

impl KeyCommand for Invented {
    const PREFIX: &'static str = "+XAKMA:";
    const CHANGED: Option<&'static str> = Some("+XAKMACHANGED");

    fn write(&self, af_id: &AfId<'_>, command: &mut dyn Write) -> fmt::Result {
        write!(command, "AT+XAKMA=\"{}\"", af_id.fqdn())
    }

    fn read(&self, line: &str) -> Poll<Result<AkmaContext, KeySourceError>> {
        let mut fields = fields(line);
        let (Some(a_kid), Some(key)) = (fields.next(), fields.next()) else {
            return Poll::Pending;
        };
        let a_kid = AKid::from_modem(a_kid)?;
        let key = AkmaKey::Kakma(Kakma::from_hex(key)?);
        Poll::Ready(Ok(AkmaContext { a_kid, key }))
    }

    fn refused(&self, code: i32) -> KeySourceError {
        match code {
            9001 => KeySourceError::NoKausf,
            other => KeySourceError::Modem(other),
        }
    }
}

fn desk(faults: ModemFaults) -> Desk<Quectel> {
    Desk::new(
        ModemKind::Quectel,
        Quectel::default(),
        faults,
        Faults::NONE,
        Ill::default(),
    )
}

fn af_id() -> AfId<'static> {
    AfId::new("msgin5g.example.com", UaStarId::TLS13).unwrap()
}

/// The keys of vector akma-01, and what a host makes of K_AUSF and of what the modem says of itself.
fn from_k_ausf(modem: &RefCell<OnDesk<Quectel>>) -> AkmaContext {
    let mut line = [0; 64];
    let mut ask = |command, prefix| {
        let mut modem = modem;
        let answer = (0..100).find_map(|_| match modem.ask(command, prefix, 5_000, &mut line) {
            Poll::Ready(answer) => Some(answer.unwrap()),
            Poll::Pending => None,
        });
        line[..answer.unwrap()].to_vec()
    };
    let (imsi, usim) = (ask(common::IMSI, ""), ask(common::USIM_DATA, "+CRSM"));
    let imsi = common::imsi(&imsi).unwrap();
    let (mcc, mnc) = common::home_network(imsi, &usim).unwrap();
    let mut source = KausfSource::new(
        Supi::imsi(imsi).unwrap(),
        RoutingIndicator::default(),
        HomeNetwork::plmn(mcc, mnc).unwrap(),
    )
    .with_k_ausf(Kausf::from_hex(K_AUSF).unwrap());
    let Poll::Ready(Ok(context)) = source.request(&af_id()) else {
        panic!("there are keys");
    };
    context
}

/// Asks until it is ready, or does not get further without time going on.
fn request<M: Ask>(keys: &mut ModemKeys<M, Invented>) -> Poll<Result<AkmaContext, KeySourceError>> {
    for _ in 0..100 {
        let answer = keys.request(&af_id());
        if answer.is_ready() {
            return answer;
        }
    }
    Poll::Pending
}

fn keys_of(context: &AkmaContext) -> ModemAkma {
    ModemAkma::Keys {
        a_kid: context.a_kid.as_str().to_owned(),
        k_akma: K_AKMA.to_owned(),
    }
}

fn asked(uart: &Uart) -> u64 {
    uart.moved().0
}

#[test]
fn a_modem_gives_the_keys_while_its_socket_goes_on() {
    let mut desk = desk(ModemFaults {
        echo: true,
        chatter: true,
        ..ModemFaults::default()
    });
    desk.connect(Way::Tcp).unwrap();
    let uart = desk.uart.clone();
    let modem = RefCell::new(desk.modem);
    let expected = from_k_ausf(&modem);
    let mut keys = ModemKeys::new(&modem, Invented);
    let before = keys.generation();

    assert_eq!(
        request(&mut keys),
        Poll::Ready(Err(KeySourceError::NoKausf))
    );
    // It is asked again after a while, not all the time.
    uart.set_akma(ModemAkma::Running);
    assert_eq!(request(&mut keys), Poll::Pending);
    let octets = asked(&uart);
    assert_eq!(request(&mut keys), Poll::Pending);
    assert_eq!(asked(&uart), octets);
    uart.goes_to(1_000);
    assert_eq!(request(&mut keys), Poll::Pending);
    assert!(asked(&uart) > octets);

    // News come unasked, in the middle of what goes on.
    assert_eq!(keys.generation(), before);
    uart.set_akma(keys_of(&expected));
    let mut buf = [0; 8];
    assert_eq!(modem.borrow_mut().stream().recv(&mut buf), Poll::Pending);
    assert_ne!(keys.generation(), before);
    uart.goes_to(2_000);
    assert_eq!(request(&mut keys), Poll::Ready(Ok(expected.clone())));
    let generation = keys.generation();
    assert_eq!(request(&mut keys), Poll::Ready(Ok(expected)));
    assert_eq!(keys.generation(), generation);
    keys.changed();
    assert_ne!(keys.generation(), generation);

    assert_eq!(modem.borrow_mut().stream().send(b"E!"), Poll::Ready(Ok(2)));
    let mut received = 0;
    for _ in 0..20 {
        uart.deliver();
        if let Poll::Ready(Ok(n)) = modem.borrow_mut().stream().recv(&mut buf) {
            received += n;
        }
    }
    assert_eq!((received, buf[0]), (1, b'!'));
}

#[test]
fn a_modem_in_another_hand_is_waited_for() {
    let modem = RefCell::new(desk(ModemFaults::default()).modem);
    let mut keys = ModemKeys::new(&modem, Invented);
    let in_hand = modem.borrow_mut();
    assert_eq!(request(&mut keys), Poll::Pending);
    assert_eq!(keys.generation(), 0);
    drop(in_hand);
    assert_eq!(
        request(&mut keys),
        Poll::Ready(Err(KeySourceError::NoKausf))
    );
}

#[test]
fn what_a_modem_may_say_else() {
    /// Answers as it is told.
    struct Says(Result<&'static [u8], TransportError>);
    impl Ask for Says {
        fn ask(
            &mut self,
            _: &str,
            _: &str,
            _: u32,
            line: &mut [u8],
        ) -> Poll<Result<usize, TransportError>> {
            Poll::Ready(self.0.map(|said| {
                line[..said.len()].copy_from_slice(said);
                said.len()
            }))
        }
        fn watch(&mut self, _: &'static str) {}
        fn news(&self) -> Option<u32> {
            Some(0)
        }
        fn now_ms(&mut self) -> Option<u64> {
            Some(0)
        }
    }
    let asked = |answer| match request(&mut ModemKeys::new(Says(answer), Invented)) {
        Poll::Ready(answer) => Some(answer.map(|_| ())),
        Poll::Pending => None,
    };
    let failed = |code| asked(Err(TransportError::Failed(code)));
    assert_eq!(failed(NO_ANSWER), Some(Err(KeySourceError::TimedOut)));
    assert_eq!(
        asked(Err(TransportError::Closed)),
        Some(Err(KeySourceError::TimedOut))
    );
    assert_eq!(failed(REFUSED), Some(Err(KeySourceError::Modem(REFUSED))));
    assert_eq!(failed(9001), Some(Err(KeySourceError::NoKausf)));
    let bad = |error| Some(Err(KeySourceError::BadAnswer(error)));
    assert_eq!(asked(Ok(b"+XAKMA: \xff")), bad(AkmaError::AKid));
    assert_eq!(
        asked(Ok(b"+XAKMA: \"rid0.atidfeed@5gc\",\"12\"")),
        bad(AkmaError::KeyHexDigits)
    );
    assert_eq!(
        asked(Ok(b"+XAKMA: \"no name\",\"12\"")),
        bad(AkmaError::AKid)
    );
    // Nothing but OK.
    assert_eq!(asked(Ok(b"")), None);
}

#[test]
fn a_command_that_is_too_long_is_not_sent() {
    struct Long;
    impl KeyCommand for Long {
        const PREFIX: &'static str = "+X:";
        fn write(&self, _: &AfId<'_>, command: &mut dyn Write) -> fmt::Result {
            write!(command, "{:0321}", 0)
        }
        fn read(&self, _: &str) -> Poll<Result<AkmaContext, KeySourceError>> {
            Poll::Pending
        }
    }
    let desk = desk(ModemFaults::default());
    let mut keys = ModemKeys::new(desk.modem, Long);
    let unsendable = Poll::Ready(Err(KeySourceError::Modem(UNSENDABLE)));
    assert_eq!(keys.request(&af_id()), unsendable);
    assert_eq!(desk.uart.moved(), (0, 0));
}
