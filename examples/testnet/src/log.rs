//! What happened, in order, and how a test waits for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::event::{Counters, Event, EventKind};
use crate::server::PeerId;

/// The log that all parts of the network write to.
#[derive(Clone, Debug)]
pub struct Log(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    /// The start, in milliseconds since 1970.
    wall_at_start_ms: u64,
    /// What the clock was put forward by.
    skipped_ms: AtomicU64,
    book: Mutex<Book>,
    grown: Condvar,
}

/// The events that are still held, and the count of all that ever were.
#[derive(Debug, Default)]
struct Book {
    dropped: usize,
    events: Vec<Event>,
    counters: Counters,
}

/// More events than this are not held: the older half goes.
const HELD: usize = 200_000;

impl Log {
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            start: Instant::now(),
            wall_at_start_ms: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, millis),
            skipped_ms: AtomicU64::new(0),
            book: Mutex::default(),
            grown: Condvar::new(),
        }))
    }

    /// Milliseconds since the log began; the clock of the whole network.
    pub fn now_ms(&self) -> u64 {
        millis(self.0.start.elapsed()) + self.0.skipped_ms.load(Ordering::SeqCst)
    }

    /// When the log began, in milliseconds since 1970.
    pub fn wall_at_start_ms(&self) -> u64 {
        self.0.wall_at_start_ms
    }

    /// Puts the clock forward.
    pub fn skip(&self, time: Duration) {
        self.0.skipped_ms.fetch_add(millis(time), Ordering::SeqCst);
    }

    pub fn push(&self, peer: Option<PeerId>, kind: EventKind) {
        let at_ms = self.now_ms();
        let mut book = self.book();
        book.counters.count(&kind);
        book.events.push(Event { at_ms, peer, kind });
        if book.events.len() > HELD {
            book.events.drain(..HELD / 2);
            book.dropped += HELD / 2;
        }
        self.0.grown.notify_all();
    }

    /// Forgets the events that are held; counters and positions go on.
    pub fn forget(&self) {
        let mut book = self.book();
        book.dropped += book.events.len();
        book.events = Vec::new();
    }

    /// The events that are held, oldest first.
    pub fn all(&self) -> Vec<Event> {
        self.book().events.clone()
    }

    /// Events from position `from` on (counted since the start), and the position behind them. Waits until there are some.
    pub fn after(&self, from: usize, limit: Duration) -> (Vec<Event>, usize) {
        let mut found = Vec::new();
        let mut behind = from;
        self.wait_book(limit, |book| {
            found = book.since(from).to_vec();
            behind = book.position();
            (!found.is_empty()).then_some(())
        });
        (found, behind)
    }

    /// The first event from position `from` on, past or to come, that `wanted` accepts; `None` when the time is over.
    pub fn wait_for(
        &self,
        from: usize,
        limit: Duration,
        mut wanted: impl FnMut(&Event) -> bool,
    ) -> Option<Event> {
        let mut looked_at = from;
        self.wait_book(limit, |book| {
            let found = book
                .since(looked_at)
                .iter()
                .find(|event| wanted(event))
                .cloned();
            looked_at = book.position();
            found
        })
    }

    /// The position behind the last event.
    pub fn position(&self) -> usize {
        self.book().position()
    }

    /// Calls `found` with the counters and all held events, again whenever there are more, until it returns something.
    pub fn wait<T>(
        &self,
        limit: Duration,
        mut found: impl FnMut(&Counters, &[Event]) -> Option<T>,
    ) -> Option<T> {
        self.wait_book(limit, |book| found(&book.counters, &book.events))
    }

    pub fn counters(&self) -> Counters {
        self.book().counters
    }

    fn wait_book<T>(
        &self,
        limit: Duration,
        mut found: impl FnMut(&Book) -> Option<T>,
    ) -> Option<T> {
        let end = Instant::now() + limit;
        let mut book = self.book();
        loop {
            if let Some(result) = found(&book) {
                return Some(result);
            }
            let left = end.checked_duration_since(Instant::now())?;
            book = self
                .0
                .grown
                .wait_timeout(book, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn position(&self) -> usize {
        self.dropped + self.events.len()
    }

    fn since(&self, position: usize) -> &[Event] {
        self.events
            .get(position.saturating_sub(self.dropped)..)
            .unwrap_or_default()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}

impl Default for Log {
    fn default() -> Self {
        Self::new()
    }
}
