//! The tables of clients, people, channels and nodes.

use super::{commands::end_client, listed::Listed};
use crate::ui::{command::run_with_toast, dialog::Confirm, for_each::ForEach, page::use_page};
use leptos::prelude::*;
use sputnik::{
    ChannelName, ClientId,
    client::connection::use_connection,
    protocol::overview::{ClientOverview, Partly, Rates, SiteOverview},
};

/// The table of clients, and how one is ended.
#[component]
pub(super) fn Clients(
    /// The site.
    site: RwSignal<SiteOverview>,
) -> impl IntoView {
    let page = use_page();
    let mine = use_connection().client;
    let asked = RwSignal::new(None::<ClientOverview>);
    let open = RwSignal::new(false);
    let words = move || {
        let whose = asked.with(|asked| asked.as_ref().map(whose).unwrap_or_default());
        format!(
            "This is a page of {whose}. Its connection is closed, and it leaves its channels and gives back its locks at \
             once. It connects again by itself within seconds, as a new client. What is typed there stays there; a \
             command it has only just sent may not be answered."
        )
    };
    let end = move |()| {
        let Some(client) = asked.get_untracked() else { return };
        let done = format!("The client of {} was ended. It comes back as a new one.", whose(&client));
        run_with_toast(page, done, end_client(client.client));
    };
    // By name, so that nobody's row jumps when somebody does something.
    let rows = move || {
        site.with(|site| {
            let mut rows: Vec<_> =
                site.clients.values().map(|(_, client)| (whose(client), client.client.clone())).collect();
            rows.sort_unstable();
            rows
        })
    };
    view! {
        <Listed
            id="clients"
            title="Clients"
            heads=&["Of", "Client", "By", "Follows", "Idle", "Node", ""]
            empty="Nobody is connected."
            is_empty=Signal::derive(move || site.with(|site| site.clients.is_empty()))
            more=Signal::derive(move || site.with(|site| site.more_clients))
        >
            <ForEach
                each=rows
                key=|row| row.clone()
                children=move |(whose, id)| {
                    let is_mine = {
                        let id = id.clone();
                        move || mine.with(|mine| mine.as_ref() == Some(&id))
                    };
                    let (short, full) = (short(&id), id.to_string());
                    let label = format!("End the client {short} of {whose}");
                    let row = Memo::new(move |_| site.with(|site| site.clients.get(&id).cloned()));
                    let ask = move |_| {
                        asked.set(row.get_untracked().map(|(_, client)| client));
                        open.set(true);
                    };
                    let show = move |show: fn(&(ClientId, ClientOverview)) -> String| {
                        move || row.with(|row| row.as_ref().map(show))
                    };
                    view! {
                        <tr>
                            <th scope="row">
                                {whose} {move || is_mine().then(|| view! { <span class="tag">"this page"</span> })}
                            </th>
                            <td class="id" data-head="Client" title=full>
                                {short}
                            </td>
                            <td data-head="By">{show(|(_, client)| client.transport.words().to_owned())}</td>
                            <td class="id" data-head="Follows">
                                {show(|(_, client)| follows(&client.follows))}
                            </td>
                            <td class="numbers" data-head="Idle">
                                {show(|(_, client)| lasting(client.idle_ms / 1_000))}
                            </td>
                            <td class="id" data-head="Node">
                                {show(|(node, _)| node.to_string())}
                            </td>
                            <td class="does">
                                <button type="button" class="small" aria-label=label on:click=ask>
                                    "End…"
                                </button>
                            </td>
                        </tr>
                    }
                }
            />
        </Listed>
        <Confirm open title="End this client?" words=Signal::derive(words) verb="End it" act=end danger=true />
    }
    .into_any()
}

