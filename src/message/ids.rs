//! Identities: who sends, who receives, which message (TS 23.554 clause 8, TS 24.538).

use core::fmt;

use super::{IdError, octets::class, writer::hex};

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident, $min:literal, $spaces:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub struct $name<'a>(&'a str);

        impl<'a> $name<'a> {
            /// The most octets.
            pub const MAX: usize = 255;

            /// Checks the length, and that no space or control character is inside where none may be.
            ///
            /// # Errors
            /// [`IdError`] tells which of the two.
            pub fn new(text: &'a str) -> Result<Self, IdError> {
                check(text, $min, $spaces).map(|()| Self(text))
            }

            /// An identifier as a peer sent it, 1 to 255 octets: its form is the peer's business.
            #[must_use]
            pub fn received(text: &'a str) -> Option<Self> {
                (1..=Self::MAX).contains(&text.len()).then_some(Self(text))
            }

            /// The text as it goes over the wire.
            #[must_use]
            pub const fn as_str(&self) -> &'a str {
                self.0
            }
        }

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0)
            }
        }
    )+};
}

identifiers! {
    /// One MSGin5G Client, usually `user@domain`: 5 to 255 octets without spaces.
    ///
    /// ```
    /// use msgin5g::message::UeServiceId;
    /// assert_eq!(UeServiceId::new("ue-4711@iot.example")?.as_str(), "ue-4711@iot.example");
    /// assert!(UeServiceId::new("a@b").is_err());
    /// # Ok::<(), msgin5g::message::IdError>(())
    /// ```
    UeServiceId, 5, false;
    /// An Application Server: 5 to 255 octets without spaces.
    AsServiceId, 5, false;
    /// A group that the network keeps: 5 to 255 octets without spaces.
    GroupServiceId, 5, false;
    /// One or more cells: 1 to 255 octets without spaces.
    BroadcastAreaId, 1, false;
    /// A topic, compared octet by octet: 1 to 255 octets of any text (TS 23.554 clause 8.8.1).
    MessagingTopic, 1, true;
}

fn check(text: &str, min: usize, spaces: bool) -> Result<(), IdError> {
    let (max, found) = (255, text.len());
    if !(min..=max).contains(&found) {
        return Err(IdError::Length { min, max, found });
    }
    match text
        .bytes()
        .position(|octet| octet <= b' ' || octet == 0x7f)
    {
        Some(at) if !spaces => Err(IdError::Space { at }),
        _ => Ok(()),
    }
}

/// Who sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Originator<'a> {
    /// A UE.
    Ue(UeServiceId<'a>),
    /// An Application Server.
    As(AsServiceId<'a>),
}

impl<'a> Originator<'a> {
    /// The identifier, whichever it is.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        match self {
            Self::Ue(id) => id.as_str(),
            Self::As(id) => id.as_str(),
        }
    }

    /// Where a report or an answer to this originator goes.
    #[must_use]
    pub const fn as_recipient(&self) -> Recipient<'a> {
        match *self {
            Self::Ue(id) => Recipient::Ue(id),
            Self::As(id) => Recipient::As(id),
        }
    }
}

