//! The one tokio runtime of the process, and waiting for it with a deadline and a way out.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::channel::oneshot;
use once_cell::race::OnceBox;
use tokio::runtime::{Builder, Runtime};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Kind, Result};

/// How long a wait that ended early waits for its future to be dropped: workers may be busy with other things.
const LONGEST_DROP: Duration = Duration::from_millis(250);

/// How long a wait may last, who may end it early, and what is done meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Wait {
    /// Cancelled from another thread (`SQLCancel`, disconnect).
    pub cancel: CancellationToken,
    /// `Kind::Timeout` when it passes.
    pub deadline: Option<Instant>,
    /// Done again and again on the thread that waits.
    pub meanwhile: Option<Meanwhile>,
}

/// What a waiting thread does for a program that is to be called on its own threads only.
#[derive(Clone)]
pub struct Meanwhile {
    /// The longest pause between two times.
    pub every: Duration,
    /// What is done. It shall not wait for anything that the wait brings.
    pub work: Arc<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meanwhile")
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}

/// Runs a future on the runtime and blocks the calling thread until it is done, cancelled or late.
///
/// The future is dropped when the wait ends early. Callable from any thread, also one that belongs to
/// another tokio runtime. After a `fork` the runtime of the parent is gone: a new one is made for the child.
/// A panic inside the future is a `Kind::Internal` error.
pub fn run<T, F>(wait: &Wait, future: F) -> Result<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    if wait.cancel.is_cancelled() {
        return Err(cancelled());
    }
    let (sender, mut receiver) = oneshot::channel();
    let task = runtime()?.spawn(async move {
        let outcome = AssertUnwindSafe(future).catch_unwind().await;
        // The receiver is gone when the wait has ended early; nobody wants the outcome then.
        let _ = sender.send(outcome.unwrap_or_else(|panic| Err(panicked(panic.as_ref()))));
    });
    let _abort = AbortOnDrop(task.abort_handle());

    let waited = block_on(wait, &mut receiver);
    if waited.is_err() {
        // What the future held, such as a port, is free when the caller hears of the end; but not at any price.
        task.abort();
        let dropped = Wait {
            deadline: Instant::now().checked_add(LONGEST_DROP),
            ..Wait::default()
        };
        let _ = block_on(&dropped, receiver);
    }
    match waited? {
        Ok(outcome) => outcome,
        Err(oneshot::Canceled) => Err(Error::new(
            Kind::Internal,
            "The driver's worker threads have stopped; close this connection and open a new one",
        )),
    }
}

/// How many worker threads the runtime has, which is also how far one query is split.
pub fn workers() -> usize {
    // A driver is a guest in its host: a machine with many cores does not mean that many threads.
    std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8)
}

/// A value that is dropped on a thread of the runtime, wherever its last owner is.
///
/// Dropping a plan recurses over its expressions, and a thread of the host may have little stack.
#[derive(Debug)]
pub(super) struct Homed<T: Send + 'static>(Option<T>);

impl<T: Send + 'static> Homed<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// The value; always there while this lives.
    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    pub(super) fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_mut()
    }
}

impl<T: Send + 'static> Drop for Homed<T> {
    fn drop(&mut self) {
        if let (Some(value), Ok(runtime)) = (self.0.take(), runtime()) {
            runtime.spawn(async move { drop(value) });
        }
    }
}

/// Polls `future` on this thread until it is ready or the wait ends.
///
/// The waiting is done here and not on the runtime, so that a cancel is answered at once even when every worker is
/// busy decoding; and by hand, because tokio's own `block_on` panics on a thread that belongs to a runtime.
fn block_on<F: Future>(wait: &Wait, future: F) -> Result<F::Output> {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    // Unconstrained: a caller inside another runtime may have used up the poll budget of its own task.
    let mut future = pin!(tokio::task::unconstrained(future));
    let mut end = pin!(tokio::task::unconstrained(wait.cancel.cancelled()));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Ok(output);
        }
        if end.as_mut().poll(&mut context).is_ready() {
            return Err(cancelled());
        }
        let left = wait
            .deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(Error::new(
                Kind::Timeout,
                "The operation did not finish within its time limit; raise the limit or ask for less",
            ));
        }
        let pause = wait.meanwhile.as_ref().map(|meanwhile| {
            (meanwhile.work)();
            meanwhile.every
        });
        match left.into_iter().chain(pause).min() {
            Some(longest) => std::thread::park_timeout(longest),
            None => std::thread::park(),
        }
    }
}

fn cancelled() -> Error {
    Error::new(Kind::Cancelled, "The operation was cancelled")
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Aborting a task that has finished does nothing, so this needs no disarming.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let said = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Error::new(
        Kind::Internal,
        format!("The driver met a fault of its own ({said}); please report it with the statement that caused it"),
    )
}

/// The runtime of one process, and after it those of processes forked from it: each process appends its own.
///
/// A list that only grows needs no lock, and a lock could be held by a thread that does not exist after the fork.
/// Runtimes are never dropped: joining threads at exit or unload can hang the host.
struct PerProcess {
    pid: u32,
    runtime: Runtime,
    next: OnceBox<PerProcess>,
}

