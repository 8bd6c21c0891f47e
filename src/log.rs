//! One line at each change of state, with feature `defmt`; nothing otherwise.

macro_rules! log_info {
    ($text:literal $(, $value:expr)*) => {{
        #[cfg(feature = "defmt")]
        ::defmt::info!($text $(, $value)*);
        #[cfg(not(feature = "defmt"))]
        let _ = ($(&$value,)*);
    }};
}

macro_rules! log_warn {
    ($text:literal $(, $value:expr)*) => {{
        #[cfg(feature = "defmt")]
        ::defmt::warn!($text $(, $value)*);
        #[cfg(not(feature = "defmt"))]
        let _ = ($(&$value,)*);
    }};
}
