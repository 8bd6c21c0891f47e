//! The messages of MSGin5G-5, whichever way they are written.

use core::fmt;

use crate::message::{
    AsServiceId, BroadcastAreaId, GroupServiceId, MessageId, MessagingTopic, Outcome, Recipient,
    UeServiceId,
};

use super::TargetType;

/// Everything that goes between an application on a constrained UE and the client on its gateway
/// (TS 24.538 clause 6.1 b).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LocalMessage<'a> {
    /// MESSAGE SENDING REQUEST (A.2.1.1, A.3.1.1): up, a message to be sent.
    Sending(Sending<'a>),
    /// DELIVERY REPORT SENDING REQUEST (A.2.1.2, A.3.1.2): up, what became of one that was received.
    ReportSending(ReportSending<'a>),
    /// Down, a message that has come. Its name and form are UNCONFIRMED.
    Delivery(Delivery<'a>),
    /// Down, what became of a message that was sent. Its name and form are UNCONFIRMED.
    ReportDelivery(ReportDelivery<'a>),
    /// Up, an application that wants to be reached (TS 23.554 clause 8.11.2). Its form is UNCONFIRMED.
    Registration(Registration),
    /// Up, one that no longer does (TS 23.554 clause 8.11.3). Its form is UNCONFIRMED.
    Deregistration(Registration),
}

/// A message to be sent (TS 24.538 table A.2.1.1-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Sending<'a> {
    /// Whom it is for.
    pub target: Target<'a>,
    /// Kept by the gateway, so that reports match. On L3 a UUID only.
    pub message_id: MessageId<'a>,
    /// Text. On L3 not empty; octets there that are not UTF-8 are refused, since a message is text.
    pub payload: &'a str,
    /// The application that it is for.
    pub application_id: Option<ApplicationId>,
    /// Whether a delivery status report is wanted.
    pub report_wanted: bool,
}

/// A report on a message that was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReportSending<'a> {
    /// Who sent the message: the *Originator Address* that came with it. 5 to 255 octets on L3.
    pub target: &'a str,
    /// The message.
    pub message_id: MessageId<'a>,
    /// What became of it. On L3 anything but success is failure.
    pub status: Outcome<'a>,
    /// Why it failed, in free text; cut to 255 octets on L3.
    pub failure_cause: Option<&'a str>,
}

/// A message that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Delivery<'a> {
    /// Who sent it. Whether that is a UE or an Application Server is not said.
    pub originator: &'a str,
    /// The message.
    pub message_id: MessageId<'a>,
    /// Text. On L3 not empty.
    pub payload: &'a str,
    /// The application that it is for.
    pub application_id: Option<ApplicationId>,
    /// Whether a delivery status report is wanted.
    pub report_wanted: bool,
}

/// A report on a message that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReportDelivery<'a> {
    /// Who reports. The gateway itself when it could not send the message.
    pub originator: &'a str,
    /// The message.
    pub message_id: MessageId<'a>,
    /// What became of it. On L3 anything but success is failure.
    pub status: Outcome<'a>,
    /// Why it failed, in free text; cut to 255 octets on L3.
    pub failure_cause: Option<&'a str>,
}

/// An application and how it is reached (TS 23.554 tables 8.11.2-1 and 8.11.3-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Registration {
    /// The application.
    pub application_id: ApplicationId,
    /// The link to it; from Rel-18 on only when it is on another UE.
    pub layer2_id: Option<Layer2Id>,
}

/// An address and what it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Target<'a> {
    /// 5 to 255 octets on L3 (table A.2.1.1-1), 1 to 255 in JSON.
    pub address: &'a str,
    /// `None` is read as a UE (UNCONFIRMED).
    pub kind: Option<TargetType>,
}

impl<'a> Target<'a> {
    /// The recipient in a message on MSGin5G-1; `None` when the address is empty or over 255 octets.
    #[must_use]
    pub fn recipient(&self) -> Option<Recipient<'a>> {
        let address = self.address;
        match self.kind.unwrap_or(TargetType::Ue) {
            TargetType::Ue => UeServiceId::received(address).map(Recipient::Ue),
            TargetType::As => AsServiceId::received(address).map(Recipient::As),
            TargetType::Group => GroupServiceId::received(address).map(Recipient::Group),
            TargetType::BroadcastArea => {
                BroadcastAreaId::received(address).map(Recipient::BroadcastArea)
            }
            TargetType::Topic => MessagingTopic::received(address).map(Recipient::Topic),
        }
    }
}

/// An application on a constrained UE: two octets on L3, a decimal number in JSON.
///
/// ```
/// use msgin5g::gateway::ApplicationId;
/// let id = ApplicationId::parse("4660").unwrap();
/// assert_eq!((id.number(), id.as_str()), (0x1234, "4660"));
/// assert_eq!(ApplicationId::parse("metering"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ApplicationId {
    number: u16,
    /// Its decimal digits, at the end.
    digits: [u8; 5],
}

impl ApplicationId {
    /// The application with this number.
    #[must_use]
    pub fn new(number: u16) -> Self {
        let mut digits = [b'0'; 5];
        let mut rest = number;
        for digit in digits.iter_mut().rev() {
            let [low, ..] = (rest % 10).to_le_bytes();
            *digit = b'0' | low;
            rest /= 10;
        }
        Self { number, digits }
    }

    /// Reads decimal digits, 0 to 65535; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = text.bytes().all(|octet| octet.is_ascii_digit());
        text.parse()
            .ok()
            .filter(|_| is_number && text.len() <= 5)
            .map(Self::new)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.number
    }

    /// The number in decimal digits, as *Application ID* is in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let zeros = self.digits.iter().take(4).take_while(|d| **d == b'0');
        let digits = self.digits.get(zeros.count()..).unwrap_or_default();
        core::str::from_utf8(digits).unwrap_or_default()
    }
}

impl fmt::Debug for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApplicationId({})", self.number)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for ApplicationId {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "ApplicationId({})", self.number);
    }
}

/// A Layer-2 ID of PC5: three octets on L3, six hexadecimal digits in JSON. Its size is UNCONFIRMED.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Layer2Id(pub [u8; 3]);

impl Layer2Id {
    /// Reads six hexadecimal digits, in either case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
            return None;
        };
        let pairs: &[[u8; 2]; 3] = pairs.try_into().ok()?;
        let mut id = [0; 3];
        for (octet, [high, low]) in id.iter_mut().zip(pairs) {
            let digit = |octet: &u8| char::from(*octet).to_digit(16);
            let value = digit(high)? << 4 | digit(low)?;
            *octet = u8::try_from(value).ok()?;
        }
        Some(Self(id))
    }

    /// Its six hexadecimal digits.
    pub(super) fn digits(self) -> [u8; 6] {
        let [a, b, c] = self.0;
        let digit = |nibble: u8| match nibble {
            0..10 => b'0' | nibble,
            _ => b'a'.wrapping_add(nibble).wrapping_sub(10),
        };
        [
            digit(a >> 4),
            digit(a & 15),
            digit(b >> 4),
            digit(b & 15),
            digit(c >> 4),
            digit(c & 15),
        ]
    }
}