static FIRST: OnceBox<PerProcess> = OnceBox::new();

fn runtime() -> Result<&'static Runtime> {
    let pid = std::process::id();
    let mut slot = &FIRST;
    loop {
        match slot.get() {
            Some(process) if process.pid == pid => return Ok(&process.runtime),
            Some(process) => slot = &process.next,
            None => {
                let process = PerProcess {
                    pid,
                    runtime: start()?,
                    next: OnceBox::new(),
                };
                // Another thread may have been quicker; its runtime is found by the next turn of the loop.
                if let Err(late) = slot.set(Box::new(process)) {
                    late.runtime.shutdown_background();
                }
            }
        }
    }
}

fn start() -> Result<Runtime> {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    Builder::new_multi_thread()
        .worker_threads(workers())
        // Address space, not memory: planning recurses over the statement's expressions.
        .thread_stack_size(16 << 20)
        .thread_name_fn(|| format!("latchkey-{}", THREADS.fetch_add(1, Ordering::Relaxed)))
        .enable_all()
        .build()
        .map_err(|error| {
            Error::new(
                Kind::Internal,
                format!("The driver could not start its worker threads: {error}"),
            )
            .caused_by(error)
        })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Says when it is dropped.
    struct Told(mpsc::Sender<()>);

    impl Drop for Told {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }

    #[test]
    fn a_future_s_outcome_comes_back() {
        assert_eq!(run(&Wait::default(), async { Ok(7) }).unwrap(), 7);
        let error = run::<(), _>(&Wait::default(), async { Err(Error::new(Kind::Document, "bad")) }).unwrap_err();
        assert_eq!(error.kind(), Kind::Document);
    }

    #[test]
    fn work_runs_on_a_named_thread() {
        let name = run(&Wait::default(), async {
            Ok(std::thread::current().name().map(str::to_owned))
        });
        assert!(name.unwrap().unwrap().starts_with("latchkey-"));
    }

    #[test]
    fn a_cancel_from_another_thread_ends_the_wait_and_drops_the_future() {
        let wait = Wait::default();
        let (started, starts) = mpsc::channel();
        let (dropped, drops) = mpsc::channel();
        let cancel = wait.cancel.clone();
        let canceller = std::thread::spawn(move || {
            starts.recv().unwrap();
            cancel.cancel();
        });
        let told = Told(dropped);
        let error = run::<(), _>(&wait, async move {
            let _told = told;
            started.send(()).unwrap();
            std::future::pending().await
        })
        .unwrap_err();
        assert_eq!(error.kind(), Kind::Cancelled);
        // Not afterwards: what the future held is free for the next call.
        drops.try_recv().unwrap();
        canceller.join().unwrap();
    }

    #[test]
    fn a_cancel_is_answered_while_a_worker_is_busy() {
        let wait = Wait::default();
        let (started, starts) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let cancel = wait.cancel.clone();
        std::thread::spawn(move || {
            starts.recv().unwrap();
            cancel.cancel();
        });
        let error = run::<(), _>(&wait, async move {
            started.send(()).unwrap();
            let _ = released.recv();
            Ok(())
        })
        .unwrap_err();
        assert_eq!(error.kind(), Kind::Cancelled);
        drop(release);
    }

    #[test]
    fn a_deadline_that_passes_is_a_timeout() {
        let wait = Wait {
            deadline: Some(Instant::now() + Duration::from_millis(20)),
            ..Wait::default()
        };
        let error = run::<(), _>(&wait, std::future::pending()).unwrap_err();
        assert_eq!(error.kind(), Kind::Timeout);
    }

    #[test]
    fn what_is_done_meanwhile_is_done_on_the_thread_that_waits() {
        let (answer, answered) = tokio::sync::oneshot::channel();
        let (asked, asks) = mpsc::channel::<tokio::sync::oneshot::Sender<std::thread::ThreadId>>();
        let asks = parking_lot::Mutex::new(asks);
        let wait = Wait {
            meanwhile: Some(Meanwhile {
                every: Duration::from_millis(1),
                work: Arc::new(move || {
                    if let Ok(answer) = asks.lock().try_recv() {
                        answer.send(std::thread::current().id()).unwrap();
                    }
                }),
            }),
            ..Wait::default()
        };
        let thread = run(&wait, async move {
            asked.send(answer).unwrap();
            Ok(answered.await.unwrap())
        });
        assert_eq!(thread.unwrap(), std::thread::current().id());
    }

    #[test]
    fn a_panic_is_an_error() {
        let error = run::<(), _>(&Wait::default(), async { panic!("out of cheese") }).unwrap_err();
        assert_eq!(error.kind(), Kind::Internal);
        assert!(error.message().contains("out of cheese"));
    }

    #[test]
    fn a_thread_of_another_runtime_may_wait() {
        let other = Builder::new_current_thread().enable_all().build().unwrap();
        let answer = other.block_on(async {
            run(&Wait::default(), async {
                tokio::task::yield_now().await;
                Ok(())
            })
        });
        assert!(answer.is_ok());
    }
}