/// Whom a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Recipient<'a> {
    /// A UE.
    Ue(UeServiceId<'a>),
    /// An Application Server.
    As(AsServiceId<'a>),
    /// All members of a group.
    Group(GroupServiceId<'a>),
    /// All UEs in an area. Only received: a UE does not send to one.
    BroadcastArea(BroadcastAreaId<'a>),
    /// All who subscribed to a topic.
    Topic(MessagingTopic<'a>),
}

impl<'a> Recipient<'a> {
    /// The identifier, whichever it is.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        match self {
            Self::Ue(id) => id.as_str(),
            Self::As(id) => id.as_str(),
            Self::Group(id) => id.as_str(),
            Self::BroadcastArea(id) => id.as_str(),
            Self::Topic(id) => id.as_str(),
        }
    }
}

/// The kinds of address of TS 29.538.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum AddressType {
    /// A UE.
    Ue,
    /// An Application Server.
    As,
    /// A group.
    Group,
    /// One or more cells.
    BroadcastArea,
    /// A messaging topic.
    Topic,
}

/// Names one message. A UUID (16 octets in TS 24.538 table A.2.1.1-1); another text is kept as it came.
///
/// ```
/// use msgin5g::message::MessageId;
/// let id = MessageId::parse("{3F0C1D52-7A44-4E0B-9C61-1F2A5B6C7D01}").unwrap();
/// assert_eq!(id.to_string(), "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d01");
/// assert_eq!(MessageId::parse("no. 7"), Some(MessageId::Opaque("no. 7")));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum MessageId<'a> {
    /// What this crate creates.
    Uuid([u8; 16]),
    /// What a peer may have created: 1 to 64 octets of text.
    Opaque(&'a str),
}

impl<'a> MessageId<'a> {
    /// The longest text that is not a UUID, in octets.
    pub const MAX_OPAQUE: usize = 64;

    /// Reads the text form: a UUID in any case, with or without hyphens or braces, or 1 to 64 octets of
    /// anything else. `None` for no text and for more.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        match parse_uuid(text.as_bytes()) {
            Some(uuid) => Some(Self::Uuid(uuid)),
            None => (1..=Self::MAX_OPAQUE)
                .contains(&text.len())
                .then_some(Self::Opaque(text)),
        }
    }

    /// Hands over the text form.
    pub(crate) fn with_text<R>(&self, take: impl FnOnce(&str) -> R) -> R {
        match self {
            Self::Uuid(uuid) => take(core::str::from_utf8(&uuid_text(uuid)).unwrap_or_default()),
            Self::Opaque(text) => take(text),
        }
    }
}

impl fmt::Display for MessageId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

/// How many octets of a UUID stand between its hyphens.
const GROUPS: [usize; 5] = [4, 2, 2, 2, 6];

fn parse_uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text = match text {
        [b'{', inner @ .., b'}'] => inner,
        bare => bare,
    };
    let mut uuid = [0; 16];
    match text.len() {
        32 => parse_octets(&mut uuid, text)?,
        36 => {
            let (mut free, mut rest) = (uuid.as_mut_slice(), text);
            for len in GROUPS {
                let (group, left) = free.split_at_mut_checked(len)?;
                let (digits, tail) = rest.split_at_checked(len.saturating_mul(2))?;
                parse_octets(group, digits)?;
                free = left;
                rest = match tail {
                    [b'-', tail @ ..] if !free.is_empty() => tail,
                    [] => tail,
                    _ => return None,
                };
            }
        }
        _ => return None,
    }
    Some(uuid)
}

/// Reads as many octets as there is room for, two digits each.
fn parse_octets(octets: &mut [u8], digits: &[u8]) -> Option<()> {
    let (pairs, _) = digits.as_chunks::<2>();
    for (octet, [high, low]) in octets.iter_mut().zip(pairs) {
        let (high, low) = (hex_value(class(*high)), hex_value(class(*low)));
        if high | low > 15 {
            return None;
        }
        *octet = high << 4 | low;
    }
    Some(())
}

/// The value of a hexadecimal digit, from its class; over 15 for others.
const fn hex_value(class: u8) -> u8 {
    match class {
        b'0'..=b'9' => class & 15,
        b'a'..=b'f' => (class & 15).wrapping_add(9),
        _ => u8::MAX,
    }
}

fn uuid_text(uuid: &[u8; 16]) -> [u8; 36] {
    let mut text = [b'-'; 36];
    let (mut free, mut rest) = (text.as_mut_slice(), uuid.as_slice());
    for len in GROUPS {
        let (group, tail) = rest.split_at_checked(len).unwrap_or_default();
        for octet in group {
            if let [high, low, left @ ..] = free {
                (*high, *low) = (hex(octet >> 4), hex(octet & 15));
                free = left;
            }
        }
        free = free
            .split_first_mut()
            .map_or(&mut [], |(_hyphen, left)| left);
        rest = tail;
    }
    text
}
