//! The Dropbox simulator: a server that treats its clients as Dropbox does and serves a folder from disk.

mod accounts;
mod api;
mod arguments;
mod certificates;
mod control;
mod counts;
mod faults;
mod oauth;
mod random;
mod routes;
mod settings;
mod simulator;
mod traffic;

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use serde_json::json;

use arguments::Arguments;
use certificates::Certificates;
use simulator::{Origins, Simulator};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even this cannot be written.
            let _ = writeln!(io::stderr(), "dropbox-simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    if arguments.until_stdin_closes {
        exit_with_stdin();
    }

    let plain = listen(arguments.port)?;
    let secure = arguments.tls.as_ref().map(|tls| listen(tls.port)).transpose()?;
    let origins = Origins {
        http: format!("http://{}", plain.local_addr()?),
        https: match &secure {
            Some(listener) => Some(format!("https://localhost:{}", listener.local_addr()?.port())),
            None => None,
        },
    };
    let ready = json!({
        "http": origins.http,
        "https": origins.https,
        "ca": arguments.tls.as_ref().map(|tls| tls.ca_out.display().to_string()),
    });

    let simulator = Arc::new(Simulator::new(
        arguments.app,
        arguments.settings,
        &arguments.root,
        origins,
    )?);
    let routes = routes::all(simulator).into_make_service();
    let plain = axum_server::from_tcp(plain)?.serve(routes.clone());
    let secure = match (secure, &arguments.tls) {
        (Some(listener), Some(tls)) => {
            let certificates = Certificates::generate()?;
            std::fs::write(&tls.ca_out, certificates.ca_pem())?;
            let config = RustlsConfig::from_config(Arc::new(certificates.server_config()?));
            Some(axum_server::from_tcp_rustls(listener, config)?.serve(routes))
        }
        _ => None,
    };

    let mut stdout = io::stdout();
    writeln!(stdout, "{ready}")?;
    stdout.flush()?;

    match secure {
        Some(secure) => tokio::try_join!(plain, secure).map(|_| ())?,
        None => plain.await?,
    }
    Ok(())
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// A test that dies, even by SIGKILL, closes the pipe to its simulator, which then must not outlive it.
fn exit_with_stdin() {
    std::thread::spawn(|| {
        let mut ignored = [0; 1024];
        let mut stdin = io::stdin();
        while matches!(stdin.read(&mut ignored), Ok(count) if count > 0) {}
        std::process::exit(0);
    });
}
