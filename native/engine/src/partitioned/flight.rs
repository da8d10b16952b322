//! One load that several threads wait for.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use modelpack_bundle::{Error, ErrorCode, Result};

use super::slot::Loaded;

type Answer = Result<Arc<Loaded>>;

#[derive(Default)]
struct Flight {
    answer: Mutex<Option<Answer>>,
    landed: Condvar,
}

/// Nodes differ in their shard, so that loads seldom wait for one another's bookkeeping.
const SHARDS: usize = 16;

/// The loads under way, by node.
#[derive(Default)]
pub struct Flights {
    shards: [Mutex<HashMap<u32, Arc<Flight>>>; SHARDS],
}

/// What a thread is to do about a node that is not loaded.
pub enum Turn<'a, T> {
    /// It was loaded meanwhile.
    Landed(T),
    /// Another thread loads it.
    Wait(Waiter),
    Load(Pilot<'a>),
}

pub struct Waiter(Arc<Flight>);

/// Who loads; the others get the answer, or an error if it never comes.
pub struct Pilot<'a> {
    flights: &'a Flights,
    node: u32,
    flight: Arc<Flight>,
}

impl Flights {
    /// `look` is asked again, as the load may just have ended.
    pub fn turn<T>(&self, node: u32, look: impl FnOnce() -> Option<T>) -> Turn<'_, T> {
        let mut shard = self.shard(node);
        if let Some(flight) = shard.get(&node) {
            return Turn::Wait(Waiter(Arc::clone(flight)));
        }
        if let Some(found) = look() {
            return Turn::Landed(found);
        }
        let flight = Arc::new(Flight::default());
        shard.insert(node, Arc::clone(&flight));
        Turn::Load(Pilot {
            flights: self,
            node,
            flight,
        })
    }

    fn shard(&self, node: u32) -> MutexGuard<'_, HashMap<u32, Arc<Flight>>> {
        lock(&self.shards[node as usize % SHARDS])
    }
}

impl Waiter {
    pub fn wait(self) -> Answer {
        let mut answer = lock(&self.0.answer);
        loop {
            match &*answer {
                Some(answer) => return answer.clone(),
                None => answer = self.0.landed.wait(answer).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Pilot<'_> {
    pub fn land(self, answer: &Answer) {
        *lock(&self.flight.answer) = Some(answer.clone());
    }
}

impl Drop for Pilot<'_> {
    /// Ends the flight, also where a defect threw its pilot out.
    fn drop(&mut self) {
        self.flights.shard(self.node).remove(&self.node);
        lock(&self.flight.answer).get_or_insert_with(|| {
            Err(Error::new(
                ErrorCode::Internal,
                "loading a node ended without an answer",
            ))
        });
        self.flight.landed.notify_all();
    }
}

/// What a panic leaves behind a lock is whole: each change is a single assignment.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
