//! Messages from constrained UEs that want no report: known again, sent once.

use super::Link;

/// The newest such messages, the oldest first. When there is no more room the link with most of them
/// loses its oldest one: so however much one UE sends, it pushes out nobody else's.
#[derive(Debug)]
pub(super) struct Repeats<const N: usize>(heapless::Vec<([u8; 16], Link), N>);

impl<const N: usize> Repeats<N> {
    pub(super) const fn new() -> Self {
        Self(heapless::Vec::new())
    }

    pub(super) fn contains(&self, message_id: [u8; 16], link: Link) -> bool {
        self.0.contains(&(message_id, link))
    }

    pub(super) fn remember(&mut self, message_id: [u8; 16], link: Link) {
        if self.0.is_full() {
            let count = |of: Link| self.0.iter().filter(|(_, link)| *link == of).count();
            // Of as many the first counts, which is the oldest.
            let links = self.0.iter().enumerate().rev();
            let most = links
                .max_by_key(|(_, (_, of))| count(*of).saturating_add(usize::from(*of == link)));
            if let Some((oldest, _)) = most {
                self.0.remove(oldest);
            }
        }
        // There is room now, if there is any at all.
        let _ = self.0.push((message_id, link));
    }

    /// It was not sent: should it come again, it is no repeat.
    pub(super) fn forget(&mut self, message_id: [u8; 16]) {
        self.0.retain(|(known, _)| *known != message_id);
    }
}
