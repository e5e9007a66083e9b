//! Cookies, and what is posted with them: one browser, whatever pages it has open.

use super::lock;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sputnik::{
    ClientId, Code, Fault, Uid,
    protocol::frame::{Ask, Mail},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// Cookies, and what sends them.
pub struct Browser {
    http: reqwest::Client,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    /// One that was never anywhere.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { http: reqwest::Client::new(), cookies: Mutex::default() })
    }

    /// One in which that user is signed in.
    pub fn of(user: &str) -> Arc<Self> {
        let browser = Self::new();
        browser.set_cookie("user", user);
        browser
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        lock(&self.cookies).insert(name.into(), value.into());
    }

    pub fn forget_cookie(&self, name: &str) {
        lock(&self.cookies).remove(name);
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        lock(&self.cookies).get(name).cloned()
    }

    pub fn cookies(&self) -> String {
        let cookies = lock(&self.cookies);
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Asks, keeps the cookies of the answer, and returns its status and text. An error when there is no answer.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Result<(u16, String), reqwest::Error> {
        let response = request.header("cookie", self.cookies()).send().await?;
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.set_cookie(name, value);
        }
        let status = response.status().as_u16();
        Ok((status, response.text().await?))
    }

    /// Looks at a page, by which a browser gets its cookie.
    pub async fn visit(&self, site: &str) {
        self.send(self.http.get(site)).await.expect("the site answers");
    }

    /// Posts JSON, with more headers.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<(u16, String), reqwest::Error> {
        let mut request = self.http.post(url).header("content-type", "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// Posts a form, as a browser without JavaScript does, and tells where it leads.
    pub async fn submit(&self, site: &str, path: &str, form: String) -> (u16, String) {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let post = http.post(format!("{site}{path}")).header("accept", "text/html");
        let post = post.header("content-type", "application/x-www-form-urlencoded").body(form);
        self.send(post).await.unwrap()
    }

    /// One poll.
    pub async fn ask(&self, site: &str, long: bool, ask: &Ask) -> Result<Mail, Fault> {
        let path = if long { "long-poll" } else { "poll" };
        let answer = self.post(&format!("{site}/sputnik/{path}"), &[], json!({ "ask": ask }).to_string()).await;
        read(&answer.map_err(|error| Fault::temporary(format!("{error:?}")))?)
    }
}

/// The value or the fault that an answer holds.
pub fn read<T: DeserializeOwned>((status, body): &(u16, String)) -> Result<T, Fault> {
    if *status < 400 {
        return Ok(serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in the answer {body}")));
    }
    let fault: Fault = serde_json::from_str(body).unwrap_or_else(|_| panic!("{status} without a fault: {body:?}"));
    assert_eq!(fault.status(), *status, "the fault's own status: {body}");
    Err(fault)
}

/// A command by POST.
pub async fn post_call(
    browser: &Browser,
    site: &str,
    client: &ClientId,
    uid: Uid,
    again: bool,
    path: &str,
    args: Value,
) -> Result<Value, Fault> {
    let uid = uid.to_string();
    let mut headers = vec![("x-sputnik-client", client.as_str()), ("x-sputnik-uid", &uid)];
    if again {
        headers.push(("x-sputnik-again", "1"));
    }
    let answer = browser.post(&format!("{site}{path}"), &headers, args.to_string()).await;
    read(&answer.map_err(|error| Fault { code: Code::TimedOut, ..Fault::temporary(format!("{error:?}")) })?)
}
