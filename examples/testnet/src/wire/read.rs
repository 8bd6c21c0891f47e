//! Reading: names are folded, values are taken in each spelling that the sheet lists.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use super::names::{self, Name};
use super::{MessageType, SERVICE};

/// The members of one JSON object, under their folded names. The last of several wins; null is absent.
#[derive(Debug, Clone, Default)]
pub struct Fields(HashMap<String, Value>);

/// Why a payload is no MSGin5G message; the text goes into the diagnostic payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(pub String);

/// Who a message comes from or goes to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// What sort of party it is.
    pub kind: AddressKind,
    /// Its identity.
    pub id: String,
}

/// The kinds of TS 29.538 `AddressType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum AddressKind {
    Ue,
    As,
    Group,
    Broadcast,
    Topic,
}

/// How deep objects and arrays may be nested.
const DEPTH: usize = 4;
/// Longest UE, AS or group ID.
const ID_OCTETS: usize = 255;

/// Lower-case letters and digits only: one spelling for all the ways in which a name is written.
pub fn fold(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

impl Fields {
    /// Reads the payload of a request.
    pub fn parse(payload: &[u8]) -> Result<Self, Malformed> {
        let value: Value =
            serde_json::from_slice(payload).map_err(|e| Malformed(format!("not JSON: {e}")))?;
        if depth(&value) > DEPTH {
            return Err(Malformed(format!("nested deeper than {DEPTH}")));
        }
        Self::of(&value).ok_or_else(|| Malformed("not a JSON object".to_owned()))
    }

    /// The members of a nested object.
    pub fn of(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        let mut fields = Self::default();
        for (name, value) in object {
            fields.0.insert(fold(name), value.clone());
        }
        fields.0.retain(|_, value| !value.is_null());
        Some(fields)
    }

    /// `Message Type`, after the service identifier was looked at: it may be missing, but not be another's.
    pub fn message_type(&self) -> Result<MessageType, Malformed> {
        if let Some(service) = self.text(&names::SERVICE)?
            && fold(service) != fold(SERVICE)
        {
            return Err(Malformed(format!("another service: {service}")));
        }
        let text = self.need(&names::TYPE)?;
        MessageType::read(text).ok_or_else(|| Malformed(format!("unknown Message Type {text}")))
    }

    /// The value under the name or one of its aliases.
    pub fn get(&self, name: &Name) -> Option<&Value> {
        let canonical = self.0.get(&fold(name.canonical));
        canonical.or_else(|| name.also.iter().find_map(|alias| self.0.get(*alias)))
    }

    /// The value under a folded name.
    pub fn folded(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Puts a value in place of what is there under any spelling.
    pub fn set(&mut self, name: &Name, value: impl Into<Value>) {
        self.remove(name);
        self.0.insert(fold(name.canonical), value.into());
    }

    /// Takes a member away, under any spelling.
    pub fn remove(&mut self, name: &Name) {
        self.0.remove(&fold(name.canonical));
        for alias in name.also {
            self.0.remove(*alias);
        }
    }

    /// Takes over from another object what is not here.
    pub fn adopt(&mut self, other: &Self) {
        for (name, value) in &other.0 {
            self.0.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }

    /// A date-time, in milliseconds since 1970; absent is `None`.
    pub fn date(&self, name: &Name) -> Result<Option<u64>, Malformed> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let read = super::read_date(text);
        read.map(Some)
            .ok_or_else(|| Malformed(format!("{} is not a date-time", name.canonical)))
    }

    /// A string; absent is `None`.
    pub fn text(&self, name: &Name) -> Result<Option<&str>, Malformed> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Malformed(format!("{} is not a string", name.canonical))),
        }
    }

    /// A string that must be there.
    pub fn need(&self, name: &Name) -> Result<&str, Malformed> {
        self.text(name)?
            .ok_or_else(|| Malformed(format!("{} is missing", name.canonical)))
    }

    /// A boolean in any of its spellings; absent is `None`.
    pub fn boolean(&self, name: &Name) -> Result<Option<bool>, Malformed> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let read = match value {
            Value::Bool(b) => Some(*b),
            Value::Number(n) if n.as_u64() == Some(1) => Some(true),
            Value::Number(n) if n.as_u64() == Some(0) => Some(false),
            Value::String(s) => match s.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Some(true),
                "false" | "no" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        };
        read.map(Some)
            .ok_or_else(|| Malformed(format!("{} is not a boolean", name.canonical)))
    }

    /// 0 to 2^31-1, as a number or as a decimal string.
    pub fn integer(&self, name: &Name) -> Result<Option<u64>, Malformed> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let read = match value {
            Value::Number(n) => n.as_u64(),
            Value::String(s) => s.parse().ok(),
            _ => None,
        };
        read.filter(|n| *n < 1 << 31).map(Some).ok_or_else(|| {
            Malformed(format!(
                "{} is not an integer from 0 to 2147483647",
                name.canonical
            ))
        })
    }

    /// The UE Service ID of REG and DEREG.
    pub fn ue_service_id(&self) -> Result<&str, Malformed> {
        checked_id(self.need(&names::UE_SERVICE_ID)?)
    }

    /// Exactly one originator.
    pub fn originator(&self) -> Result<Address, Malformed> {
        const PLACES: [(&Name, AddressKind); 3] = [
            (&names::ORIGINATING_UE, AddressKind::Ue),
            (&names::ORIGINATING_AS, AddressKind::As),
            (&names::ORIGINATOR, AddressKind::Ue),
        ];
        self.one_address("originator", &PLACES)
    }

    /// Exactly one recipient.
    pub fn recipient(&self) -> Result<Address, Malformed> {
        const PLACES: [(&Name, AddressKind); 6] = [
            (&names::RECIPIENT_UE, AddressKind::Ue),
            (&names::RECIPIENT_AS, AddressKind::As),
            (&names::RECIPIENT_GROUP, AddressKind::Group),
            (&names::BROADCAST_AREA, AddressKind::Broadcast),
            (&names::TOPIC, AddressKind::Topic),
            (&names::RECIPIENT, AddressKind::Ue),
        ];
        self.one_address("recipient", &PLACES)
    }

    /// The Message ID: a UUID in any spelling, or opaque text of up to 64 octets.
    pub fn message_id(&self) -> Result<&str, Malformed> {
        let id = self.need(&names::MESSAGE_ID)?;
        if id.is_empty() || id.len() > 64 {
            return Err(Malformed(
                "Message ID is empty or longer than 64 octets".to_owned(),
            ));
        }
        Ok(id)
    }

    /// The segmentation set: 1 to 64 octets; absent is `None`.
    pub fn segment_set(&self) -> Result<Option<&str>, Malformed> {
        let set = self.text(&names::SEGMENT_SET)?;
        match set {
            Some(set) if set.is_empty() || set.len() > 64 => Err(Malformed(
                "the segmentation set is empty or longer than 64 octets".to_owned(),
            )),
            other => Ok(other),
        }
    }

    fn one_address(
        &self,
        what: &str,
        places: &[(&Name, AddressKind)],
    ) -> Result<Address, Malformed> {
        let mut found = None;
        for (name, kind) in places {
            let Some(value) = self.get(name) else {
                continue;
            };
            let address = Address::read(value, *kind)
                .ok_or_else(|| Malformed(format!("{} is no address", name.canonical)))?;
            if found.replace(address).is_some() {
                return Err(Malformed(format!("more than one {what}")));
            }
        }
        found.ok_or_else(|| Malformed(format!("{what} is missing")))
    }
}

