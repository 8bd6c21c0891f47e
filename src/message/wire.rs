//! Every name and word that MSGin5G-1 puts on the wire: the one table.
//!
//! TS 24.538 clause 7.3 holds the JSON schemas, and they could not be read when this was written. Confirmed
//! are `MSGin5G service identifier`, `Message Type`, `Segmentation Set Identifier`, `List of Segment range`
//! and the seven message types. All other spellings are UNCONFIRMED: the name of the information element in
//! TS 23.554, taken as the member's name. To correct one, change its string here; nothing else depends on it.
//!
//! Reading folds: only letters and digits count, in either case ([`super::names`]). So the first name of a row
//! covers every hyphenation and capitalisation of itself, and the names behind it are other spellings that
//! are read but never sent (those of TS 29.538 among them).

#[cfg(feature = "msgin5g-5")]
use super::local::Element;
use super::{AddressType, MessageType, Outcome, Priority, ResponseStatus};

/// The value of `MSGin5G service identifier` unless configured otherwise. UNCONFIRMED.
pub const SERVICE_IDENTIFIER: &str = "MSGin5G";

/// Where a member may stand. Elsewhere its name means nothing and is skipped.
pub(super) mod place {
    /// In the message itself.
    pub const TOP: u8 = 1;
    pub const PROFILE: u8 = 1 << 1;
    pub const TRIGGERING: u8 = 1 << 2;
    pub const AVAILABILITY: u8 = 1 << 3;
    pub const STORE_AND_FORWARD: u8 = 1 << 4;
    /// In the `segParams` of TS 29.538.
    pub const SEGMENT: u8 = 1 << 5;
    /// In one item of an aggregate or a bulk.
    pub const ITEM: u8 = 1 << 6;
    /// In one item of small lists: an address object, a segment range.
    pub const PAIR: u8 = 1 << 7;
}

/// The JSON value that a member has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Shape {
    /// A string.
    Text,
    /// A string, or an array of strings.
    Texts,
    /// true or false; also 0, 1, "true", "false", "yes", "no".
    Boolean,
    /// 0 to 2^31-1; also as a decimal string.
    Integer,
    /// An integer, or an array of integers.
    Integers,
    /// A string, or the object {addrType, addr} of TS 29.538.
    Address,
    /// Segment ranges in one of their four forms.
    Ranges,
    /// An object with members of its own.
    Object,
    /// An array of objects.
    Items,
}

