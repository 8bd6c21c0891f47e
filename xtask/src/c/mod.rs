//! The C library: its archive, the firmware in C, and what installs it.

mod archive;
pub mod firmware;
pub mod install;
pub mod library;
