//! What goes wrong, at random from a seed.

use crate::{
    support::{cutting_proxy::Way, dice::Dice},
    world::World,
};
use std::time::Duration;
use tokio::{sync::watch, time::sleep};

/// One thing that goes wrong, and that ends by itself. Nodes and clients go by number.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Every connection to a node is reset.
    Cut(usize),
    /// What a node answers is lost, after it did what it was asked.
    LoseAnswers(usize, Duration),
    /// Nothing passes between the clients and a node; then it does again, or is cut.
    Hold(usize, Duration, bool),
    /// What a node sends passes at 1 kB a second.
    Slow(usize, Duration),
    /// A node is killed, and another starts in its place.
    Kill(usize, Duration),
    /// Nothing passes between a node and Redis; then it does again, or is cut.
    Partition(usize, Duration, bool),
    /// Redis ends the connections on which nodes are woken.
    KillWakes,
    /// Redis stands still.
    Sleep(Duration),
    /// Redis is killed, and starts again with nothing in it.
    Empty,
    /// A client sleeps while more is said than the log keeps.
    Oversleep(usize),
}

impl Fault {
    /// Throws one.
    pub fn throw(dice: &mut Dice, nodes: usize, redis: bool, clients: usize) -> Self {
        let (node, ends_cut) = (dice.below(nodes), dice.below(2) == 0);
        match dice.below(if redis { 24 } else { 12 }) {
            0..3 => Self::Cut(node),
            3..5 => Self::LoseAnswers(node, dice.ms(50..500)),
            5..7 => Self::Hold(node, dice.ms(100..1_800), ends_cut),
            7 | 8 => Self::Slow(node, dice.ms(200..1_200)),
            9 => Self::Kill(node, dice.ms(10..1_000)),
            10 | 11 => Self::Oversleep(dice.below(clients)),
            12..16 => Self::Partition(node, dice.ms(100..3_000), ends_cut),
            16..19 => Self::KillWakes,
            19..21 => Self::Sleep(dice.ms(100..1_500)),
            21 | 22 => Self::Kill(node, dice.ms(10..1_000)),
            _ => Self::Empty,
        }
    }

    /// Lets it happen, and mends it.
    pub async fn happen(&self, world: &mut World, asleep: &[watch::Sender<bool>]) {
        match self {
            Self::Cut(node) => world.nodes[*node].front.cut(),
            Self::LoseAnswers(node, time) => {
                let front = &world.nodes[*node].front;
                front.set(Way::LosesAnswers);
                sleep(*time).await;
                front.set(Way::Open);
            }
            Self::Hold(node, time, cut) => {
                let front = &world.nodes[*node].front;
                front.set(Way::Held);
                sleep(*time).await;
                if *cut {
                    front.cut();
                }
                front.set(Way::Open);
            }
            Self::Slow(node, time) => {
                let front = &world.nodes[*node].front;
                front.set(Way::Slow(1_000));
                sleep(*time).await;
                front.set(Way::Open);
            }
            Self::Kill(node, time) => {
                world.kill(*node);
                sleep(*time).await;
                world.start_node(*node).await;
            }
            Self::Partition(node, time, cut) => {
                let back = world.nodes[*node].back.as_ref().expect("a way to Redis");
                back.set(Way::Held);
                sleep(*time).await;
                if *cut {
                    back.cut();
                }
                back.set(Way::Open);
            }
            Self::KillWakes => world.redis.as_ref().expect("a Redis").tell("CLIENT KILL TYPE pubsub"),
            Self::Sleep(time) => {
                world.redis.as_ref().expect("a Redis").tell(&format!("DEBUG SLEEP {}", time.as_secs_f32()));
                sleep(*time).await;
            }
            Self::Empty => world.redis.as_mut().expect("a Redis").start_again(),
            Self::Oversleep(client) => {
                asleep[*client].send_replace(true);
                world.flood().await;
                asleep[*client].send_replace(false);
            }
        }
    }
}
