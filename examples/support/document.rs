//! A UE configuration document in the words of a command line.

use msgin5g::configuration::{Scheme, UeConfiguration};

/// What a document says (TS 24.538 clause 7.2), owned.
pub struct Document {
    pub scheme: Scheme,
    /// Host and port.
    pub server: String,
    /// The host, if it is a name.
    pub fqdn: Option<String>,
    pub ue_service_id: String,
    pub path: Vec<String>,
    /// The largest segment, in octets.
    pub segment_size: u16,
}

impl Document {
    pub fn read(file: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let mut octets = std::fs::read(file).map_err(|why| format!("{file}: {why}"))?;
        let found = UeConfiguration::parse(&mut octets).map_err(|why| format!("{file}: {why}"))?;
        found.client_config().check()?;
        let address = &found.server_address;
        let (host, port) = (address.host, address.port());
        let server = if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        Ok(Self {
            scheme: address.scheme,
            server,
            fqdn: address.fqdn().map(str::to_owned),
            ue_service_id: found.ue_service_id.as_str().to_owned(),
            path: address
                .path()
                .iter()
                .map(|part| (*part).to_owned())
                .collect(),
            segment_size: found.client_config().segment_size,
        })
    }
}
