//! The sections that this version enforces: spelling and default here, meaning in
//! `policy`.

pub(crate) mod addresses;
pub(crate) mod cross_request;
pub(crate) mod crypto;
pub(crate) mod dlp;
pub(crate) mod fetch_proxy;
pub(crate) mod forward_proxy;
pub(crate) mod kill_switch;
pub(crate) mod known;
pub(crate) mod limits;
pub(crate) mod lists;
pub(crate) mod logging;
pub(crate) mod request_body_scanning;
pub(crate) mod response_scanning;
pub(crate) mod scan_api;
pub(crate) mod suppress;
pub(crate) mod top;
pub(crate) mod unbuilt;
