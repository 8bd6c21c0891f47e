//! Answers that come late, to nobody, or in the middle of something else: none is taken for another, and none for
//! data of the socket.

use core::task::Poll;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use msgin5g::transport::at::{self, Modem, Quectel, Remote, Way};
use msgin5g::transport::{StreamTransport, TransportError};

/// A UART whose far end is the test itself.
#[derive(Clone, Default)]
struct Hand {
    heard: Rc<RefCell<Vec<u8>>>,
    says: Rc<RefCell<Vec<u8>>>,
    is_gone: Rc<Cell<bool>>,
}

impl StreamTransport for Hand {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        self.heard.borrow_mut().extend_from_slice(data);
        Poll::Ready(Ok(data.len()))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let mut says = self.says.borrow_mut();
        let len = says.len().min(buf.len());
        buf[..len].copy_from_slice(&says[..len]);
        says.drain(..len);
        match len {
            0 if self.is_gone.get() => Poll::Ready(Err(TransportError::Closed)),
            0 => Poll::Pending,
            len => Poll::Ready(Ok(len)),
        }
    }
}

type OnHand = Modem<Hand, Box<dyn FnMut() -> u64>, Quectel, 64, 64>;

struct Test {
    hand: Hand,
    now: Rc<Cell<u64>>,
    modem: OnHand,
}

impl Test {
    fn closed() -> Self {
        let hand = Hand::default();
        let now = Rc::new(Cell::new(0));
        let clock = now.clone();
        let clock: Box<dyn FnMut() -> u64> = Box::new(move || clock.get());
        Self {
            modem: Modem::new(hand.clone(), clock, Quectel::default()),
            hand,
            now,
        }
    }

    fn open() -> Self {
        let mut test = Self::closed();
        assert_eq!(test.connect(Way::Tcp), Poll::Pending);
        for (command, answer) in [
            ("ATE0\r", "\r\nOK\r\n"),
            ("AT+QICLOSE=0\r", "\r\nOK\r\n"),
            ("AT+QIACT=1\r", "\r\nOK\r\n"),
            (
                "AT+QIOPEN=1,0,\"TCP\",\"a.example\",7,0,0\r",
                "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n",
            ),
        ] {
            test.heard(command);
            test.says(answer);
            let _ = test.connect(Way::Tcp);
        }
        test
    }

    fn connect(&mut self, way: Way) -> Poll<Result<(), TransportError>> {
        let remote = Remote {
            way,
            host: "a.example",
            port: 7,
        };
        self.modem.connect(&remote)
    }

    fn says(&self, octets: &str) {
        self.hand.says.borrow_mut().extend(octets.as_bytes());
    }

    /// What the modem has heard since the last time.
    #[track_caller]
    fn heard(&self, octets: &str) {
        let heard = std::mem::take(&mut *self.hand.heard.borrow_mut());
        assert_eq!(String::from_utf8(heard).unwrap(), octets);
    }

    fn recv(&mut self) -> Poll<Result<String, TransportError>> {
        let mut buf = [0; 80];
        let got = self.modem.stream().recv(&mut buf);
        got.map_ok(|len| String::from_utf8(buf[..len].to_vec()).unwrap())
    }

    fn ask(&mut self, command: &str, prefix: &str) -> Poll<Result<String, TransportError>> {
        let mut line = [0; 80];
        let got = self.modem.ask(command, prefix, 1_000, &mut line);
        got.map_ok(|len| String::from_utf8(line[..len].to_vec()).unwrap())
    }
}

fn ready(text: &str) -> Poll<Result<String, TransportError>> {
    Poll::Ready(Ok(text.to_owned()))
}

