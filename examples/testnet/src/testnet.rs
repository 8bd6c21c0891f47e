//! The network as tests and examples see it.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use mio::Waker;

use crate::aanf::Aanf;
use crate::coap::stream::signal;
use crate::coap::{Code, Message};
use crate::config::Config;
use crate::event::{Counters, Event, EventKind};
use crate::faults::Faults;
use crate::hub::{Hub, Out};
use crate::kdf::Key;
use crate::ladder;
use crate::log::Log;
use crate::net::{self, Net, Shared};
use crate::secure::{KeyService, TlsServer};
use crate::server::{AsMessage, AsOutcome};
use crate::subscriber::{Invalid, Subscriber};
use crate::text;

/// A running network: AUSF, AAnF and MSGin5G Server on the loopback. Dropping it ends it.
pub struct TestNet {
    config: Config,
    addr: SocketAddr,
    plain_addr: Option<SocketAddr>,
    udp_addr: Option<SocketAddr>,
    dtls_addr: Option<SocketAddr>,
    http_addr: Option<SocketAddr>,
    aanf: Arc<Mutex<Aanf>>,
    shared: Shared,
    thread: Option<JoinHandle<()>>,
}

/// The time was over before it happened. Holds the ladder up to then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotInTime(pub String);

impl TestNet {
    /// Opens the listeners and starts the thread that serves them.
    pub fn start(config: Config) -> io::Result<Self> {
        let (poll, waker) = net::poll()?;
        let (mut network, tls) = Self::assemble(config, Some(waker))?;
        let (shared, config) = (&network.shared, &network.config);
        let ua = config.dtls.as_ref().map_or(config.ua_tls, |dtls| dtls.ua);
        let keys = KeyService::new(config, ua, &network.aanf, &shared.faults, &shared.log);
        let net = Net::bind(shared.clone(), poll, tls, keys, config)?;
        (network.addr, network.plain_addr) = (net.addr()?, net.plain_addr());
        (network.udp_addr, network.http_addr) = (net.udp_addr(false), net.web_addr());
        network.dtls_addr = net.udp_addr(true);
        let thread = std::thread::Builder::new()
            .name("testnet".to_owned())
            .spawn(move || net.run())?;
        network.thread = Some(thread);
        Ok(network)
    }

