//! AKMA by itself: derivations for tests, for tools, and for who keeps K_AUSF.

use core::ffi::c_char;

use msgin5g::akma::{
    AKid, AKidForm, ATid, AfId, AkmaContext, AkmaKey, HomeNetwork, Kakma, Kausf, PskIdentity,
    RoutingIndicator, ServingNetworkName, Supi, UaStarId,
};

use crate::given::{self, Sized32};
use crate::msgin5g_status as Status;
use crate::status::told;

/// Whose K_AUSF it is. All texts end with 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_subscriber {
    /// sizeof(msgin5g_subscriber).
    pub size: u32,
    /// How the A-KID is written: one of msgin5g_a_kid_form, 0 by default.
    pub form: u32,
    /// SUPI as it goes into the derivation: 6 to 15 digits of an IMSI, or an NAI.
    pub supi: *const c_char,
    /// Routing Indicator, 1 to 4 digits. NULL: "0".
    pub routing_indicator: *const c_char,
    /// Mobile country code of the home network, 3 digits.
    pub mcc: *const c_char,
    /// Mobile network code of the home network, 2 or 3 digits.
    pub mnc: *const c_char,
    /// Network identifier, 11 hexadecimal digits, where the home network is an SNPN; NULL otherwise.
    pub nid: *const c_char,
    /// In the place of the three: the realm of the A-KID, word by word. NULL otherwise.
    pub realm: *const c_char,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_subscriber {}

/// How the user part of an A-KID is written. The standard's text is not public: what is met.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_a_kid_form {
    /// `rid<RID>.atid<64 hex digits>@5gc.mnc...`
    F1 = 0,
    /// As F1, before akma.5gc.mnc...
    F1a = 1,
    /// `<RID><64 hex digits>`
    F2 = 2,
    /// `<RID>.<43 characters of base64url>`, before `akma.5gc.mnc...`
    F3 = 3,
    /// `<64 hex digits><RID>`, before `<MCC><MNC>`
    F4 = 4,
}

/// K_AUSF of a 5G AKA run (TS 33.501 A.2), for UEs whose USIM answers and whose modem does not keep K_AUSF.
/// May be called at any time from anywhere.
///
/// \param ck 16 octets
/// \param ik 16 octets
/// \param serving_network `5G:mnc<3 digits>.mcc<3 digits>.3gppnetwork.org`, ended by 0
/// \param sqn_xor_ak 6 octets, the first of AUTN
/// \param k_ausf room for 32 octets; unchanged after an error
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_AKMA_NAME
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_akma_k_ausf_from_5g_aka(
    ck: *const u8,
    ik: *const u8,
    serving_network: *const c_char,
    sqn_xor_ak: *const u8,
    k_ausf: *mut u8,
) -> msgin5g_status {
    let derive = || -> Result<(), Status> {
        // SAFETY: C's arguments are what the header asks for, here and below.
        let (ck, ik) = unsafe { (given::array::<16>(ck)?, given::array::<16>(ik)?) };
        // SAFETY: as above.
        let (name, sqn) = unsafe {
            (
                given::text(serving_network)?,
                given::array::<6>(sqn_xor_ak)?,
            )
        };
        let name = ServingNetworkName::parse(name)?;
        let key = Kausf::from_5g_aka(&ck, &ik, &name, &sqn);
        // SAFETY: as above.
        unsafe { given::put(k_ausf.cast::<[u8; 32]>(), *key.as_octets()) }
    };
    told(derive())
}

/// K_AUSF of an EAP-AKA' run (TS 33.501 6.1.3.1): out of the EMSK. May be called at any time from anywhere.
///
/// \param emsk the EMSK
/// \param emsk_len 64
/// \param k_ausf room for 32 octets; unchanged after an error
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_KEY_LENGTH
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_akma_k_ausf_from_emsk(
    emsk: *const u8,
    emsk_len: usize,
    k_ausf: *mut u8,
) -> msgin5g_status {
    let derive = || -> Result<(), Status> {
        // SAFETY: C's arguments are what the header asks for.
        let emsk = unsafe { given::octets(emsk, emsk_len, 1024) }?;
        let key = Kausf::from_eap_aka_prime(emsk)?;
        // SAFETY: as above.
        unsafe { given::put(k_ausf.cast::<[u8; 32]>(), *key.as_octets()) }
    };
    told(derive())
}

