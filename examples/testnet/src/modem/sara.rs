//! Commands of the SARA-R5 family.

use super::device::{Device, parameters};

pub fn command(device: &mut Device, line: &str) -> Option<()> {
    if parameters(line, "AT+UDCONF").is_some() {
        device.ok();
    } else if let Some(parameters) = parameters(line, "AT+USOCR") {
        let is_udp = match *parameters.first()? {
            "6" => false,
            "17" => true,
            _ => return None,
        };
        let number = device.sockets.create(is_udp)?;
        device.answer(&format!("+USOCR: {number}"));
        device.ok();
    } else if let Some(parameters) = parameters(line, "AT+USOCO") {
        let [number, host, port] = parameters.as_slice() else {
            return None;
        };
        let (number, port) = (number.parse().ok()?, port.parse().ok()?);
        device.sockets.connect(number, host, port).ok()?;
        device.ok();
    } else if let Some(parameters) = parameters(line, "AT+USOWR") {
        let number = parameters.first()?.parse().ok()?;
        let len: usize = parameters.get(1)?.parse().ok()?;
        if !(1..=1024).contains(&len) || !device.sockets.is_open(number) {
            return None;
        }
        device.ask_for_data(number, len, b"@");
    } else if let Some(parameters) = parameters(line, "AT+USORD") {
        let number = parameters.first()?.parse().ok()?;
        let most: usize = parameters.get(1)?.parse().ok()?;
        let data = device.sockets.receive(number, most.min(1024))?;
        device.octets(format!("\r\n+USORD: {number},{},\"", data.len()).as_bytes());
        if !device.hand_over(&data) {
            return Some(());
        }
        device.octets(b"\"\r\n");
        device.ok();
    } else {
        let number = parameters(line, "AT+USOCL")?.first()?.parse().ok()?;
        if !device.sockets.close(number) {
            return None;
        }
        device.ok();
    }
    Some(())
}

pub fn sent(device: &mut Device, number: u8, data: &[u8]) {
    if device.sockets.send(number, data) {
        device.answer(&format!("+USOWR: {number},{}", data.len()));
        device.ok();
    } else {
        device.error();
    }
}
