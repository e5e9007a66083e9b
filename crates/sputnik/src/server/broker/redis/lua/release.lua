-- release: gives up a lock, or the place in its queue.
-- ARGV 5 lock, 6 client
-- Returns how it stands, as JSON.
enter()
local name, client = ARGV[5], ARGV[6]
local lock = read_lock(name)
if lock and lock.holder == client then
  return done(pass_on(name, lock))
end
local waited = false
if lock then
  lock.queue, waited = without(lock.queue, function(other) return other == client end)
end
if waited then
  write_lock(name, lock)
  return done(tell_lock(name, lock))
end
return done(lock_json(name, lock))
