//! Writing: canonical names, in the order of the tables.

use serde_json::{Map, Value};

use super::names::{self, Name};
use super::{Address, AddressKind, Fields, MessageType, SERVICE};

/// A JSON object that grows member by member.
#[derive(Debug, Clone, PartialEq)]
pub struct Body(Map<String, Value>);

/// An object without service identifier and type, for the responses of registration.
pub fn bare() -> Body {
    Body(Map::new())
}

impl Body {
    /// A message: the two members that every request has come first.
    pub fn new(kind: MessageType) -> Self {
        bare()
            .with(&names::SERVICE, SERVICE)
            .with(&names::TYPE, kind.text())
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &Name, value: impl Into<Value>) -> Self {
        self.0.insert(name.canonical.to_owned(), value.into());
        self
    }

    /// Adds a member if there is a value.
    #[must_use]
    pub fn with_some(self, name: &Name, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Leaves a member out.
    #[must_use]
    pub fn without(mut self, name: &Name) -> Self {
        self.0.shift_remove(name.canonical);
        self
    }

    /// Reads what was written as JSON text. `None`: it is no object.
    pub fn read(text: &str) -> Option<Self> {
        match serde_json::from_str(text) {
            Ok(Value::Object(members)) => Some(Self(members)),
            _ => None,
        }
    }

    /// Adds the originator.
    #[must_use]
    pub fn from(self, address: &Address) -> Self {
        let name = match address.kind {
            AddressKind::As => &names::ORIGINATING_AS,
            _ => &names::ORIGINATING_UE,
        };
        self.with(name, address.id.as_str())
    }

    /// Adds the recipient.
    #[must_use]
    pub fn to(self, address: &Address) -> Self {
        let name = match address.kind {
            AddressKind::Ue => &names::RECIPIENT_UE,
            AddressKind::As => &names::RECIPIENT_AS,
            AddressKind::Group => &names::RECIPIENT_GROUP,
            AddressKind::Broadcast => &names::BROADCAST_AREA,
            AddressKind::Topic => &names::TOPIC,
        };
        self.with(name, address.id.as_str())
    }

    /// Copies members of a received message as they are.
    #[must_use]
    pub fn copied(mut self, from: &Fields, wanted: &[&Name]) -> Self {
        for name in wanted {
            if let Some(value) = from.get(name) {
                self = self.with(name, value.clone());
            }
        }
        self
    }

    /// The JSON text.
    pub fn octets(&self) -> Vec<u8> {
        Value::Object(self.0.clone()).to_string().into_bytes()
    }

    /// The JSON object.
    pub fn value(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// The members, read the way a client would.
    pub fn fields(&self) -> Fields {
        Fields::of(&self.value()).unwrap_or_default()
    }
}
