//! What is said in this scenario. `xtask` reads this file too, to check what the second UE was told.

/// Left for the firmware's UE by the second UE while the first is off.
pub const STORED: &str = "tariff from midnight: 2";
/// Group that both UEs are members of.
pub const GROUP: &str = "house-9@example.com";
/// Sent to it.
pub const TO_GROUP: &str = "main valve closed";
/// Topic that the firmware subscribes to.
pub const TOPIC: &str = "house-9/alarm";
/// What the second UE is asked to publish there.
pub const PUBLISH: &str = "publish: smoke in the cellar";
/// What it publishes.
pub const ALARM: &str = "smoke in the cellar";
/// The second UE answers anything else by this and the same text.
pub const ANSWER: &str = "shown: ";

/// Longest payload of one message, in octets: what is longer goes in segments. It is no multiple of the lines below,
/// so that segments end inside of them, and some of them inside a character.
pub const SEGMENT: u16 = 500;

/// A message of 4 KiB: 128 lines, no two of them alike.
pub static CURVE: [u8; 4096] = curve();

const LINE: &[u8; 32] = match "000 load 00.0 kW, air at 21° C\n".as_bytes().first_chunk() {
    Some(line) => line,
    None => panic!("the line has 32 octets"),
};

const fn curve() -> [u8; 4096] {
    let mut text = [0; 4096];
    let mut at = 0;
    while at < text.len() {
        let (line, column) = (at / LINE.len(), at % LINE.len());
        text[at] = match column {
            0 => digit(line / 100),
            1 => digit(line / 10),
            2 => digit(line),
            9 => digit(line * 7 / 10),
            10 => digit(line * 7),
            12 => digit(line * 3),
            _ => LINE[column],
        };
        at += 1;
    }
    text
}

const fn digit(number: usize) -> u8 {
    b'0' + (number % 10) as u8
}
