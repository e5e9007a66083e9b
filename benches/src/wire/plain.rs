//! A frame is a message: `ws`, Django Channels, and the floor.

use super::{Heard, Said, Wire};
use crate::socket::Outbox;

pub struct Plain {
    pub room: String,
}

impl Wire for Plain {
    fn handshake(&self) -> (String, String) {
        (format!("/{}", self.room), String::new())
    }

    fn opened(&mut self, _: &mut Outbox) {}

    fn hear(&mut self, frame: &[u8], _: &mut Outbox) -> Heard {
        match frame {
            b"ready" => Heard::Ready,
            b"hello" => Heard::Reply,
            frame => Said::find(frame).map_or(Heard::Other, Heard::Said),
        }
    }

    fn call(&mut self, _: u64, out: &mut Outbox) {
        out.text("hello");
    }
}
