//! Commands of the BG95 family.

use super::device::{Device, parameters};

pub fn command(device: &mut Device, line: &str) -> Option<()> {
    if let Some(parameters) = parameters(line, "AT+QICLOSE") {
        let number = parameters.first()?.parse().ok()?;
        device.sockets.close(number);
        device.ok();
    } else if parameters(line, "AT+QIACT").is_some() {
        device.ok();
    } else if let Some(parameters) = parameters(line, "AT+QIOPEN") {
        let [_context, number, service, host, port, ..] = parameters.as_slice() else {
            return None;
        };
        let number: u8 = number.parse().ok()?;
        if device.sockets.is_open(number) {
            // Socket identity has been used.
            device.ok();
            device.answer(&format!("+QIOPEN: {number},563"));
            return Some(());
        }
        device.sockets.create_as(number, *service == "UDP");
        let connected = device.sockets.connect(number, host, port.parse().ok()?);
        device.ok();
        if connected.is_err() {
            device.sockets.close(number);
        }
        // 566: socket connect failed.
        let result = if connected.is_ok() { 0 } else { 566 };
        device.answer(&format!("+QIOPEN: {number},{result}"));
    } else if let Some(parameters) = parameters(line, "AT+QISEND") {
        let number = parameters.first()?.parse().ok()?;
        let len: usize = parameters.get(1)?.parse().ok()?;
        if !(1..=1460).contains(&len) || !device.sockets.is_open(number) {
            return None;
        }
        device.ask_for_data(number, len, b"> ");
    } else {
        let parameters = parameters(line, "AT+QIRD")?;
        let number = parameters.first()?.parse().ok()?;
        let most: usize = parameters.get(1)?.parse().ok()?;
        let data = device.sockets.receive(number, most.min(1500))?;
        device.octets(format!("\r\n+QIRD: {}\r\n", data.len()).as_bytes());
        if !device.hand_over(&data) {
            return Some(());
        }
        device.ok();
    }
    Some(())
}

pub fn sent(device: &mut Device, number: u8, data: &[u8]) {
    match device.sockets.send(number, data) {
        true => device.answer("SEND OK"),
        false => device.error(),
    }
}
