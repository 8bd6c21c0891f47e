//! Every member name on the wire, once. The canonical spelling is what we write; folded aliases are what we also read.

/// A member: how we write it, and the other folded forms under which we find it.
#[derive(Debug)]
pub struct Name {
    /// As we write it.
    pub canonical: &'static str,
    /// Further folded forms that we read.
    pub also: &'static [&'static str],
}

const fn name(canonical: &'static str) -> Name {
    Name {
        canonical,
        also: &[],
    }
}

const fn alias(canonical: &'static str, also: &'static [&'static str]) -> Name {
    Name { canonical, also }
}

macro_rules! names {
    ($($(#[$doc:meta])* $ident:ident = $value:expr;)*) => {
        $($(#[$doc])* #[allow(missing_docs, reason = "the value says it")] pub const $ident: Name = $value;)*
    };
}

names! {
    SERVICE = alias("MSGin5G service identifier", &["msgin5gserviceid"]);
    TYPE = name("Message Type");
    UE_SERVICE_ID = name("UE Service ID");
    CREDENTIAL = name("UE credential information");
    PROFILE = name("MSGin5G Client Profile");
    SEGMENT_SIZE = name("MSGin5G Client Supported Maximum MSGin5G segment size");
    ORIGINATING_UE = name("Originating UE Service ID");
    ORIGINATING_AS = name("Originating AS Service ID");
    /// Only read: the kind is in an object, or is taken to be UE.
    ORIGINATOR = alias("oriAddr", &["originatoraddress", "originatingueserviceidasserviceid"]);
    RECIPIENT_UE = name("Recipient UE Service ID");
    RECIPIENT_AS = name("Recipient AS Service ID");
    RECIPIENT_GROUP = alias("Recipient Group Service ID", &["groupserviceid", "recipientgroupid", "groupid"]);
    BROADCAST_AREA = name("Broadcast Area ID");
    TOPIC = name("Messaging Topic");
    /// Only read, as ORIGINATOR.
    RECIPIENT = alias("destAddr", &["targetaddress", "recipientueserviceidasserviceid"]);
    MESSAGE_ID = alias("Message ID", &["msgid"]);
    APPLICATION_ID = alias("Application ID", &["appid"]);
    REPORT_WANTED = alias("Delivery status required", &["delivstreqind"]);
    PAYLOAD = name("Payload");
    PRIORITY = alias("Priority type", &["priority"]);
    SEGMENTED = alias("Message is segmented", &["segind"]);
    SEGMENT_SET = alias("Segmentation Set Identifier", &["segid"]);
    SEGMENT_TOTAL = alias("Total number of message segments", &["totalsegcount"]);
    SEGMENT_NUMBER = alias("Message segment number", &["segnumb"]);
    SEGMENT_LAST = alias("Last segment flag", &["lastsegflag"]);
    SEGMENT_RANGES = name("List of Segment range");
    STORE_FLAG = alias("Store and forward flag", &["stoandfwind"]);
    STORE_PARAMETERS = alias("Store and forward parameters", &["stoandfwparams"]);
    EXPIRATION = alias("Message expiration time", &["exprtime"]);
    STATUS = alias("Delivery Status", &["delivst", "status"]);
    CAUSE = name("Failure Cause");
    REGISTRATION_RESULT = name("Registration result");
    DEREGISTRATION_RESULT = name("De-registration result");
    AGGREGATE_COUNT = name("Number of individual messages");
    AGGREGATE_LIST = name("List of individual messages");
    /// Of SEGCONFIR.
    RESULT = name("Result");
    SUBSCRIPTION_STATUS = alias("Subscription status", &["substat"]);
    SUBSCRIPTION_EXPIRATION = name("Expiration");
    /// Of the update of a stored message: the server.
    DESTINATION = name("Destination address");
}

/// Failure causes; free text in the standard.
#[allow(missing_docs, reason = "the values say it")]
pub mod cause {
    pub const NOT_BOUND: &str = "UE Service ID not associated with authenticated UE";
    pub const NOT_REGISTERED: &str = "recipient not registered";
    pub const NOT_REACHABLE: &str = "recipient not reachable";
    pub const NOT_AUTHORIZED: &str = "not authorized";
    pub const UNKNOWN_RECIPIENT: &str = "unknown recipient";
    pub const TOO_LARGE: &str = "payload too large";
    pub const EXPIRED: &str = "message expired";
    pub const SEGMENTS_MISSING: &str = "segments missing";
}