macro_rules! members {
    ($($(#[$doc:meta])* $member:ident: $shape:ident, $place:expr, $name:literal $(, $other:literal)*;)+) => {
        /// A member of a message: an information element by its place in the table of wire names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Member {
            $($(#[$doc])* #[doc = concat!("`", $name, "`")] $member,)+
        }

        impl Member {
            /// How many there are.
            pub(super) const COUNT: usize = [$($name),+].len();

            /// The name that is sent.
            #[must_use]
            pub fn name(self) -> &'static str {
                super::names::name(self)
            }

            /// The JSON value that belongs to it.
            #[must_use]
            pub const fn shape(self) -> Shape {
                match self { $(Self::$member => Shape::$shape,)+ }
            }

            /// The places where it may stand.
            pub(super) const fn places(self) -> u8 {
                use place::*;
                match self { $(Self::$member => $place,)+ }
            }

            /// The member with this number.
            pub(super) fn from_octet(octet: u8) -> Option<Self> {
                const ALL: [Member; Member::COUNT] = [$(Member::$member),+];
                ALL.get(usize::from(octet)).copied()
            }
        }

        /// Every spelling that is read: first the names of all members in their order, then the others.
        pub(super) const SPELLINGS: &[(Member, &str)] =
            &[$((Member::$member, $name),)+ $($((Member::$member, $other),)*)+];
    };
}

members! {
    Service: Text, TOP, "MSGin5G service identifier", "msgin5gserviceid";
    MessageType: Text, TOP, "Message Type";

    // Registration: TS 23.554 tables 8.2.1-1 to 8.2.1-4, 8.2.2-1, 8.2.2-2.
    UeServiceId: Text, TOP | ITEM, "UE Service ID";
    /// Rel-17 only.
    Credential: Text, TOP | ITEM, "UE credential information";
    Profile: Object, TOP | ITEM, "MSGin5G Client Profile";
    Triggering: Object, PROFILE, "MSGin5G Client Triggering Information";
    UeIdentifier: Text, TRIGGERING, "UE Identifier";
    PortNumber: Integers, TRIGGERING, "Port number", "portnumbers";
    AssociatedProtocol: Text, TRIGGERING, "Associated protocol";
    Availability: Object, PROFILE, "MSGin5G Client Communication Availability";
    ScheduledTime: Text, AVAILABILITY, "Scheduled communication time";
    Duration: Integer, AVAILABILITY, "Communication duration";
    PeriodicIndicator: Boolean, AVAILABILITY, "Periodic communication indicator";
    PeriodicInterval: Integer, AVAILABILITY, "Periodic communication interval";
    MaximumSegmentSize: Integer, PROFILE, "MSGin5G Client Supported Maximum MSGin5G segment size";
    RegistrationResult: Text, TOP | ITEM, "Registration result";
    DeregistrationResult: Text, TOP, "De-registration result";

    // Bulk registration: TS 23.554 clause 8.2.7.
    UrgentDegree: Boolean, TOP | ITEM, "Registration urgent degree";
    /// Rel-19 calls it Wait time.
    RequestExpirationTime: Integer, TOP | ITEM, "Registration request expiration time", "waittime";
    ExpectedRegistrationTime: Text, TOP | ITEM, "Expected registration time";
    NumberOfRequests: Integer, TOP, "Number of individual MSGin5G UE registration requests";
    ListOfRequests: Items, TOP, "List of individual MSGin5G UE registration request",
        "listofindividualmsgin5gueregistrationrequests";
    NumberOfResponses: Integer, TOP, "Number of individual MSGin5G UE registration responses";
    ListOfResponses: Items, TOP, "List of individual MSGin5G UE registration response",
        "listofindividualmsgin5gueregistrationresponses";

    // Messages: TS 23.554 tables 8.3.2-1 and 8.3.2-2.
    OriginatingUe: Address, TOP, "Originating UE Service ID",
        "originatingueserviceidasserviceid", "originatoraddress", "oriaddr";
    OriginatingAs: Address, TOP, "Originating AS Service ID";
    RecipientUe: Address, TOP, "Recipient UE Service ID",
        "recipientueserviceidasserviceid", "destaddr", "targetaddress";
    RecipientAs: Address, TOP, "Recipient AS Service ID";
    RecipientGroup: Address, TOP, "Recipient Group Service ID",
        "groupserviceid", "recipientgroupid", "groupid";
    BroadcastArea: Address, TOP, "Broadcast Area ID";
    Topic: Texts, TOP, "Messaging Topic", "messagingtopics", "msgtopics";
    MessageId: Text, TOP | ITEM, "Message ID", "msgid";
    ApplicationId: Texts, TOP | ITEM, "Application ID", "appid";
    StatusRequired: Boolean, TOP | ITEM, "Delivery status required", "delivstreqind";
    Payload: Text, TOP | ITEM, "Payload";
    Priority: Text, TOP | ITEM, "Priority type", "priority";
    StoreAndForward: Boolean, TOP, "Store and forward flag", "stoandfwind";
    StoreAndForwardParameters: Object, TOP, "Store and forward parameters", "stoandfwparams";
    MessageExpiration: Text, STORE_AND_FORWARD, "Message expiration time", "exprtime";

    // Segments: TS 23.554 clause 8.5.4, TS 24.538 clause 6.5.1.2.1.
    Segmented: Boolean, TOP | SEGMENT, "Message is segmented", "segind";
    SegmentSet: Text, TOP | SEGMENT, "Segmentation Set Identifier", "segid";
    SegmentTotal: Integer, TOP | SEGMENT, "Total number of message segments", "totalsegcount";
    SegmentNumber: Integer, TOP | SEGMENT, "Message segment number", "segnumb";
    LastSegment: Boolean, TOP | SEGMENT, "Last segment flag", "lastsegflag";
    /// Only read: TS 29.538 puts the four above into an object.
    SegmentParameters: Object, TOP, "segParams";
    SegmentRanges: Ranges, TOP, "List of Segment range", "listofsegmentranges";
    RangeStart: Integer, PAIR, "start";
    RangeEnd: Integer, PAIR, "end";
    /// Of SEGCONFIR.
    ConfirmationResult: Text, TOP, "Result";

    // Answers and reports: TS 23.554 tables 8.3.2-3 and 8.3.4-1.
    DeliveryStatus: Text, TOP | ITEM, "Delivery Status", "delivst", "status";
    FailureCause: Text, TOP | ITEM, "Failure Cause";

    // Aggregates: TS 23.554 tables 8.4.2-1 and 8.4.2-2.
    NumberOfMessages: Integer, TOP, "Number of individual messages";
    ListOfMessages: Items, TOP, "List of individual messages";

    // Topics: TS 23.554 table 8.8.1-1; TS 29.538 TopicSubscriptionAck.
    SubscriptionStatus: Text, TOP, "Subscription status", "substat";
    Expiration: Text, TOP, "Expiration", "exprtime";

    // Update of a stored message: TS 23.554 V19 clause 8.3.6.1.
    Destination: Text, TOP, "Destination address";

    // Only read: the address object of TS 29.538.
    AddressType: Text, PAIR, "addrType";
    AddressText: Text, PAIR, "addr";
}

/// TS 24.538 clause 7.1.
pub(super) const MESSAGE_TYPES: &[(&str, MessageType)] = &[
    ("REG", MessageType::Registration),
    ("DEREG", MessageType::Deregistration),
    ("MSG", MessageType::Msg),
    ("MSGRESP", MessageType::MsgResponse),
    ("IMDN", MessageType::Report),
    ("SEGREC", MessageType::SegmentsRecovery),
    ("SEGCONFIR", MessageType::SegmentsConfirmation),
    // Rel-19. A placeholder: the real word is not known.
    ("MSGUPD", MessageType::StoredMessageUpdate),
];

/// For a report, a registration, a de-registration, a confirmation, a subscription. UNCONFIRMED.
pub(super) const OUTCOMES: &[(&str, Outcome<'static>)] = &[
    ("success", Outcome::Success),
    ("failure", Outcome::Failure),
    ("delivered", Outcome::Success),
    ("ok", Outcome::Success),
    ("succeeded", Outcome::Success),
    ("REPT_DELY_SUCCESS", Outcome::Success),
    ("failed", Outcome::Failure),
    ("fail", Outcome::Failure),
    ("REPT_DELY_FAILED", Outcome::Failure),
];

/// For a message response. UNCONFIRMED.
pub(super) const RESPONSE_STATUSES: &[(&str, ResponseStatus<'static>)] = &[
    ("failed", ResponseStatus::Failed),
    ("stored", ResponseStatus::Stored),
    ("reject", ResponseStatus::Rejected),
    ("failure", ResponseStatus::Failed),
    ("fail", ResponseStatus::Failed),
    ("DELY_FAILED", ResponseStatus::Failed),
    ("storedfordeferreddelivery", ResponseStatus::Stored),
    ("DELY_STORED", ResponseStatus::Stored),
    ("rejected", ResponseStatus::Rejected),
];

/// TS 29.538 has them in capitals, TS 23.554 clause 8.4.2 writes High.
pub(super) const PRIORITIES: &[(&str, Priority)] = &[
    ("High", Priority::High),
    ("Middle", Priority::Middle),
    ("Low", Priority::Low),
    ("Medium", Priority::Middle),
];

/// What a boolean may be written as when it is not one.
pub(super) const BOOLEANS: &[(&str, bool)] = &[
    ("true", true),
    ("false", false),
    ("1", true),
    ("0", false),
    ("yes", true),
    ("no", false),
];

/// TS 29.538, type AddressType.
pub(super) const ADDRESS_TYPES: &[(&str, AddressType)] = &[
    ("UE", AddressType::Ue),
    ("AS", AddressType::As),
    ("GROUP", AddressType::Group),
    ("BC", AddressType::BroadcastArea),
    ("TOPIC", AddressType::Topic),
];

/// MSGin5G-5 (TS 24.538 clause A.3.2): first the names that are written, in the order in which they are
/// written, then others that are read. All are UNCONFIRMED.
#[cfg(feature = "msgin5g-5")]
pub(super) const LOCAL_NAMES: &[(&str, Element)] = &[
    ("Message Type", Element::MessageType),
    ("Layer-2 ID", Element::Layer2Id),
    ("Originator Address", Element::OriginatorAddress),
    ("Target address", Element::TargetAddress),
    ("Target Type", Element::TargetType),
    ("Message ID", Element::MessageId),
    ("Payload", Element::Payload),
    ("Application ID", Element::ApplicationId),
    ("Delivery status required", Element::StatusRequired),
    ("Delivery Status", Element::DeliveryStatus),
    ("Failure Cause", Element::FailureCause),
    ("oriaddr", Element::OriginatorAddress),
    ("originatingueserviceid", Element::OriginatorAddress),
    ("destaddr", Element::TargetAddress),
    ("recipientueserviceid", Element::TargetAddress),
    ("msgid", Element::MessageId),
    ("appid", Element::ApplicationId),
    ("delivstreqind", Element::StatusRequired),
    ("delivst", Element::DeliveryStatus),
];

/// What `Message Type` says on MSGin5G-5 where only it tells a de-registration from a registration.
/// UNCONFIRMED.
#[cfg(feature = "msgin5g-5")]
pub(crate) const LOCAL_DEREGISTRATION: &str = "DEREG";

/// Texts for `Failure Cause`, which is free text in the standard (TS 29.538: a string).
pub mod cause {
    #![allow(missing_docs, reason = "each says what it is")]
    pub const RECIPIENT_NOT_REGISTERED: &str = "recipient not registered";
    pub const RECIPIENT_NOT_REACHABLE: &str = "recipient not reachable";
    pub const NOT_AUTHORIZED: &str = "not authorized";
    pub const UNKNOWN_RECIPIENT: &str = "unknown recipient";
    pub const MESSAGE_EXPIRED: &str = "message expired";
    pub const PAYLOAD_TOO_LARGE: &str = "payload too large";
    pub const SEGMENTS_MISSING: &str = "segments missing";
    pub const APPLICATION_NOT_AVAILABLE: &str = "application not available";
    pub const MALFORMED_MESSAGE: &str = "malformed message";
}
