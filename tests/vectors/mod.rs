//! The example messages in `msgin5g/`: one JSON object a file, made and checked by independent code.
#![allow(dead_code, reason = "each program uses a part")]

use std::{fs, path::Path};

use serde_json::Value;

/// Vectors of parts that have tests of their own: the L3 and CoAP forms of MSGin5G-5 and the configuration document.
pub const ELSEWHERE: [&str; 8] = [
    "80-c-msg-send",
    "81-c-report-send",
    "82-c-msg-receive",
    "83-c-register",
    "90-l3-message-sending-request",
    "91-l3-message-sending-request-min",
    "95-ue-config",
    "96-ue-config-misprint",
];

pub struct Vector {
    /// The file's name without its ending.
    pub file: String,
    pub json: Value,
}

impl Vector {
    pub fn by_client(&self) -> bool {
        self.json["direction"]
            .as_str()
            .unwrap()
            .contains("client to")
    }

    pub fn datagram(&self) -> Vec<u8> {
        hex::decode(self.json["datagram_hex"].as_str().unwrap()).unwrap()
    }

    /// The JSON text of the message, empty if it has none.
    pub fn payload(&self) -> Vec<u8> {
        let datagram = self.datagram();
        let len = self.json["payload_octets"].as_u64().unwrap() as usize;
        datagram[datagram.len() - len..].to_vec()
    }
}

/// The vector whose file name begins with `number`.
pub fn vector(number: &str) -> Vector {
    all()
        .into_iter()
        .find(|vector| vector.file.starts_with(number))
        .unwrap()
}

/// The vector in [`ELSEWHERE`] whose file name begins with `number`, as JSON.
pub fn elsewhere(number: &str) -> Value {
    let file = ELSEWHERE.iter().find(|file| file.starts_with(number));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/msgin5g");
    let text = fs::read(folder.join(format!("{}.json", file.unwrap()))).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// All vectors but those in [`ELSEWHERE`], in the order of their numbers.
pub fn all() -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/msgin5g");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if !ELSEWHERE.contains(&file.as_str()) {
            let json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            found.push(Vector { file, json });
        }
    }
    assert_eq!(found.len() + ELSEWHERE.len(), 51);
    found.sort_by(|a, b| a.file.cmp(&b.file));
    found
}
