//! Responses: JSON, a problem of RFC 9457, or nothing.

use serde_json::{Value, json};

/// One response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    content: Option<(&'static str, String)>,
    /// Value of Location or of Allow, with the field's name.
    field: Option<(&'static str, String)>,
}

impl Response {
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            content: None,
            field: None,
        }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self {
            content: Some(("application/json", body.to_string())),
            ..Self::empty(status)
        }
    }

    pub fn problem(status: u16, detail: &str) -> Self {
        let body = json!({"status": status, "title": title(status), "detail": detail});
        Self {
            content: Some(("application/problem+json", body.to_string())),
            ..Self::empty(status)
        }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.field = Some((name, value.to_owned()));
        self
    }

    /// The octets; `keep_alive` tells the client whether it may ask again.
    pub fn octets(&self, keep_alive: bool) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, title(self.status));
        if let Some((name, value)) = &self.field {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let body = match &self.content {
            Some((kind, body)) => {
                head.push_str(&format!("Content-Type: {kind}\r\n"));
                body.as_str()
            }
            None => "",
        };
        // 204 must not have a length (RFC 9110 8.6).
        if self.status != 204 {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        if !keep_alive {
            head.push_str("Connection: close\r\n");
        }
        format!("{head}\r\n{body}").into_bytes()
    }
}

fn title(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        411 => "Length Required",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        431 => "Request Header Fields Too Large",
        505 => "HTTP Version Not Supported",
        _ => "Internal Server Error",
    }
}
