//! What every modem understands: 3GPP TS 27.007.
//!
//! Commands as text for [`Modem::ask`](super::Modem::ask), and what their answers say.
//!
//! ```no_run
//! # use core::task::Poll;
//! # use msgin5g::transport::{StreamTransport, TransportError, at::{Dialect, Modem, common}};
//! # fn registered<U: StreamTransport, C: FnMut() -> u64, D: Dialect>(
//! #     modem: &mut Modem<U, C, D, 640, 640>,
//! # ) -> Poll<Result<bool, TransportError>> {
//! let mut line = [0; 64];
//! modem.ask("AT+C5GREG?", "+C5GREG", 5_000, &mut line).map_ok(|len| {
//!     common::registration(&line[..len]).is_some_and(|state| state.is_registered())
//! })
//! # }
//! ```

use heapless::String;

use super::fields::{after, number};

/// Asks for the IMSI (clause 5.6 `+CIMI`); the line has no prefix. See [`imsi`].
pub const IMSI: &str = "AT+CIMI";
/// Asks for the network that the modem is registered with, as digits (clause 7.3 `+COPS`): first
/// [`OPERATOR_AS_DIGITS`] once, then this. See [`operator`].
pub const OPERATOR: &str = "AT+COPS?";
/// The form that [`operator`] reads.
pub const OPERATOR_AS_DIGITS: &str = "AT+COPS=3,2";
/// Errors have numbers from now on (clause 9.1 `+CMEE`).
pub const ERRORS_AS_NUMBERS: &str = "AT+CMEE=1";
/// Registration with a 5G core (clause 10.1.47 `+C5GREG`). `AT+CEREG?` is the one of EPS.
pub const REGISTRATION_5GS: &str = "AT+C5GREG?";
/// Asks for what the USIM says of itself, EF_AD (clause 8.18 `+CRSM`, TS 31.102 clause 4.2.18). See
/// [`home_network`].
pub const USIM_DATA: &str = "AT+CRSM=176,28589,0,0,4";
/// Power saving mode off (clause 7.38 `+CPSMS`).
pub const PSM_OFF: &str = "AT+CPSMS=0";
/// eDRX off (clause 7.40 `+CEDRXS`).
pub const EDRX_OFF: &str = "AT+CEDRXS=0";

/// State of a registration: `<stat>` of `+CREG`, `+CEREG` and `+C5GREG`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Registration {
    /// 0: not registered, and not searching.
    Idle,
    /// 1: registered at home.
    Home,
    /// 2: searching.
    Searching,
    /// 3: refused.
    Denied,
    /// 5: registered, roaming.
    Roaming,
    /// Any other number.
    Other(u32),
}

impl Registration {
    /// Whether the network can be used.
    #[must_use]
    pub fn is_registered(self) -> bool {
        matches!(self, Self::Home | Self::Roaming)
    }
}

/// Reads the answer to [`REGISTRATION_5GS`] or its relatives: `+C5GREG: <n>,<stat>[,...]`.
#[must_use]
pub fn registration(line: &[u8]) -> Option<Registration> {
    let names: [&[u8]; 4] = [b"+C5GREG", b"+CEREG", b"+CGREG", b"+CREG"];
    let mut fields = names.iter().find_map(|name| after(line, name))?;
    fields.number()?;
    Some(match fields.number()? {
        0 => Registration::Idle,
        1 => Registration::Home,
        2 => Registration::Searching,
        3 => Registration::Denied,
        5 => Registration::Roaming,
        other => Registration::Other(other),
    })
}

/// Reads the answer to [`IMSI`]: 6 to 15 digits, what a SUPI is made of.
#[must_use]
pub fn imsi(line: &[u8]) -> Option<&str> {
    let is_imsi = (6..=15).contains(&line.len()) && line.iter().all(u8::is_ascii_digit);
    core::str::from_utf8(line).ok().filter(|_| is_imsi)
}

/// Reads the answer to [`OPERATOR`]: MCC and MNC, 3 and 2 or 3 digits.
#[must_use]
pub fn operator(line: &[u8]) -> Option<(&str, &str)> {
    let mut fields = after(line, b"+COPS")?;
    fields.number()?;
    if fields.number()? != 2 {
        return None;
    }
    let digits = fields.text()?;
    number(digits)?;
    let is_plmn = matches!(digits.len(), 5 | 6);
    let digits = core::str::from_utf8(digits).ok().filter(|_| is_plmn)?;
    digits.split_at_checked(3)
}

