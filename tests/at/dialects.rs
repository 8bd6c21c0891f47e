//! Lines and commands as the manuals show them, read and written by each dialect.

use core::task::Poll;

use msgin5g::transport::at::{
    Command, Dialect, Meaning, Modem, Nordic, Opening, Quectel, Remote, Sara, Way, common,
};
use msgin5g::transport::{DatagramTransport, StreamTransport, TransportError};

/// A UART whose modem follows a script: what must be heard, and what is then said.
struct Script {
    lines: Vec<(&'static [u8], &'static [u8])>,
    heard: Vec<u8>,
    says: Vec<u8>,
}

impl Script {
    fn new(lines: &[(&'static [u8], &'static [u8])]) -> Self {
        let mut lines = lines.to_vec();
        lines.reverse();
        Self {
            lines,
            heard: Vec::new(),
            says: Vec::new(),
        }
    }
}

impl StreamTransport for Script {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        self.heard.extend_from_slice(data);
        if let Some((wanted, answer)) = self.lines.last().copied() {
            assert!(
                wanted.starts_with(&self.heard),
                "expected {:?}, heard {:?}",
                String::from_utf8_lossy(wanted),
                String::from_utf8_lossy(&self.heard)
            );
            if wanted == self.heard {
                self.heard.clear();
                self.says.extend_from_slice(answer);
                self.lines.pop();
            }
        } else {
            panic!(
                "nothing more expected, but {:?}",
                String::from_utf8_lossy(data)
            );
        }
        Poll::Ready(Ok(data.len()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let len = self.says.len().min(buf.len());
        buf[..len].copy_from_slice(&self.says[..len]);
        self.says.drain(..len);
        match len {
            0 => Poll::Pending,
            len => Poll::Ready(Ok(len)),
        }
    }
}

fn until<T>(mut call: impl FnMut() -> Poll<T>) -> T {
    for _ in 0..1000 {
        if let Poll::Ready(value) = call() {
            return value;
        }
    }
    panic!("the script goes no further");
}

fn remote(way: Way, port: u16) -> Remote<'static> {
    Remote {
        way,
        host: "220.180.239.212",
        port,
    }
}

type Lines = &'static [(&'static [u8], &'static [u8])];

/// A socket from its opening to its close: `sent` goes out, `received` comes back, in that many pieces, and then
/// nothing, or the end that the peer has made.
struct Talk {
    way: Way,
    port: u16,
    sent: &'static [u8],
    received: &'static [&'static [u8]],
    peer_closes: bool,
    lines: Lines,
}

impl Talk {
    fn follow<D: Dialect>(&self, dialect: D) {
        let script = Script::new(self.lines);
        let mut modem: Modem<_, _, _, 640, 640> = Modem::new(script, || 0, dialect);
        until(|| modem.connect(&remote(self.way, self.port))).unwrap();
        let sent = match self.way {
            Way::Tcp => modem.stream().send(self.sent),
            Way::Udp => modem
                .datagrams()
                .send(self.sent)
                .map_ok(|()| self.sent.len()),
        };
        assert_eq!(sent, Poll::Ready(Ok(self.sent.len())));
        let mut buf = [0; 64];
        let mut recv = |modem: &mut Modem<_, _, _, 640, 640>| match self.way {
            Way::Tcp => modem.stream().recv(&mut buf).map_ok(|n| buf[..n].to_vec()),
            Way::Udp => modem
                .datagrams()
                .recv(&mut buf)
                .map_ok(|n| buf[..n].to_vec()),
        };
        for received in self.received {
            assert_eq!(until(|| recv(&mut modem)).as_deref(), Ok(*received));
        }
        if self.peer_closes {
            assert_eq!(until(|| recv(&mut modem)), Err(TransportError::Closed));
        } else {
            for _ in 0..10 {
                assert_eq!(recv(&mut modem), Poll::Pending);
            }
            assert_eq!(modem.next_deadline(), None, "the device may sleep");
        }
        until(|| modem.close());
        assert!(
            modem.uart().lines.is_empty(),
            "the script was not followed to its end"
        );
    }
}