/// K_AKMA and A-TID from K_AUSF (TS 33.535 A.2 and A.3). May be called at any time from anywhere.
///
/// \param k_ausf 32 raw octets
/// \param supi digits of an IMSI, or an NAI, ended by 0
/// \param k_akma room for 32 octets, to be wiped by the caller; unchanged after an error
/// \param a_tid room for 32 octets; unchanged after an error
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_AKMA_NAME
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_akma_k_akma(
    k_ausf: *const u8,
    supi: *const c_char,
    k_akma: *mut u8,
    a_tid: *mut u8,
) -> msgin5g_status {
    let derive = || -> Result<(), Status> {
        if k_akma.is_null() || a_tid.is_null() {
            return Err(Status::InvalidArgument);
        }
        // SAFETY: C's arguments are what the header asks for.
        let (k_ausf, supi) = unsafe { (given::array::<32>(k_ausf)?, given::text(supi)?) };
        let (key, id) = Kausf::from_octets(k_ausf).derive(&Supi::parse(supi)?);
        // SAFETY: as above.
        unsafe {
            given::put(k_akma.cast::<[u8; 32]>(), *key.as_octets())?;
            given::put(a_tid.cast::<[u8; 32]>(), *id.as_octets())
        }
    };
    told(derive())
}

/// K_AF for one server from K_AKMA (TS 33.535 A.4). May be called at any time from anywhere.
///
/// \param k_akma 32 raw octets
/// \param server_name host name of the server, ended by 0
/// \param ua_star_id 5 octets of the Ua* protocol; NULL: that of TLS 1.3
/// \param k_af room for 32 octets, to be wiped by the caller; unchanged after an error
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_AKMA_NAME
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_akma_k_af(
    k_akma: *const u8,
    server_name: *const c_char,
    ua_star_id: *const u8,
    k_af: *mut u8,
) -> msgin5g_status {
    let derive = || -> Result<(), Status> {
        // SAFETY: C's arguments are what the header asks for.
        let (k_akma, name) = unsafe { (given::array::<32>(k_akma)?, given::text(server_name)?) };
        // SAFETY: as above.
        let af_id = AfId::new(name, unsafe { ua(ua_star_id) }?)?;
        let key = Kakma::from_octets(k_akma).k_af(&af_id);
        // SAFETY: as above.
        unsafe { given::put(k_af.cast::<[u8; 32]>(), *key.as_octets()) }
    };
    told(derive())
}

/// The A-KID of a subscriber, ended by 0 (TS 33.535 clause 6.1). May be called at any time from anywhere.
///
/// \param a_tid 32 octets, as msgin5g_akma_k_akma() gives them
/// \param subscriber whose it is; the SUPI does not count
/// \param text where it goes
/// \param text_size octets of that; 193 are always enough
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE,
/// MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_AKMA_NAME, MSGIN5G_STATUS_BUFFER_TOO_SMALL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_akma_a_kid(
    a_tid: *const u8,
    subscriber: *const msgin5g_subscriber,
    text: *mut c_char,
    text_size: usize,
) -> msgin5g_status {
    let build = || -> Result<(), Status> {
        // SAFETY: C's arguments are what the header asks for.
        let a_tid = ATid::from_octets(unsafe { given::array(a_tid) }?);
        // SAFETY: as above.
        let subscriber = unsafe { given::structure(subscriber) }?;
        // SAFETY: as above.
        let a_kid = unsafe { a_kid_of(&subscriber, &a_tid) }?;
        // SAFETY: as above.
        unsafe { put_text(a_kid.as_str().as_bytes(), text, text_size) }
    };
    told(build())
}

