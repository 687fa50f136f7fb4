//! What is served where.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};

use crate::api::error::{unknown_route, wrong_method};
use crate::api::{account, download, links, listing, metadata, shared};
use crate::control;
use crate::oauth::{authorize, token};
use crate::simulator::Shared;
use crate::traffic;

/// All hosts of Dropbox in one.
pub fn all(simulator: Shared) -> Router {
    let dropbox = Router::new()
        .route("/oauth2/authorize", get(authorize::authorize))
        .route("/oauth2/authorize_login", post(authorize::login))
        .route(authorize::CONSENT, get(authorize::consent))
        .route("/oauth2/authorize_submit", post(authorize::submit))
        .route("/oauth2/token", post(token::token))
        .route("/2/files/list_folder", function(post(listing::list_folder)))
        .route(
            "/2/files/list_folder/continue",
            function(post(listing::list_folder_continue)),
        )
        .route("/2/files/get_metadata", function(post(metadata::get_metadata)))
        .route(
            "/2/files/download",
            function(get(download::download).post(download::download)),
        )
        .route("/2/files/get_temporary_link", function(post(links::get_temporary_link)))
        .route(
            "/2/sharing/get_shared_link_metadata",
            function(post(shared::get_shared_link_metadata)),
        )
        .route(
            "/2/sharing/get_shared_link_file",
            function(get(shared::get_shared_link_file).post(shared::get_shared_link_file)),
        )
        .route(
            "/2/users/get_current_account",
            function(post(account::get_current_account)),
        )
        .route("/2/check/user", function(post(account::check_user)))
        .route("/2/auth/token/revoke", function(post(account::revoke)))
        .route("/temporary/{secret}", get(links::follow))
        .fallback(unknown_route)
        .layer(from_fn_with_state(simulator.clone(), traffic::shape));
    dropbox.merge(control::routes()).with_state(simulator)
}

fn function(methods: MethodRouter<Shared>) -> MethodRouter<Shared> {
    methods.fallback(wrong_method)
}
