//! A file on its way from this page to the site, which answers as it works.

use crate::book::import::{Imported, Progress};
use serde::de::DeserializeOwned;
use sputnik::{Fault, protocol::json};

#[cfg(feature = "hydrate")]
pub use browser::{Upload, send};
#[cfg(not(feature = "hydrate"))]
pub use nothing::{Upload, send};

/// What is heard of a file that is sent.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser sends a file"))]
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// So many bytes of so many have left.
    Share(f64, f64),
    /// What was answered so far.
    Part(String),
    /// All that was answered, under this status; nothing when the site could not be reached.
    Whole(Option<(u16, String)>),
}

/// What was answered at once.
///
/// # Errors
/// In the words of whoever refused it.
pub fn read<T: DeserializeOwned>(answer: Option<(u16, String)>) -> Result<T, Fault> {
    match answer {
        Some((200, body)) => json::read(&body).map_err(|_| Fault::internal()),
        answer => Err(refused(answer)),
    }
}

/// What was answered line by line.
///
/// # Errors
/// In the words of whoever refused it; also when the answer has no end.
pub fn imported(answer: Option<(u16, String)>) -> Result<Imported, Fault> {
    match answer {
        Some((200, body)) => match last_line(&body) {
            Some(Progress::Imported(imported)) => Ok(imported),
            Some(Progress::Failed(fault)) => Err(fault),
            _ => Err(broken_off()),
        },
        answer => Err(refused(answer)),
    }
}

/// The last whole line of an answer.
pub fn last_line(text: &str) -> Option<Progress> {
    let mut lines = text.rsplit('\n').filter_map(|line| line.strip_prefix("data:"));
    lines.find_map(|line| json::read(line.trim()).ok())
}

fn refused(answer: Option<(u16, String)>) -> Fault {
    match answer {
        None => broken_off(),
        Some((status, body)) => json::read(&body).unwrap_or_else(|_| match status {
            // Not the site's own words, but those of what stands before it.
            413 => Fault::too_large("This file is too large to be sent. Nothing was imported."),
            _ => broken_off(),
        }),
    }
}

fn broken_off() -> Fault {
    Fault::temporary(
        "The connection broke off. Most likely nothing was imported: please look whether it is there before you send it \
         again.",
    )
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Sent;
    use crate::{book::import::Choices, ui::browser::ChosenFile};
    use std::rc::Rc;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{FormData, ProgressEvent, XmlHttpRequest};

    type Heard = Closure<dyn FnMut(ProgressEvent)>;

    /// A file that is being sent. It is sent as long as this is there.
    pub struct Upload {
        request: XmlHttpRequest,
        _heard: [Heard; 3],
    }

    impl Upload {
        /// Ends it.
        pub fn abort(&self) {
            self.request.set_onloadend(None);
            self.request.set_onprogress(None);
            let _ = self.request.abort();
        }
    }

    impl Drop for Upload {
        fn drop(&mut self) {
            self.abort();
        }
    }

    /// Sends a file, and what was decided about it. `hear` is told what is heard of it, until the whole answer is there.
    pub fn send(path: &str, file: &ChosenFile, choices: Option<&Choices>, hear: impl Fn(Sent) + 'static) -> Upload {
        let hear = Rc::new(hear);
        let request = XmlHttpRequest::new().unwrap_or_else(|_| unreachable!("every browser has it"));
        let _ = request.open("POST", path);
        let _ = request.set_request_header("accept", "application/json");
        let leaves = {
            let hear = Rc::clone(&hear);
            Closure::<dyn FnMut(_)>::new(move |event: ProgressEvent| hear(Sent::Share(event.loaded(), event.total())))
        };
        let comes = {
            let (hear, request) = (Rc::clone(&hear), request.clone());
            let part =
                move |_: ProgressEvent| hear(Sent::Part(request.response_text().ok().flatten().unwrap_or_default()));
            Closure::<dyn FnMut(_)>::new(part)
        };
        let ends = {
            let request = request.clone();
            Closure::<dyn FnMut(_)>::new(move |_: ProgressEvent| {
                let status = request.status().unwrap_or_default();
                let text = request.response_text().ok().flatten().unwrap_or_default();
                hear(Sent::Whole((status > 0).then_some((status, text))));
            })
        };
        if let Ok(upload) = request.upload() {
            upload.set_onprogress(Some(leaves.as_ref().unchecked_ref()));
            upload.set_onload(Some(leaves.as_ref().unchecked_ref()));
        }
        request.set_onprogress(Some(comes.as_ref().unchecked_ref()));
        request.set_onloadend(Some(ends.as_ref().unchecked_ref()));
        if let Ok(form) = FormData::new() {
            if let Some(choices) = choices.and_then(|choices| serde_json::to_string(choices).ok()) {
                let _ = form.append_with_str("choices", &choices);
            }
            let _ = form.append_with_blob_and_filename("file", &file.blob, &file.name);
            let _ = request.send_with_opt_form_data(Some(&form));
        }
        Upload { request, _heard: [leaves, comes, ends] }
    }
}

#[cfg(not(feature = "hydrate"))]
mod nothing {
    use super::Sent;
    use crate::{book::import::Choices, ui::browser::ChosenFile};

    /// A file that is being sent: none, on the server.
    pub struct Upload;

    impl Upload {
        /// Ends it: nothing to do on the server.
        pub fn abort(&self) {}
    }

    /// Sends a file: nothing to do on the server.
    pub fn send(_path: &str, _file: &ChosenFile, _choices: Option<&Choices>, _hear: impl Fn(Sent) + 'static) -> Upload {
        Upload
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_an_answer_is_what_it_says() {
        let text = "data: \"reading\"\n\n: \n\ndata: {\"done\":{\"done\":1,\"of\":2}}\n\ndata: {\"don";
        assert_eq!(last_line(text), Some(Progress::Done { done: 1, of: 2 }));
        assert!(imported(Some((200, text.to_owned()))).is_err_and(|fault| fault.words.contains("broke off")));
        assert!(imported(None).is_err());
        let failed = serde_json::to_string(&Progress::Failed(Fault::bad_request("No."))).expect("JSON");
        assert!(imported(Some((200, format!("data: {failed}\n\n")))).is_err_and(|fault| fault.words == "No."));
    }
}
