//! What CoAP itself demands of a request: options understood, path, method, size, Content-Format.

use super::Reply;
use crate::coap::{Code, Message, number};
use crate::config::ServerSettings;

/// Content-Format of application/json.
pub const JSON: u32 = 50;

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// The server itself: messages are POSTed to it.
    Messages,
    /// Its topics, read and observed with GET.
    Topics,
}

/// Checks everything before the payload is looked at.
pub fn request(
    request: &Message,
    settings: &ServerSettings,
    max_request: usize,
) -> Result<Resource, Reply> {
    for (option, _) in request.options.iter() {
        match option {
            number::PROXY_URI | number::PROXY_SCHEME => return Err(Reply::new(Code::NO_PROXY)),
            number::URI_HOST
            | number::URI_PORT
            | number::URI_PATH
            | number::URI_QUERY
            | number::ACCEPT => {}
            // An odd number is critical: not understood means refused (RFC 7252 5.4.1).
            n if n % 2 == 1 => {
                return Err(Reply::diagnostic(
                    Code::BAD_OPTION,
                    &format!("critical option {n}"),
                ));
            }
            _ => {}
        }
    }
    let resource =
        resource(request, &settings.path).ok_or_else(|| Reply::not_found("no such resource"))?;
    let method = match resource {
        Resource::Messages => Code::POST,
        Resource::Topics => Code::GET,
    };
    if request.code != method {
        return Err(Reply::new(Code::METHOD_NOT_ALLOWED));
    }
    if request.payload.len() > max_request {
        return Err(Reply::too_large(max_request));
    }
    if resource == Resource::Messages && request.options.uint(number::CONTENT_FORMAT) != Some(JSON)
    {
        return Err(Reply::new(Code::UNSUPPORTED_FORMAT));
    }
    Ok(resource)
}

/// The path as segments; or none; or a whole URI in one Uri-Path, which is what the text literally asks for.
fn resource(request: &Message, path: &[String]) -> Option<Resource> {
    let mut asked: Vec<&[u8]> = request.options.all(number::URI_PATH).collect();
    let whole = asked
        .first()
        .and_then(|first| std::str::from_utf8(first).ok()?.split_once("://"));
    if let Some((_, behind_scheme)) = whole {
        let resource = behind_scheme.split_once('/').map_or("", |(_, path)| path);
        let segments = resource.split('/').filter(|s| !s.is_empty());
        asked.splice(..1, segments.map(str::as_bytes));
    }
    let is_topics = asked.len() > path.len() && asked.last() == Some(&b"topics".as_slice());
    if is_topics {
        asked.pop();
    }
    let ours = asked.iter().copied().eq(path.iter().map(String::as_bytes));
    match (ours || asked.is_empty() && !is_topics, is_topics) {
        (true, false) => Some(Resource::Messages),
        (true, true) => Some(Resource::Topics),
        (false, _) => None,
    }
}