/// The table of people.
#[component]
pub(super) fn People(
    /// The site.
    site: RwSignal<SiteOverview>,
) -> impl IntoView {
    let rows = move || {
        site.with(|site| {
            let mut people: Vec<_> = site.users.values().map(|line| line.user.clone()).collect();
            people.sort_unstable();
            people
        })
    };
    view! {
        <Listed
            id="people"
            title="People"
            heads=&["Name", "Clients", "Nodes"]
            empty="Nobody is signed in."
            is_empty=Signal::derive(move || site.with(|site| site.users.is_empty()))
        >
            <ForEach
                each=rows
                key=|user| user.clone()
                children=move |user| {
                    let line = Memo::new(move |_| site.with(|site| site.users.get(&user.id).cloned()));
                    let nodes = move || {
                        let line = line.get()?;
                        Some(line.nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
                    };
                    view! {
                        <tr>
                            <th scope="row">{user.name}</th>
                            <td class="numbers" data-head="Clients">
                                {move || line.with(|line| line.as_ref().map(|line| line.clients))}
                            </td>
                            <td class="id" data-head="Nodes">
                                {nodes}
                            </td>
                        </tr>
                    }
                }
            />
        </Listed>
    }
    .into_any()
}

/// The table of channels.
#[component]
pub(super) fn Channels(
    /// The site.
    site: RwSignal<SiteOverview>,
) -> impl IntoView {
    let rows = move || site.with(|site| site.channels.keys().cloned().collect::<Vec<_>>());
    view! {
        <Listed
            id="channels"
            title="Channels"
            heads=&["Channel", "Position", "Followers"]
            empty="Nothing is followed."
            is_empty=Signal::derive(move || site.with(|site| site.channels.is_empty()))
            more=Signal::derive(move || site.with(|site| site.more_channels))
        >
            <ForEach
                each=rows
                key=|channel| channel.clone()
                children=move |channel| {
                    let name = channel.to_string();
                    let line = Memo::new(move |_| site.with(|site| site.channels.get(&channel).cloned()));
                    view! {
                        <tr>
                            <th scope="row" class="id">
                                {name}
                            </th>
                            <td class="numbers" data-head="Position">
                                {move || line.with(|line| line.as_ref().map(|line| line.offset))}
                            </td>
                            <td class="numbers" data-head="Followers">
                                {move || line.with(|line| line.as_ref().map(|line| line.followers))}
                            </td>
                        </tr>
                    }
                }
            />
        </Listed>
    }
    .into_any()
}

/// The table of nodes, and how much each does.
#[component]
pub(super) fn Nodes(
    /// The site.
    site: RwSignal<SiteOverview>,
) -> impl IntoView {
    let rows = move || site.with(|site| site.nodes.keys().cloned().collect::<Vec<_>>());
    view! {
        <Listed
            id="nodes"
            title="Nodes"
            heads=&["Node", "Up", "Clients", "Messages a second", "Deliveries a second", "Commands a second"]
            empty="None is heard."
            is_empty=Signal::derive(move || site.with(|site| site.nodes.is_empty()))
        >
            <ForEach
                each=rows
                key=|node| node.clone()
                children=move |node| {
                    let name = node.to_string();
                    let line = Memo::new(move |_| site.with(|site| site.nodes.get(&node).cloned()));
                    let rate = move |of: fn(&Rates) -> f32| {
                        move || line.with(|line| line.as_ref().map(|line| format!("{:.1}", of(&line.rates))))
                    };
                    view! {
                        <tr>
                            <th scope="row" class="id">
                                {name}
                            </th>
                            <td class="numbers" data-head="Up">
                                {move || line.with(|line| line.as_ref().map(|line| lasting(line.up_s)))}
                            </td>
                            <td class="numbers" data-head="Clients">
                                {move || line.with(|line| line.as_ref().map(|line| line.clients))}
                            </td>
                            <td class="numbers" data-head="Messages a second">
                                {rate(|rates| rates.messages)}
                            </td>
                            <td class="numbers" data-head="Deliveries a second">
                                {rate(|rates| rates.deliveries)}
                            </td>
                            <td class="numbers" data-head="Commands a second">
                                {rate(|rates| rates.commands)}
                            </td>
                        </tr>
                    }
                }
            />
        </Listed>
    }
    .into_any()
}

fn whose(client: &ClientOverview) -> String {
    client.user.as_ref().map_or_else(|| "a guest".to_owned(), |user| user.name.clone())
}

/// Enough of an id to tell it from the others.
fn short(client: &ClientId) -> String {
    client.as_str().chars().take(8).collect()
}

fn follows(follows: &Partly<ChannelName>) -> String {
    let mut words: Vec<_> = follows.listed.iter().map(ToString::to_string).collect();
    if follows.all > words.len() {
        words.push(format!("and {} more", follows.all - words.len()));
    }
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

/// A length of time: 12 s, 3 min, 2 h, 5 d.
fn lasting(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_told_in_its_largest_unit() {
        assert_eq!([0, 59, 60, 3_599, 7_200, 172_800].map(lasting), ["0 s", "59 s", "1 min", "59 min", "2 h", "2 d"]);
    }

    #[test]
    fn what_a_client_follows_is_told_in_short() {
        let channel = |name: &str| name.parse().expect("a name");
        let three = vec![channel("book/1"), channel("book/2"), channel("book/3")];
        assert_eq!(follows(&Partly::first(three, 2)), "book/1, book/2, and 1 more");
        assert_eq!(follows(&Partly::first(Vec::new(), 2)), "nothing");
    }
}
