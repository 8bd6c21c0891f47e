//! Against the reference network in memory.

mod exchange;
mod world;

mod asleep;
mod attacker;
mod cuts;
mod keys;
mod life;
