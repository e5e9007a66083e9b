//! One WebSocket, frame by frame.

use super::{Browser, PATIENCE};
use futures::StreamExt;
use sputnik::protocol::{
    fragment::Gathered,
    frame::{ClientFrame, ServerFrame},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

pub type Socket = WebSocketStream<TcpStream>;

/// Opens a socket with a browser's cookies and more headers. Nothing is said on it yet.
pub async fn open_socket(
    browser: &Browser,
    site: &str,
    headers: &[(&'static str, &str)],
) -> Result<Socket, tungstenite::Error> {
    let host = site.strip_prefix("http://").unwrap();
    let mut request = format!("ws://{host}/sputnik/socket").into_client_request()?;
    request.headers_mut().insert("cookie", browser.cookies().parse().unwrap());
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let stream = TcpStream::connect(host).await.map_err(tungstenite::Error::Io)?;
    Ok(client_async(request, stream).await?.0)
}

/// A frame as it is sent.
pub fn text(frame: &ClientFrame) -> Message {
    Message::Text(serde_json::to_string(frame).unwrap().into())
}

/// The frame that a message is, or is the last part of.
pub fn read_part(gathered: &mut Gathered, message: &str) -> Option<ServerFrame> {
    let frame = gathered.take(message, usize::MAX).unwrap()?;
    Some(serde_json::from_str(&frame).expect("a frame"))
}

/// The next frame on a socket, pings passed over; `None` when it was closed.
pub async fn next_frame(socket: &mut Socket) -> Option<ServerFrame> {
    let mut gathered = Gathered::default();
    loop {
        match timeout(PATIENCE, socket.next()).await.expect("something comes") {
            Some(Ok(Message::Text(text))) => match read_part(&mut gathered, &text) {
                None | Some(ServerFrame::Ping) => {}
                frame => return frame,
            },
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(_)) => {}
        }
    }
}