/// BG95 application note, chapters 3.3.1 to 3.3.4: buffer access mode; and the same over UDP.
#[test]
fn quectel_as_in_its_application_note() {
    let tcp = Talk {
        way: Way::Tcp,
        port: 8009,
        sent: b"test",
        received: &[b"test1"],
        peer_closes: false,
        lines: &[
            (b"ATE0\r", b"ATE0\r\r\nOK\r\n"),
            (b"AT+QICLOSE=0\r", b"\r\nOK\r\n"),
            (b"AT+QIACT=1\r", b"\r\nOK\r\n"),
            (
                b"AT+QIOPEN=1,0,\"TCP\",\"220.180.239.212\",8009,0,0\r",
                b"\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n",
            ),
            (b"AT+QISEND=0,4\r", b"\r\n> "),
            (b"test", b"\r\nSEND OK\r\n\r\n+QIURC: \"recv\",0\r\n"),
            (b"AT+QIRD=0,640\r", b"\r\n+QIRD: 5\r\ntest1\r\nOK\r\n"),
            (b"AT+QIRD=0,640\r", b"\r\n+QIRD: 0\r\n\r\nOK\r\n"),
            (b"AT+QICLOSE=0\r", b"\r\nOK\r\n"),
        ],
    };
    tcp.follow(Quectel::default());
    let udp = Talk {
        way: Way::Udp,
        port: 9011,
        sent: b"one",
        received: &[b"1234567890", b"OK\r\n"],
        lines: &[
            (b"ATE0\r", b"\r\nOK\r\n"),
            (b"AT+QICLOSE=2\r", b"\r\nERROR\r\n"),
            (b"AT+QIACT=3\r", b"\r\nERROR\r\n"),
            (
                b"AT+QIOPEN=3,2,\"UDP\",\"220.180.239.212\",9011,0,0\r",
                b"\r\nOK\r\n\r\n+QIOPEN: 2,0\r\n",
            ),
            (b"AT+QISEND=2,3\r", b"\r\n> "),
            (b"one", b"\r\nSEND OK\r\n\r\n+QIURC: \"recv\",2\r\n"),
            (
                b"AT+QIRD=2,640\r",
                b"\r\n+QIRD: 10,\"220.180.239.212\",9011\r\n1234567890\r\nOK\r\n",
            ),
            (b"AT+QIRD=2,640\r", b"\r\n+QIRD: 4\r\nOK\r\n\r\nOK\r\n"),
            (b"AT+QIRD=2,640\r", b"\r\n+QIRD: 0\r\n\r\nOK\r\n"),
            (b"AT+QICLOSE=2\r", b"\r\nOK\r\n"),
        ],
        ..tcp
    };
    udp.follow(Quectel {
        context: 3,
        connection: 2,
    });
    let closed_by_the_peer = Talk {
        peer_closes: true,
        lines: &[
            (b"ATE0\r", b"\r\nOK\r\n"),
            (b"AT+QICLOSE=0\r", b"\r\nOK\r\n"),
            (b"AT+QIACT=1\r", b"\r\nOK\r\n"),
            (
                b"AT+QIOPEN=1,0,\"TCP\",\"220.180.239.212\",8009,0,0\r",
                b"\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n",
            ),
            (b"AT+QISEND=0,4\r", b"\r\n> "),
            (
                b"test",
                b"\r\nSEND OK\r\n\r\n+QIURC: \"recv\",0\r\n\r\n+QIURC: \"closed\",0\r\n",
            ),
            (b"AT+QIRD=0,640\r", b"\r\n+QIRD: 5\r\ntest1\r\nOK\r\n"),
            (b"AT+QIRD=0,640\r", b"\r\n+QIRD: 0\r\n\r\nOK\r\n"),
            (b"AT+QICLOSE=0\r", b"\r\nOK\r\n"),
        ],
        ..tcp
    };
    closed_by_the_peer.follow(Quectel::default());
}

