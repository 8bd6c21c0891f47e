//! Where keys come from: a source with K_AUSF, and one that gives K_AF only.

use std::task::Poll;

use msgin5g::akma::*;

const A_KID: &str = "rid0.atidfeedfacefeed@5gc.mnc001.mcc001.3gppnetwork.org";

fn af_id(fqdn: &str) -> Result<AfId<'_>, AkmaError> {
    AfId::new(fqdn, UaStarId::TLS13)
}

fn registered() -> KausfSource<'static> {
    KausfSource::new(
        Supi::imsi("001010000000001").unwrap(),
        RoutingIndicator::default(),
        HomeNetwork::plmn("001", "01").unwrap(),
    )
    .with_k_ausf(Kausf::from_octets([7; 32]))
}

#[test]
fn life_of_a_key() {
    let af = af_id("msgin5g.example.com").unwrap();
    let mut source = registered();
    let first = source.generation();
    let Poll::Ready(Ok(old)) = source.request(&af) else {
        panic!("there is a key");
    };

    source.begin_authentication();
    assert_eq!(source.request(&af), Poll::Pending);
    assert_eq!(source.generation(), first, "nothing has changed yet");

    source.set_k_ausf(Kausf::from_octets([8; 32]));
    assert_ne!(source.generation(), first);
    let Poll::Ready(Ok(new)) = source.request(&af) else {
        panic!("there is a new key");
    };
    assert_ne!(old.a_kid, new.a_kid);
    assert_ne!(old.k_af(&af), new.k_af(&af));

    // The same K_AUSF again is no change.
    let second = source.generation();
    source.set_k_ausf(Kausf::from_octets([8; 32]));
    assert_eq!(source.generation(), second);

    source.clear();
    assert_ne!(source.generation(), second);
    assert_eq!(
        source.request(&af),
        Poll::Ready(Err(KeySourceError::NoKausf))
    );
}

#[test]
fn a_failed_authentication_is_not_pending_for_ever() {
    let af = af_id("msgin5g.example.com").unwrap();
    let mut source = registered();
    source.begin_authentication();
    source.clear();
    assert_eq!(
        source.request(&af),
        Poll::Ready(Err(KeySourceError::NoKausf))
    );
}

#[test]
fn form_and_realm_reach_the_identity() {
    let af = af_id("msgin5g.example.com").unwrap();
    let mut source = registered().with_form(AKidForm::F1a);
    let Poll::Ready(Ok(context)) = source.request(&af) else {
        panic!("there is a key");
    };
    let identity = context.psk_identity();
    let identity = identity.as_str().unwrap();
    assert!(identity.starts_with("3GPP-AKMArid0.atid"));
    assert!(identity.ends_with("@akma.5gc.mnc001.mcc001.3gppnetwork.org"));
}

#[test]
fn a_realm_too_long_is_a_bad_answer() {
    let realm = "r".repeat(200);
    let mut source = KausfSource::new(
        Supi::imsi("001010000000001").unwrap(),
        RoutingIndicator::default(),
        HomeNetwork::verbatim(&realm).unwrap(),
    )
    .with_k_ausf(Kausf::from_octets([7; 32]));
    assert_eq!(
        source.request(&af_id("a.b").unwrap()),
        Poll::Ready(Err(KeySourceError::BadAnswer(AkmaError::AKidLength {
            needed: 274
        })))
    );
}

/// A secure element: K_AKMA never comes out, K_AF for the AF asked for does.
struct Element {
    hidden: Kakma,
    busy: u32,
}

impl AkmaKeySource for Element {
    fn request(&mut self, af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        if let Some(left) = self.busy.checked_sub(1) {
            self.busy = left;
            return Poll::Pending;
        }
        Poll::Ready(Ok(AkmaContext {
            a_kid: AKid::from_modem(A_KID)?,
            key: AkmaKey::Kaf(self.hidden.k_af(af_id)),
        }))
    }

    fn generation(&self) -> u32 {
        1
    }
}

fn wait(source: &mut impl AkmaKeySource, af: &AfId<'_>) -> AkmaContext {
    loop {
        if let Poll::Ready(answer) = source.request(af) {
            return answer.unwrap();
        }
    }
}

#[test]
fn k_af_only_and_late() {
    let af = af_id("msgin5g.example.com").unwrap();
    let hidden = Kakma::from_octets([9; 32]);
    let want = hidden.k_af(&af);
    let mut element = Element { hidden, busy: 3 };
    // By reference too, as a driver that does not own the modem has it.
    let context = wait(&mut &mut element, &af);
    assert_eq!(context.k_af(&af), want);
    assert!(matches!(context.key, AkmaKey::Kaf(_)));
    assert_eq!(context.a_kid.as_str(), A_KID);
}