/// The home network, MCC and MNC, out of the answers to [`IMSI`] and [`USIM_DATA`]: the second says whether the MNC
/// has two digits or three. [`operator`] is another one while the modem roams.
///
/// ```
/// use msgin5g::akma::{HomeNetwork, KausfSource, RoutingIndicator, Supi};
/// use msgin5g::transport::at::common;
///
/// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
/// // What a modem gives by these commands: enough for all of AKMA but the key K_AUSF.
/// let imsi = common::imsi(b"001010000000001").unwrap();
/// let home = common::home_network(imsi, b"+CRSM: 144,0,\"00000002\"");
/// assert_eq!(home, Some(("001", "01")));
/// let (mcc, mnc) = home.unwrap();
/// let supi = Supi::imsi(imsi)?;
/// let network = HomeNetwork::plmn(mcc, mnc)?;
/// // `set_k_ausf` is for a bench, or for the rare modem that gives K_AUSF away.
/// let source = KausfSource::new(supi, RoutingIndicator::default(), network);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn home_network<'i>(imsi: &'i str, usim_data: &[u8]) -> Option<(&'i str, &'i str)> {
    let mut fields = after(usim_data, b"+CRSM")?;
    let is_read = matches!(fields.number()?, 144 | 145);
    fields.number()?;
    // The fourth octet, of which the lower half counts.
    let mnc_len = match fields.text().filter(|_| is_read)? {
        [_, _, _, _, _, _, _, b'2', ..] => 2,
        [_, _, _, _, _, _, _, b'3', ..] => 3,
        _ => return None,
    };
    let (mcc, rest) = imsi.split_at_checked(3)?;
    let (mnc, _) = rest.split_at_checked(mnc_len)?;
    Some((mcc, mnc))
}

/// Asks for power saving mode (clause 7.38): how long the modem stays reachable, and how often it reports, both in
/// seconds. They are rounded up to what TS 24.008 clauses 10.5.7.4 and 10.5.7.3 can say, up to 31 decihours of
/// activity and 310 hours between reports.
#[must_use]
pub fn psm(periodic_s: u32, active_s: u32) -> String<48> {
    let mut command = String::new();
    // Units of T3412 extended: 2 s, 30 s, 1 min, 10 min, 1 h, 10 h.
    let periodic = timer(
        periodic_s,
        &[(2, 3), (30, 4), (60, 5), (600, 0), (3600, 1), (36_000, 2)],
    );
    // Units of T3324: 2 s, 1 min, 6 min.
    let active = timer(active_s, &[(2, 0), (60, 1), (360, 2)]);
    let parts = [
        "AT+CPSMS=1,,,\"",
        &bits(periodic),
        "\",\"",
        &bits(active),
        "\"",
    ];
    for part in parts {
        // 46 octets.
        let _ = command.push_str(part);
    }
    command
}

/// Asks for eDRX (clause 7.40) with the cycle that TS 24.008 clause 10.5.5.32 numbers so, 0 to 15, for an access
/// technology: 4 E-UTRAN, 5 NB-IoT.
#[must_use]
pub fn edrx(technology: u8, cycle: u8) -> String<32> {
    let mut command = String::new();
    let bits = bits(cycle & 15);
    let technology = [b'0'.saturating_add(technology.min(9))];
    let parts = [
        "AT+CEDRXS=1,",
        core::str::from_utf8(&technology).unwrap_or("4"),
        ",\"",
        bits.get(4..).unwrap_or_default(),
        "\"",
    ];
    for part in parts {
        // 20 octets.
        let _ = command.push_str(part);
    }
    command
}

/// The octet of a GPRS timer: unit in the upper three bits, count in the lower five.
fn timer(seconds: u32, units: &[(u32, u8)]) -> u8 {
    for (unit, code) in units {
        let count = seconds.div_ceil(*unit);
        if let Ok(count @ 0..=31) = u8::try_from(count) {
            return code << 5 | count;
        }
    }
    // The longest there is.
    units.last().map_or(0, |(_, code)| code << 5 | 31)
}

fn bits(octet: u8) -> String<8> {
    (0..8_u32)
        .rev()
        .map(|bit| if octet >> bit & 1 == 1 { '1' } else { '0' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_saving_as_24_008_says() {
        // 24 h between reports, 60 s active: 1 h times 24, 2 s times 30.
        assert_eq!(
            psm(86_400, 60).as_str(),
            "AT+CPSMS=1,,,\"00111000\",\"00011110\""
        );
        // 310 h is the longest of 10 h; more is cut to it.
        assert_eq!(
            psm(u32::MAX, u32::MAX).as_str(),
            "AT+CPSMS=1,,,\"01011111\",\"01011111\""
        );
        assert_eq!(edrx(5, 0b1101).as_str(), "AT+CEDRXS=1,5,\"1101\"");
    }

    #[test]
    fn answers() {
        assert_eq!(registration(b"+CEREG: 0,1"), Some(Registration::Home));
        assert_eq!(
            registration(b"+C5GREG: 2,5,\"1\",\"2\""),
            Some(Registration::Roaming)
        );
        assert_eq!(registration(b"+CEREG: 0"), None);
        assert_eq!(imsi(b"001010000000001"), Some("001010000000001"));
        assert_eq!(imsi(b"00101000000000a"), None);
        assert_eq!(operator(b"+COPS: 0,2,\"26201\",7"), Some(("262", "01")));
        assert_eq!(operator(b"+COPS: 0,0,\"Operator\",7"), None);
        assert_eq!(operator(b"+COPS: 0"), None);
        let home = |line| home_network("310410000000001", line);
        assert_eq!(home(b"+CRSM: 144,0,\"00000003\""), Some(("310", "410")));
        assert_eq!(home(b"+CRSM: 144,0,00000002FF"), Some(("310", "41")));
        // No such file, too short a file, and none at all.
        assert_eq!(home(b"+CRSM: 106,130,\"\""), None);
        assert_eq!(home(b"+CRSM: 144,0,\"000000\""), None);
        assert_eq!(home(b"+CRSM: 144,0"), None);
        assert_eq!(home_network("0010", b"+CRSM: 144,0,\"00000002\""), None);
    }
}
