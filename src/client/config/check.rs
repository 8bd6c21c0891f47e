//! Whether a configuration holds together, before anything is done with it.

use core::fmt;

use super::Config;
use crate::client::membership;
use crate::client::sending::request::MOST_PATH_SEGMENTS;
use crate::coap::reframe;
use crate::message::{IdError, UeServiceId};

/// Longest time that anything may take, in milliseconds: a day. So no clock that jumps can make
/// anything wait for longer.
pub(crate) const LONGEST_MS: u32 = 86_400_000;
/// Longest pause between two attempts, in milliseconds: an hour.
pub(crate) const LONGEST_PAUSE_MS: u32 = 3_600_000;
/// Registering again more often than that is a loop.
const SHORTEST_REFRESH_MS: u32 = 60_000;
/// Longest segment of a path (RFC 7252 section 5.10), and longest service identifier, in octets.
const LONGEST_TEXT: usize = 255;
/// Octets for the front of any frame.
const SMALLEST_RX: usize = 32;

/// What is wrong with a [`Config`], or with the memory for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ConfigError {
    /// The UE Service ID is no identifier of one's own.
    UeServiceId(IdError),
    /// A number out of its range.
    OutOfRange {
        /// The name of the field.
        field: &'static str,
        /// The least that it may be.
        min: u32,
        /// The most that it may be.
        max: u32,
        /// What it is.
        found: u32,
    },
    /// The service identifier has not 1 to 255 octets.
    ServiceIdentifier {
        /// The octets it has.
        found: usize,
    },
    /// The server's path has over 8 segments.
    PathSegments {
        /// The segments it has.
        found: usize,
    },
    /// A segment of the server's path has over 255 octets, or is `.` or `..` (RFC 7252 section
    /// 5.10.1), or is empty and the only one (section 6.4).
    PathSegment {
        /// Which one, from 0.
        index: usize,
    },
    /// Segments are kept for a shorter time than it takes to find that some are missing.
    SegmentsKeptTooShort {
        /// `segment_keep_ms`
        keep_ms: u32,
        /// `segment_wait_ms`
        wait_ms: u32,
    },
    /// MAX_TRANSMIT_WAIT, which follows from `datagrams`, is longer than a day.
    TransmitWait {
        /// MAX_TRANSMIT_WAIT in milliseconds.
        found_ms: u64,
    },
    /// A registration does not fit a datagram of the configured size.
    DatagramTooSmall {
        /// The octets that it needs.
        needed: usize,
    },
    /// The receive memory is too small for any message.
    ReceiveMemory {
        /// The octets that it needs.
        needed: usize,
    },
    /// A registration does not fit the transmit memory.
    TransmitMemory {
        /// The octets that it needs.
        needed: usize,
    },
    /// The profile tells the server that it may send segments which the receive memory cannot hold.
    SegmentsTooLarge {
        /// The largest payload of a segment in the profile, in octets.
        announced: u32,
        /// The octets of the receive memory.
        memory: usize,
    },
}