impl Address {
    /// A UE Service ID.
    pub fn ue(id: &str) -> Self {
        Self {
            kind: AddressKind::Ue,
            id: id.to_owned(),
        }
    }

    /// An AS Service ID.
    pub fn application_server(id: &str) -> Self {
        Self {
            kind: AddressKind::As,
            id: id.to_owned(),
        }
    }

    /// A string of the kind that the member's name says, or the object of TS 29.538.
    fn read(value: &Value, kind: AddressKind) -> Option<Self> {
        if let Some(text) = value.as_str() {
            let id = checked_id(text).ok()?.to_owned();
            return Some(Self { kind, id });
        }
        let fields = Fields::of(value)?;
        let kind = match fields.0.get("addrtype")?.as_str()? {
            "UE" => AddressKind::Ue,
            "AS" => AddressKind::As,
            "GROUP" => AddressKind::Group,
            "BC" => AddressKind::Broadcast,
            "TOPIC" => AddressKind::Topic,
            _ => return None,
        };
        let id = checked_id(fields.0.get("addr")?.as_str()?).ok()?.to_owned();
        Some(Self { kind, id })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            AddressKind::Ue | AddressKind::As => "",
            AddressKind::Group => "group ",
            AddressKind::Broadcast => "area ",
            AddressKind::Topic => "topic ",
        };
        write!(f, "{kind}{}", self.id)
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

fn checked_id(id: &str) -> Result<&str, Malformed> {
    if id.is_empty() || id.len() > ID_OCTETS {
        return Err(Malformed(format!(
            "an identity is empty or longer than {ID_OCTETS} octets"
        )));
    }
    Ok(id)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
