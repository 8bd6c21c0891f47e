//! What outlives the process: deliveries that wait and subscriptions, in a file of SQLite.

use std::path::Path;

use rusqlite::{Connection, Error, params};

use crate::server::{DeliveryId, Effect, Record, Server};
use crate::wire::{Address, AddressKind, Body, MessageType};

/// The open file.
#[derive(Debug)]
pub struct Store(Connection);

const TABLES: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS delivery (
        id INTEGER PRIMARY KEY,
        ue TEXT NOT NULL,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        from_kind TEXT,
        from_id TEXT,
        expires_unix_ms INTEGER
    );
    CREATE TABLE IF NOT EXISTS subscription (
        topic TEXT NOT NULL,
        ue TEXT NOT NULL,
        expires_unix_ms INTEGER,
        PRIMARY KEY (topic, ue)
    );";

impl Store {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        connection.execute_batch(TABLES)?;
        Ok(Self(connection))
    }

    /// Does what an effect wants kept or forgotten.
    pub fn carry_out(&self, effect: &Effect) -> Result<(), Error> {
        match effect {
            Effect::Keep(record) => self.keep(record),
            Effect::Forget(id) => {
                self.execute("DELETE FROM delivery WHERE id = ?1", params![number(id.0)])
            }
            Effect::KeepSubscription {
                topic,
                ue,
                expires_unix_ms,
            } => self.execute(
                "INSERT OR REPLACE INTO subscription VALUES (?1, ?2, ?3)",
                params![topic, ue, expires_unix_ms.map(number)],
            ),
            Effect::ForgetSubscription { topic, ue } => self.execute(
                "DELETE FROM subscription WHERE topic = ?1 AND ue = ?2",
                params![topic, ue],
            ),
            _ => Ok(()),
        }
    }

    /// Gives a server back what was kept. Rows that make no sense are left alone.
    pub fn recall(&self, server: &mut Server) -> Result<(), Error> {
        let mut rows = self.0.prepare("SELECT * FROM delivery ORDER BY id")?;
        let records = rows.query_map([], |row| {
            let (kind, body): (String, String) = (row.get(2)?, row.get(3)?);
            let from: (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
            let id: i64 = row.get(0)?;
            let ue: String = row.get(1)?;
            let expires: Option<i64> = row.get(6)?;
            Ok(record(id, ue, &kind, &body, from, expires))
        })?;
        for record in records {
            if let Some(record) = record? {
                server.recall(record);
            }
        }
        let mut rows = self.0.prepare("SELECT * FROM subscription")?;
        let subscriptions = rows.query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, Option<i64>>(2)?,
            ))
        })?;
        for subscription in subscriptions {
            let (topic, ue, expires) = subscription?;
            server.recall_subscription(&topic, &ue, expires.map(i64::unsigned_abs));
        }
        Ok(())
    }

    fn keep(&self, record: &Record) -> Result<(), Error> {
        let body = String::from_utf8(record.body.octets()).unwrap_or_default();
        let from = record.from.as_ref();
        self.execute(
            "INSERT OR REPLACE INTO delivery VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                number(record.id.0),
                record.ue,
                record.kind.text(),
                body,
                from.map(|from| kind_text(from.kind)),
                from.map(|from| from.id.as_str()),
                record.expires_unix_ms.map(number)
            ],
        )
    }

    fn execute(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), Error> {
        self.0.prepare_cached(sql)?.execute(values).map(|_| ())
    }
}

fn record(
    id: i64,
    ue: String,
    kind: &str,
    body: &str,
    from: (Option<String>, Option<String>),
    expires: Option<i64>,
) -> Option<Record> {
    let from = match from {
        (Some(kind), Some(id)) if kind == "AS" => Some(Address::application_server(&id)),
        (Some(_), Some(id)) => Some(Address::ue(&id)),
        _ => None,
    };
    Some(Record {
        id: DeliveryId(id.unsigned_abs()),
        ue,
        kind: MessageType::read(kind)?,
        body: Body::read(body)?,
        from,
        expires_unix_ms: expires.map(i64::unsigned_abs),
    })
}

/// Only UEs and application servers send.
fn kind_text(kind: AddressKind) -> &'static str {
    match kind {
        AddressKind::As => "AS",
        _ => "UE",
    }
}

/// SQLite's integers have a sign; ours stay far below it.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
