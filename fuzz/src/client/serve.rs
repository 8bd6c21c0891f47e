//! What the server says that has a form: any code, with a token that may be right, and a message
//! that may be one.

use super::World;
use arbitrary::{Result, Unstructured};
use msgin5g::coap::{Code, ContentFormat, OptionNumber, Token, UintValue};
use msgin5g::message::MessageId;

impl World<'_> {
    /// The server says something that has a form.
    pub(super) fn serve(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let last = self.seen.len().saturating_sub(1);
        let code = match u.int_in_range(0..=12)? {
            0..=2 => Code::POST,
            3 => Code::CREATED,
            4 => Code::CHANGED,
            5 => Code::UNAUTHORIZED,
            6 => Code::SERVICE_UNAVAILABLE,
            7 => Code::PING,
            8 => Code::CSM,
            9 => *u.choose(&[Code::PONG, Code::RELEASE, Code::ABORT])?,
            10 => *u.choose(&[Code::FORBIDDEN, Code::NOT_FOUND])?,
            11 => *u.choose(&[Code::CONTENT, Code::REQUEST_ENTITY_TOO_LARGE])?,
            _ => Code(u.arbitrary()?),
        };
        let known = match self.seen.is_empty() {
            true => None,
            false => Some(self.seen[last - u.int_in_range(0..=last.min(3))?].clone()),
        };
        let token = match &known {
            Some((token, _)) if !code.is_request() && !code.is_signal() => *token,
            _ => Token::new(&u.arbitrary::<[u8; 8]>()?[..u.int_in_range(0..=8)?]).unwrap(),
        };
        let payload = self.payload(u, known.and_then(|(_, ids)| ids.first().cloned()))?;
        let number: u32 = match u.int_in_range(0..=3)? {
            0 => u.arbitrary()?,
            1 => u.int_in_range(0..=600)?,
            _ => 1152,
        };
        let number = UintValue::new(number);
        let json = ContentFormat::JSON.octets();
        let options: &[(OptionNumber, &[u8])] = match (code, u.int_in_range(0..=9)?) {
            (_, 0) => &[(OptionNumber(u.arbitrary()?), &[1, 2, 3])],
            (Code::CSM, _) => &[(OptionNumber(2), number.as_octets())],
            (Code::SERVICE_UNAVAILABLE, 1..=4) => &[(OptionNumber::MAX_AGE, number.as_octets())],
            (Code::CONTENT, 1..=8) => &[(OptionNumber::OBSERVE, number.as_octets())],
            (Code::POST, 1..=8) => &[(OptionNumber::CONTENT_FORMAT, &json)],
            _ => &[],
        };
        self.say(code, token, options, payload.as_bytes());
        Ok(())
    }

    fn payload(&mut self, u: &mut Unstructured<'_>, known: Option<String>) -> Result<String> {
        let known = known.unwrap_or_default();
        let id: u8 = u.int_in_range(0..=40)?;
        let report: bool = u.arbitrary()?;
        let from = "\\u0001".repeat(u.int_in_range(0..=40)?);
        let between = format!(
            r#""Originating UE Service ID":"ue-0815{from}","Recipient UE Service ID":"ue-4711@iot.example","Delivery status required":{report}"#
        );
        Ok(match u.int_in_range(0..=15)? {
            0 => String::new(),
            1 => r#"{"Registration result":"success"}"#.into(),
            2 => r#"{"Registration result":"failure","Failure Cause":"no"}"#.into(),
            3 => r#"{"Expected registration time":"2026-01-01T00:00:00Z"}"#.into(),
            4 | 5 => {
                self.speak_of(&known);
                let status = *u.choose(&["stored", "failed", "reject", "?"])?;
                format!(
                    r#"{{"Message Type":"MSGRESP","Originating UE Service ID":"ue-4711@iot.example","Message ID":"{known}","Delivery Status":"{status}"}}"#
                )
            }
            6 => format!(
                r#"{{"Message Type":"IMDN",{between},"Message ID":"{known}","Delivery Status":"success"}}"#
            ),
            7 => " ".repeat(u.int_in_range(0..=800)?),
            8..=10 => format!(
                r#"{{"Message Type":"MSG",{between},"Message ID":"s-{}","Segmentation Set Identifier":"set-{}","Total number of message segments":{},"Message segment number":{},"Last segment flag":{},"Payload":"{}"}}"#,
                id % 4,
                id % 3,
                *u.choose(&["null", "3", "2", "1", "300"])?,
                u.int_in_range(0..=4)?,
                u.ratio(1, 4)?,
                "y".repeat(u.int_in_range(0..=200)?)
            ),
            11 => {
                let part = |n| {
                    format!(
                        r#"{{"Message ID":"a-{n}","Delivery status required":{report},"Delivery Status":"success","Payload":"z"}}"#
                    )
                };
                format!(
                    r#"{{"Message Type":"{}",{between},"Message ID":"g-{id}","List of individual messages":[{},{},{}]}}"#,
                    *u.choose(&["MSG", "IMDN"])?,
                    part(id),
                    part(id + 1),
                    part(id + u.int_in_range(0..=2)?)
                )
            }
            12 | 13 => {
                self.speak_of(&known);
                format!(
                    r#"{{"Message Type":"{}","Segmentation Set Identifier":"{known}","List of Segment range":"{}-{}","Result":"{}"}}"#,
                    *u.choose(&["SEGREC", "SEGCONFIR"])?,
                    u.int_in_range(0..=3)?,
                    u.int_in_range(0..=9)?,
                    *u.choose(&["success", "failure"])?
                )
            }
            _ => {
                format!(r#"{{"Message Type":"MSG",{between},"Message ID":"m-{id}","Payload":"x"}}"#)
            }
        })
    }

    /// The server may have its own word on this message after its answer.
    fn speak_of(&mut self, id: &str) {
        // What is said of an aggregate is said of each message in it.
        let of = self
            .seen
            .iter()
            .filter(|(_, ids)| ids.first().is_some_and(|first| first == id));
        for id in of.flat_map(|(_, ids)| ids) {
            if let Some(MessageId::Uuid(uuid)) = MessageId::parse(id) {
                self.spoken.insert(uuid);
            }
        }
    }
}
