//! The callback listener on the loopback interface.
