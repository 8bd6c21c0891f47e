//! MSGin5G Client Profile (TS 23.554 tables 8.2.1-1 to 8.2.1-3).
//!
//! The member spellings inside triggering and availability information are UNCONFIRMED.

use super::{DecodeError, List, addressing::texts, members::Fields, wire::Member, writer::Writer};

/// What a client tells about itself when it registers. What is empty is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ClientProfile<'a> {
    /// How to wake the UE when it cannot be reached.
    pub triggering: TriggeringInformation<'a>,
    /// When the UE can be reached.
    pub availability: CommunicationAvailability<'a>,
    /// The largest payload of one segment, in octets; the server then sends none larger. 2048 when absent.
    pub maximum_segment_size: Option<u32>,
}

/// How to wake a UE by a device trigger (table 8.2.1-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TriggeringInformation<'a> {
    /// MSISDN or external identifier.
    pub ue_identifier: Option<&'a str>,
    /// Ports of the application that takes the trigger.
    pub ports: Ports,
    /// `SMS`, `NIDD` ...
    pub protocol: Option<&'a str>,
}

/// When a UE can be reached, as its application plans it (table 8.2.1-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CommunicationAvailability<'a> {
    /// Days and times, in free text.
    pub schedule: Option<&'a str>,
    /// Seconds, UNCONFIRMED.
    pub duration: Option<u32>,
    /// Whether communication is periodic.
    pub periodic: Option<bool>,
    /// Seconds, UNCONFIRMED.
    pub interval: Option<u32>,
}

/// Up to four port numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Ports([Option<u16>; Ports::MAX]);

impl Ports {
    /// How many there can be.
    pub const MAX: usize = 4;

    /// These ports; `None` over four.
    #[must_use]
    pub fn new(ports: &[u16]) -> Option<Self> {
        let mut all = Self::default();
        ports.iter().all(|port| all.push(*port)).then_some(all)
    }

    /// The ports in their order.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().flatten().copied()
    }

    fn push(&mut self, port: u16) -> bool {
        let free = self.0.iter_mut().find(|place| place.is_none());
        free.map(|place| *place = Some(port)).is_some()
    }
}

impl<'a> ClientProfile<'a> {
    /// A profile that says nothing and is not sent.
    pub const EMPTY: Self = Self {
        triggering: TriggeringInformation {
            ue_identifier: None,
            ports: Ports([None; Ports::MAX]),
            protocol: None,
        },
        availability: CommunicationAvailability {
            schedule: None,
            duration: None,
            periodic: None,
            interval: None,
        },
        maximum_segment_size: None,
    };

    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        writer.optional_object(Member::Profile, &mut |writer| {
            writer.optional_object(Member::Triggering, &mut |writer| {
                self.triggering.write(writer);
            });
            writer.optional_object(Member::Availability, &mut |writer| {
                self.availability.write(writer);
            });
            writer.optional_integer(Member::MaximumSegmentSize, self.maximum_segment_size);
        });
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            triggering: TriggeringInformation::read(fields)?,
            availability: CommunicationAvailability {
                schedule: fields.text(Member::ScheduledTime),
                duration: fields.integer(Member::Duration),
                periodic: fields.boolean(Member::PeriodicIndicator),
                interval: fields.integer(Member::PeriodicInterval),
            },
            maximum_segment_size: fields.integer(Member::MaximumSegmentSize),
        })
    }
}

impl<'a> TriggeringInformation<'a> {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.optional_text(Member::UeIdentifier, self.ue_identifier);
        if self.ports.iter().next().is_some() {
            writer.array(Member::PortNumber);
            self.ports
                .iter()
                .for_each(|port| writer.element_integer(u32::from(port)));
            writer.end_array();
        }
        writer.optional_text(Member::AssociatedProtocol, self.protocol);
    }

    fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        let list: List<'a, &'a str> = texts(fields, Member::PortNumber);
        let mut ports = Ports::default();
        for port in list {
            let port = port
                .parse()
                .map_err(|_| DecodeError::OutOfRange(Member::PortNumber))?;
            if !ports.push(port) {
                return Err(DecodeError::OutOfRange(Member::PortNumber));
            }
        }
        Ok(Self {
            ue_identifier: fields.text(Member::UeIdentifier),
            ports,
            protocol: fields.text(Member::AssociatedProtocol),
        })
    }
}

impl CommunicationAvailability<'_> {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.optional_text(Member::ScheduledTime, self.schedule);
        writer.optional_integer(Member::Duration, self.duration);
        writer.optional_boolean(Member::PeriodicIndicator, self.periodic);
        writer.optional_integer(Member::PeriodicInterval, self.interval);
    }
}
