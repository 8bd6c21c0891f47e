//! The octets of L3 that could not be read anywhere.

/// Numbers of MSGin5G-5 over L3. Every one is UNCONFIRMED, so all can be set: a peer that uses others is
/// then reached without a change of code.
///
/// Confirmed, and therefore fixed, are the order, formats and lengths of table A.2.1.1-1 (MESSAGE SENDING
/// REQUEST) with its IEIs B and D.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct L3Codings {
    /// Message type of MESSAGE SENDING REQUEST, 0x01.
    pub message_sending: u8,
    /// Message type of DELIVERY REPORT SENDING REQUEST, 0x02. Its rows could not be read either: target
    /// address (LV), Message ID (V, 16), delivery status (one octet, the low half), failure cause (TLV).
    pub report_sending: u8,
    /// Message type of a message that goes down, 0x03. Rows: Message ID, payload (LV-E), originator
    /// address (TLV, clause A.2.2.10), then as in MESSAGE SENDING REQUEST.
    pub message_delivery: u8,
    /// Message type of a report that goes down, 0x04. Rows: Message ID, delivery status, originator
    /// address (TLV), failure cause (TLV).
    pub report_delivery: u8,
    /// Message type of a registration, 0x05. Rows: Application ID (V, 2), Layer-2 ID (TLV).
    pub registration: u8,
    /// Message type of a de-registration, 0x06. Rows as in a registration.
    pub deregistration: u8,
    /// IEI of *Application ID*, 0x0a: the standard prints "A" for a TV of three octets.
    pub application_id: u8,
    /// IEI of *Originator Address*, 0x10.
    pub originator_address: u8,
    /// IEI of *Failure Cause*, 0x11.
    pub failure_cause: u8,
    /// IEI of *Layer-2 ID*, 0x12.
    pub layer2_id: u8,
    /// Value of *Delivery Status* for success, 1. All others are read as failure.
    pub delivered: u8,
    /// Value of *Delivery Status* for failure, 0.
    pub not_delivered: u8,
}

impl L3Codings {
    /// The numbers named at each field.
    pub const DEFAULT: Self = Self {
        message_sending: 0x01,
        report_sending: 0x02,
        message_delivery: 0x03,
        report_delivery: 0x04,
        registration: 0x05,
        deregistration: 0x06,
        application_id: 0x0a,
        originator_address: 0x10,
        failure_cause: 0x11,
        layer2_id: 0x12,
        delivered: 1,
        not_delivered: 0,
    };
}

impl Default for L3Codings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