/// The examples of Nordic's "Socket AT commands", over UDP and over TCP.
#[test]
fn nordic_as_in_its_documentation() {
    let udp = Talk {
        way: Way::Udp,
        port: 1234,
        sent: b"Hello",
        received: &[b"Test OK"],
        peer_closes: false,
        lines: &[
            (b"ATE0\r", b"\r\nOK\r\n"),
            (b"AT#XSOCKET=1,2,0\r", b"\r\n#XSOCKET: 1,2,17\r\n\r\nOK\r\n"),
            (
                b"AT#XCONNECT=1,\"220.180.239.212\",1234\r",
                b"\r\n#XCONNECT: 1,1\r\n\r\nOK\r\n",
            ),
            (b"AT#XAPOLL=1,1,1\r", b"\r\nOK\r\n"),
            (
                b"AT#XSEND=1,1,0,\"48656C6C6F\"\r",
                b"\r\n#XSEND: 1,5\r\n\r\nOK\r\n\r\n#XAPOLL: 1,1\r\n",
            ),
            (
                b"AT#XRECV=1,0,64,1,640\r",
                b"\r\n#XRECV: 1,0,7\r\nTest OK\r\nOK\r\n",
            ),
            (b"AT#XRECV=1,0,64,1,640\r", b"\r\nERROR\r\n"),
            (b"AT#XCLOSE=1\r", b"\r\n#XCLOSE: 1,0\r\n\r\nOK\r\n"),
        ],
    };
    udp.follow(Nordic::default());
    let tcp_over_ipv6 = Talk {
        way: Way::Tcp,
        peer_closes: true,
        lines: &[
            (b"ATE0\r", b"\r\nOK\r\n"),
            (b"AT#XSOCKET=2,1,0\r", b"\r\n#XSOCKET: 0,1,6\r\n\r\nOK\r\n"),
            (
                b"AT#XCONNECT=0,\"220.180.239.212\",1234\r",
                b"\r\n#XCONNECT: 0,1\r\n\r\nOK\r\n",
            ),
            (b"AT#XAPOLL=1,1,0\r", b"\r\nOK\r\n"),
            (
                b"AT#XSEND=0,1,0,\"48656C6C6F\"\r",
                b"\r\n#XSEND: 0,5\r\n\r\nOK\r\n\r\n#XAPOLL: 0,17\r\n",
            ),
            (
                b"AT#XRECV=0,0,64,1,640\r",
                b"\r\n#XRECV: 0,0,7\r\nTest OK\r\nOK\r\n",
            ),
            (b"AT#XRECV=0,0,64,1,640\r", b"\r\nERROR\r\n"),
            (b"AT#XCLOSE=0\r", b"\r\n#XCLOSE: 0,0\r\n\r\nOK\r\n"),
        ],
        ..udp
    };
    tcp_over_ipv6.follow(Nordic { ipv6: true });
}

/// SARA-R5 manual: `+USOWR` in binary syntax, `+USORD`, and the socket closed by its peer; and the same over UDP.
#[test]
fn sara_as_in_its_manual() {
    let tcp = Talk {
        way: Way::Tcp,
        port: 7,
        sent: b"a\"b",
        // What looks like the end of the data, or of the command, is data.
        received: &[b"16 \"\r\nOK\r\n\0\"\"\"xy"],
        peer_closes: true,
        lines: &[
            (b"ATE0\r", b"\r\nOK\r\n"),
            (b"AT+UDCONF=1,0\r", b"\r\n+CME ERROR: 4\r\n"),
            (b"AT+USOCR=6\r", b"\r\n+USOCR: 2\r\n\r\nOK\r\n"),
            (b"AT+USOCO=2,\"220.180.239.212\",7\r", b"\r\nOK\r\n"),
            (b"AT+USOWR=2,3\r", b"\r\n@"),
            (
                b"a\"b",
                b"\r\n+USOWR: 2,3\r\n\r\nOK\r\n\r\n+UUSORD: 2,16\r\n",
            ),
            (
                b"AT+USORD=2,640\r",
                b"\r\n+USORD: 2,16,\"16 \"\r\nOK\r\n\0\"\"\"xy\"\r\n\r\nOK\r\n",
            ),
            (
                b"AT+USORD=2,640\r",
                b"\r\n+USORD: 2,0,\"\"\r\n\r\nOK\r\n\r\n+UUSOCL: 2\r\n",
            ),
            (b"AT+USORD=2,640\r", b"\r\n+CME ERROR: 4\r\n"),
            (b"AT+USOCL=2\r", b"\r\n+CME ERROR: 4\r\n"),
        ],
    };
    tcp.follow(Sara);
    let udp = Talk {
        way: Way::Udp,
        peer_closes: false,
        received: &[b"16 bytes of data"],
        lines: &[
            (b"ATE0\r", b"\r\nOK\r\n"),
            (b"AT+UDCONF=1,0\r", b"\r\nOK\r\n"),
            (b"AT+USOCR=17\r", b"\r\n+USOCR: 0\r\n\r\nOK\r\n"),
            (b"AT+USOCO=0,\"220.180.239.212\",7\r", b"\r\nOK\r\n"),
            (b"AT+USOWR=0,3\r", b"\r\n@"),
            (
                b"a\"b",
                b"\r\n+USOWR: 0,3\r\n\r\nOK\r\n\r\n+UUSORF: 0,16\r\n",
            ),
            (
                b"AT+USORD=0,640\r",
                b"\r\n+USORD: 0,16,\"16 bytes of data\"\r\n\r\nOK\r\n",
            ),
            (b"AT+USORD=0,640\r", b"\r\n+USORD: 0,0,\"\"\r\n\r\nOK\r\n"),
            (b"AT+USOCL=0\r", b"\r\nOK\r\n"),
        ],
        ..tcp
    };
    udp.follow(Sara);
}

