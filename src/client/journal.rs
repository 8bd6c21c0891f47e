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
        #[cfg(feature = "segmentation")]
        Event::Segment(part) => {
            log_info!("client: segment, {} of {} here", part.received, part.total);
        }
        #[cfg(feature = "segmentation")]
        Event::Incomplete(_) => log_warn!("client: message given up, segments missing"),
        #[cfg(feature = "segmentation")]
        Event::Progress { sent, total, .. } => {
            log_info!("client: segment taken, {} of {}", sent, total);
        }
        Event::Retried { .. } => log_info!("client: too large for the server, sent again in parts"),
        #[cfg(feature = "segmentation")]
        Event::PayloadWanted { offset, len, .. } => {
            log_info!("client: payload wanted, {} octets at {}", len, offset);
        }
        #[cfg(feature = "segmentation")]
        Event::SegmentsWanted { count, .. } => log_warn!("client: {} segments wanted again", count),
        #[cfg(feature = "segmentation")]
        Event::SegmentsReleased { confirmed, .. } => {
            log_info!("client: segments released, confirmed: {}", confirmed);
        }
        #[cfg(feature = "topics")]
        Event::Subscribed { .. } => log_info!("client: subscribed"),
        #[cfg(feature = "topics")]
        Event::SubscriptionEnded { failure, .. } => {
            log_info!("client: subscription ended: {}", failure);
        }
        #[cfg(feature = "stored-message-update")]
        Event::Updated { .. } => log_info!("client: stored message updated"),
        #[cfg(feature = "stored-message-update")]
        Event::UpdateFailed { failure, .. } => log_warn!("client: update failed: {}", failure),
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