#[test]
fn an_answer_that_nobody_comes_for_is_no_data() {
    let mut test = Test::open();
    assert_eq!(test.ask("AT+CIMI", ""), Poll::Pending);
    test.heard("AT+CIMI\r");
    test.says("\r\n001010000000001\r\n\r\nOK\r\n\r\n+QIURC: \"recv\",0\r\n");
    // Who asked may still come, and until then the socket waits.
    assert_eq!(test.recv(), Poll::Pending);
    assert_eq!(test.recv(), Poll::Pending);
    test.heard("");
    assert_eq!(test.modem.next_deadline(), Some(1_000));
    test.now.set(1_000);
    assert_eq!(test.recv(), Poll::Pending);
    test.heard("AT+QIRD=0,64\r");
    test.says("\r\n+QIRD: 2\r\nab\r\nOK\r\n");
    assert_eq!(test.recv(), ready("ab"));
}

#[test]
fn a_question_and_the_socket_take_turns() {
    let mut test = Test::open();
    assert_eq!(test.ask("AT+COPS?", "+COPS"), Poll::Pending);
    // The line comes while the socket is being looked at.
    test.says("\r\n+CEREG: 1\r\n\r\n+COPS: 0\r\n\r\nOK\r\n\r\n+QIURC: \"recv\",0\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    assert_eq!(test.ask("AT+COPS?", "+COPS"), ready("+COPS: 0"));
    test.heard("AT+COPS?\r");
    assert_eq!(test.recv(), Poll::Pending);
    test.heard("AT+QIRD=0,64\r");
}

#[test]
fn another_question_does_not_get_the_answer_of_the_first() {
    let mut test = Test::closed();
    assert_eq!(test.ask("AT+KEY", "+KEY"), Poll::Pending);
    assert_eq!(test.ask("AT+CIMI", ""), Poll::Pending);
    test.heard("AT+KEY\r");
    test.says("\r\n+KEY: 00112233\r\n\r\nOK\r\n");
    assert_eq!(test.ask("AT+CIMI", ""), Poll::Pending);
    test.heard("AT+CIMI\r");
    test.says("\r\n001010000000001\r\n\r\nOK\r\n");
    assert_eq!(test.ask("AT+CIMI", ""), ready("001010000000001"));
}

#[test]
fn what_comes_unasked_is_no_answer_without_a_name() {
    let mut test = Test::closed();
    test.modem.watch("+NEWS");
    assert_eq!(test.ask("AT+CIMI", ""), Poll::Pending);
    test.says(
        "AT+CIMI\r\r\n+CEREG: 1\r\n\r\n%CESQ: 1\r\n\r\n+NEWS\r\n\r\n001010000000001\r\n\r\nOK\r\n",
    );
    assert_eq!(test.ask("AT+CIMI", ""), ready("001010000000001"));
    assert_eq!(test.modem.news(), 1);
    // Nobody has the socket or asks: it is looked at all the same.
    test.says("\r\n+NEWS: 2\r\n");
    test.modem.poll();
    assert_eq!(test.modem.news(), 2);
}

#[test]
fn a_question_that_was_given_up_is_waited_for_before_the_next_command() {
    let mut test = Test::open();
    assert_eq!(test.ask("AT+CIMI", ""), Poll::Pending);
    test.heard("AT+CIMI\r");
    test.now.set(1_000);
    let given_up = Poll::Ready(Err(TransportError::Failed(at::NO_ANSWER)));
    assert_eq!(test.ask("AT+CIMI", ""), given_up);
    test.says("\r\n+QIURC: \"recv\",0\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    test.heard("");
    test.says("\r\n001010000000001\r\n\r\nOK\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    test.heard("AT+QIRD=0,64\r");
    // Or until nobody need wait any more.
    test.says("\r\n+QIRD: 0\r\n\r\nOK\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    assert_eq!(test.ask("AT+CIMI", ""), Poll::Pending);
    test.now.set(2_000);
    assert_eq!(test.ask("AT+CIMI", ""), given_up);
    assert_eq!(test.modem.next_deadline(), Some(7_000));
    test.heard("AT+CIMI\r");
    test.now.set(7_000);
    test.says("\r\n+QIURC: \"recv\",0\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    test.heard("AT+QIRD=0,64\r");
}

#[test]
fn a_question_on_a_dead_line_comes_to_an_end() {
    let mut test = Test::closed();
    test.hand.is_gone.set(true);
    let asked: Vec<_> = (0..3).map(|_| test.ask("AT+CIMI", "")).collect();
    let closed = Poll::Ready(Err(TransportError::Closed));
    assert!(asked.contains(&closed), "{asked:?}");
}

#[test]
fn an_ok_that_is_not_for_a_read_ends_no_read() {
    let mut test = Test::open();
    test.says("\r\n+QIURC: \"recv\",0\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    test.says("\r\nOK\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    test.says("\r\n+QIRD: 4\r\nabcd\r\nOK\r\n");
    assert_eq!(test.recv(), ready("abcd"));
}

#[test]
fn an_ok_before_the_prompt_sends_nothing() {
    let mut test = Test::open();
    assert_eq!(test.modem.stream().send(b"abc"), Poll::Ready(Ok(3)));
    test.heard("AT+QISEND=0,3\r");
    test.says("\r\nOK\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    test.says("\r\n> ");
    assert_eq!(test.recv(), Poll::Pending);
    test.heard("abc");
}

#[test]
fn news_of_data_in_the_middle_of_an_empty_answer_is_not_forgotten() {
    let mut test = Test::open();
    test.says("\r\n+QIURC: \"recv\",0\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    test.heard("AT+QIRD=0,64\r");
    test.says("\r\n+QIRD: 0\r\n\r\n+QIURC: \"recv\",0\r\n\r\nOK\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    test.heard("AT+QIRD=0,64\r");
}

#[test]
fn what_comes_before_an_error_is_no_data() {
    let mut test = Test::open();
    test.says("\r\n+QIURC: \"recv\",0\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    test.says("\r\n+QIRD: 3\r\nabc\r\nERROR\r\n");
    let closed = Poll::Ready(Err(TransportError::Closed));
    assert_eq!(test.recv(), closed);
}

#[test]
fn a_stream_with_more_than_was_asked_for_ends() {
    let mut test = Test::open();
    test.says("\r\n+QIURC: \"recv\",0\r\n");
    assert_eq!(test.recv(), Poll::Pending);
    test.says(&format!("\r\n+QIRD: 65\r\n{:065}\r\nOK\r\n", 0));
    let too_much = Poll::Ready(Err(TransportError::Failed(at::TOO_MUCH)));
    assert_eq!(test.recv(), too_much);
}

#[test]
fn a_connection_is_not_open_because_an_older_one_is_answered() {
    let mut test = Test::open();
    assert_eq!(test.modem.stream().send(b"abc"), Poll::Ready(Ok(3)));
    test.heard("AT+QISEND=0,3\r");
    test.now.set(120_000);
    let no_answer = Poll::Ready(Err(TransportError::Failed(at::NO_ANSWER)));
    assert_eq!(test.recv(), no_answer);
    assert_eq!(test.connect(Way::Tcp), Poll::Pending);
    test.heard("ATE0\r");
    // The old answer, and behind it that to the greeting.
    test.says("\r\nERROR\r\n");
    assert_eq!(test.connect(Way::Tcp), Poll::Pending);
    test.says("\r\nOK\r\n");
    assert_eq!(test.connect(Way::Tcp), Poll::Pending);
    test.heard("");
    assert_eq!(test.modem.next_deadline(), Some(121_000));
    test.now.set(121_000);
    assert_eq!(test.connect(Way::Tcp), Poll::Pending);
    test.heard("AT+QICLOSE=0\r");
}

#[test]
fn to_close_what_was_never_opened_takes_no_time() {
    let mut test = Test::closed();
    assert_eq!(test.connect(Way::Tcp), Poll::Pending);
    test.says("\r\nOK\r\n");
    assert_eq!(test.modem.close(), Poll::Ready(()));
    test.heard("ATE0\r");
}