/// TS 27.007: what is asked, as the clause of each command shows it, and what is made of the answer.
#[test]
fn the_common_part_as_in_27_007() {
    let asked = |command: &'static str, prefix, answer: &'static str| {
        let heard: &'static [u8] = format!("{command}\r").leak().as_bytes();
        let script = Script::new(&[(heard, answer.as_bytes())]);
        let mut modem: Modem<_, _, _, 64, 64> = Modem::new(script, || 0, Sara);
        let mut line = [0; 64];
        let len = until(|| modem.ask(command, prefix, 1_000, &mut line)).unwrap();
        line[..len].to_vec()
    };
    // 5.6, 7.3, 8.18, 10.1.47, 10.1.22.
    let imsi = asked(common::IMSI, "", "\r\n001010000000001\r\n\r\nOK\r\n");
    let imsi = common::imsi(&imsi).unwrap();
    assert_eq!(imsi, "001010000000001");
    asked(common::OPERATOR_AS_DIGITS, "", "\r\nOK\r\n");
    let line = asked(
        common::OPERATOR,
        "+COPS",
        "\r\n+COPS: 0,2,\"26201\",7\r\n\r\nOK\r\n",
    );
    assert_eq!(common::operator(&line), Some(("262", "01")));
    let line = asked(
        common::USIM_DATA,
        "+CRSM",
        "\r\n+CRSM: 144,0,\"00000002\"\r\n\r\nOK\r\n",
    );
    assert_eq!(common::home_network(imsi, &line), Some(("001", "01")));
    let line = asked(
        common::REGISTRATION_5GS,
        "+C5GREG",
        "\r\n+C5GREG: 0,1\r\n\r\nOK\r\n",
    );
    assert_eq!(
        common::registration(&line),
        Some(common::Registration::Home)
    );
    let line = asked("AT+CEREG?", "+CEREG", "\r\n+CEREG: 0,2\r\n\r\nOK\r\n");
    assert_eq!(
        common::registration(&line),
        Some(common::Registration::Searching)
    );
    // 7.38, 7.40, 9.1.
    for command in [
        common::PSM_OFF,
        common::EDRX_OFF,
        common::ERRORS_AS_NUMBERS,
        "AT+CPSMS=1,,,\"00111000\",\"00011110\"",
        "AT+CEDRXS=1,5,\"1101\"",
    ] {
        assert!(asked(command, "", "\r\nOK\r\n").is_empty());
    }
    assert_eq!(
        common::psm(86_400, 60).as_str(),
        "AT+CPSMS=1,,,\"00111000\",\"00011110\""
    );
    assert_eq!(common::edrx(5, 13).as_str(), "AT+CEDRXS=1,5,\"1101\"");
}

#[test]
fn lines_that_come_unasked() {
    let quectel = Quectel::default();
    let means = |line: &[u8]| quectel.meaning(line, 0);
    assert_eq!(means(b"+QIURC: \"recv\",0"), Meaning::DataWaits);
    assert_eq!(means(b"+QIURC: \"recv\",1"), Meaning::Other);
    assert_eq!(means(b"+QIURC: \"closed\",0"), Meaning::Closed);
    assert_eq!(means(b"+QIURC: \"pdpdeact\",1"), Meaning::Closed);
    assert_eq!(
        means(b"+QIURC: \"incoming\",11,0,\"1.2.3.4\",7"),
        Meaning::Other
    );
    assert_eq!(means(b"+QIOPEN: 0,565"), Meaning::Opened(565));
    assert_eq!(means(b"SEND FAIL"), Meaning::Full);
    assert_eq!(means(b"APP RDY"), Meaning::Restarted);
    let nordic = Nordic::default();
    assert_eq!(nordic.meaning(b"#XAPOLL: 1,17", 1), Meaning::Closed);
    assert_eq!(nordic.meaning(b"#XAPOLL: 1,1", 1), Meaning::DataWaits);
    assert_eq!(nordic.meaning(b"#XAPOLL: 0,1", 1), Meaning::Other);
    assert_eq!(nordic.meaning(b"#XSOCKET: -1", 0), Meaning::Refused(None));
    assert_eq!(nordic.meaning(b"#XCONNECT: 0,0", 0), Meaning::Refused(None));
    assert_eq!(Sara.meaning(b"+UUSORD: 3,16", 3), Meaning::DataWaits);
    assert_eq!(Sara.meaning(b"+UUSORF: 3,16", 3), Meaning::DataWaits);
    assert_eq!(Sara.meaning(b"+UUSOCL: 3", 3), Meaning::Closed);
    assert_eq!(Sara.meaning(b"+UUSOCL: 3", 2), Meaning::Other);
}

