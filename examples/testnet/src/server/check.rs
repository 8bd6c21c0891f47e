//! What CoAP itself demands of a request: options understood, path, method, size, Content-Format.

use super::Reply;
use crate::coap::{Code, Message, number};
use crate::config::ServerSettings;

/// Content-Format of application/json.
pub const JSON: u32 = 50;

/// Checks everything before the payload is looked at.
pub fn request(request: &Message, settings: &ServerSettings) -> Result<(), Reply> {
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
    if !path_is_ours(request, &settings.path) {
        return Err(Reply::not_found("no such resource"));
    }
    if request.code != Code::POST {
        return Err(Reply::new(Code::METHOD_NOT_ALLOWED));
    }
    if request.payload.len() > settings.max_request {
        return Err(Reply::too_large(settings.max_request));
    }
    if request.options.uint(number::CONTENT_FORMAT) != Some(JSON) {
        return Err(Reply::new(Code::UNSUPPORTED_FORMAT));
    }
    Ok(())
}

/// The path as segments; or none; or a whole URI in one Uri-Path, which is what the text literally asks for.
fn path_is_ours(request: &Message, path: &[String]) -> bool {
    let segments: Vec<&[u8]> = request.options.all(number::URI_PATH).collect();
    let same = |segments: &[&[u8]]| {
        segments
            .iter()
            .copied()
            .eq(path.iter().map(String::as_bytes))
    };
    if segments.is_empty() || same(&segments) {
        return true;
    }
    let [whole] = segments.as_slice() else {
        return false;
    };
    let Some((_, behind_scheme)) = std::str::from_utf8(whole)
        .ok()
        .and_then(|uri| uri.split_once("://"))
    else {
        return false;
    };
    let resource = behind_scheme.split_once('/').map_or("", |(_, path)| path);
    let segments: Vec<&[u8]> = resource
        .split('/')
        .filter(|s| !s.is_empty())
        .map(str::as_bytes)
        .collect();
    segments.is_empty() || same(&segments)
}
