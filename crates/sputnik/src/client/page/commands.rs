//! Commands: they wait until they are answered, and what is not answered when the page goes is kept.

use super::{
    super::{
        call::{Answer, Call},
        resend,
        shown::NotDone,
        state::{Later, State, call_frame},
        transport::post::post,
    },
    Page, now, step,
};
use crate::protocol::{fault::Fault, names::Uid};
use leptos::{prelude::*, task::spawn_local};
use std::{cell::RefCell, future::poll_fn, rc::Rc, time::Duration};

/// When a command is posted again that got no answer.
pub(crate) const POST_AGAIN: Duration = Duration::from_secs(1);

/// Is told under which number a command is sent.
type OnCall = Rc<dyn Fn(Uid)>;

thread_local! {
    // Who is told of the commands that are sent by the future that is being polled.
    static TELLS: RefCell<Option<OnCall>> = const { RefCell::new(None) };
}

/// Runs a command: now, or as soon as there is a connection.
pub(crate) async fn call(call: Call) -> Result<Answer, Fault> {
    let waiting = step(|page, _| {
        let waiting = page.state.enqueue(call, now())?;
        page.send_calls();
        Ok::<_, Fault>(waiting)
    });
    let (uid, answered) = waiting.ok_or_else(Fault::internal)??;
    if let Some(tell) = TELLS.with_borrow(Option::clone) {
        tell(uid);
    }
    match answered.await {
        Ok(answer) => answer,
        Err(_) => Err(Fault::timed_out()),
    }
}

/// Tells of the commands that a future sends, under which numbers.
pub(crate) fn telling_of_calls<F: Future>(tell: impl Fn(Uid) + 'static, future: F) -> impl Future<Output = F::Output> {
    let (tell, mut future): (OnCall, _) = (Rc::new(tell), Box::pin(future));
    poll_fn(move |context| {
        let outer = TELLS.replace(Some(Rc::clone(&tell)));
        let polled = future.as_mut().poll(context);
        TELLS.set(outer);
        polled
    })
}

/// Writes down what this page has no answer to yet.
pub(super) fn keep_unanswered() {
    step(|page, _| {
        let State { client, calls, .. } = &page.state;
        if let (Some(client), Some(user)) = (client, page.state.user()) {
            resend::keep(client, user, calls.iter().map(|(uid, waiting)| (uid, &waiting.call)));
        }
    });
}

/// Tells of a command of an earlier page that it cannot be done any more.
pub(crate) fn not_done(what: NotDone) {
    step(|page, later| {
        let signal = page.state.face.not_done;
        later.push(Later::Tell(Box::new(move || signal.update(|all| all.push(what)))));
    });
}

impl Page {
    /// Sends the commands that wait: over the socket all of them in order, by POST one after the other.
    pub(super) fn send_calls(&mut self) {
        if self.is_live() {
            let Some(socket) = &self.socket else { return };
            // One that is being posted too: it is sent as a retry, and what comes after it waits for its answer.
            for (uid, waiting) in &mut self.state.calls {
                if socket.needs(*uid) {
                    socket.send(&call_frame(*uid, waiting));
                    waiting.sent = true;
                }
            }
        } else if self.state.link.is_up()
            && self.posting.is_none_or(|uid| !self.state.calls.contains_key(&uid))
            && let Some(client) = self.state.client.clone()
            && let Some((uid, waiting)) = self.state.calls.iter_mut().next()
        {
            self.posting = Some(*uid);
            let (uid, call, again) = (*uid, waiting.call.clone(), std::mem::replace(&mut waiting.sent, true));
            spawn_local(async move {
                let answer = post(client, uid, call, again).await;
                step(|page, _| {
                    page.posting.take_if(|posted| *posted == uid);
                    let Some(answer) = answer else {
                        let again = || {
                            step(|page, _| page.send_calls());
                        };
                        set_timeout(again, POST_AGAIN);
                        return;
                    };
                    page.state.answer(uid, Ok(answer));
                    page.send_calls();
                });
            });
        }
    }
}