#[test]
fn a_modem_that_is_full_is_offered_the_same_again() {
    let script = Script::new(&[
        (b"ATE0\r", b"\r\nOK\r\n"),
        (b"AT+QICLOSE=0\r", b"\r\nOK\r\n"),
        (b"AT+QIACT=1\r", b"\r\nOK\r\n"),
        (
            b"AT+QIOPEN=1,0,\"TCP\",\"220.180.239.212\",7,0,0\r",
            b"\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n",
        ),
        (b"AT+QISEND=0,2\r", b"\r\n> "),
        (b"ab", b"\r\nSEND FAIL\r\n"),
        (b"AT+QISEND=0,3\r", b"\r\n> "),
        (b"abc", b"\r\nSEND OK\r\n"),
    ]);
    let now = core::cell::Cell::new(0);
    let mut modem: Modem<_, _, _, 64, 64> = Modem::new(script, || now.get(), Quectel::default());
    until(|| modem.connect(&remote(Way::Tcp, 7))).unwrap();
    let mut buf = [0; 8];
    let mut stream = modem.stream();
    assert_eq!(stream.send(b"ab"), Poll::Ready(Ok(2)));
    for _ in 0..10 {
        assert_eq!(stream.recv(&mut buf), Poll::Pending);
    }
    // It waits, and says until when.
    assert_eq!(stream.send(b"c"), Poll::Ready(Ok(1)));
    assert_eq!(modem.next_deadline(), Some(200));
    assert_eq!(modem.uart().lines.len(), 2);
    now.set(200);
    for _ in 0..10 {
        assert_eq!(modem.stream().recv(&mut buf), Poll::Pending);
    }
    assert!(modem.uart().lines.is_empty());
}

#[test]
fn a_dialect_of_ones_own() {
    /// A modem without a prompt, whose data goes in the command.
    struct Own;
    impl Dialect for Own {
        const READ_ERROR_IS_EMPTY: bool = true;
        const MOST: usize = 4;
        fn open(&self, step: u8, to: &Remote<'_>, _: u8, command: &mut Command) -> Opening {
            match step {
                0 => {
                    command.text("AT+O=").quoted(to.host).patient(1);
                    Opening::Step
                }
                _ => Opening::Done,
            }
        }
        fn send(&self, _: u8, _: usize, command: &mut Command) {
            command.text("AT+S=").with_data_in_hex();
        }
        fn receive(&self, _: u8, len: usize, command: &mut Command) {
            command.text("AT+R=").number(len.try_into().unwrap());
        }
        fn close(&self, _: u8, command: &mut Command) {
            command.text("AT+C");
        }
        fn data(&self, line: &[u8]) -> Option<usize> {
            (line == b"+R").then_some(2)
        }
        fn meaning(&self, line: &[u8], _: u8) -> Meaning {
            match line {
                b"+U" => Meaning::DataWaits,
                _ => Meaning::Other,
            }
        }
    }
    let script = Script::new(&[
        (b"ATE0\r", b"OK\r\n"),
        (b"AT+O=\"220.180.239.212\"\r", b"OK\r\n+U\r\n"),
        (b"AT+S=\"6162FF00\"\r", b"OK\r\n"),
        (b"AT+R=8\r", b"+R\r\nOKOK\r\n"),
        (b"AT+S=\"63\"\r", b"OK\r\n"),
        (b"AT+R=8\r", b"ERROR\r\n"),
        (b"AT+C\r", b"OK\r\n"),
    ]);
    let mut modem: Modem<_, _, _, 8, 8> = Modem::new(script, || 0, Own);
    until(|| modem.connect(&remote(Way::Tcp, 7))).unwrap();
    assert_eq!(modem.stream().send(b"ab\xff\0c"), Poll::Ready(Ok(5)));
    let mut buf = [0; 8];
    assert_eq!(until(|| modem.stream().recv(&mut buf)), Ok(2));
    assert_eq!(&buf[..2], b"OK");
    for _ in 0..10 {
        assert_eq!(modem.stream().recv(&mut buf), Poll::Pending);
    }
    until(|| modem.close());
    assert!(modem.uart().lines.is_empty());
    assert_eq!(
        modem.stream().recv(&mut buf),
        Poll::Ready(Err(TransportError::Closed))
    );
}
