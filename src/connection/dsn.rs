//! DSN and FILEDSN look-up.
