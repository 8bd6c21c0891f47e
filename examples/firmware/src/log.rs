//! `info!` and `error!` by defmt with the feature of that name, nothing without it.

#[cfg(feature = "defmt")]
use defmt_semihosting as _;

/// A line about what happens.
#[cfg(feature = "defmt")]
#[macro_export]
macro_rules! info {
    ($($arg:tt)*) => { ::defmt::info!($($arg)*) };
}

/// A line about what happens: nobody reads it in this build.
#[cfg(not(feature = "defmt"))]
#[macro_export]
macro_rules! info {
    ($text:literal $(, $arg:expr)* $(,)?) => {{ $(let _ = &$arg;)* }};
}

/// A line about what went wrong.
#[cfg(feature = "defmt")]
#[macro_export]
macro_rules! error {
    ($($arg:tt)*) => { ::defmt::error!($($arg)*) };
}

/// A line about what went wrong: nobody reads it in this build.
#[cfg(not(feature = "defmt"))]
#[macro_export]
macro_rules! error {
    ($text:literal $(, $arg:expr)* $(,)?) => {{ $(let _ = &$arg;)* }};
}

/// For `map_err`: logs the error and names the step.
#[macro_export]
macro_rules! failed_at {
    ($step:literal) => {
        |error| {
            $crate::error!("{}: {}", $step, error);
            $crate::ue::Problem($step)
        }
    };
}
