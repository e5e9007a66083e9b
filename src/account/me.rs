//! Who is signed in, as every page knows it.

use super::{commands::me, person::Person};
use leptos::prelude::*;
use sputnik::protocol::json::{self, Json};

/// Who is signed in, if anybody: await it under a `Suspense`. It does not change while a page is open, for signing in
/// and out load the page anew.
#[derive(Clone, Copy)]
pub struct Me(Resource<Option<Person>, Json>);

impl Me {
    /// Who is signed in. When the server could not be asked, nobody is as far as this page knows.
    pub async fn get(self) -> Option<Person> {
        self.0.await
    }
}

impl IntoFuture for Me {
    type Output = Option<Person>;
    type IntoFuture = <Resource<Option<Person>, Json> as IntoFuture>::IntoFuture;

    fn into_future(self) -> Self::IntoFuture {
        self.0.into_future()
    }
}

/// Makes it known to everything below.
pub fn provide_me() {
    provide_context(Me(json::resource(|| (), |()| async { me().await.ok().flatten() })));
}

/// Who is signed in.
///
/// # Panics
/// Outside of the application.
#[must_use]
pub fn use_me() -> Me {
    expect_context()
}
