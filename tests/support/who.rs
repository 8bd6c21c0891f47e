//! Two UEs, the network that knows them, and their keys.

use core::task::Poll;

use msgin5g::akma::{
    AfId, AkmaKeySource, Kaf, Kausf, KausfSource, MncLength, PskIdentity, RoutingIndicator, Supi,
    UaStarId,
};
use msgin5g_testnet::{Config, Subscriber, TestNet};

/// Who a UE is.
#[derive(Clone, Copy)]
pub struct Who {
    pub supi: &'static str,
    pub k_ausf: [u8; 32],
    pub service_id: &'static str,
}

pub const METER: Who = Who {
    supi: "001010000000001",
    k_ausf: [0x11; 32],
    service_id: "meter-7@iot.example",
};

pub const PUMP: Who = Who {
    supi: "001010000000002",
    k_ausf: [0x22; 32],
    service_id: "pump-3@iot.example",
};

/// A network that knows the meter and the pump.
pub fn network(config: Config) -> TestNet {
    let network = TestNet::start(config).expect("a network");
    for who in [METER, PUMP] {
        let subscriber = Subscriber::new(who.supi, who.k_ausf).with_ue(who.service_id);
        network.add_subscriber(subscriber).expect("a subscriber");
    }
    network
}

/// K_AF and PSK identity for the server of this name, as a modem would give them.
pub fn keys(who: Who, fqdn: &str) -> (Kaf, PskIdentity) {
    keys_for(who, &AfId::new(fqdn, UaStarId::TLS13).unwrap())
}

pub fn keys_for(who: Who, af_id: &AfId<'_>) -> (Kaf, PskIdentity) {
    let supi = Supi::imsi(who.supi).unwrap();
    let home = supi.home_network(MncLength::Two).unwrap();
    let mut source = KausfSource::new(supi, RoutingIndicator::new("0").unwrap(), home)
        .with_k_ausf(Kausf::from_octets(who.k_ausf));
    let Poll::Ready(Ok(context)) = source.request(af_id) else {
        panic!("keys");
    };
    (context.k_af(af_id), context.psk_identity())
}
