//! Requests, read from octets in pieces of any size.

use super::Response;

/// Longest request line and header fields together.
const HEAD: usize = 8 * 1024;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// Before the question mark, still escaped.
    pub path: String,
    /// Behind the question mark, still escaped.
    pub query: String,
    /// Value of Content-Type without parameters, in small letters.
    pub content_type: Option<String>,
    /// As long as Content-Length says.
    pub body: Vec<u8>,
    /// Whether the connection stays.
    pub keep_alive: bool,
}

/// The octets of one connection.
#[derive(Debug)]
pub struct Parser {
    octets: Vec<u8>,
    max_body: usize,
    /// The head was seen, and its client waits for leave to send the body.
    asked_for_leave: bool,
}

/// What the octets so far amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// More is needed.
    Incomplete,
    /// More is needed, and the client wants to hear that it may go on.
    Continue,
    /// One whole request.
    Request(Request),
}

impl Parser {
    pub fn new(max_body: usize) -> Self {
        Self {
            octets: Vec::new(),
            max_body,
            asked_for_leave: false,
        }
    }

    pub fn feed(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// The next request. The error is the response to it, after which nothing more can be understood.
    pub fn advance(&mut self) -> Result<Progress, Response> {
        let end = self.octets.windows(4).position(|w| w == b"\r\n\r\n");
        if end.unwrap_or(self.octets.len()) > HEAD {
            return Err(Response::problem(431, "the header fields are too long"));
        }
        let Some(end) = end else {
            return Ok(Progress::Incomplete);
        };
        let head = std::str::from_utf8(&self.octets[..end])
            .map_err(|_| Response::problem(400, "the head is not UTF-8"))?;
        let head = Head::read(head)?;
        if head.length > self.max_body {
            return Err(Response::problem(
                413,
                &format!("more than {} octets", self.max_body),
            ));
        }
        let whole = end + 4 + head.length;
        if self.octets.len() < whole {
            let first =
                head.expects_continue && !std::mem::replace(&mut self.asked_for_leave, true);
            return Ok(if first {
                Progress::Continue
            } else {
                Progress::Incomplete
            });
        }
        self.asked_for_leave = false;
        let mut request = head.request;
        request.body = self.octets[end + 4..whole].to_vec();
        self.octets.drain(..whole);
        Ok(Progress::Request(request))
    }
}

struct Head {
    request: Request,
    length: usize,
    expects_continue: bool,
}

impl Head {
    fn read(head: &str) -> Result<Self, Response> {
        let mut lines = head.split("\r\n");
        let bad = |what: &str| Response::problem(400, what);
        let mut words = lines.next().unwrap_or_default().split(' ');
        let line = (words.next(), words.next(), words.next(), words.next());
        let (Some(method), Some(target), Some(version), None) = line else {
            return Err(bad("not a request line"));
        };
        let keep_alive = match version {
            "HTTP/1.1" => true,
            "HTTP/1.0" => false,
            _ => return Err(Response::problem(505, "HTTP/1.1 is spoken here")),
        };
        if method.is_empty()
            || !method.bytes().all(|b| b.is_ascii_uppercase())
            || !target.starts_with('/')
        {
            return Err(bad("not a request line"));
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            content_type: None,
            body: Vec::new(),
            keep_alive,
        };
        let mut head = Self {
            request,
            length: 0,
            expects_continue: false,
        };
        let mut length = None;
        for line in lines {
            let (name, value) = line
                .split_once(':')
                .ok_or_else(|| bad("not a header field"))?;
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => {
                    let read = value
                        .parse::<usize>()
                        .map_err(|_| bad("Content-Length is no number"))?;
                    if length.replace(read).is_some_and(|before| before != read) {
                        return Err(bad("Content-Length says two things"));
                    }
                }
                "transfer-encoding" => {
                    return Err(Response::problem(411, "Content-Length is needed"));
                }
                "content-type" => {
                    let kind = value.split(';').next().unwrap_or_default();
                    head.request.content_type = Some(kind.trim().to_ascii_lowercase());
                }
                "connection" => match value.to_ascii_lowercase().as_str() {
                    "close" => head.request.keep_alive = false,
                    "keep-alive" => head.request.keep_alive = true,
                    _ => {}
                },
                "expect" => head.expects_continue = value.eq_ignore_ascii_case("100-continue"),
                _ => {}
            }
        }
        let needs_length = matches!(head.request.method.as_str(), "POST" | "PUT");
        head.length = match length {
            None if needs_length => return Err(Response::problem(411, "Content-Length is needed")),
            length => length.unwrap_or(0),
        };
        Ok(head)
    }
}
