//! One line in the log at each change of state. Never what a message says.

use super::Event;

pub(super) fn note(event: &Event<'_>) {
    match event {
        Event::Registered => log_info!("client: registered"),
        Event::RegistrationFailed(why) => log_warn!("client: registration failed: {}", why),
        Event::RegistrationLost => log_warn!("client: registration lost, registering again"),
        Event::RegistrationPending => log_info!("client: registration pending"),
        Event::Deregistered => log_info!("client: deregistered"),
        Event::Message { msg, .. } => {
            log_info!(
                "client: message from {=str}, {} octets",
                msg.originator.as_str(),
                msg.payload.len()
            );
        }
        Event::Report(report) => {
            log_info!("client: report, success: {}", report.status.is_success());
        }
        Event::Accepted { .. } => log_info!("client: message accepted"),
        Event::Stored { .. } => log_info!("client: message stored"),
        Event::Failed { failure, .. } => log_warn!("client: message failed: {}", failure),
        Event::ReportFailed { failure, .. } => log_warn!("client: report failed: {}", failure),
        Event::Duplicate => log_info!("client: repetition answered"),
        Event::Refused(code) => log_warn!("client: request refused: {}", code),
        Event::Pong => log_info!("client: pong"),
        Event::Released { hold_off_s } => log_info!("client: released for {} s", hold_off_s),
        Event::Aborted => log_warn!("client: aborted by the server"),
        Event::Malformed(error) => log_warn!("client: not CoAP: {}", error),
    }
}
