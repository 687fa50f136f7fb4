//! Requests to the token endpoint: code and refresh token.