impl Config<'_> {
    /// Whether each value is in its range and all of them go together.
    ///
    /// ```
    /// use msgin5g::client::{Config, ConfigError};
    /// use msgin5g::message::UeServiceId;
    ///
    /// let mut config = Config::new(UeServiceId::new("meter-7@iot.example")?);
    /// assert_eq!(config.check(), Ok(()));
    /// config.server_path = &["msgin5g", ".."];
    /// assert_eq!(config.check(), Err(ConfigError::PathSegment { index: 1 }));
    /// # Ok::<(), msgin5g::message::IdError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first thing that is wrong. How much memory there is does not count here.
    pub fn check(&self) -> Result<(), ConfigError> {
        let ue_service_id = self.registration.ue_service_id;
        UeServiceId::new(ue_service_id.as_str()).map_err(ConfigError::UeServiceId)?;
        self.check_texts()?;
        self.check_numbers()?;
        if (1..self.segment_wait_ms).contains(&self.segment_keep_ms) {
            return Err(ConfigError::SegmentsKeptTooShort {
                keep_ms: self.segment_keep_ms,
                wait_ms: self.segment_wait_ms,
            });
        }
        let found_ms = self.datagrams.max_transmit_wait_ms();
        if found_ms > u64::from(LONGEST_MS) {
            return Err(ConfigError::TransmitWait { found_ms });
        }
        let needed = membership::longest_request(self).saturating_add(reframe::MARGIN);
        if needed > usize::from(self.max_datagram) {
            return Err(ConfigError::DatagramTooSmall { needed });
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), ConfigError> {
        let fits = |text: &str| (1..=LONGEST_TEXT).contains(&text.len());
        if !fits(self.service_identifier) {
            return Err(ConfigError::ServiceIdentifier {
                found: self.service_identifier.len(),
            });
        }
        if self.server_path.len() > MOST_PATH_SEGMENTS {
            return Err(ConfigError::PathSegments {
                found: self.server_path.len(),
            });
        }
        let is_bad =
            |segment: &&str| segment.len() > LONGEST_TEXT || matches!(*segment, "." | "..");
        if self.server_path == [""] {
            return Err(ConfigError::PathSegment { index: 0 });
        }
        match self.server_path.iter().position(is_bad) {
            Some(index) => Err(ConfigError::PathSegment { index }),
            None => Ok(()),
        }
    }

    fn check_numbers(&self) -> Result<(), ConfigError> {
        let refresh_ms = self.registration_refresh_ms.unwrap_or(u32::MAX);
        let announced = self.registration.profile.maximum_segment_size.unwrap_or(1);
        let params = &self.datagrams;
        let numbers: [(&'static str, u32, u32, u32); 14] = [
            ("answer_timeout_ms", self.answer_timeout_ms, 1, LONGEST_MS),
            ("retry_pause_ms", self.retry_pause_ms, 1, LONGEST_PAUSE_MS),
            ("max_attempts", self.max_attempts.into(), 1, 255),
            ("max_breaks", self.max_breaks.into(), 1, 255),
            ("segment_size", self.segment_size.into(), 16, 0xffff),
            ("segment_wait_ms", self.segment_wait_ms, 1, LONGEST_MS),
            ("segment_keep_ms", self.segment_keep_ms, 0, LONGEST_MS),
            (
                "sets_per_originator",
                self.sets_per_originator.into(),
                1,
                255,
            ),
            (
                "aggregation_wait_ms",
                self.aggregation_wait_ms,
                0,
                LONGEST_MS,
            ),
            (
                "registration_refresh_ms",
                refresh_ms,
                SHORTEST_REFRESH_MS,
                u32::MAX,
            ),
            ("maximum_segment_size", announced, 1, u32::MAX),
            ("ack_timeout_ms", params.ack_timeout_ms, 1, LONGEST_MS),
            (
                "ack_random_percent",
                params.ack_random_percent.into(),
                100,
                0xffff,
            ),
            ("max_retransmit", params.max_retransmit.into(), 0, 16),
        ];
        for (field, found, min, max) in numbers {
            if !(min..=max).contains(&found) {
                return Err(ConfigError::OutOfRange {
                    field,
                    min,
                    max,
                    found,
                });
            }
        }
        Ok(())
    }

    /// Whether memory of these sizes is enough to begin with.
    pub(crate) fn check_memory(&self, rx: usize, tx: usize) -> Result<(), ConfigError> {
        if rx < SMALLEST_RX {
            return Err(ConfigError::ReceiveMemory {
                needed: SMALLEST_RX,
            });
        }
        let needed = membership::longest_request(self);
        if needed > tx {
            return Err(ConfigError::TransmitMemory { needed });
        }
        match self.registration.profile.maximum_segment_size {
            Some(announced) if usize::try_from(announced).is_ok_and(|size| size > rx) => {
                Err(ConfigError::SegmentsTooLarge {
                    announced,
                    memory: rx,
                })
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UeServiceId(error) => write!(f, "UE Service ID: {error}"),
            Self::OutOfRange {
                field,
                min,
                max,
                found,
            } => write!(f, "{field} is {found}, {min} to {max} expected"),
            Self::ServiceIdentifier { found } => {
                write!(
                    f,
                    "service identifier of {found} octets, 1 to {LONGEST_TEXT} expected"
                )
            }
            Self::PathSegments { found } => write!(
                f,
                "path of {found} segments, {MOST_PATH_SEGMENTS} at the most expected"
            ),
            Self::PathSegment { index } => write!(
                f,
                "segment {index} of the path: up to {LONGEST_TEXT} octets expected, not `.` or `..`, and not only an empty one"
            ),
            Self::SegmentsKeptTooShort { keep_ms, wait_ms } => write!(
                f,
                "segment_keep_ms is {keep_ms}, 0 or at least segment_wait_ms ({wait_ms}) expected"
            ),
            Self::TransmitWait { found_ms } => write!(
                f,
                "MAX_TRANSMIT_WAIT is {found_ms} ms, {LONGEST_MS} at the most expected"
            ),
            Self::DatagramTooSmall { needed } => {
                write!(f, "max_datagram: {needed} octets at least expected")
            }
            Self::ReceiveMemory { needed } => {
                write!(f, "receive memory: {needed} octets at least expected")
            }
            Self::TransmitMemory { needed } => {
                write!(f, "transmit memory: {needed} octets at least expected")
            }
            Self::SegmentsTooLarge { announced, memory } => write!(
                f,
                "maximum_segment_size is {announced}, at most the receive memory ({memory}) expected"
            ),
        }
    }
}

impl core::error::Error for ConfigError {}
