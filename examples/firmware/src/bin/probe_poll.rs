//! Measured: what one call of `Connection::poll` costs, by what there is to do. The line is let through a record or an
//! octet at a time, so that each call is known by what it finds. Registers, writes four messages and reads the answers.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("built for Cortex-M by `cargo xtask bench`");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod on_target {
    use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
    use core::task::Poll;
    use msgin5g::akma::KausfSource;
    use msgin5g::client::{Client, Event};
    use msgin5g::connection::{Connection, ConnectionEvent, Settings, Tls13};
    use msgin5g::session::tls13::Config;
    use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto};
    use msgin5g::transport::{Host, StreamTransport, TransportError};
    use msgin5g_firmware::clock::{self, Clock};
    use msgin5g_firmware::config::SERVER_NAME;
    use msgin5g_firmware::interrupts::ring::Ring;
    use msgin5g_firmware::once::Once;
    use msgin5g_firmware::rng::BoardRng;
    use msgin5g_firmware::uart::Uart;
    use msgin5g_firmware::ue::{self, PATIENCE_MS, Problem};
    use msgin5g_firmware::{board, console, failed_at, keys, rng, stack};

    const MESSAGES: u32 = 4;
    /// So long the line has to be silent before what came counts as all of the server's flight.
    const SILENCE_MS: u64 = 20;

    /// What is let through.
    static GATE: Ring<1024> = Ring::new();
    static SENT: AtomicU32 = AtomicU32::new(0);
    static RECORDS: Once<([u8; 538], [u8; 538])> = Once::new();
    static CONNECTION: Once<Connection<'static, Tls13<'static, Gate, RustCrypto>>> = Once::new();

    struct Gate(Uart);

    impl StreamTransport for Gate {
        fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
            SENT.store(SENT.load(Relaxed) + data.len() as u32, Relaxed);
            self.0.send(data)
        }

        fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
            let mut count = 0;
            for slot in buf {
                let Some(octet) = GATE.take() else { break };
                *slot = octet;
                count += 1;
            }
            match count {
                0 => Poll::Pending,
                _ => Poll::Ready(Ok(count)),
            }
        }
    }

    /// What calls of one kind have cost, in instructions.
    #[derive(Default)]
    struct Cost {
        longest: u64,
        all: u64,
        calls: u64,
    }

    impl Cost {
        fn add(&mut self, cost: u64) {
            self.longest = self.longest.max(cost);
            self.all += cost;
            self.calls += 1;
        }

        fn print(&self, longest: &str, typical: &str) {
            console::figure(longest, self.longest);
            console::figure(typical, self.all / self.calls.max(1));
        }
    }

    #[derive(Default)]
    struct Costs {
        opening: Cost,
        idle: Cost,
        octet: Cost,
        record: Cost,
        send: Cost,
        event: Cost,
        /// Octets of the longest record that was let through at once.
        octets: u64,
    }

    struct Probe {
        connection: &'static mut Connection<'static, Tls13<'static, Gate, RustCrypto>>,
        client: Client<'static>,
        modem: (
            KausfSource<'static>,
            fn() -> Poll<Result<Gate, TransportError>>,
        ),
        rng: BoardRng,
        clock: Clock,
        uart: Uart,
        held: [u8; 1024],
        len: usize,
        heard_at: u64,
        costs: Costs,
        registered: u32,
        reports: u32,
        messages: u32,
        deregistered: u32,
        is_closed: bool,
    }

    #[cortex_m_rt::entry]
    fn main() -> ! {
        stack::paint();
        console::end(run())
    }

    fn run() -> Result<(), Problem> {
        let mut rng = rng::board_rng();
        let mut uart = Uart::new();
        uart.enable();
        let (receive, send) = RECORDS
            .take(|| ([0; 538], [0; 538]))
            .ok_or(Problem("memory"))?;
        let mut config = Config::new(b"", SERVER_NAME);
        config.groups = &[
            #[cfg(feature = "tls13-x25519")]
            NamedGroup::X25519,
            #[cfg(all(feature = "tls13-p256", not(feature = "tls13-x25519")))]
            NamedGroup::Secp256r1,
        ];
        let settings = Settings::new(keys::af_id().map_err(failed_at!("keys"))?);
        let mut probe = Probe {
            connection: CONNECTION
                .take(|| Connection::new(settings, Tls13::new(config, receive, send)))
                .ok_or(Problem("memory"))?,
            client: ue::client(&mut rng)?,
            modem: (keys::source().map_err(failed_at!("keys"))?, || {
                Poll::Ready(Ok(Gate(Uart::new())))
            }),
            rng,
            clock: Clock::start(),
            uart,
            held: [0; 1024],
            len: 0,
            heard_at: 0,
            costs: Costs::default(),
            registered: 0,
            reports: 0,
            messages: 0,
            deregistered: 0,
            is_closed: false,
        };
        probe
            .client
            .register()
            .map_err(failed_at!("registration"))?;
        probe.until(true, |probe| probe.registered == 1)?;
        for n in 1..=MESSAGES {
            ue::write(&mut probe.client, &mut probe.rng)?;
            // Every second time octet by octet.
            probe.until(n % 2 == 0, |probe| {
                (probe.reports, probe.messages) == (n, n) && probe.client.is_idle()
            })?;
        }
        probe.client.deregister().map_err(failed_at!("leaving"))?;
        probe.until(true, |probe| probe.deregistered == 1)?;
        probe.connection.close();
        probe.until(true, |probe| probe.is_closed)?;
        let costs = &probe.costs;
        costs.opening.print("poll_opening_max", "poll_opening");
        costs.idle.print("poll_idle_max", "poll_idle");
        costs.octet.print("poll_octet_max", "poll_octet");
        costs.record.print("poll_record_max", "poll_record");
        costs.send.print("poll_send_max", "poll_send");
        costs.event.print("poll_event_max", "poll_event");
        console::figure("poll_record_octets", costs.octets);
        console::figure("messages", probe.messages.into());
        Ok(())
    }

    impl Probe {
        fn until(&mut self, whole: bool, reached: impl Fn(&Self) -> bool) -> Result<(), Problem> {
            let give_up = self.clock.now_ms() + PATIENCE_MS;
            while !reached(self) {
                let now = self.clock.now_ms();
                if now >= give_up {
                    return Err(Problem("nothing came in time"));
                }
                self.listen(now);
                match self.ready(now) {
                    0 => self.poll(0, false, now)?,
                    record if whole || !self.connection.is_open() => {
                        self.let_through(record);
                        self.poll(record, true, now)?;
                    }
                    record => {
                        for left in (0..record).rev() {
                            self.let_through(1);
                            self.poll(1, left == 0, now)?;
                        }
                    }
                }
            }
            Ok(())
        }

        /// Takes in what is on the line.
        fn listen(&mut self, now: u64) {
            let space = self.held.get_mut(self.len..).unwrap_or_default();
            if let Poll::Ready(Ok(n)) = self.uart.recv(space) {
                self.len += n;
                self.heard_at = now;
            }
        }

        /// Octets that can be let through: a whole record, or in the handshake all that comes together.
        fn ready(&self, now: u64) -> usize {
            let held = self.held.get(..self.len).unwrap_or_default();
            if !self.connection.is_open() {
                return match now >= self.heard_at + SILENCE_MS {
                    true => held.len(),
                    false => 0,
                };
            }
            match held {
                [_, _, _, high, low, rest @ ..] => {
                    let len = usize::from(u16::from_be_bytes([*high, *low]));
                    if rest.len() >= len { 5 + len } else { 0 }
                }
                _ => 0,
            }
        }

        fn let_through(&mut self, count: usize) {
            for octet in self.held.get(..count).unwrap_or_default() {
                GATE.put(*octet);
            }
            self.held.copy_within(count..self.len, 0);
            self.len -= count;
        }

        /// One call, with so many octets there; `ends` is whether a record ends with them.
        fn poll(&mut self, octets: usize, ends: bool, now: u64) -> Result<(), Problem> {
            let (was_open, sent) = (self.connection.is_open(), SENT.load(Relaxed));
            let begin = clock::ticks();
            let event = self
                .connection
                .poll(&mut self.client, &mut self.modem, now, &mut self.rng);
            let cost = since(begin);
            self.is_closed = event == Some(ConnectionEvent::Closed);
            let costs = &mut self.costs;
            match (was_open, octets) {
                (false, _) => costs.opening.add(cost),
                _ if SENT.load(Relaxed) != sent => costs.send.add(cost),
                (true, 0) => costs.idle.add(cost),
                (true, 1) if !ends => costs.octet.add(cost),
                (true, 1) => {}
                (true, _) => {
                    costs.record.add(cost);
                    costs.octets = costs.octets.max(octets as u64);
                }
            }
            loop {
                let begin = clock::ticks();
                let event = self.client.poll_event(now);
                let cost = since(begin);
                match event {
                    None => return Ok(()),
                    Some(Event::Registered) => self.registered += 1,
                    Some(Event::Accepted { .. }) => {}
                    Some(Event::Report(_)) => self.reports += 1,
                    Some(Event::Message { .. }) => self.messages += 1,
                    Some(Event::Deregistered) => self.deregistered += 1,
                    Some(_) => return Err(Problem("unexpected event")),
                }
                self.costs.event.add(cost);
            }
        }
    }

    fn since(begin: u32) -> u64 {
        let ticks = clock::ticks().wrapping_sub(begin);
        u64::from(ticks) * u64::from(1_000_000_000 / board::TIMER_HZ)
    }
}
