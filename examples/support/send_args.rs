//! The command line of `send`, and what it comes to.

use std::net::IpAddr;

use clap::{Parser, ValueEnum};
use msgin5g::akma::{AKid, AkmaContext, AkmaError, AkmaKey, Kaf, PskIdentity};
use msgin5g::configuration::Scheme;
use msgin5g::message::{
    AsServiceId, GroupServiceId, IdError, MessagingTopic, Recipient, UeServiceId,
};

use crate::Problem;
use crate::document::Document;
use crate::support::SubscriberArgs;

/// Sends and receives MSGin5G messages; each event is a line of JSON.
#[derive(Parser)]
pub struct Args {
    /// A UE configuration document (TS 24.538 clause 7.2); what the command line says goes over it
    #[arg(long, value_name = "FILE")]
    pub config: Option<String>,
    #[arg(skip)]
    pub document: Option<Document>,
    /// Where the server listens
    #[arg(long, value_name = "HOST:PORT", required_unless_present = "config")]
    pub server: Option<String>,
    /// Host name of the server as in the AF_ID. Without it: HOST, or
    /// msgin5g.example.com where HOST is an address
    #[arg(long)]
    pub fqdn: Option<String>,
    /// Ua* identifier: 10 hexadecimal digits; 0100000007 is TLS 1.3, and taken for DTLS 1.3, too
    #[arg(long, value_name = "HEX", default_value = "0100000007")]
    pub ua: String,
    /// K_AUSF: 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    #[arg(required_unless_present_any = ["psk", "plain", "udp"])]
    pub kausf: Option<String>,
    #[command(flatten)]
    pub subscriber: SubscriberArgs,
    /// A key in place of one that AKMA derives: 64 hexadecimal digits
    #[arg(
        long,
        value_name = "HEX",
        requires = "identity",
        conflicts_with = "kausf"
    )]
    pub psk: Option<String>,
    /// The PSK identity that goes with --psk, as it stands
    #[arg(long, value_name = "TEXT", requires = "psk")]
    pub identity: Option<String>,
    /// CoAP over bare TCP, without keys. For a bench, never for a network
    #[arg(long, conflicts_with_all = ["kausf", "psk"])]
    pub plain: bool,
    /// CoAP over bare UDP, without keys. For a bench, never for a network
    #[arg(long, conflicts_with_all = ["kausf", "psk", "plain"])]
    pub udp: bool,
    /// CoAP over UDP in DTLS 1.3, in place of TCP and TLS
    #[arg(long, conflicts_with_all = ["plain", "udp"])]
    pub dtls: bool,
    /// Who we are
    #[arg(long, value_name = "U", required_unless_present = "config")]
    pub ue_service_id: Option<String>,
    /// Path of the server's resource; empty for none. Without it: the document's, or msgin5g
    #[arg(long)]
    pub path: Option<String>,
    /// Whom to write to
    #[arg(long, value_name = "V", requires = "text")]
    pub to: Option<String>,
    /// What --to names
    #[arg(long, value_enum, default_value_t = Kind::Ue)]
    pub to_kind: Kind,
    /// What to write
    #[arg(long, value_name = "T", requires = "to")]
    pub text: Option<String>,
    /// Ask for a delivery status report, and wait for it
    #[arg(long, requires = "text")]
    pub report: bool,
    /// Subscribe to this topic before listening
    #[arg(long, value_name = "TOPIC")]
    pub subscribe: Option<String>,
    /// Print what arrives for this long
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub listen: u64,
    /// How long each step may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub timeout: u64,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Kind {
    Ue,
    As,
    Group,
    Topic,
}

impl Args {
    pub fn server(&self) -> &str {
        self.server.as_deref().unwrap_or_default()
    }

    pub fn ue_service_id(&self) -> Result<UeServiceId<'_>, IdError> {
        UeServiceId::new(self.ue_service_id.as_deref().unwrap_or_default())
    }

    /// Takes from a document what the command line does not say.
    pub fn complete(&mut self) -> Result<(), Problem> {
        let Some(file) = &self.config else {
            return Ok(());
        };
        let document = Document::read(file)?;
        if self.server.is_none() {
            // A document alone must not switch protection off.
            match document.scheme {
                Scheme::CoapsTcp => {}
                Scheme::Coaps => self.dtls |= !self.plain && !self.udp,
                Scheme::Coap if self.udp => {}
                Scheme::CoapTcp if self.plain => {}
                other => return Err(format!("{file}: {other:?} needs --udp or --plain").into()),
            }
        }
        self.server.get_or_insert(document.server.clone());
        self.ue_service_id
            .get_or_insert(document.ue_service_id.clone());
        self.fqdn = self.fqdn.take().or(document.fqdn.clone());
        self.document = Some(document);
        Ok(())
    }

    /// The name in the AF_ID. An address cannot stand there (TS 33.535 A.4).
    pub fn fqdn(&self) -> String {
        let (host, _) = self
            .server()
            .rsplit_once(':')
            .unwrap_or((self.server(), ""));
        let is_address =
            host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() || host == "localhost";
        match &self.fqdn {
            Some(fqdn) => fqdn.clone(),
            None if is_address => "msgin5g.example.com".to_owned(),
            None => host.to_owned(),
        }
    }

    pub fn recipient(&self) -> Result<Option<Recipient<'_>>, IdError> {
        let Some(to) = &self.to else {
            return Ok(None);
        };
        Ok(Some(match self.to_kind {
            Kind::Ue => Recipient::Ue(UeServiceId::new(to)?),
            Kind::As => Recipient::As(AsServiceId::new(to)?),
            Kind::Group => Recipient::Group(GroupServiceId::new(to)?),
            Kind::Topic => Recipient::Topic(MessagingTopic::new(to)?),
        }))
    }

    /// K_AF or the key that it comes from, and the PSK identity if that is not the A-KID's.
    pub fn key(&self) -> Result<(Option<AkmaContext>, Option<PskIdentity>), AkmaError> {
        if self.plain || self.udp {
            return Ok((None, None));
        }
        if let (Some(psk), Some(identity)) = (&self.psk, &self.identity) {
            let context = AkmaContext {
                a_kid: AKid::from_modem("nobody@nowhere")?,
                key: AkmaKey::Kaf(Kaf::from_hex(psk)?),
            };
            let identity = PskIdentity::verbatim(identity.as_bytes())?;
            return Ok((Some(context), Some(identity)));
        }
        let k_ausf = self.kausf.as_deref().unwrap_or_default();
        let (k_akma, a_kid, _) = self.subscriber.derive(k_ausf)?;
        let key = AkmaKey::Kakma(k_akma);
        Ok((Some(AkmaContext { a_kid, key }), None))
    }

    /// Path of the server's resource.
    pub fn path(&self) -> Vec<&str> {
        match (&self.path, &self.document) {
            (None, Some(document)) => document.path.iter().map(String::as_str).collect(),
            (path, _) => {
                let path = path.as_deref().unwrap_or("msgin5g");
                path.split('/').filter(|part| !part.is_empty()).collect()
            }
        }
    }

    pub fn timeout_ms(&self) -> u64 {
        self.timeout.saturating_mul(1000)
    }
}
