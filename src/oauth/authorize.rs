//! Authorization URL, PKCE verifier and state.
