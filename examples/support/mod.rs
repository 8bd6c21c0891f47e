//! What the example programs share: a subscriber's options, and the keys they lead to.

use clap::Args;
use msgin5g::akma::{
    AKid, AKidForm, ATid, AkmaError, HomeNetwork, Kakma, Kausf, MncLength, RoutingIndicator, Supi,
};

/// Who the subscriber is: all that an A-KID is made of besides the key.
#[derive(Args)]
pub struct SubscriberArgs {
    /// SUPI: the bare digits of an IMSI (no "imsi-"), or an NAI user@realm
    #[arg(long, default_value = "")]
    pub supi: String,
    /// Routing Indicator: 1 to 4 decimal digits
    #[arg(long, default_value = "0")]
    pub rid: String,
    /// Form of the A-KID: F1, F1a, F2, F3 or F4
    #[arg(long, default_value = "F1")]
    pub form: String,
    /// MCC of the home network: 3 digits. Without it: the IMSI's, or the NAI's own realm
    #[arg(long, requires = "mnc")]
    pub mcc: Option<String>,
    /// MNC of the home network: 2 or 3 digits. Without it: 2 digits of the IMSI
    #[arg(long, requires = "mcc")]
    pub mnc: Option<String>,
    /// NID of a home network that is an SNPN: 11 hexadecimal digits
    #[arg(long, requires = "mcc")]
    pub nid: Option<String>,
    /// Realm of the A-KID, instead of MCC and MNC
    #[arg(long, conflicts_with_all = ["mcc", "mnc", "nid"])]
    pub realm: Option<String>,
}

impl SubscriberArgs {
    /// K_AKMA and what names it, from K_AUSF in hexadecimal digits.
    pub fn derive(&self, k_ausf: &str) -> Result<(Kakma, AKid, ATid), AkmaError> {
        let supi = Supi::parse(&self.supi)?;
        let rid = RoutingIndicator::new(&self.rid)?;
        let form: AKidForm = self.form.parse()?;
        let home = self.home_network(&supi)?;
        let (k_akma, a_tid) = Kausf::from_hex(k_ausf)?.derive(&supi);
        let a_kid = AKid::build(form, &rid, &a_tid, &home)?;
        Ok((k_akma, a_kid, a_tid))
    }

    fn home_network<'a>(&'a self, supi: &Supi<'a>) -> Result<HomeNetwork<'a>, AkmaError> {
        match (&self.realm, &self.mcc, &self.mnc, &self.nid) {
            (Some(realm), ..) => HomeNetwork::verbatim(realm),
            (_, Some(mcc), Some(mnc), Some(nid)) => HomeNetwork::snpn(mcc, mnc, nid),
            (_, Some(mcc), Some(mnc), None) => HomeNetwork::plmn(mcc, mnc),
            _ => supi.home_network(MncLength::Two),
        }
    }
}
