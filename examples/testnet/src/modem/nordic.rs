//! Commands of the Serial Modem application.

use super::device::{Device, parameters};
use crate::text;

pub fn command(device: &mut Device, line: &str) -> Option<()> {
    if let Some(parameters) = parameters(line, "AT#XSOCKET") {
        let (kind, protocol, is_udp) = match *parameters.get(1)? {
            "1" => (1, 6, false),
            "2" => (2, 17, true),
            _ => return None,
        };
        let number = device.sockets.create(is_udp)?;
        device.answer(&format!("#XSOCKET: {number},{kind},{protocol}"));
        device.ok();
    } else if let Some(parameters) = parameters(line, "AT#XCONNECT") {
        let [number, host, port] = parameters.as_slice() else {
            return None;
        };
        let (number, port) = (number.parse::<u8>().ok()?, port.parse().ok()?);
        device.sockets.connect(number, host, port).ok()?;
        device.answer(&format!("#XCONNECT: {number},1"));
        device.ok();
    } else if parameters(line, "AT#XAPOLL").is_some() {
        device.ok();
    } else if let Some(parameters) = parameters(line, "AT#XSEND") {
        let [number, "1", "0", hex] = parameters.as_slice() else {
            return None;
        };
        let (number, data) = (number.parse::<u8>().ok()?, text::unhex(hex)?);
        if data.is_empty() || data.len() > 1400 || !device.sockets.send(number, &data) {
            return None;
        }
        device.answer(&format!("#XSEND: {number},{}", data.len()));
        device.ok();
    } else if let Some(parameters) = parameters(line, "AT#XRECV") {
        let [number, "0", "64", _timeout, most] = parameters.as_slice() else {
            return None;
        };
        let number = number.parse().ok()?;
        let most = most.parse::<usize>().ok()?.min(2048);
        let data = device.sockets.receive(number, most)?;
        if data.is_empty() {
            // EAGAIN.
            return None;
        }
        device.octets(format!("\r\n#XRECV: {number},0,{}\r\n", data.len()).as_bytes());
        if !device.hand_over(&data) {
            return Some(());
        }
        device.ok();
        // The notification is armed again: what still waits is told at once.
        let (waiting, _) = device.sockets.state(number);
        if waiting > 0 {
            device.answer(&format!("#XAPOLL: {number},1"));
        }
    } else {
        let number: u8 = parameters(line, "AT#XCLOSE")?.first()?.parse().ok()?;
        if !device.sockets.close(number) {
            return None;
        }
        device.answer(&format!("#XCLOSE: {number},0"));
        device.ok();
    }
    Some(())
}
