//! The progress bar of a query, on a terminal.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use latchkey::engine::Meter;
use latchkey::engine::runtime::Meanwhile;

/// How often the bar is drawn.
const EVERY: Duration = Duration::from_millis(100);
const LOOK: &str = "{bar:30} {pos}/{len} documents, {msg}";

/// A bar, which is gone when this is dropped.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    meter: Meter,
}

impl Bar {
    /// A bar about a query; none where standard error is no terminal.
    pub fn about(meter: Meter) -> Option<Self> {
        let target = ProgressDrawTarget::stderr();
        if target.is_hidden() {
            return None;
        }
        let style = ProgressStyle::with_template(LOOK).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style);
        Some(Self { bar, meter })
    }

    /// Draws the bar while somebody waits for rows.
    pub fn meanwhile(&self) -> Meanwhile {
        let (bar, meter) = (self.bar.clone(), self.meter.clone());
        Meanwhile {
            every: EVERY,
            work: Arc::new(move || {
                let progress = meter.progress();
                bar.set_length(progress.of_files);
                bar.set_position(progress.files);
                let (bytes, rows) = (HumanBytes(progress.bytes), HumanCount(progress.rows));
                bar.set_message(format!("{bytes}, {rows} rows"));
            }),
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
