//! What goes to the server and what it answers: the order of requests, how they are written, the
//! one frame that is on its way. It changes when a request, its order or its answer does.

pub(crate) mod body;
pub(crate) mod order;
pub(crate) mod outbound;
pub(crate) mod request;
pub(crate) mod responses;
pub(crate) mod suspects;
