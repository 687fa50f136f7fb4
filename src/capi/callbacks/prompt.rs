//! Showing where to sign in, on the thread that waits for it.

use std::collections::VecDeque;
use std::ffi::{CString, c_void};
use std::fmt;
use std::ptr::null;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::FutureExt;
use futures::channel::oneshot;
use parking_lot::Mutex;

use crate::capi::memory::c_text;
use crate::capi::types::{lk_prompt, lk_prompt_callback};
use crate::connection::{Invitation, Prompt};

use super::{Data, outside};

type Function = unsafe extern "C" fn(*mut c_void, *const lk_prompt) -> i32;

/// The invitations of a session, and the program that shows them.
#[derive(Default)]
pub struct Prompts {
    callback: Mutex<Option<(Function, Data)>>,
    /// Whether the session's sign-in asks here; it does so for as long as it lives.
    is_asked: AtomicBool,
    asked: Mutex<VecDeque<Asked>>,
}

/// An invitation that waits to be shown, and who waits to hear whether it is.
struct Asked {
    invitation: Invitation,
    shown: oneshot::Sender<bool>,
}

impl Prompts {
    /// Takes the program's function, or its wish not to be asked. When this returns, the one before is not called any more.
    pub fn set(&self, callback: lk_prompt_callback, data: *mut c_void) {
        *self.callback.lock() = callback.map(|function| (function, Data(data)));
    }

    /// Whether invitations may come.
    pub fn may_come(&self) -> bool {
        self.is_asked.load(Ordering::Relaxed)
    }

    /// How a sign-in asks the program; none when the program does not want to be asked.
    pub fn prompt(self: &Arc<Self>) -> Option<Prompt> {
        let is_wanted = self.callback.lock().is_some();
        self.is_asked.store(is_wanted, Ordering::Relaxed);
        let prompts = is_wanted.then(|| self.clone())?;
        Some(Prompt::new(move |invitation| {
            let (shown, answer) = oneshot::channel();
            prompts.asked.lock().push_back(Asked { invitation, shown });
            async move { answer.await.unwrap_or(false) }.boxed()
        }))
    }

    /// Shows what waits to be shown.
    pub fn serve(&self) {
        while let Some(Asked { invitation, shown }) = self.next() {
            // Who asked may have given up meanwhile.
            if !shown.is_canceled() {
                let _ = shown.send(self.show(invitation));
            }
        }
    }

    /// Apart from the loop, so that the lock is not held while the program is called.
    fn next(&self) -> Option<Asked> {
        self.asked.lock().pop_front()
    }

    fn show(&self, invitation: Invitation) -> bool {
        // Held while the program is called: who sets another waits for that.
        let callback = self.callback.lock();
        let Some((function, data)) = *callback else {
            return false;
        };
        let url = c_text(invitation.url);
        let user_code = invitation.user_code.map(c_text);
        let complete_url = invitation.complete_url.map(c_text);
        let or_null = |text: &Option<CString>| text.as_ref().map_or(null(), |text| text.as_ptr());
        let prompt = lk_prompt {
            url: url.as_ptr(),
            user_code: or_null(&user_code),
            complete_url: or_null(&complete_url),
            expires_in: invitation.expires_in,
        };
        // SAFETY: the program gave this function for this data, and the texts outlive the call.
        outside(|| unsafe { function(data.0, &raw const prompt) }) == 0
    }
}

impl fmt::Debug for Prompts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompts").finish_non_exhaustive()
    }
}
