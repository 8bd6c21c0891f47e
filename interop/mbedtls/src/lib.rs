//! Nothing: this package only names the crate whose sources are compiled. See `firmware/`.