    /// All but the sockets.
    pub(crate) fn assemble(
        config: Config,
        waker: Option<Arc<Waker>>,
    ) -> io::Result<(Self, TlsServer)> {
        let log = Log::new();
        let faults = Arc::new(Mutex::new(Faults::default()));
        let lifetime = u64::try_from(config.kaf_lifetime.as_millis()).unwrap_or(u64::MAX);
        let aanf = Arc::new(Mutex::new(Aanf::new(
            config.a_kid_form,
            lifetime,
            &config.fqdns,
        )));
        let hub = Hub::new(&config, faults.clone(), log.clone())?;
        let tls = TlsServer::new(&config, &aanf, &faults, &log)?;
        let shared = Shared {
            hub: Arc::new(Mutex::new(hub)),
            faults,
            log,
            waker,
            stop: Arc::new(AtomicBool::new(false)),
        };
        let network = Self {
            addr: config.listen,
            config,
            plain_addr: None,
            udp_addr: None,
            dtls_addr: None,
            http_addr: None,
            aanf,
            shared,
            thread: None,
        };
        for subscriber in network.config.subscribers.clone() {
            network
                .add_subscriber(subscriber)
                .map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, e))?;
        }
        Ok((network, tls))
    }

    /// Where TLS listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where CoAP over bare TCP listens, if it does.
    pub fn plain_addr(&self) -> Option<SocketAddr> {
        self.plain_addr
    }

    /// Where CoAP over UDP listens, if it does.
    pub fn udp_addr(&self) -> Option<SocketAddr> {
        self.udp_addr
    }

    /// Where CoAP over DTLS listens, if it does.
    pub fn dtls_addr(&self) -> Option<SocketAddr> {
        self.dtls_addr
    }

    /// Where application servers are listened to, if they are.
    pub fn http_addr(&self) -> Option<SocketAddr> {
        self.http_addr
    }

    /// The name of the application function: for SNI and for AF_ID.
    pub fn af_fqdn(&self) -> &str {
        self.config.fqdns.first().map_or("", String::as_str)
    }

    /// A primary authentication of this subscriber. Returns its A-KID.
    pub fn add_subscriber(&self, subscriber: Subscriber) -> Result<String, Invalid> {
        let a_kid = self.aanf().authenticated(&subscriber)?;
        let mut hub = self.shared.hub();
        for ue in &subscriber.ue_service_ids {
            hub.server.bind(&subscriber.supi, ue);
        }
        drop(hub);
        self.authenticated(&subscriber.supi, &a_kid);
        Ok(a_kid)
    }

    /// A new primary authentication: the old A-KID is unknown from now on. `None`: no such subscriber.
    pub fn reauthenticate(&self, supi: &str, kausf: Key) -> Option<String> {
        let a_kid = self.aanf().reauthenticated(supi, kausf)?;
        self.authenticated(supi, &a_kid);
        Some(a_kid)
    }

    /// The A-KID that a subscriber has now.
    pub fn a_kid(&self, supi: &str) -> Option<String> {
        self.aanf().a_kid(supi)
    }

    /// Ends the life of the subscriber's K_AF: sessions on it get 4.01, new ones are refused until it authenticates anew.
    pub fn expire(&self, supi: &str) {
        let ua_dtls = self.config.dtls.as_ref().map(|dtls| dtls.ua);
        let uas: Vec<[u8; 5]> = ua_dtls.into_iter().chain([self.config.ua_tls]).collect();
        self.aanf().expire(supi, &self.config.fqdns, &uas);
        self.shared.hub().server.expire(supi);
        self.shared.log.push(
            None,
            EventKind::KafExpired {
                supi: supi.to_owned(),
            },
        );
    }

    /// The AAnF drops the subscriber's context. Sessions go on; the A-KID is unknown.
    pub fn forget(&self, supi: &str) {
        self.aanf().forget(supi);
        self.shared.log.push(
            None,
            EventKind::Forgotten {
                supi: supi.to_owned(),
            },
        );
    }

    /// Replaces all faults.
    pub fn set_faults(&self, faults: Faults) {
        *self.shared.faults() = faults;
        self.wake();
    }

    /// The faults as they are now, counted ones with what is left of them.
    pub fn faults(&self) -> Faults {
        self.shared.faults().clone()
    }

    /// Sends a message of an application server. The error is a failure cause.
    pub fn send_from_as(&self, message: &AsMessage) -> Result<AsOutcome, &'static str> {
        let result = self.shared.hub().take_from_as(message);
        self.wake();
        result
    }

    /// The messages and reports that an application server got, oldest first, as JSON of MSGin5G-1.
    pub fn inbox(&self, application_server: &str) -> Vec<serde_json::Value> {
        let inbox = self.shared.hub().inbox(application_server);
        inbox.iter().map(crate::wire::Body::value).collect()
    }

    /// Puts the clock forward: what is due by then happens at once. Faults that delay keep their own time.
    pub fn advance(&self, time: Duration) {
        self.shared.log.skip(time);
        self.wake();
    }

    /// Makes a group, or replaces its members.
    pub fn set_group(&self, group: &str, members: &[&str]) {
        let members = members.iter().map(|&member| member.to_owned()).collect();
        self.shared.hub().server.set_group(group, members);
    }

    /// `false`: there was none of that name.
    pub fn remove_group(&self, group: &str) -> bool {
        self.shared.hub().server.remove_group(group)
    }

    /// The UEs that subscribed to a topic; `None`: there is no such topic.
    pub fn subscribers(&self, topic: &str) -> Option<Vec<String>> {
        self.shared.hub().server.subscribers(topic)
    }

    /// Sends Ping, Release or Abort to a registered UE. `false`: it is not registered.
    pub fn send_signal(&self, ue: &str, code: Code, diagnostic: &str) -> bool {
        let mut message = Message::new(code, &[0x51]);
        message.payload = diagnostic.as_bytes().to_vec();
        self.signal(ue, message, &format!("signal {code} {diagnostic}"))
    }

    /// Sends Release to a registered UE, which is to stay away for so many seconds and then to come back
    /// to the same address. `false`: it is not registered.
    pub fn send_release(&self, ue: &str, hold_off_s: u32) -> bool {
        let mut message = Message::new(Code::RELEASE, &[0x51]);
        message.options.add_uint(signal::HOLD_OFF, hold_off_s);
        self.signal(
            ue,
            message,
            &format!("signal {} for {hold_off_s} s", Code::RELEASE),
        )
    }

    fn signal(&self, ue: &str, message: Message, what: &str) -> bool {
        let mut hub = self.shared.hub();
        let Some(to) = hub.server.registered(ue) else {
            return false;
        };
        let kind = EventKind::Signal {
            ue: ue.to_owned(),
            inbound: false,
            what: what.trim_end().to_owned(),
        };
        self.shared.log.push(Some(to), kind);
        hub.send(Out::Send { to, message });
        drop(hub);
        self.wake();
        true
    }

    /// Ends the connection of a UE, with close_notify or without a word. `false`: it is not registered.
    pub fn disconnect(&self, ue: &str, orderly: bool) -> bool {
        let found = self.shared.hub().disconnect(ue, orderly);
        self.wake();
        found
    }

    /// Changes the server's key of a UE's association of DTLS (KeyUpdate). `false`: it is not registered.
    pub fn update_keys(&self, ue: &str) -> bool {
        let found = self.shared.hub().update_keys(ue);
        self.wake();
        found
    }

    /// Writes octets to the wire of every connection, past TLS, as somebody on the path would.
    pub fn inject(&self, octets: &[u8]) {
        self.shared.hub().send(Out::Raw {
            to: None,
            octets: octets.to_vec(),
        });
        self.wake();
    }

    /// A restart: connections and registrations are lost, the ports stay. With a file for what is stored,
    /// nothing else stays; without one also what the server has in memory.
    pub fn restart(&self) {
        self.shared.hub().restart();
        self.wake();
    }

    /// Whether a UE is registered now.
    pub fn registered(&self, ue: &str) -> bool {
        self.shared.hub().server.registered(ue).is_some()
    }

    /// Messages and reports that wait for a UE, or are under way to it.
    pub fn waiting(&self, ue: &str) -> usize {
        self.shared.hub().server.waiting(ue)
    }

    /// Everything that happened so far.
    pub fn events(&self) -> Vec<Event> {
        self.shared.log.all()
    }

    /// Events from a position on, and the position behind them; waits for the first.
    pub fn events_after(&self, from: usize, limit: Duration) -> (Vec<Event>, usize) {
        self.shared.log.after(from, limit)
    }

    /// Forgets the events so far. Their counts and positions stay.
    pub fn forget_events(&self) {
        self.shared.log.forget();
    }

    /// How often things happened.
    pub fn counters(&self) -> Counters {
        self.shared.log.counters()
    }

    /// The first event, past or to come, that `wanted` accepts. Waits no longer than `Config::patience`.
    pub fn wait_for(&self, wanted: impl FnMut(&Event) -> bool) -> Result<Event, NotInTime> {
        self.wait_for_after(0, wanted)
    }

    /// The same among the events from a position on; see [`TestNet::position`].
    pub fn wait_for_after(
        &self,
        from: usize,
        wanted: impl FnMut(&Event) -> bool,
    ) -> Result<Event, NotInTime> {
        let found = self.shared.log.wait_for(from, self.config.patience, wanted);
        found.ok_or_else(|| NotInTime(self.ladder()))
    }

    /// The position behind the last event.
    pub fn position(&self) -> usize {
        self.shared.log.position()
    }

    /// Waits until the counters and events are as wanted.
    pub fn wait_until(
        &self,
        mut wanted: impl FnMut(&Counters, &[Event]) -> bool,
    ) -> Result<(), NotInTime> {
        let found = self
            .shared
            .log
            .wait(self.config.patience, |counters, events| {
                wanted(counters, events).then_some(())
            });
        found.ok_or_else(|| NotInTime(self.ladder()))
    }

    /// The exchange as a picture that a person can read.
    pub fn ladder(&self) -> String {
        ladder::draw(&self.events())
    }

    fn authenticated(&self, supi: &str, a_kid: &str) {
        let (supi, a_kid) = (supi.to_owned(), text::shortened(a_kid));
        self.shared
            .log
            .push(None, EventKind::Authenticated { supi, a_kid });
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    fn aanf(&self) -> MutexGuard<'_, Aanf> {
        self.aanf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        // It fails only when the loop is gone, and then there is nobody to wake.
        if let Some(waker) = &self.shared.waker {
            let _ = waker.wake();
        }
    }
}

impl Drop for TestNet {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.wake();
        if let Some(thread) = self.thread.take() {
            // A panic of the loop was printed already.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Display for NotInTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not in time; so far:\n{}", self.0)
    }
}

impl std::error::Error for NotInTime {}

impl std::fmt::Debug for TestNet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestNet")
            .field("addr", &self.addr)
            .field("plain_addr", &self.plain_addr)
            .finish_non_exhaustive()
    }
}
