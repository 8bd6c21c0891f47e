use super::{AkmaError, text};

/// The Routing Indicator: 1 to 4 decimal digits that lead to the right AUSF and
/// AAnF in the home network (TS 23.003 2.2B). On the USIM it is
/// EF_Routing_Indicator; a subscriber without one has the single digit "0",
/// which is the default here.
///
/// # Example
///
/// ```
/// use msgin5g::akma::{AkmaError, RoutingIndicator};
///
/// assert_eq!(RoutingIndicator::new("017")?.as_str(), "017");
/// assert_eq!(RoutingIndicator::new(""), Err(AkmaError::RoutingIndicator));
/// assert_eq!(RoutingIndicator::new("12345"), Err(AkmaError::RoutingIndicator));
/// # Ok::<(), AkmaError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutingIndicator(heapless::String<4, u8>);

impl RoutingIndicator {
    /// Takes 1 to 4 decimal digits. Leading zeros count: "0" and "00" differ.
    ///
    /// # Errors
    ///
    /// [`AkmaError::RoutingIndicator`] for anything else.
    pub fn new(digits: &str) -> Result<Self, AkmaError> {
        if digits.is_empty() || !text::is_digits(digits) {
            return Err(AkmaError::RoutingIndicator);
        }
        match heapless::String::try_from(digits) {
            Ok(digits) => Ok(Self(digits)),
            Err(_) => Err(AkmaError::RoutingIndicator),
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for RoutingIndicator {
    /// "0": no Routing Indicator was provisioned.
    fn default() -> Self {
        let mut digits = heapless::String::new();
        // One digit fits into four.
        let _ = digits.push('0');
        Self(digits)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for RoutingIndicator {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "RoutingIndicator({=str})", self.as_str());
    }
}