/// The PSK identity for an A-KID, ended by 0 (TS 33.535 B.1.3.2). May be called at any time from anywhere.
///
/// \param a_kid ended by 0
/// \param text where it goes
/// \param text_size octets of that; 257 are always enough
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT,
/// MSGIN5G_STATUS_AKMA_NAME, MSGIN5G_STATUS_BUFFER_TOO_SMALL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_akma_psk_identity(
    a_kid: *const c_char,
    text: *mut c_char,
    text_size: usize,
) -> msgin5g_status {
    let build = || -> Result<(), Status> {
        // SAFETY: C's arguments are what the header asks for.
        let a_kid = AKid::from_modem(unsafe { given::text(a_kid) }?)?;
        // SAFETY: as above.
        unsafe { put_text(PskIdentity::new(&a_kid).as_bytes(), text, text_size) }
    };
    told(build())
}

use crate::msgin5g_status;

/// # Safety
/// NULL, or 5 octets.
pub(crate) unsafe fn ua(octets: *const u8) -> Result<UaStarId, Status> {
    if octets.is_null() {
        return Ok(UaStarId::TLS13);
    }
    // SAFETY: the caller's promise.
    unsafe { given::array(octets) }.map(UaStarId::custom)
}

/// # Safety
/// NULL, or a subscriber with texts.
pub(crate) unsafe fn k_ausf_context(
    k_ausf: &[u8; 32],
    subscriber: *const msgin5g_subscriber,
) -> Result<AkmaContext, Status> {
    // SAFETY: the caller's promise.
    let subscriber = unsafe { given::structure(subscriber) }?;
    // SAFETY: as above.
    let supi = Supi::parse(unsafe { given::text(subscriber.supi) }?)?;
    let (k_akma, a_tid) = Kausf::from_octets(*k_ausf).derive(&supi);
    Ok(AkmaContext {
        // SAFETY: as above.
        a_kid: unsafe { a_kid_of(&subscriber, &a_tid) }?,
        key: AkmaKey::Kakma(k_akma),
    })
}

/// # Safety
/// Its texts are texts.
unsafe fn a_kid_of(subscriber: &msgin5g_subscriber, a_tid: &ATid) -> Result<AKid, Status> {
    // SAFETY: the caller's promise, here and below.
    let routing_indicator = match unsafe { given::optional_text(subscriber.routing_indicator) }? {
        Some(digits) => RoutingIndicator::new(digits)?,
        None => RoutingIndicator::default(),
    };
    // SAFETY: as above.
    let (realm, nid) = unsafe {
        (
            given::optional_text(subscriber.realm)?,
            given::optional_text(subscriber.nid)?,
        )
    };
    let home = match realm {
        Some(realm) => HomeNetwork::verbatim(realm)?,
        None => {
            // SAFETY: as above.
            let (mcc, mnc) =
                unsafe { (given::text(subscriber.mcc)?, given::text(subscriber.mnc)?) };
            match nid {
                Some(nid) => HomeNetwork::snpn(mcc, mnc, nid)?,
                None => HomeNetwork::plmn(mcc, mnc)?,
            }
        }
    };
    let form = match subscriber.form {
        0 => AKidForm::F1,
        1 => AKidForm::F1a,
        2 => AKidForm::F2,
        3 => AKidForm::F3,
        4 => AKidForm::F4,
        _ => return Err(Status::InvalidArgument),
    };
    Ok(AKid::build(form, &routing_indicator, a_tid, &home)?)
}

/// # Safety
/// NULL, or so much room.
pub(crate) unsafe fn put_text(octets: &[u8], text: *mut c_char, size: usize) -> Result<(), Status> {
    if text.is_null() {
        return Err(Status::InvalidArgument);
    }
    let needed = octets.len().saturating_add(1);
    if size < needed {
        return Err(Status::BufferTooSmall);
    }
    // SAFETY: room for all of them and the 0, which is looked at just above.
    let room = unsafe { given::room(text.cast(), needed) }?;
    let ended = octets.iter().copied().chain([0]);
    for (to, from) in room.iter_mut().zip(ended) {
        *to = from;
    }
    Ok(())
}
